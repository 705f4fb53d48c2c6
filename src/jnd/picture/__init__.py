"""Pictures: pixels with their encoding, read from files, shown as people see them, written without loss.

In go files or bytes, out come :class:`Picture` records; :func:`seen` turns one into sRGB code values.
"""

from jnd.picture.colour import BACKGROUNDS, seen
from jnd.picture.metadata import METADATA_POLICIES, policy_named
from jnd.picture.reading import MAX_PIXELS, read_picture
from jnd.picture.record import CodeValues, Picture
from jnd.picture.writing import write_bytes_atomically, write_picture

__all__ = [
    "BACKGROUNDS",
    "MAX_PIXELS",
    "METADATA_POLICIES",
    "CodeValues",
    "Picture",
    "policy_named",
    "read_picture",
    "seen",
    "write_bytes_atomically",
    "write_picture",
]
