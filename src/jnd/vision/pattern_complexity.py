"""How irregular the pattern around a pixel is: the number of different orientations next to it [Wu2017]."""

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from jnd.vision.local_filters import Array, blur

Plane = npt.NDArray[Any]

BIN_DEGREES = 12
"""Width of an orientation bin [Wu2017, program]."""
LEAST_GRADIENT = 5.0
"""Grey levels per pixel pair; below it a pixel has no orientation [Wu2017, program]. Where the gradient is exactly 5
(one pixel in a thousand) rounding errors decide in the program; here such pixels have an orientation."""
# Orientations are rounded to whole degrees, 0 to 180 from the downward column, then to bins of 12 degrees, halves
# upwards: a bin begins where the angle passes 12 k - 6.5 degrees. The tangent rises with the angle.
BIN_TANGENTS = tuple(
    float(np.tan(np.radians(BIN_DEGREES * k - BIN_DEGREES / 2 - 0.5 - 90))) for k in range(1, 16)
)


def orientation_kinds(plane: Plane, border: str) -> npt.NDArray[np.uint8]:
    """Number of orientation bins among a pixel and its eight neighbours, 1 to 9; 1 where it has no orientation.

    Parameters
    ----------
    plane : (H, W) grey levels, uint8, float32 or float64.
    border : "reflect" mirrors; "zero" answers 1 on the outermost pixels, as the authors' program does.
    """
    depth = cv2.CV_32F if plane.dtype != np.float64 else cv2.CV_64F
    step = np.array([-1.0, 0.0, 1.0])
    across = np.ones(3)
    # Prewitt, without its division by 3: integers stay integers.
    x = cv2.sepFilter2D(plane, depth, step, across, borderType=cv2.BORDER_REFLECT)
    y = cv2.sepFilter2D(plane, depth, across, step, borderType=cv2.BORDER_REFLECT)
    oriented = (cv2.magnitude(x, y) >= 3 * LEAST_GRADIENT).view(np.uint8)
    with np.errstate(divide="ignore", invalid="ignore"):
        tangent = np.divide(y, x, out=y)  # infinite for vertical gradients, with the sign of y
    bins = np.zeros(plane.shape, dtype=np.uint8)
    beyond = np.empty(plane.shape, dtype=bool)
    for limit in BIN_TANGENTS:
        np.greater_equal(tangent, limit, out=beyond)
        bins += beyond.view(np.uint8)
    # One bit per orientation; no bit for pixels without, which are one more kind of neighbour.
    union = _union_with_neighbours(np.left_shift(oriented, bins, dtype=np.uint16))
    kinds = np.bitwise_count(union)
    kinds += cv2.dilate(1 - oriented, np.ones((3, 3), dtype=np.uint8))
    kinds *= oriented
    kinds += 1 - oriented
    if border == "zero":
        kinds[[0, -1], :] = 1
        kinds[:, [0, -1]] = 1
    return kinds


def _union_with_neighbours(seen: npt.NDArray[np.uint16]) -> npt.NDArray[np.uint16]:
    """Bitwise or over each pixel's 3x3 neighbourhood within the picture."""
    rows = seen.copy()
    rows[1:] |= seen[:-1]
    rows[:-1] |= seen[1:]
    union = rows.copy()
    union[:, 1:] |= rows[:, :-1]
    union[:, :-1] |= rows[:, 1:]
    return union


def pattern_complexity(plane: Plane, border: str) -> Array:
    """``orientation_kinds`` smoothed by a 3x3 Gaussian of standard deviation 1 [Wu2017, eq. 6, program].

    Returns
    -------
    (H, W) float32, or float64 for float64 planes, 1 to 9 (less on the frame with "zero").
    """
    kinds = orientation_kinds(plane, border)
    return blur(kinds.astype(np.float64 if plane.dtype == np.float64 else np.float32), 3, 1.0, border)
