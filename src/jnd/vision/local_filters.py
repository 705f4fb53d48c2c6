"""Small filters on a grey-level plane with the two borders that JND models know.

In: (H, W) uint8, float32 or float64. Out: the same size in float32, or in float64 for float64 input.
"""

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Plane = npt.NDArray[Any]
"""Grey levels: uint8, float32 or float64."""
Array = npt.NDArray[Any]
"""float32, or float64 where the plane was; OpenCV's types know no better than Any."""

BORDERS = {"reflect": cv2.BORDER_REFLECT, "zero": cv2.BORDER_CONSTANT}
"""Beyond the edge: the pixels mirrored, the outermost ones repeated (c b a | a b c), or zeros as MATLAB's
``filter2`` pads in the authors' programs. Zeros darken the background and make false gradients at the edges."""


def floating(plane: Plane) -> Array:
    """``plane`` itself if it is floating, else as float32."""
    return plane if np.issubdtype(plane.dtype, np.floating) else plane.astype(np.float32)


def correlate(plane: Plane, kernel: npt.ArrayLike, border: str) -> Array:
    """Correlation of ``plane`` with a kernel whose centre is its middle.

    For uint8 planes the kernel must hold integers whose absolute sum is at most 128: the sums are then exact
    16-bit integers.
    """
    weights = np.asarray(kernel)
    if plane.dtype == np.uint8:
        return cv2.filter2D(plane, cv2.CV_16S, weights.astype(np.float32), borderType=BORDERS[border])
    return cv2.filter2D(plane, -1, weights.astype(plane.dtype), borderType=BORDERS[border])


def gaussian_weights(length: int, sigma: float) -> npt.NDArray[np.float64]:
    """(length,) weights of a Gaussian that sum to 1, as MATLAB's ``fspecial`` samples it (even lengths too).

    >>> gaussian_weights(3, 1.0).round(4)
    array([0.2741, 0.4519, 0.2741])
    """
    x = np.arange(length) - (length - 1) / 2
    weights: npt.NDArray[np.float64] = np.exp(-(x**2) / (2 * sigma**2))
    weights /= weights.sum()
    return weights


def blur(plane: Array, length: int, sigma: float, border: str) -> Array:
    """Gaussian of ``length`` taps (odd) and standard deviation ``sigma`` pixels over both axes."""
    weights = gaussian_weights(length, sigma).astype(plane.dtype)
    return cv2.sepFilter2D(plane, -1, weights, weights, borderType=BORDERS[border])
