"""JPEG XL by libjxl, through pyjpegxl (extra ``jxl``): 8 and 16 bits, by butteraugli distance.

Chosen over imagecodecs: a tenth of its size, and it takes and returns profile, EXIF and XMP, without which colours
cannot be right. The price: libjxl is under a BSD licence, but the wheel also holds the crates jpegxl-rs and jpegxl-sys,
which are under the GPL, so the extra is never part of ``all``.
Opacity gets the same distance as colour, the only choice that the binding has.
"""

from functools import cache
from typing import Any

import numpy as np

from jnd.codecs.codec import Codec, CodecLimits, EffortAxis, EncoderSettings, QualityAxis
from jnd.codecs.optional import installed_version
from jnd.picture import Picture

PACKAGE = "pyjpegxl"
_VERSION = installed_version(PACKAGE)

EFFORTS = EffortAxis("effort", tuple(range(1, 10)), low=4, medium=7, high=9)
"""libjxl's own numbers, and its own usual choice."""

DISTANCES = (
    *(round(0.10 + 0.02 * step, 2) for step in range(20)),
    *(round(0.50 + 0.05 * step, 2) for step in range(30)),
    *(round(2.0 + 0.1 * step, 1) for step in range(30)),
    *(round(5.0 + 0.25 * step, 2) for step in range(20)),
)
"""Steps of about 4 % where few people see a change. libjxl goes down to 0.01 (pyjpegxl takes less than 0.05 for that)
and up to 25, but from 10 on it stores half the resolution: files get larger and worse at first (12 % on scikit-image's
astronaut), and nobody who looks for a difference misses it."""

_SPEEDS = (
    "Lightning",
    "Thunder",
    "Falcon",
    "Cheetah",
    "Hare",
    "Wombat",
    "Squirrel",
    "Kitten",
    "Tortoise",
)
"""pyjpegxl's names for effort 1 to 9."""


def _encode(picture: Picture, settings: EncoderSettings) -> bytes:
    assert isinstance(settings.effort, int), "EFFORTS are numbers"
    return _file(picture, settings.effort, quality=settings.value)


def lossless_from_pixels(picture: Picture) -> bytes:
    """The pixels of ``picture`` without loss, at the usual effort."""
    assert isinstance(EFFORTS.medium, int), "EFFORTS are numbers"
    return _file(picture, EFFORTS.medium, lossless=True)


def lossless_from_jpeg(jpeg: bytes) -> bytes | None:
    """The data of a JPEG file packed tighter; None if that very file could not be had back from it.

    libjxl smooths its colour differently from libjpeg when it is shown, by up to some code values.
    """
    try:
        packed: bytes = _pyjpegxl().jpeg_to_jxl(jpeg)
        again: bytes = _pyjpegxl().jxl_to_jpeg(packed)
    except (RuntimeError, ValueError):  # CMYK, arithmetic coding and other kinds that libjxl does not take
        return None
    return packed if again == jpeg else None


def _file(picture: Picture, effort: int, **options: Any) -> bytes:
    pixels, profile = picture.pixels, picture.icc_profile
    if pixels.ndim == 2 and profile is not None and profile[16:20] != b"GRAY":
        pixels = np.repeat(pixels[:, :, np.newaxis], 3, axis=2)  # libjxl would drop the profile
    if picture.alpha is not None:
        pixels = np.dstack([pixels, picture.alpha])
    file: bytes = _pyjpegxl().encode_from_numpy(
        np.ascontiguousarray(pixels),
        speed=getattr(_pyjpegxl().EncoderSpeed, _SPEEDS[effort - 1]),
        exif=picture.exif,
        xmp=picture.xmp,
        icc=profile,
        **options,
    )
    return file


@cache
def _pyjpegxl() -> Any:
    import pyjpegxl

    pyjpegxl.set_num_threads(1)  # a batch uses processes; the bytes are the same
    return pyjpegxl


JPEGXL = Codec(
    name="jpegxl",
    file_format="jpegxl",
    extension=".jxl",
    encoder=f"libjxl (pyjpegxl {_VERSION})" if _VERSION else "libjxl (pyjpegxl, not installed)",
    licence="libjxl BSD-3-Clause; the wheel of pyjpegxl also holds code under GPL-3.0-or-later",
    limits=CodecLimits(
        # Level 5 of the codestream, which every decoder has to read (ISO/IEC 18181-1:2024, annex M).
        max_side=262144,
        alpha=True,
        bit_depths=(8, 16),
        grey=True,
        chroma_subsampling=("4:4:4",),
        metadata=frozenset({"icc", "exif", "xmp"}),
        max_pixels=2**28,
    ),
    axis=QualityAxis("distance", DISTANCES),
    encode_function=_encode,
    efforts=EFFORTS,
    missing=None if _VERSION else 'pip install "jnd[jxl]" (its wheel holds code under the GPL)',
)
