"""Codecs: a picture at a distortion level to the bytes of a file, and back.

In goes a :class:`~jnd.picture.Picture`, out come bytes; level 0 is the best and a larger level is worse.
"""

from jnd._lookup import lookup
from jnd.codecs.avif import AVIF
from jnd.codecs.codec import Codec, CodecLimits, QualityAxis
from jnd.codecs.jpegli import JPEGLI
from jnd.codecs.libjpeg_turbo import LIBJPEG_TURBO
from jnd.codecs.webp import WEBP

__all__ = ["CODECS", "Codec", "CodecLimits", "QualityAxis", "codec"]

CODECS: dict[str, Codec] = {
    "jpeg": JPEGLI,
    "jpeg:turbo": LIBJPEG_TURBO,
    "webp": WEBP,
    "avif": AVIF,
}


def codec(name: str) -> Codec:
    """The codec called ``name``; ``UnknownNameError`` gives those that there are.

    >>> codec("webp").setting(0)
    {'quality': 100}
    """
    return lookup(CODECS, name, kind="codec")
