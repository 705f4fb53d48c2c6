"""Pictures: pixels with their encoding, as they were in the file."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

CodeValues = npt.NDArray[np.uint8] | npt.NDArray[np.uint16]


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """Code values of a picture, upright, in the colour space of its profile.

    ``pixels`` is (H, W) for grey or (H, W, 3) for RGB, uint8 or uint16, read-only, full range.
    ``alpha`` is (H, W) of the same dtype, not premultiplied, or None when every pixel is opaque.
    ``icc_profile`` describes ``pixels``; None means sRGB.
    """

    pixels: CodeValues
    alpha: CodeValues | None = None
    icc_profile: bytes | None = None
    exif: bytes | None = None
    xmp: bytes | None = None
    file_format: str | None = None
