"""HEIC by x265, through pillow-heif (extra ``heic``): 8 bits. The wheel bundles x265, which is under the GPL.

For that licence the extra is never part of ``all``. Opacity gets the same quality as colour.
"""

import io

import numpy as np

from jnd.codecs.codec import Codec, CodecLimits, EffortAxis, EncoderSettings, QualityAxis
from jnd.codecs.optional import installed_version
from jnd.picture import Picture
from jnd.picture.exif import with_upright_orientation

PACKAGE = "pillow-heif"
_VERSION = installed_version(PACKAGE)

EFFORTS = EffortAxis(
    "preset",
    (
        "ultrafast",
        "superfast",
        "veryfast",
        "faster",
        "fast",
        "medium",
        "slow",
        "slower",
        "veryslow",
        "placebo",
    ),
    low="fast",
    medium="slow",
    high="veryslow",
)
"""x265's names; "slow" is libheif's own choice."""

QUALITIES = (100, *range(92, -1, -2))
"""Those of 0 to 100 that differ: libheif tells x265 a rate factor of (100 - quality) / 2, of which x265 takes the
whole part, and 93 to 100 give the same bytes."""


def _encode(picture: Picture, settings: EncoderSettings) -> bytes:
    import pillow_heif

    height, width = picture.pixels.shape[:2]
    channels, mode = picture.pixels, "L" if picture.pixels.ndim == 2 else "RGB"
    if picture.alpha is not None:
        channels, mode = np.dstack([channels, picture.alpha]), mode + "A"
    image = pillow_heif.from_bytes(mode, (width, height), channels.tobytes())
    # pillow-heif would turn an orientation of the EXIF into one of the container.
    exif = None if picture.exif is None else with_upright_orientation(picture.exif)
    metadata = {"icc_profile": picture.icc_profile, "exif": exif, "xmp": picture.xmp}
    subsampling = settings.chroma_subsampling
    buffer = io.BytesIO()
    image.save(
        buffer,
        quality=int(settings.value),
        enc_params={"preset": settings.effort},
        **({} if subsampling is None else {"chroma": int(subsampling.replace(":", ""))}),
        **{name: data for name, data in metadata.items() if data is not None},
    )
    return buffer.getvalue()


HEIC = Codec(
    name="heic",
    file_format="heic",
    extension=".heic",
    encoder=f"x265 (pillow-heif {_VERSION})" if _VERSION else "x265 (pillow-heif, not installed)",
    licence="x265 GPL-2.0, in the wheel of pillow-heif",
    limits=CodecLimits(
        max_side=16384,  # beyond it lies the largest level of HEVC (ITU-T H.265, table A.8: 16888)
        alpha=True,
        bit_depths=(8,),
        grey=True,
        chroma_subsampling=("4:2:0", "4:2:2", "4:4:4"),
        metadata=frozenset({"icc", "exif", "xmp"}),
    ),
    axis=QualityAxis("quality", QUALITIES),
    encode_function=_encode,
    efforts=EFFORTS,
    missing=None if _VERSION else 'pip install "jnd[heic]" (its wheel holds code under the GPL)',
)
