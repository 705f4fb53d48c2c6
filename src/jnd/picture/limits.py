"""How large a picture and what it carries may be; all readers ask here, before they decode."""

from jnd.errors import UnreadablePictureError
from jnd.picture.record import CodeValues

MAX_PIXELS = 300_000_000
"""Pictures of more pixels are refused unless a caller allows more: a small file may claim to be huge."""

MAX_METADATA_BYTES = 16 * 2**20
"""Of an ICC profile, EXIF or XMP each, unpacked. Print profiles have some 3 MB, EXIF of cameras less than 0.1 MB."""

AGAIN = "get it again from where it came"


def allowing(pixels: CodeValues) -> int:
    """The limit for a file that was made of ``pixels``, which may be more than usual where a caller allowed it."""
    return max(MAX_PIXELS, int(pixels.shape[0] * pixels.shape[1]))


def check_size(width: int, height: int, max_pixels: int) -> None:
    """Raise ``UnreadablePictureError`` for a picture without pixels, or with more than ``max_pixels``."""
    if width < 1 or height < 1:
        raise UnreadablePictureError(f"has no pixels ({width} x {height}); {AGAIN}")
    if width * height > max_pixels:
        raise UnreadablePictureError(
            f"has {width} x {height} pixels, more than {max_pixels}; allow more with max_pixels "
            "(--max-pixels), or make it smaller"
        )


def checked_profile(icc_profile: bytes | None) -> bytes | None:
    """The ICC profile, None if there is none or an empty one; too large is an error, as colours depend on it."""
    if icc_profile and len(icc_profile) > MAX_METADATA_BYTES:
        raise UnreadablePictureError(
            f"has an ICC profile of {len(icc_profile)} bytes, more than {MAX_METADATA_BYTES}; "
            "convert it to sRGB"
        )
    return icc_profile or None


def within_limit(metadata: bytes | None) -> bytes | None:
    """EXIF or XMP; None if there is none, or more than anybody needs."""
    return metadata if metadata and len(metadata) <= MAX_METADATA_BYTES else None
