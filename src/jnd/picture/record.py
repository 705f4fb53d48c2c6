"""The record of a picture: its pixels with what is needed to understand them."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

CodeValues = npt.NDArray[np.uint8 | np.uint16]


def check_code_values(pixels: object, what: str) -> None:
    """Raise unless ``pixels`` are (H, W, 3) or (H, W) code values; ``what`` begins the message.

    Raises
    ------
    TypeError
        No numpy array, or of another type than uint8 and uint16.
    ValueError
        Another shape, or no pixels.
    """
    if not isinstance(pixels, np.ndarray):
        raise TypeError(f"{what} must be a numpy array (H, W, 3) or (H, W), got {type(pixels).__name__}")
    if pixels.ndim not in (2, 3) or pixels.shape[2:] not in ((), (3,)) or 0 in pixels.shape:
        raise ValueError(
            f"{what} must have the shape (H, W, 3) or (H, W) with H and W at least 1, got {pixels.shape}"
        )
    if pixels.dtype not in (np.uint8, np.uint16):
        raise TypeError(f"{what} must be uint8 or uint16, got {pixels.dtype}; scale it to 0..255 or 0..65535")


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """Code values of a picture, upright, in the colour space of its profile.

    Raises
    ------
    ValueError
        An array of another shape or type.

    >>> Picture(np.zeros((2, 3, 3), np.uint8)).pixels.shape
    (2, 3, 3)
    >>> Picture(np.zeros((2, 3, 3)))
    Traceback (most recent call last):
    ValueError: pixels must be uint8 or uint16, got float64; round them to code values first
    """

    pixels: CodeValues
    """(H, W) grey or (H, W, 3) RGB, uint8 or uint16, full range, read-only."""
    alpha: CodeValues | None = None
    """(H, W) opacity of the same type, not premultiplied; None when every pixel is opaque."""
    icc_profile: bytes | None = None
    """The colour space of ``pixels``; None means sRGB."""
    exif: bytes | None = None
    """EXIF as a TIFF structure (from its byte order mark on); its orientation is 1 if it has one."""
    xmp: bytes | None = None
    """The XMP packet."""
    file_format: str | None = None
    """What it was read from: "jpeg", "png", "webp", "avif", "tiff", "pnm", "bmp", "jpegxl", "heic"; None if made in
    memory."""

    def __post_init__(self) -> None:
        if self.pixels.dtype not in (np.uint8, np.uint16):
            raise ValueError(
                f"pixels must be uint8 or uint16, got {self.pixels.dtype}; round them to code values first"
            )
        if self.pixels.ndim not in (2, 3) or self.pixels.shape[2:] not in ((), (3,)) or not self.pixels.size:
            raise ValueError(
                f"pixels must be (H, W) or (H, W, 3) with at least one pixel, got {self.pixels.shape}; "
                "an opacity goes to alpha"
            )
        object.__setattr__(self, "pixels", _read_only(self.pixels))
        if self.alpha is not None:
            if self.alpha.shape != self.pixels.shape[:2] or self.alpha.dtype != self.pixels.dtype:
                raise ValueError(
                    f"alpha must be {self.pixels.shape[:2]} {self.pixels.dtype} like the pixels, "
                    f"got {self.alpha.shape} {self.alpha.dtype}"
                )
            object.__setattr__(self, "alpha", _read_only(self.alpha))


def _read_only(values: CodeValues) -> CodeValues:
    view: CodeValues = values.view()  # the caller's own array stays writeable
    view.flags.writeable = False
    return view
