"""Profile and metadata put into a JPEG file, and taken out of one, without touching its pixels.

Segments: EXIF and XMP in APP1, the ICC profile in APP2, in parts where it is long (ICC.1:2022, annex B.4). They
go behind JFIF's APP0 if the file has one, else to the front.
"""

import re
from collections.abc import Callable, Iterator

from jnd.picture import Picture

_START_OF_IMAGE = b"\xff\xd8"
_APP0, _APP1, _APP2 = b"\xff\xe0", b"\xff\xe1", b"\xff\xe2"
_EXIF_PREFIX = b"Exif\0\0"
_XMP_PREFIX = b"http://ns.adobe.com/xap/1.0/\0"
_ICC_PREFIX = b"ICC_PROFILE\0"

MAX_SEGMENT_BYTES = 65533
"""A segment's length is a 16-bit number that counts its own two bytes."""

_ICC_PART_BYTES = MAX_SEGMENT_BYTES - len(_ICC_PREFIX) - 2  # number of the part and number of parts


def with_metadata(jpeg: bytes, picture: Picture) -> bytes:
    """``jpeg`` with the ICC profile, EXIF and XMP of ``picture``.

    EXIF and XMP that do not fit in one segment of 64 kB, which is all the standards allow, are left out.

    Raises
    ------
    ValueError
        ``jpeg`` does not begin as a JPEG, or the profile has more than 255 parts of 64 kB.
    """
    if not jpeg.startswith(_START_OF_IMAGE):
        raise ValueError(f"a JPEG begins with ff d8, this with {jpeg[:2].hex(' ')}; encode it again")
    at = len(_START_OF_IMAGE)
    if jpeg[at : at + 2] == _APP0:
        at += 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
    segments = b"".join(
        [
            _optional(_APP1, _EXIF_PREFIX, picture.exif),
            _optional(_APP1, _XMP_PREFIX, picture.xmp),
            *_icc_segments(picture.icc_profile or b""),
        ]
    )
    return jpeg[:at] + segments + jpeg[at:]


def with_other_metadata(
    jpeg: bytes, exif: Callable[[bytes], bytes | None], xmp: Callable[[bytes], bytes | None]
) -> bytes:
    """``jpeg`` with its EXIF and XMP passed through the two functions, and nothing else that is no picture.

    Comments go, and what programs keep in application segments of their own (Photoshop's, a camera's), and all behind
    the end of the picture: previews, depth and gain maps, which have metadata of their own. JFIF's and Adobe's
    segments and the ICC profile stay, which say what the colours are.

    Raises
    ------
    ValueError
        The segments cannot be told apart, or the new EXIF or XMP does not fit in one.
    """
    kept = [_START_OF_IMAGE]
    for marker, segment in segments(jpeg):
        data = segment[4:]
        if marker == _APP1[1] and data.startswith(_EXIF_PREFIX):
            kept.append(_replacement(_EXIF_PREFIX, exif(data[len(_EXIF_PREFIX) :])))
        elif marker == _APP1[1] and data.startswith(_XMP_PREFIX):
            kept.append(_replacement(_XMP_PREFIX, xmp(data[len(_XMP_PREFIX) :])))
        elif marker not in _METADATA_MARKERS or data.startswith(_COLOUR_SEGMENTS.get(marker, ())):
            kept.append(segment)
    return b"".join(kept)


def _replacement(prefix: bytes, data: bytes | None) -> bytes:
    if not data:
        return b""
    if len(prefix) + len(data) > MAX_SEGMENT_BYTES:
        raise ValueError(f"{len(data)} bytes of metadata do not fit in a segment of 64 kB; keep fewer")
    return _segment(_APP1, prefix + data)


_METADATA_MARKERS = frozenset(
    [*range(0xE0, 0xF0), 0xFE]
)  # application segments and comments (ITU-T T.81, table B.1)
_COLOUR_SEGMENTS = {0xE0: (b"JFIF\0",), 0xE2: (_ICC_PREFIX,), 0xEE: (b"Adobe",)}
_START_OF_SCAN, _END_OF_IMAGE = 0xDA, 0xD9
_END_OF_SCAN = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")  # a marker, but no stuffed byte and no restart


def segments(jpeg: bytes) -> Iterator[tuple[int, bytes]]:
    """Marker and all bytes of each segment behind the start of the image; of a scan with its data. Ends at the end."""
    at = len(_START_OF_IMAGE)
    while True:
        if jpeg[at : at + 1] != b"\xff":
            raise ValueError(f"no segment of a JPEG begins at byte {at}; get the file again")
        while jpeg[at + 1 : at + 2] == b"\xff":  # fill bytes
            at += 1
        marker = jpeg[at + 1]
        if marker == _END_OF_IMAGE:
            yield marker, jpeg[at : at + 2]
            return
        end = at + 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
        if marker == _START_OF_SCAN:
            found = _END_OF_SCAN.search(jpeg, end)
            end = len(jpeg) if found is None else found.start()
        if not at + 4 <= end < len(jpeg):
            raise ValueError(f"a segment of a JPEG at byte {at} has no end; get the file again")
        yield marker, jpeg[at:end]
        at = end


def _optional(marker: bytes, prefix: bytes, data: bytes | None) -> bytes:
    if data is None or len(prefix) + len(data) > MAX_SEGMENT_BYTES:
        return b""
    return _segment(marker, prefix + data)


def _icc_segments(profile: bytes) -> list[bytes]:
    parts = [profile[at : at + _ICC_PART_BYTES] for at in range(0, len(profile), _ICC_PART_BYTES)]
    if len(parts) > 255:
        raise ValueError(f"an ICC profile of {len(profile)} bytes does not fit in a JPEG; convert to sRGB")
    return [
        _segment(_APP2, _ICC_PREFIX + bytes([number, len(parts)]) + part)
        for number, part in enumerate(parts, start=1)
    ]


def _segment(marker: bytes, data: bytes) -> bytes:
    return marker + (len(data) + 2).to_bytes(2, "big") + data
