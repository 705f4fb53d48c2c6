"""Pictures: pixels with their encoding, read from files, shown as people see them, written without loss.

In go files or bytes, out come :class:`Picture` records; :func:`seen` turns one into sRGB code values.
"""

from jnd.picture.code_values import as_colour, check_code_values
from jnd.picture.colour import BACKGROUNDS, seen
from jnd.picture.limits import MAX_PIXELS, allowing
from jnd.picture.metadata import METADATA_POLICIES, policy_named
from jnd.picture.reading import declared_pixels, file_bytes, file_format_of, read_picture
from jnd.picture.record import CodeValues, Picture
from jnd.picture.resizing import fit_within
from jnd.picture.writing import remove_abandoned_parts, write_bytes_atomically, write_picture

__all__ = [
    "BACKGROUNDS",
    "MAX_PIXELS",
    "METADATA_POLICIES",
    "CodeValues",
    "Picture",
    "allowing",
    "as_colour",
    "check_code_values",
    "declared_pixels",
    "file_bytes",
    "file_format_of",
    "fit_within",
    "policy_named",
    "read_picture",
    "remove_abandoned_parts",
    "seen",
    "write_bytes_atomically",
    "write_picture",
]
