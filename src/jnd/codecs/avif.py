"""AVIF by libaom, through libavif in Pillow: 8 bits, full range, tuned for how still pictures look.

libavif sets libaom's tune "iq" itself. Opacity gets the same quality as colour, the only choice that Pillow has.
"""

import io
from typing import Any

import numpy as np
from PIL import AvifImagePlugin, Image, features

from jnd.codecs.codec import Codec, CodecLimits, EffortAxis, EncoderSettings, QualityAxis
from jnd.picture import Picture
from jnd.picture.exif import without_orientation

EFFORTS = EffortAxis("speed", tuple(range(10, -1, -1)), low=8, medium=6, high=4)
"""For the same visible quality speed 7 needs 5 to 8 % more bytes in half the time, 8 needs
9 to 13 % more in a third, and 5 saves 3 to 4 % in over three times as long (benchmarks/results/codec_effort.txt)."""

THREADS = 1
"""The bytes depend on whether there is one thread or more; a batch uses processes anyway."""

# fmt: off
QUALITIES = (
    100, 99, 98, 96, 95, 94, 92, 91, 90, 88, 87, 86, 84, 83, 82, 80, 79, 78, 76, 75, 74, 72,
    71, 70, 68, 67, 66, 64, 63, 62, 60, 59, 58, 56, 55, 54, 52, 50, 49, 47, 45, 44, 42, 40,
    39, 37, 35, 34, 32, 30, 28, 26, 24, 22, 20, 18, 16, 14, 12, 10, 8, 6, 3, 0,
)
# fmt: on
"""Those of 0 to 100 that differ: libavif has 64 quantisers, and other numbers give the bytes of one of these."""


def _encode(picture: Picture, settings: EncoderSettings) -> bytes:
    channels = picture.pixels if picture.alpha is None else np.dstack([picture.pixels, picture.alpha])
    options: dict[str, Any] = {
        "icc_profile": picture.icc_profile,
        # Pillow would write EXIF anew, not as it was, to take the orientation out.
        "exif": None if picture.exif is None else without_orientation(picture.exif),
        "xmp": picture.xmp,
        "subsampling": settings.chroma_subsampling,
    }
    buffer = io.BytesIO()
    Image.fromarray(channels).save(
        buffer,
        "AVIF",
        quality=int(settings.value),
        speed=settings.effort,
        max_threads=THREADS,
        autotiling=False,  # tiles are for threads and cost bytes
        codec="aom",
        range="full",
        **{name: value for name, value in options.items() if value is not None},
    )
    return buffer.getvalue()


AVIF = Codec(
    name="avif",
    file_format="avif",
    extension=".avif",
    encoder=f"libaom {AvifImagePlugin.get_codec_version('aom')} (libavif {features.version('avif')})",
    licence="BSD-2-Clause",
    limits=CodecLimits(
        # Decoders' limits (avif.h): AVIF_DEFAULT_IMAGE_DIMENSION_LIMIT and AVIF_DEFAULT_IMAGE_SIZE_LIMIT.
        max_side=32768,
        alpha=True,
        bit_depths=(8,),
        grey=True,
        chroma_subsampling=("4:2:0", "4:4:4"),
        metadata=frozenset({"icc", "exif", "xmp"}),
        max_pixels=16384 * 16384,
    ),
    axis=QualityAxis("quality", QUALITIES),
    encode_function=_encode,
    efforts=EFFORTS,
)
