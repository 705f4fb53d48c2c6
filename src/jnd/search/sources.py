"""Which files a batch reads and what their outputs are called.

In go files and folders, out come :class:`Job` entries in a fixed order. Nothing is opened.
"""

import os
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from jnd.picture.identify import READABLE_EXTENSIONS
from jnd.places import files_under, is_remote


@dataclass(frozen=True, slots=True)
class Job:
    """One picture of a batch."""

    source: Path
    stem: Path
    """The output's path without the format's extension."""
    conflict: str | None = None
    """Why it cannot be written beside the others; None in all but odd cases."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The jobs of a batch, and how many files of its folders are no pictures by their name."""

    jobs: tuple[Job, ...]
    skipped: int


def plan(sources: Sequence[Path], folder: Path) -> Plan:
    """The jobs that bring ``sources`` to ``folder``.

    - One folder as the only source is mirrored: ``photos/a/b.png`` → ``folder/a/b``. Of several sources,
      folders keep their name: ``one/a.png`` → ``folder/one/a``; single files go to ``folder`` itself.
    - Hidden files and folders, files without a picture's extension, and ``folder`` itself where it lies inside
      a source are left out; links to folders are not followed.
    - ``a.png`` beside ``a.jpg`` would both be ``a``: such files keep their extension, ``a.png`` and ``a.jpg``,
      so that the outputs are ``a.png.avif`` and ``a.jpg.avif``. Names that still collide, for example files of
      one name from two folders, are conflicts: the first is encoded, the others are reported. Upper and lower
      case count as equal, and so do composed and decomposed accents, because they are on many file systems.

    Raises
    ------
    ValueError
        ``folder`` is one of the source folders: outputs would be mixed with sources.
    """
    found: list[tuple[Path, Path]] = []
    skipped = 0
    seen: set[str] = set()
    for source in sources:
        is_folder = source.is_dir() if is_remote(source) else os.path.isdir(source)  # noqa: PTH112 - Path.is_dir raises where a name is too long
        if not is_folder:
            entries: Iterable[tuple[Path, Path]] = [(source, Path(source.name))]
        else:
            if _resolved(source) == _resolved(folder):
                raise ValueError(
                    f"the output folder {folder} is also a source; choose another folder, for example "
                    f"{_resolved(folder).name}-encoded"
                )
            top = Path() if len(sources) == 1 else Path(_resolved(source).name)
            entries = [(path, top / str(path.relative_to(source))) for path in _files(source, folder)]
        for path, relative in entries:
            if is_folder and path.suffix.lower() not in READABLE_EXTENSIONS:
                skipped += 1
            elif (real := _real(path)) not in seen:
                seen.add(real)
                found.append((path, relative))
    return Plan(tuple(_named(found, folder)), skipped)


def _resolved(path: Path) -> Path:
    return path if is_remote(path) else path.resolve()


def _real(path: Path) -> str:
    return (
        str(path) if is_remote(path) else os.path.realpath(path)
    )  # Path.resolve raises where links go in a circle


def _files(folder: Path, output: Path) -> Iterator[Path]:
    if is_remote(folder):
        inside = f"{str(output).rstrip('/')}/"
        yield from (path for path in files_under(folder) if not str(path).startswith(inside))
        return
    output = _resolved(output)
    for parent, folders, names in os.walk(folder):
        here = Path(parent)
        folders[:] = sorted(
            name for name in folders if not name.startswith(".") and (here / name).resolve() != output
        )
        yield from (here / name for name in sorted(names) if not name.startswith("."))


def _named(found: list[tuple[Path, Path]], folder: Path) -> Iterator[Job]:
    stems = Counter(_key(relative.with_suffix("")) for _, relative in found)
    taken: dict[str, Path] = {}
    for path, relative in found:
        short = relative.with_suffix("")
        stem = short if stems[_key(short)] == 1 else relative
        first = taken.setdefault(_key(stem), path)
        conflict = (
            None
            if first is path
            else f"its output would have the same name as that of {first}; rename one or encode it separately"
        )
        yield Job(path, folder / stem.as_posix() if is_remote(folder) else folder / stem, conflict)


def _key(path: Path) -> str:
    return unicodedata.normalize("NFC", str(path)).casefold()
