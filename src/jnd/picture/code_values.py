"""What an array of code values must be; one check for all doors that take pictures from Python."""

import numpy as np
import numpy.typing as npt

from jnd.picture.record import CodeValues


def check_code_values(pixels: CodeValues, what: str, *, deep: bool = True) -> None:
    """Raise unless ``pixels`` is a picture in code values.

    Parameters
    ----------
    pixels : (H, W) or (H, W, 3), uint8 or, where ``deep``, uint16.
    what : it is called in the message: "the reference".
    deep : whether 16 bits are taken.

    Raises
    ------
    TypeError, ValueError
        Not an array of such a type, or of another shape.

    >>> check_code_values(np.zeros((2, 3, 4), np.uint8), "the reference")
    Traceback (most recent call last):
    ValueError: the reference must have the shape (H, W, 3) or (H, W) with H and W at least 1, got (2, 3, 4)
    """
    if not isinstance(pixels, np.ndarray):
        raise TypeError(f"{what} must be a numpy array (H, W, 3) or (H, W), got {type(pixels).__name__}")
    if pixels.ndim not in (2, 3) or pixels.shape[2:] not in ((), (3,)) or 0 in pixels.shape:
        raise ValueError(
            f"{what} must have the shape (H, W, 3) or (H, W) with H and W at least 1, got {pixels.shape}"
        )
    if deep and pixels.dtype not in (np.uint8, np.uint16):
        raise TypeError(f"{what} must be uint8 or uint16, got {pixels.dtype}; scale it to 0..255 or 0..65535")
    if not deep and pixels.dtype != np.uint8:
        raise TypeError(f"{what} must be uint8, got {pixels.dtype}; scale it to 0..255 and round it")


def as_colour(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """(H, W, 3), contiguous; grey becomes three equal channels."""
    colour = pixels if pixels.ndim == 3 else np.repeat(pixels[:, :, np.newaxis], 3, axis=2)
    return np.ascontiguousarray(colour)
