"""From a file to a :class:`Picture`: fetch the bytes, ask what they are, decode them, or say in one line why not."""

import os
import stat
from pathlib import Path

from jnd.errors import UnreadablePictureError
from jnd.picture.decoding import applied_orientation, declared_size, decode
from jnd.picture.identify import HEAD_BYTES, SUPPORTED, describe, identify
from jnd.picture.limits import MAX_PIXELS
from jnd.picture.record import Picture
from jnd.places import is_regular_file, is_remote, place, remote_bytes

_MAX_BYTES_PER_PIXEL = 8  # 16-bit RGBA without compression
_MAX_OTHER_BYTES = 256 * 2**20  # metadata, and further pictures behind a camera's JPEG


def read_picture(source: str | os.PathLike[str] | bytes, *, max_pixels: int = MAX_PIXELS) -> Picture:
    """Read a JPEG, PNG, WebP, AVIF, TIFF, PPM/PGM/PBM or BMP file, recognised by content, not by name.

    JPEG XL is read where the extra ``jxl`` is installed, and HEIC where ``heic`` is.

    Parameters
    ----------
    source : the path of a file, or the bytes of one.
    max_pixels : larger pictures are refused before they are decoded.

    Returns
    -------
    Upright: EXIF orientation is applied, and reset in the EXIF that is kept. Code values stay in the file's own
    colour space with its ICC profile; a profile that is damaged or of another kind of pixels is dropped, as
    browsers do. 8 and 16 bits are exact (AVIF and HEIC of 10 or 12 bits are read in 8, CMYK of 16 bits as well; grey
    and colour of 9 to 15 bits in PGM and PPM is stretched to 16). Palettes become RGB, one bit becomes 0 and
    255, CMYK becomes sRGB through its profile (without one: through the plain formula); an alpha channel that is
    opaque everywhere becomes None. Of a camera's JPEG with further pictures (a preview, a gain map) the main one
    is read. EXIF and XMP of more than 16 MiB are dropped. PNG's gAMA and cHRM are ignored: without a profile,
    colours are sRGB.

    Raises
    ------
    UnreadablePictureError
        Missing, a folder, no permission, empty, not a picture, of a format that we do not read, damaged,
        truncated, animated, of several pages, larger than ``max_pixels``, with an ICC profile of more than
        16 MiB, in floating point, or in high dynamic range or wide colours by a CICP tag without a profile. Nothing else is raised, whatever the bytes are.
    """
    if isinstance(source, bytes):
        return _decode(source, max_pixels)
    data = file_bytes(source, max_pixels=max_pixels)
    try:
        return _decode(data, max_pixels)
    except UnreadablePictureError as error:
        raise UnreadablePictureError(f"{source}: {error}") from error


def declared_pixels(path: str | os.PathLike[str], *, max_pixels: int = MAX_PIXELS) -> int | None:
    """How many pixels a file says that it has; None if it says nothing or is none that we read. Nothing is decoded."""
    try:
        data = file_bytes(path, max_pixels=max_pixels)
        width, height = declared_size(_known_format(data[:HEAD_BYTES]), data)
    except Exception:  # noqa: BLE001 - whatever is wrong, reading it will say
        return None
    return width * height


def stored_orientation(data: bytes) -> int:
    """The EXIF orientation, 1 to 8, that :func:`read_picture` applied to the pixels of these bytes; 1 where decoders do."""
    return applied_orientation(_known_format(data[:HEAD_BYTES]), data)


def file_format_of(path: str | os.PathLike[str]) -> str | None:
    """The format of a file by its content; None if it cannot be read or is of none that we read."""
    try:
        path = place(path)
        if not is_regular_file(path):
            return None
        with path.open("rb") as file:
            return identify(file.read(HEAD_BYTES))
    except (OSError, ValueError):
        return None


def file_bytes(path: str | os.PathLike[str], *, max_pixels: int = MAX_PIXELS) -> bytes:
    """All bytes of a file that looks like a picture, for callers who need both; see :func:`read_picture`.

    Raises
    ------
    UnreadablePictureError
        As :func:`read_picture`, as far as that can be known before decoding.
    """
    try:
        return _file_bytes(place(path), max_pixels)
    except UnreadablePictureError as error:
        raise UnreadablePictureError(f"{path}: {error}") from error


def _decode(data: bytes, max_pixels: int) -> Picture:
    return decode(_known_format(data[:HEAD_BYTES]), data, max_pixels)


def _file_bytes(path: Path, max_pixels: int) -> bytes:
    try:
        if is_remote(path):
            return _remote_file_bytes(path, max_pixels)
        return _regular_file_bytes(path, max_pixels)
    except UnreadablePictureError:  # a ValueError too
        raise
    except FileNotFoundError:
        raise UnreadablePictureError("does not exist; check its name and folder") from None
    except PermissionError:
        raise UnreadablePictureError("may not be read; ask its owner for permission") from None
    except (OSError, ValueError) as error:  # ValueError: a null byte in the name
        why = getattr(error, "strerror", None) or str(error)
        raise UnreadablePictureError(f"cannot be read from the disk: {why}; check the disk") from error


def _regular_file_bytes(path: Path, max_pixels: int) -> bytes:
    status = path.stat()
    if stat.S_ISDIR(status.st_mode):
        raise UnreadablePictureError("is a folder; name the pictures in it")
    if not stat.S_ISREG(status.st_mode):
        raise UnreadablePictureError(
            "is no regular file (a pipe or device); copy its content to a file first"
        )
    with path.open("rb") as file:
        _known_format(file.read(HEAD_BYTES))  # before all of something else is read
        limit = max_pixels * _MAX_BYTES_PER_PIXEL + _MAX_OTHER_BYTES
        if status.st_size > limit:
            raise _too_many_bytes(str(status.st_size), max_pixels)
        file.seek(0)
        before = os.fstat(file.fileno())
        data = file.read(min(before.st_size, limit) + 1)  # read(n) takes memory for n bytes at once
        if _version(before) != _version(os.fstat(file.fileno())) or len(data) != before.st_size:
            raise UnreadablePictureError("changed while it was read; try again when it is complete")
        return data


def _remote_file_bytes(path: Path, max_pixels: int) -> bytes:
    limit = max_pixels * _MAX_BYTES_PER_PIXEL + _MAX_OTHER_BYTES
    data = remote_bytes(path, limit)  # one request; an object is replaced as a whole, never half
    if len(data) > limit:
        raise _too_many_bytes(f"more than {limit}", max_pixels)
    _known_format(data[:HEAD_BYTES])
    return data


def _too_many_bytes(count: str, max_pixels: int) -> UnreadablePictureError:
    return UnreadablePictureError(
        f"has {count} bytes, more than a picture of {max_pixels} pixels needs; "
        "allow more with max_pixels (--max-pixels)"
    )


def _version(status: os.stat_result) -> tuple[int, int]:
    """Differs after a write, within the resolution of the file system's clock."""
    return status.st_size, status.st_mtime_ns


def _known_format(head: bytes) -> str:
    if not head:
        raise UnreadablePictureError("is empty (0 bytes); get it again from where it came")
    name = identify(head)
    if name is None:
        raise UnreadablePictureError(
            f"looks like {describe(head)}; readable are {', '.join(SUPPORTED.values())}: convert it to one of them"
        )
    return name
