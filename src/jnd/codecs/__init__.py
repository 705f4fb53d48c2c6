"""Codecs: a picture at a distortion level to the bytes of a file, and back.

In goes a :class:`~jnd.picture.Picture`, out come bytes; level 0 is the best and a larger level is worse.
All are in the registry, even those that are not installed; using them says how to get them.
"""

from jnd._lookup import lookup
from jnd.codecs.avif import AVIF
from jnd.codecs.codec import EFFORTS, Codec, CodecLimits, EffortAxis, QualityAxis
from jnd.codecs.heic import HEIC
from jnd.codecs.jpegli import JPEGLI
from jnd.codecs.jpegxl import JPEGXL
from jnd.codecs.libjpeg_turbo import LIBJPEG_TURBO
from jnd.codecs.mozjpeg import MOZJPEG
from jnd.codecs.webp import WEBP

__all__ = ["CODECS", "EFFORTS", "Codec", "CodecLimits", "EffortAxis", "QualityAxis", "codec"]

CODECS: dict[str, Codec] = {
    "jpeg": JPEGLI,
    "jpeg:turbo": LIBJPEG_TURBO,
    "jpeg:mozjpeg": MOZJPEG,
    "webp": WEBP,
    "avif": AVIF,
    "jpegxl": JPEGXL,
    "heic": HEIC,
}


def codec(name: str) -> Codec:
    """The codec called ``name``; ``UnknownNameError`` gives those that there are.

    >>> codec("webp").setting(0)
    {'quality': 100}
    """
    return lookup(CODECS, name, kind="codec")
