"""The orientation in EXIF data: found and reset in place, so that every other byte stays as it was.

EXIF is a TIFF structure (Exif 3.0, section 4.5): byte order mark, 42, offset of the first directory; a directory
is a count and 12-byte entries of tag, type, count and value.
"""

from typing import Literal

import numpy as np

from jnd.picture.record import CodeValues

ByteOrder = Literal["little", "big"]

PREFIX = b"Exif\x00\x00"
"""What precedes the TIFF structure in a JPEG's APP1 segment, and wrongly in some other files."""

_ORIENTATION_TAG = 0x0112
_SHORT = 3


def tiff_structure(exif: bytes) -> bytes:
    """EXIF without the prefix; nothing if what follows is no TIFF structure, which no codec would take."""
    while exif.startswith(PREFIX):
        exif = exif[len(PREFIX) :]
    return exif if exif[:4] in (b"II*\x00", b"MM\x00*") else b""


def orientation(exif: bytes) -> int:
    """1 to 8 as EXIF has it; 1, which is upright, where it has none or a nonsensical one."""
    found = _orientation_value(exif)
    if found is None:
        return 1
    at, order = found
    value = int.from_bytes(exif[at : at + 2], order)
    return value if 1 <= value <= 8 else 1


def with_upright_orientation(exif: bytes) -> bytes:
    """The same EXIF saying that the picture is upright; its length and all else are unchanged."""
    found = _orientation_value(exif)
    if found is None:
        return exif
    at, order = found
    return exif[:at] + (1).to_bytes(2, order) + exif[at + 2 :]


def without_orientation(exif: bytes) -> bytes:
    """The same EXIF with no orientation, which means upright; its length and all else but that are unchanged."""
    found = _orientation_value(exif)
    if found is None:
        return exif
    at, order = found
    entry = at - 8
    directory = int.from_bytes(exif[4:8], order)
    entries = int.from_bytes(exif[directory : directory + 2], order)
    end = directory + 2 + 12 * entries + 4  # behind the link to the next directory
    return b"".join(
        [
            exif[:directory],
            (entries - 1).to_bytes(2, order),
            exif[directory + 2 : entry],
            exif[entry + 12 : end],
            bytes(12),  # so that what follows stays where its offsets say
            exif[end:],
        ]
    )


def upright(values: CodeValues, orientation: int) -> CodeValues:
    """(H, W) or (H, W, C) ``values`` as they are meant to be looked at (EXIF tag 274)."""
    if orientation >= 5:
        values = values.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        values = values[::-1]
    if orientation in (2, 3, 6, 7):
        values = values[:, ::-1]
    return np.ascontiguousarray(values)


def _orientation_value(exif: bytes) -> tuple[int, ByteOrder] | None:
    """Where the value stands, and the byte order."""
    order: ByteOrder
    if exif[:4] == b"II*\x00":
        order = "little"
    elif exif[:4] == b"MM\x00*":
        order = "big"
    else:
        return None
    directory = int.from_bytes(exif[4:8], order)
    entries = int.from_bytes(exif[directory : directory + 2], order)
    for number in range(entries):
        at = directory + 2 + 12 * number
        entry = exif[at : at + 12]
        if len(entry) < 12:
            return None
        if int.from_bytes(entry[:2], order) == _ORIENTATION_TAG:
            is_short = int.from_bytes(entry[2:4], order) == _SHORT
            return (at + 8, order) if is_short else None
    return None
