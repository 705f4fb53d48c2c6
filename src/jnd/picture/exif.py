"""EXIF data: the orientation, found and reset in place so that every other byte stays as it was, and the copyright.

EXIF is a TIFF structure (Exif 3.0, section 4.5): byte order mark, 42, offset of the first directory; a directory
is a count and 12-byte entries of tag, type, count and value.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from jnd.picture.record import CodeValues

ByteOrder = Literal["little", "big"]

PREFIX = b"Exif\x00\x00"
"""What precedes the TIFF structure in a JPEG's APP1 segment, and wrongly in some other files."""

_ORIENTATION_TAG = 0x0112
_COPYRIGHT_TAGS = (0x013B, 0x8298)  # Artist, Copyright
_ASCII, _SHORT, _UTF8 = 2, 3, 129
_TEXT_KINDS = (_ASCII, _UTF8)
_KIND_BYTES = {_ASCII: 1, _SHORT: 2, _UTF8: 1}


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


def with_copyright_only(exif: bytes) -> bytes:
    """New EXIF that holds artist and copyright of another, in the same byte order; nothing if it has neither.

    Only the first directory is read, where the two stand, so damaged or circular ones behind it do no harm; a value
    that lies outside of the data is left out.
    """
    return _with_only(exif, set(_COPYRIGHT_TAGS))


def with_orientation_only(exif: bytes, *, and_copyright: bool) -> bytes:
    """The same with the orientation, for files whose pixels stay as they are; nothing if there is nothing to keep."""
    wanted = set(_COPYRIGHT_TAGS) if and_copyright else set()
    if orientation(exif) != 1:
        wanted.add(_ORIENTATION_TAG)
    return _with_only(exif, wanted)


def _with_only(exif: bytes, tags: set[int]) -> bytes:
    kept: dict[int, tuple[int, bytes]] = {}
    order: ByteOrder = "little"
    for entry in _first_directory(exif):
        order = entry.order
        kinds = (_SHORT,) if entry.tag == _ORIENTATION_TAG else _TEXT_KINDS
        if entry.tag in tags and entry.tag not in kept and entry.kind in kinds:
            value = _value(exif, entry)
            if value.strip(b"\0 "):
                kept[entry.tag] = entry.kind, value
    return _written(kept, order) if kept else b""


@dataclass(frozen=True, slots=True)
class _Entry:
    at: int
    """Where its twelve bytes begin."""
    tag: int
    kind: int
    count: int
    order: ByteOrder


def _first_directory(exif: bytes) -> Iterator[_Entry]:
    order: ByteOrder
    if exif[:4] == b"II*\x00":
        order = "little"
    elif exif[:4] == b"MM\x00*":
        order = "big"
    else:
        return
    directory = int.from_bytes(exif[4:8], order)
    entries = int.from_bytes(exif[directory : directory + 2], order)
    for number in range(entries):
        at = directory + 2 + 12 * number
        entry = exif[at : at + 12]
        if len(entry) < 12:
            return
        tag, kind = int.from_bytes(entry[:2], order), int.from_bytes(entry[2:4], order)
        yield _Entry(at, tag, kind, int.from_bytes(entry[4:8], order), order)


def _value(exif: bytes, entry: _Entry) -> bytes:
    """The bytes of its value; none if they lie outside."""
    size = entry.count * _KIND_BYTES[entry.kind]
    field = entry.at + 8
    begin = field if size <= 4 else int.from_bytes(exif[field : field + 4], entry.order)
    value = exif[begin : begin + size]
    return value if len(value) == size else b""


def _written(values: dict[int, tuple[int, bytes]], order: ByteOrder) -> bytes:
    """A TIFF structure of one directory: tag → kind and value."""
    mark = b"II*\x00" if order == "little" else b"MM\x00*"
    entries, outside = b"", b""
    outside_at = 8 + 2 + 12 * len(values) + 4
    for tag, (kind, value) in sorted(values.items()):
        count = len(value) // _KIND_BYTES[kind]
        if len(value) > 4:
            field = (outside_at + len(outside)).to_bytes(4, order)
            outside += value + bytes(len(value) % 2)  # offsets are even (TIFF 6.0, p. 15)
        else:
            field = value.ljust(4, b"\0")
        entries += tag.to_bytes(2, order) + kind.to_bytes(2, order) + count.to_bytes(4, order) + field
    directory = len(values).to_bytes(2, order) + entries + bytes(4)
    return mark + (8).to_bytes(4, order) + directory + outside


def _orientation_value(exif: bytes) -> tuple[int, ByteOrder] | None:
    """Where the value stands, and the byte order."""
    for entry in _first_directory(exif):
        if entry.tag == _ORIENTATION_TAG:
            return (entry.at + 8, entry.order) if entry.kind == _SHORT else None
    return None
