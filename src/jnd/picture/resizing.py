"""A picture made to fit a box, as browsers would: by its code values, with a filter that lets no pattern through."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
from PIL import Image

from jnd.picture.record import CodeValues, Picture

Array = npt.NDArray[np.float32]


def fit_within(picture: Picture, width: int | None, height: int | None) -> Picture:
    """``picture`` with its sides' ratio, no wider than ``width`` and no higher than ``height`` pixels.

    By Lanczos' filter of three lobes, antialiased, on the code values in the picture's own colour space; colours are
    weighted by opacity, so that what is transparent leaves no fringe. A picture that fits is returned as it is.

    Parameters
    ----------
    picture : of 8 or 16 bits.
    width, height : pixels, at least 1; None for any.

    Raises
    ------
    ValueError
        A side below 1.
    """
    for name, side in (("width", width), ("height", height)):
        if side is not None and side < 1:
            raise ValueError(f"the {name} must be at least 1 pixel, got {side}")
    rows, columns = picture.pixels.shape[:2]
    scale = min(1.0, (width or columns) / columns, (height or rows) / rows)
    if scale == 1.0:
        return picture
    size = max(1, round(columns * scale)), max(1, round(rows * scale))
    pixels = picture.pixels.astype(np.float32)
    if picture.alpha is None:
        return replace(picture, pixels=_code_values(_resized(pixels, size), picture.pixels))
    opacity = picture.alpha.astype(np.float32)
    smaller = np.maximum(_resized(opacity, size), 0)
    weights = opacity if pixels.ndim == 2 else opacity[..., np.newaxis]
    divisor = np.maximum(smaller if pixels.ndim == 2 else smaller[..., np.newaxis], 1e-3)
    return replace(
        picture,
        pixels=_code_values((_resized(pixels * weights, size) / divisor).astype(np.float32), picture.pixels),
        alpha=_code_values(smaller, picture.alpha),
    )


def _resized(values: Array, size: tuple[int, int]) -> Array:
    """(H, W) or (H, W, C) to (width, height) pixels; a channel at a time, because Pillow has no deep colour."""
    if values.ndim == 3:
        return np.stack([_resized(values[..., c], size) for c in range(values.shape[2])], axis=2)
    return np.asarray(Image.fromarray(np.ascontiguousarray(values)).resize(size, Image.Resampling.LANCZOS))


def _code_values(values: Array, like: CodeValues) -> CodeValues:
    rounded: CodeValues = np.clip(np.rint(values), 0, np.iinfo(like.dtype).max).astype(like.dtype)
    return rounded
