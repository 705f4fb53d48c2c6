"""JPEG XL files to pixels, through pyjpegxl (extra ``jxl``), which returns them upright and at their own depth.

The size is checked before anything is decoded, but frames inside a file may be larger than its picture, and libjxl
decodes them: of 32,000 damaged files of 80 x 64 pixels the worst took 7 s and 3 GB. None ended otherwise than in a
picture or an ``UnreadablePictureError``. ``jnd encode`` therefore reads in a process of limited memory and time.
"""

from functools import cache
from typing import Any

import numpy as np

from jnd.errors import UnreadablePictureError
from jnd.picture import channels, exif
from jnd.picture.colour import profile_space
from jnd.picture.limits import check_size, checked_profile, within_limit
from jnd.picture.record import CodeValues, Picture

_SDR_PEAK_CD_M2 = 255
"""What libjxl writes for pictures of ordinary dynamic range."""


def decode(data: bytes, max_pixels: int) -> Picture:
    """The picture in ``data``; of an animation the first frame.

    Orientation is part of the format and applied by the decoder; that of the EXIF does not count (ISO/IEC 18181-2).

    Raises
    ------
    UnreadablePictureError
        pyjpegxl is not installed, or the picture is too large or of high dynamic range.
    RuntimeError
        The data are damaged.
    """
    try:
        import pyjpegxl
    except ImportError:
        raise UnreadablePictureError(
            'is a JPEG XL picture, which needs a package to be read: pip install "jnd[jxl]"'
        ) from None
    pyjpegxl.set_num_threads(1)  # a batch uses processes
    about = pyjpegxl.probe(data)
    check_size(about.width, about.height, max_pixels)
    if about.intensity_target > _SDR_PEAK_CD_M2:
        raise UnreadablePictureError(
            f"has a high dynamic range (up to {about.intensity_target:g} cd/m²); convert it to sRGB"
        )
    dtype = "uint8" if about.bits_per_sample <= 8 else "uint16"
    decoded: Any
    about, decoded = pyjpegxl.decode_to_numpy(data, dtype=dtype)
    pixels, alpha = channels.split(decoded)
    exif_data = exif.tiff_structure(about.exif or b"")
    return Picture(
        pixels,
        alpha=channels.unless_opaque(alpha),
        icc_profile=_profile(checked_profile(about.icc), pixels),
        exif=within_limit(exif.with_upright_orientation(exif_data)),
        xmp=within_limit(about.xmp),
        file_format="jpegxl",
    )


def declared_size(data: bytes) -> tuple[int, int]:
    """Width and height by the header; ``ImportError`` without pyjpegxl, ``RuntimeError`` for damaged data."""
    import pyjpegxl

    about = pyjpegxl.probe(data)
    return about.width, about.height


def _profile(icc_profile: bytes | None, pixels: CodeValues) -> bytes | None:
    """None for sRGB, which the format has a short word for and libjxl makes a profile of, and for unusable ones."""
    space = "L" if pixels.ndim == 2 else "RGB"
    if not icc_profile or icc_profile == _srgb_profile(space) or profile_space(icc_profile) != space:
        return None
    return icc_profile


@cache
def _srgb_profile(space: str) -> bytes:
    """The profile that libjxl makes for a file without one."""
    import pyjpegxl

    pixel = np.zeros((1, 1, 1 if space == "L" else 3), np.uint8)
    return pyjpegxl.probe(pyjpegxl.encode_from_numpy(pixel)).icc or b""
