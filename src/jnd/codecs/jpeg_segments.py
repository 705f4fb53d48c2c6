"""Profile and metadata put into a JPEG file without touching its pictures.

Segments: EXIF and XMP in APP1, the ICC profile in APP2, in parts where it is long (ICC.1:2022, annex B.4). They
go behind JFIF's APP0 if the file has one, else to the front.
"""

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
