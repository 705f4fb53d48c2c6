"""Lossy WebP by libwebp, through Pillow. The format has 4:2:0 chroma only; opacity is stored without loss."""

import io
from typing import Any

import numpy as np
from PIL import Image, features

from jnd.codecs.codec import Codec, CodecLimits, EffortAxis, EncoderSettings, QualityAxis
from jnd.picture import Picture

EFFORTS = EffortAxis("method", tuple(range(7)), low=4, medium=6, high=6)
"""For the same visible quality method 4, libwebp's own choice, needs 6 to 7 % more bytes in 40 % of
the time (benchmarks/results/codec_effort.txt)."""

ALPHA_QUALITY = 100
"""Lossless: opacity compresses well, and errors in it show as fringes that depend on the background."""


def _encode(picture: Picture, settings: EncoderSettings) -> bytes:
    channels = picture.pixels if picture.alpha is None else np.dstack([picture.pixels, picture.alpha])
    metadata: dict[str, Any] = {
        "icc_profile": picture.icc_profile,
        "exif": picture.exif,
        "xmp": picture.xmp,
    }
    buffer = io.BytesIO()
    Image.fromarray(channels).save(
        buffer,
        "WEBP",
        quality=int(settings.value),
        method=settings.effort,
        alpha_quality=ALPHA_QUALITY,
        **{name: data for name, data in metadata.items() if data is not None},
    )
    return buffer.getvalue()


WEBP = Codec(
    name="webp",
    file_format="webp",
    extension=".webp",
    encoder=f"libwebp {features.version('webp')}",
    licence="BSD-3-Clause",
    limits=CodecLimits(
        max_side=16383,
        alpha=True,
        bit_depths=(8,),
        grey=False,
        chroma_subsampling=("4:2:0",),
        metadata=frozenset({"icc", "exif", "xmp"}),
    ),
    axis=QualityAxis("quality", tuple(range(100, -1, -1))),
    encode_function=_encode,
    efforts=EFFORTS,
)
