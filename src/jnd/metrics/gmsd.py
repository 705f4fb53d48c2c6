"""Gradient magnitude similarity deviation [Xue2014]: how unevenly gradients changed.

In: two pictures. Out: 0 for equal pictures, more for worse; or the map of gradient similarity.

Equal to ``piq.gmsd``: luma reduced to means of 2 by 2 pixels, Prewitt gradients with zeros beyond the edge, the
constant 170, standard deviation over the pixels.
"""

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from jnd.metrics.planes import checked_pair, halved, luma, similarity
from jnd.vision.native_kernel import native_kernel

Array = npt.NDArray[Any]

T = 170.0
"""Of equation 5, for pictures from 0 to 255."""


def gmsd(reference: npt.ArrayLike, changed: npt.ArrayLike) -> float:
    """Standard deviation of the gradient similarity of the luma.

    Arguments and errors as :func:`jnd.metrics.planes.checked_pair`; sides of at least 2 pixels.
    """
    map_ = gmsd_map(reference, changed).ravel()
    distance = map_ - map_.mean()  # small numbers: their squares keep their digits in 32 bits
    return float(np.sqrt(np.dot(distance, distance) / distance.size))


def gmsd_map(reference: npt.ArrayLike, changed: npt.ArrayLike) -> Array:
    """(H / 2, W / 2) float32 gradient similarity, 1 where gradients are equal; odd sides are rounded up."""
    one, other = checked_pair(reference, changed, 2)
    kernel = native_kernel("jnd.metrics._scores_native")
    if kernel is None or not one.dtype == other.dtype == np.uint8:
        return similarity(_gradient(halved(luma(one))), _gradient(halved(luma(other))), T)
    height, width = one.shape[:2]
    pad = max(height % 2, width % 2)
    out = np.empty(((height + pad) // 2, (width + pad) // 2), np.float32)
    channels = 1 if one.ndim == 2 else 3
    kernel.gmsd(np.ascontiguousarray(one), np.ascontiguousarray(other), height, width, channels, out)
    return out


def _gradient(plane: Array) -> Array:
    ones, edge = np.full(3, 1 / 3, np.float32), np.array([-1, 0, 1], np.float32)
    across = cv2.sepFilter2D(plane, -1, edge, ones, borderType=cv2.BORDER_CONSTANT)
    down = cv2.sepFilter2D(plane, -1, ones, edge, borderType=cv2.BORDER_CONSTANT)
    return np.asarray(cv2.magnitude(across, down))
