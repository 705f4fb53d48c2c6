"""What is done: one line per finished picture, kept beside the outputs, so that a run can go on where one ended.

In go records as they are finished, out comes what an earlier run made of the same output. Lines are only ever
added; the last one of an output counts. A line is written before its file takes its name: a file is there with the
content that its line says, or the work is done again. A line that a kill cut short is skipped.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from jnd.places import is_remote
from jnd.records import Attempt, FileRecord
from jnd.search.segments import Segments

MANIFEST_NAME = ".jnd-encode.jsonl"
"""In the output folder; hidden, so that it is no picture of the next run."""

SEGMENTS_NAME = ".jnd-encode"
"""The same behind an address, where files cannot be appended to: a folder of :class:`~jnd.search.segments.Segments`."""


@dataclass(frozen=True, slots=True)
class Done:
    """What was made of one source, as the manifest holds it."""

    source_sha256: str
    settings: str
    """Hash of all that decides about the output beside the source."""
    record: FileRecord
    output: str | None
    """Of the file written, relative to the output folder; None if the target could not be reached."""
    output_sha256: str | None
    attempts: tuple[Attempt, ...]
    chosen: int | None
    """Index of the attempt that was written, or that came nearest to the target."""


def sha256(data: bytes) -> str:
    """The content hash of a file."""
    return hashlib.sha256(data).hexdigest()


class Manifest:
    """The lines of one output folder, by the output's path without its extension."""

    def __init__(self, folder: Path, *, read_only: bool = False) -> None:
        self.path = folder / MANIFEST_NAME
        self._folder = folder
        self._read_only = read_only
        self._done: dict[str, Done] = {}
        self._made: set[tuple[str, str]] = set()
        self._segments = Segments(folder / SEGMENTS_NAME) if is_remote(folder) else None
        content = _file_content(self.path) if self._segments is None else self._segments.content()
        for stem, entry in _entries(content):
            self._take(stem, entry)

    def earlier(self, stem: Path) -> Done | None:
        """What was made for the output ``stem`` (folder and name without the format's extension)."""
        return self._done.get(self._key(stem))

    def has_made(self, path: Path, digest: str) -> bool:
        """Whether jnd ever wrote a file of this hash to ``path``."""
        return (self._key(path), digest) in self._made

    def add(self, stem: Path, entry: Done) -> None:
        """Append ``entry`` and make sure that it is on the disk.

        Raises
        ------
        OSError
            The folder is missing, read-only or full.
        """
        if self._read_only:
            return
        line = (json.dumps({"stem": self._key(stem), **asdict(entry)}) + "\n").encode("ascii")
        self._append(line)
        self._take(self._key(stem), entry)

    def _append(self, line: bytes) -> None:
        if self._segments is not None:
            self._segments.append(line)
            return
        descriptor = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o666)
        try:
            size = os.fstat(descriptor).st_size
            if size and os.pread(descriptor, 1, size - 1) != b"\n":  # a kill cut the last line
                line = b"\n" + line
            os.write(descriptor, line)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _take(self, stem: str, entry: Done) -> None:
        self._done[stem] = entry
        if entry.output is not None and entry.output_sha256 is not None:
            self._made.add((entry.output, entry.output_sha256))

    def name(self, path: Path) -> str:
        """``path`` as an entry's ``output``."""
        return self._key(path)

    def path_of(self, entry: Done) -> Path | None:
        """Where the entry's output is."""
        return None if entry.output is None else self._folder / entry.output

    def _key(self, path: Path) -> str:
        return str(path.relative_to(self._folder).as_posix())


def _file_content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return b""


def _entries(content: bytes) -> Iterator[tuple[str, Done]]:
    for line in content.splitlines():
        try:
            values = json.loads(line)
            yield values.pop("stem"), _entry(values)
        except (ValueError, TypeError, KeyError, AttributeError):  # cut short, or of another version
            continue


def _entry(line: dict[str, Any]) -> Done:
    attempts = [
        Attempt(**{**attempt, "worst_window": _window(attempt["worst_window"])})
        for attempt in line["attempts"]
    ]
    record = FileRecord(**_known(line["record"], (field.name for field in fields(FileRecord))))
    return Done(**{**line, "record": record, "attempts": tuple(attempts)})


def _known(values: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    if set(values) != set(names):
        raise ValueError("a record of another version")
    window = values["worst_window"]
    return {**values, "worst_window": None if window is None else _window(window)}


def _window(values: list[int]) -> tuple[int, int, int, int]:
    x, y, width, height = values
    return x, y, width, height
