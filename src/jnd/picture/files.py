"""Which files of a folder are pictures, by their names; nothing is opened."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from jnd.picture.identify import READABLE_EXTENSIONS
from jnd.places import files_under


def pictures_in(folder: Path) -> Iterator[Path]:
    """Files here or at an address that end as pictures do, at any depth, by name; hidden ones are left out."""
    return (path for path in files_under(folder) if path.suffix.lower() in READABLE_EXTENSIONS)


def picture_files(sources: Iterable[Path]) -> list[Path]:
    """Files as named, and the pictures in folders, each once."""
    found: list[Path] = []
    for source in sources:
        found += pictures_in(source) if source.is_dir() else [source]
    return list(dict.fromkeys(found))
