"""Two pictures as planes of numbers from 0 to 255, checked: what most metrics work on.

In: arrays of code values. Out: 32-bit luma, or luma and two colour differences.
"""

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from jnd.vision.luma import BT601

Array = npt.NDArray[Any]

YIQ = np.array([BT601, (0.5959, -0.2746, -0.3213), (0.2115, -0.5227, 0.3112)])
"""NTSC's luma and colour differences, in the digits that the reference implementations use."""


def checked_pair(
    reference: npt.ArrayLike, changed: npt.ArrayLike, smallest_side: int = 1
) -> tuple[Array, Array]:
    """Both pictures as (H, W, 3) or (H, W) arrays of one shape.

    Parameters
    ----------
    reference, changed : (H, W, 3) or (H, W) sRGB code values: uint8, uint16, or floating point from 0 to 1. Grey beside
        colour counts as three equal channels.
    smallest_side : pixels; smaller pictures get an error.

    Raises
    ------
    ValueError
        An array is no such picture, too small, or the sizes differ.
    """
    one = _checked(reference, "the reference", smallest_side)
    other = _checked(changed, "the changed picture", smallest_side)
    if one.shape[:2] != other.shape[:2]:
        raise ValueError(
            f"the reference is {one.shape[1]}x{one.shape[0]} pixels, the changed picture "
            f"{other.shape[1]}x{other.shape[0]}: use one size"
        )
    if one.ndim != other.ndim:
        one, other = (np.repeat(x[:, :, np.newaxis], 3, axis=2) if x.ndim == 2 else x for x in (one, other))
    return one, other


def luma_pair(
    reference: npt.ArrayLike,
    changed: npt.ArrayLike,
    smallest_side: int = 1,
    dtype: npt.DTypeLike = np.float32,
) -> tuple[Array, Array]:
    """(H, W) luma of both, 0 to 255, not rounded; arguments and errors as :func:`checked_pair`."""
    one, other = checked_pair(reference, changed, smallest_side)
    return luma(one, dtype), luma(other, dtype)


def luma(picture: Array, dtype: npt.DTypeLike = np.float32) -> Array:
    """(H, W) luma of a checked picture, 0 to 255, not rounded, by BT.601 as every metric here was published with."""
    if picture.ndim == 2:
        return in_255(picture, dtype)
    if picture.dtype == np.uint8 and dtype == np.float32:
        # One pass over the pixels.
        return np.asarray(cv2.transform(picture.astype(np.float32), np.array([BT601], dtype=np.float32)))
    return np.asarray(in_255(picture, dtype) @ np.array(BT601, dtype=dtype))


def yiq(picture: Array, dtype: npt.DTypeLike = np.float64) -> Array:
    """(3, H, W) luma and colour differences of a checked (H, W, 3) picture, in units of 255."""
    return np.ascontiguousarray(np.moveaxis(in_255(picture, dtype) @ YIQ.T.astype(dtype), 2, 0))


def in_255(values: Array, dtype: npt.DTypeLike = np.float32) -> Array:
    """Code values of any depth from 0 to 255."""
    if values.dtype == np.uint8:
        return values.astype(dtype)
    scale = 1 / 257 if values.dtype == np.uint16 else 255.0
    scaled = values.astype(np.float64) * scale
    return scaled.astype(dtype)


def halved(plane: Array) -> Array:
    """Mean of 2 by 2 pixels; odd sides get a row or column of zeros, both if one side is odd, as in piq."""
    pad = max(plane.shape[0] % 2, plane.shape[1] % 2)
    if pad:
        plane = np.pad(plane, ((0, pad), (0, pad)))
    rows, columns = plane.shape[0] // 2 * 2, plane.shape[1] // 2 * 2
    inner = plane[:rows, :columns]
    return np.asarray((inner[::2, ::2] + inner[1::2, ::2] + inner[::2, 1::2] + inner[1::2, 1::2]) / 4)


def similarity(one: Array, other: Array, constant: float) -> Array:
    """(2 a b + c) / (a² + b² + c) of each pixel: 1 where both are equal."""
    return np.asarray((2 * one * other + constant) / (one * one + other * other + constant))


def _checked(picture: npt.ArrayLike, name: str, smallest_side: int) -> Array:
    values = np.asarray(picture)
    if values.ndim not in (2, 3) or values.shape[2:] not in ((), (3,)):
        raise ValueError(f"{name} must be (H, W, 3) or (H, W) sRGB code values, got the shape {values.shape}")
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
