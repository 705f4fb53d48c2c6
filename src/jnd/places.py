"""Where files are: on this machine's disks, or behind an address such as ``s3://bucket/folder``.

In goes what a user wrote, out comes something with the methods of :class:`pathlib.Path`. Addresses are served by fsspec
(``s3://``, ``gs://``, ``http://`` and all others that it knows), which is imported when the first one comes.
"""

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

from jnd.errors import PlaceError, needing

_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)

_READ_ONLY = ("http://", "https://")


def place(text: str | os.PathLike[str]) -> Path:
    """The file or folder that ``text`` names.

    Raises
    ------
    PlaceError
        An address of a kind that nothing here serves.
    MissingExtraError
        Addresses need the extra ``cluster``.

    >>> place("photos/a.png").name
    'a.png'
    """
    if not isinstance(text, str):
        return cast(Path, text) if is_remote(text) else Path(text)
    if not _ADDRESS.match(text):
        return Path(text)
    with needing("cluster", f"the address {text}"):
        from upath import UPath
    try:
        remote = UPath(text)
        _ = remote.fs  # finds out whether what serves such addresses is installed
    except (ImportError, ValueError) as error:
        raise PlaceError(f"{text} cannot be reached: {error}") from None
    # Not a Path by its class, but it has the methods of one that are used on places.
    return cast(Path, Path(remote.path) if text.startswith("file://") else remote)


def is_remote(path: object) -> bool:
    """Whether a place is behind an address; a text counts as what it names."""
    return bool(_ADDRESS.match(path)) if isinstance(path, str) else hasattr(path, "storage_options")


def is_writable(path: Path) -> bool:
    """Whether anything can be written to such a place at all; permissions are another question.

    >>> is_writable(Path("photos"))
    True
    """
    return not str(path).startswith(_READ_ONLY)


def files_under(folder: Path) -> Iterator[Path]:
    """Files of a folder here or there at any depth, by name, hidden ones and those in hidden folders left out."""
    if not is_remote(folder):
        for parent, folders, names in os.walk(folder):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            yield from (Path(parent, name) for name in sorted(names) if not name.startswith("."))
        return
    top = str(folder).rstrip("/")
    remote = cast(Any, folder)
    for name in sorted(remote.fs.find(remote.path)):
        relative = name.removeprefix(remote.path.rstrip("/")).lstrip("/")
        if relative and not any(part.startswith(".") for part in relative.split("/")):
            yield place(f"{top}/{relative}")


def remote_bytes(path: Path, limit: int) -> bytes:
    """At most ``limit`` + 1 bytes of a remote file, so that a caller sees that there are more.

    Raises
    ------
    OSError
        It is not there, is a folder, or cannot be read; whatever the store's own error was.
    """
    try:
        with path.open("rb") as file:
            return file.read(limit + 1)
    except OSError:
        raise
    except Exception as error:  # each store has errors of its own
        raise OSError(None, f"{type(error).__name__}: {error}") from error


def is_regular_file(path: Path) -> bool:
    """Whether there is a file, here or there.

    Raises
    ------
    OSError
        It cannot be found out.
    """
    return stat.S_ISREG(path.stat().st_mode)
