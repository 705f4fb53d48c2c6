"""Luma: the grey picture that JND models look at, with the weights of ITU-R BT.601 in two spellings.

:data:`BT601` has the three digits of the standard, as JPEG files and video do: :func:`luma_of` makes what a picture's
file holds as luma. :data:`MATLAB` has the digits before that rounding, as ``rgb2gray`` does: :func:`luma_bt601` makes
what the authors' programs of JND models saw. The two differ by at most 0.02 grey levels, which moves golden values
but no threshold that anybody could see.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from jnd.picture import check_code_values

BT601 = (0.299, 0.587, 0.114)
"""Weights of R', G' and B' [ITU-R BT.601-7, 2.5.1]."""
YCBCR = (BT601, (-0.168736, -0.331264, 0.5), (0.5, -0.418688, -0.081312))
"""Y', Cb and Cr of JPEG, without the offset of chroma: Recommendation ITU-T T.871 (JFIF), section 7."""
RGB_OF_CHROMA = ((0.0, 1.402), (-0.344136, -0.714136), (1.772, 0.0))
"""What Cb and Cr add to Y' in R', G' and B': the inverse of :data:`YCBCR`, of the same section."""
MATLAB = (0.298936021293775, 0.587043074451121, 0.114020904255103)
"""The weights as MATLAB's ``rgb2gray`` has them, before they are rounded to three digits."""


def luma_of(pixels: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    """Luma of a picture's code values by :data:`BT601`.

    Parameters
    ----------
    pixels : (H, W) grey or (H, W, 3) RGB, uint8 or uint16.

    Returns
    -------
    (H, W) float32 grey levels 0 to 255, not rounded.

    Raises
    ------
    ValueError
        Another shape.
    TypeError
        Another dtype.

    >>> round(float(luma_of(np.array([[[65535, 0, 0]]], dtype=np.uint16))[0, 0]), 3)
    76.245
    """
    check_code_values(pixels, "the picture")
    unit = 257.0 if pixels.dtype == np.uint16 else 1.0
    plane = pixels if pixels.ndim == 2 else pixels @ np.array(BT601)
    return np.clip(plane / unit, 0, 255).astype(np.float32)


def luma_bt601(rgb: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Luma of gamma-encoded RGB by :data:`MATLAB`'s digits, as the authors' programs read colour pictures.

    Parameters
    ----------
    rgb : (H, W, 3) code values 0 to 255, uint8, float32 or float64.

    Returns
    -------
    (H, W) grey levels 0 to 255 in the same dtype; rounded, halves upwards, for uint8.

    Raises
    ------
    ValueError
        Another shape.
    TypeError
        Another dtype.

    >>> luma_bt601(np.array([[[255, 0, 0], [255, 255, 255]]], dtype=np.uint8))
    array([[ 76, 255]], dtype=uint8)
    """
    picture = np.asarray(rgb)
    if picture.ndim != 3 or picture.shape[2] != 3:
        raise ValueError(
            f"rgb must have shape (H, W, 3), got {picture.shape}; a grey picture is its own luma"
        )
    if picture.dtype not in (np.uint8, np.float32, np.float64):
        raise TypeError(
            f"rgb must be uint8, float32 or float64 code values from 0 to 255, got {picture.dtype}"
        )
    precise = picture.dtype if picture.dtype != np.uint8 else np.float64
    luma: npt.NDArray[Any] = picture @ np.array(MATLAB, dtype=precise)
    if picture.dtype == np.uint8:
        return np.floor(luma + 0.5).astype(np.uint8)
    return np.clip(luma, 0, 255, out=luma)
