"""Mean and spread of the grey levels around each pixel."""

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from jnd.vision.local_filters import BORDERS

Plane = npt.NDArray[Any]
Array = npt.NDArray[Any]


def local_standard_deviation(plane: Plane, side: int, border: str) -> Array:
    """Standard deviation (of the population) in the window of ``side`` by ``side`` around each pixel.

    Parameters
    ----------
    plane : (H, W) grey levels 0 to 255, uint8, float32 or float64.
    side : odd, up to 7: sums of squares of 8-bit values then fit 32-bit integers many times over.
    border : "reflect"; "zero" counts black pixels beyond the edge, as the authors' programs do.

    Returns
    -------
    (H, W) float32, or float64 for float64 planes. Exact before the square root for uint8; for float32 the
    variance is formed in 64 bits, because the difference of two large sums would lose it.
    """
    edge = BORDERS[border]
    number = side * side
    window = (side, side)
    exact = plane.dtype == np.uint8
    depth = cv2.CV_32S if exact else cv2.CV_64F  # 49 * 49 * 255^2 < 2^28
    total: Array = cv2.boxFilter(plane, depth, window, normalize=False, borderType=edge)
    squares: Array = cv2.sqrBoxFilter(plane, depth, window, normalize=False, borderType=edge)
    squares *= number
    total *= total
    squares -= total
    np.maximum(squares, 0, out=squares)
    variance = squares.astype(np.float32 if exact else plane.dtype, copy=False)
    np.sqrt(variance, out=variance)
    variance *= variance.dtype.type(1 / number)
    return variance
