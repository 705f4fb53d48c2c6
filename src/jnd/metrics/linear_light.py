"""sRGB code values to linear light in planes, for the metrics that begin there.

In: (H, W, 3) code values. Out: (3, H, W) linear light from 0 to 1.
"""

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from jnd.metrics.planes import checked_pair
from jnd.viewing import srgb_to_linear

Array = npt.NDArray[Any]


def linear_pair(
    reference: npt.ArrayLike, changed: npt.ArrayLike, *, smallest_side: int, dtype: npt.DTypeLike
) -> tuple[Array, Array]:
    """Linear light (3, H, W) of both pictures; arguments and errors as :func:`jnd.metrics.planes.checked_pair`."""
    one, other = checked_pair(reference, changed, smallest_side)
    return _linear_planes(one, dtype), _linear_planes(other, dtype)


def _linear_planes(values: Array, dtype: npt.DTypeLike) -> Array:
    if values.ndim == 2:
        values = np.broadcast_to(values[:, :, np.newaxis], (*values.shape, 3))
    if np.issubdtype(values.dtype, np.floating):
        return np.ascontiguousarray(np.moveaxis(srgb_to_linear(values), 2, 0), dtype=dtype)
    largest = np.iinfo(values.dtype).max
    table = srgb_to_linear(np.arange(largest + 1) / largest).astype(dtype)
    planes: Array = np.empty((3, *values.shape[:2]), dtype)
    for channel in range(3):
        codes = np.ascontiguousarray(values[:, :, channel])
        if largest == 255:
            planes[channel] = cv2.LUT(
                codes, table
            )  # np.take would make 64-bit indices first: 5 times as long
        else:
            np.take(table, codes, out=planes[channel])
    return planes
