"""Files that are whole or not there at all, and pictures in them without loss."""

import hashlib
import io
import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from jnd.picture.lossless import lossless_bytes
from jnd.picture.record import Picture
from jnd.places import is_remote, place


def write_picture(picture: Picture, path: str | os.PathLike[str], *, overwrite: bool = False) -> None:
    """Write ``picture`` without loss, in the format of the name's extension.

    PNG, TIFF, PPM, PGM and BMP, and WebP in its lossless mode. PNG and TIFF hold everything but EXIF in a
    16-bit TIFF; metadata that a format has no place for is left out, but never a colour profile, an opacity or
    bits of the pixels.

    Raises
    ------
    UnsupportedPictureError
        The format cannot hold the picture without loss; the message names those that can.
    FileExistsError
        There is such a file already and ``overwrite`` is not set.
    OSError
        The folder is missing, read-only or full. Nothing is left behind.
    """
    path = place(path)
    write_bytes_atomically(path, lossless_bytes(picture, path.suffix), overwrite=overwrite)


def write_bytes_atomically(path: str | os.PathLike[str], data: bytes, *, overwrite: bool = True) -> None:
    """Write ``data`` to ``path`` so that at no time a part of it can be seen there.

    A file beside it with a temporary name is written, flushed to the disk and renamed; after an error it is
    removed, and what was at ``path`` is as before. Behind an address, where the store does this, it is one upload.

    Raises
    ------
    FileExistsError
        There is something at ``path`` and ``overwrite`` is not set.
    OSError
        The folder is missing, read-only or full.
    """
    with opened_atomically(path, overwrite=overwrite) as file:
        file.write(data)


@contextmanager
def opened_atomically(path: str | os.PathLike[str], *, overwrite: bool = True) -> Iterator[IO[bytes]]:
    """A file to write in parts, which takes its place at ``path`` when the block ends without an error.

    Otherwise as :func:`write_bytes_atomically`.
    """
    path = place(path)
    if not overwrite and path.exists():
        raise FileExistsError(
            17, "there is such a file already; choose another name or overwrite it", str(path)
        )
    if is_remote(path):
        buffer = io.BytesIO()
        yield buffer
        path.write_bytes(buffer.getvalue())  # stores of objects show an object when all of it is there
        return
    temporary = path.with_name(_temporary_name())
    try:
        # Not tempfile, so that the file gets the usual permissions; "x": never onto something that is there.
        with temporary.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if overwrite:
            temporary.replace(path)
        else:
            _rename_to_free_name(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


_PREFIX, _SUFFIX = ".jnd-", ".part"


def _temporary_name() -> str:
    """Says whose it is; short, because names have a limit of their own."""
    return f"{_PREFIX}{_this_machine()}-{os.getpid()}-{secrets.token_hex(4)}{_SUFFIX}"


def _this_machine() -> str:
    return hashlib.sha256(socket.gethostname().encode()).hexdigest()[:8]


def remove_abandoned_parts(folder: str | os.PathLike[str]) -> None:
    """Remove what writers that were killed on this machine left in ``folder``; those at work keep theirs."""
    folder = place(folder)
    if is_remote(folder):  # nothing is ever half there
        return
    for part in folder.glob(f"{_PREFIX}{_this_machine()}-*{_SUFFIX}"):
        process = part.name.removeprefix(_PREFIX).removesuffix(_SUFFIX).split("-")[1]
        if process.isdecimal() and not _is_alive(int(process)):
            with suppress(OSError):
                part.unlink()


def _is_alive(process: int) -> bool:
    if os.name == "nt":
        return True  # there signal 0 would end it
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:  # somebody else's
        return True
    return True


def _rename_to_free_name(temporary: Path, path: Path) -> None:
    """Fails if somebody made ``path`` in the meantime, where the file system has hard links."""
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise
    except OSError:
        temporary.replace(path)
