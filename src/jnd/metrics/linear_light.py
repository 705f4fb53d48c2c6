"""sRGB code values to linear light in planes, for the metrics that begin there.

In: (H, W, 3) code values. Out: (3, H, W) linear light from 0 to 1.
"""

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


def srgb_to_linear(values: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """The curve of IEC 61966-2-1, 0 to 1 → 0 to 1, in 64 bits.

    >>> srgb_to_linear([0.0, 0.04045, 1.0]).round(7).tolist()
    [0.0, 0.0031308, 1.0]
    """
    v = np.asarray(values, dtype=np.float64)
    return np.where(v <= 0.04045, v / 12.92, ((v + 0.055) / 1.055) ** 2.4)


def linear_pair(
    reference: npt.ArrayLike, changed: npt.ArrayLike, *, smallest_side: int, dtype: npt.DTypeLike
) -> tuple[Array, Array]:
    """Linear light (3, H, W) of both pictures, checked.

    Parameters
    ----------
    reference, changed : (H, W, 3) or (H, W) sRGB code values: uint8, uint16, or floating point from 0 to 1.
    smallest_side : pixels; smaller pictures get an error.

    Raises
    ------
    ValueError
        An array is no such picture, too small, or the sizes differ.
    """
    one = _checked(reference, "the reference", smallest_side)
    two = _checked(changed, "the changed picture", smallest_side)
    if one.shape[:2] != two.shape[:2]:
        raise ValueError(
            f"the reference is {one.shape[1]}x{one.shape[0]} pixels, the changed picture {two.shape[1]}x{two.shape[0]}: "
            "use one size"
        )
    return _linear_planes(one, dtype), _linear_planes(two, dtype)


def _checked(picture: npt.ArrayLike, name: str, smallest_side: int) -> Array:
    values = np.asarray(picture)
    if values.ndim == 2:
        values = np.broadcast_to(values[:, :, np.newaxis], (*values.shape, 3))
    if values.ndim != 3 or values.shape[2] != 3:
        raise ValueError(f"{name} must be (height, width, 3) sRGB code values, got the shape {values.shape}")
    if min(values.shape[:2]) < smallest_side:
        raise ValueError(
            f"{name} is {values.shape[1]}x{values.shape[0]} pixels; this metric needs {smallest_side} or more on a side"
        )
    if values.dtype in (np.uint8, np.uint16):
        return values
    if not np.issubdtype(values.dtype, np.floating):
        raise ValueError(f"{name} must be uint8, uint16 or floating point from 0 to 1, got {values.dtype}")
    if not np.isfinite(values).all() or values.min() < 0 or values.max() > 1:
        raise ValueError(f"{name} has values that are not from 0 to 1; divide by the largest code value")
    return values


def _linear_planes(values: Array, dtype: npt.DTypeLike) -> Array:
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
