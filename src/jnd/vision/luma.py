"""Luma: the grey picture that JND models look at."""

from typing import Any

import numpy as np
import numpy.typing as npt

BT601 = (0.298936021293775, 0.587043074451121, 0.114020904255103)
"""Weights of R', G' and B' as MATLAB's ``rgb2gray`` has them: those of ITU-R BT.601 before rounding to three digits
(0.299, 0.587, 0.114). The authors' programs read colour pictures with it."""


def luma_bt601(rgb: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Luma of gamma-encoded RGB.

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
    luma: npt.NDArray[Any] = picture @ np.array(BT601, dtype=precise)
    if picture.dtype == np.uint8:
        return np.floor(luma + 0.5).astype(np.uint8)
    return np.clip(luma, 0, 255, out=luma)
