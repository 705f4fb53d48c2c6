"""What a loader gives back: records, and everything in the folder that is not as documented.

Loaders read names and tables; they open no picture. :func:`checked` opens every picture when that is wanted.
"""

import csv
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal

import numpy as np

from jnd.datasets.labelled import JudgedPair, LabelledPicture, ScoredPicture
from jnd.datasets.table import Table, read_table
from jnd.errors import JndError, UnusableAnswersError, UnusableDatasetError
from jnd.picture import read_picture

OnProblem = Literal["fail", "skip"]

EXTENSIONS: Final = (".png", ".bmp", ".webp", ".tif", ".tiff", ".ppm", ".jpg", ".jpeg", ".avif")
"""Of pictures; where two files have one stem, the earlier extension is the reference."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is not as documented, and what it is about."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


@dataclass(frozen=True, slots=True)
class Collection:
    """What was read of a data set. What has a problem is left out of the records."""

    dataset: str
    root: Path
    pictures: tuple[LabelledPicture, ...] = ()
    pairs: tuple[JudgedPair, ...] = ()
    scored: tuple[ScoredPicture, ...] = ()
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def records(self) -> int:
        """How many there are of all kinds."""
        return len(self.pictures) + len(self.pairs) + len(self.scored)

    @property
    def groups(self) -> int:
        """Source photographs."""
        return len({p.group for p in self.pictures} | {p.group for p in self.scored})


class FileIndex:
    """The files of a folder by lower-case name, at any depth: archives unpack into folders of many names."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.files = sorted(path for path in root.rglob("*") if path.is_file())
        self._by_name = {path.name.lower(): path for path in reversed(self.files)}
        self._stems: dict[str, list[Path]] = {}
        for path in self.files:
            self._stems.setdefault(path.stem.lower(), []).append(path)

    def named(self, name: str) -> Path | None:
        """The file of this name."""
        return self._by_name.get(name.lower())

    def picture(self, stem: str, extensions: Sequence[str] = EXTENSIONS) -> Path | None:
        """The picture of this stem, with the first of the extensions that there is."""
        found = self._stems.get(stem.lower(), [])
        order = {extension: place for place, extension in enumerate(extensions)}
        fitting = [path for path in found if path.suffix.lower() in order]
        return min(fitting, key=lambda path: order[path.suffix.lower()], default=None)

    def ladder(self, stems: Iterable[str]) -> tuple[tuple[Path, ...], tuple[str, ...]]:
        """Pictures of all stems, and the stems without one."""
        stems = tuple(stems)
        found = [self.picture(stem) for stem in stems]
        missing = tuple(stem for stem, path in zip(stems, found, strict=True) if path is None)
        return tuple(path for path in found if path is not None), missing

    def tables(self, *columns: str) -> list[Table]:
        """Every CSV file whose header has all these columns (lower case)."""
        fitting = [path for path in self.files if path.suffix.lower() == ".csv" and _has(path, columns)]
        return [read_table(path) for path in fitting]


def _has(path: Path, columns: Sequence[str]) -> bool:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            first = file.readline()
    except (OSError, UnicodeDecodeError):
        return False
    delimiter = max(",;\t", key=first.count)
    header = {cell.strip().lower() for row in csv.reader([first], delimiter=delimiter) for cell in row}
    return set(columns) <= header


def missing_in_words(stems: Sequence[str], of: int) -> str:
    """Names of what is missing, the first three of them.

    >>> missing_in_words(["a_001", "a_002", "a_003", "a_004"], of=100)
    '4 of 100 missing: a_001, a_002, a_003, …'
    """
    more = ", …" if len(stems) > 3 else ""
    return f"{len(stems)} of {of} missing: {', '.join(stems[:3])}{more}"


def one_table(index: FileIndex, columns: Sequence[str], what: str) -> Table:
    """The one CSV file with these columns.

    Raises
    ------
    UnusableDatasetError
        None, or several that differ in name only.
    """
    tables = index.tables(*columns)
    if not tables:
        raise UnusableDatasetError(
            f"{index.root}: no {what}: a CSV file with the columns {', '.join(columns)} is expected"
        )
    if len(tables) > 1:
        raise UnusableDatasetError(
            f"{index.root}: several tables could be the {what}: {', '.join(t.name for t in tables)}; leave one"
        )
    return tables[0]


def checked(collection: Collection, *, decode: bool, on_problem: OnProblem) -> Collection:
    """The collection with every picture opened if ``decode``, and problems fatal or skipped.

    Raises
    ------
    UnusableDatasetError
        Nothing usable is left; or ``on_problem`` is "fail" and there is a problem.
    """
    if decode:
        collection = _decoded(collection)
    problems = collection.problems
    if problems and on_problem == "fail":
        listed = "\n  ".join(str(problem) for problem in problems[:10])
        more = f"\n  and {len(problems) - 10} more" if len(problems) > 10 else ""
        raise UnusableDatasetError(
            f"{collection.root}: {len(problems)} problem{'s' if len(problems) > 1 else ''} in {collection.dataset}; repair them, or skip what has one "
            f"(--skip-problems):\n  {listed}{more}"
        )
    if not collection.records:
        first = f"; the first problem: {problems[0]}" if problems else ""
        raise UnusableDatasetError(
            f"{collection.root}: nothing usable of {collection.dataset} is there{first}"
        )
    return collection


def _decoded(collection: Collection) -> Collection:
    verdicts: dict[Path, str | None] = {}

    def bad(paths: Iterable[Path]) -> list[Problem]:
        for path in paths:
            if path not in verdicts:
                verdicts[path] = _verdict(path)
        return [Problem(str(path), verdict) for path in paths if (verdict := verdicts[path]) is not None]

    problems: dict[str, Problem] = {}

    def keep(paths: Sequence[Path]) -> bool:
        found = bad(paths)
        problems.update({problem.where: problem for problem in found})
        return not found

    return replace(
        collection,
        pictures=tuple(p for p in collection.pictures if keep((p.path, *p.distorted))),
        pairs=tuple(p for p in collection.pairs if keep((p.first, p.second))),
        scored=tuple(p for p in collection.scored if keep((p.reference, p.distorted))),
        problems=(*collection.problems, *problems.values()),
    )


def _verdict(path: Path) -> str | None:
    try:
        read_picture(path)
    except (JndError, OSError) as error:
        return (
            f"not a readable picture ({str(error).removeprefix(f'{path}: ').removeprefix(str(path)).strip()})"
        )
    return None


def readable_rows(table: Table, read: Callable[[Table], object]) -> tuple[Table, tuple[Problem, ...]]:
    """The rows that ``read`` accepts one by one, and a problem for each other.

    Raises
    ------
    UnusableAnswersError
        No row is readable.
    """
    try:
        read(table)
    except UnusableAnswersError:
        pass
    else:
        return table, ()
    keep = np.zeros(len(table), dtype=bool)
    problems = []
    for i in range(len(table)):
        one = np.arange(len(table)) == i
        try:
            read(table.rows(one))
        except UnusableAnswersError as error:
            problems.append(Problem(f"{table.name}, line {table.lines[i]}", _without_place(str(error))))
        else:
            keep[i] = True
    if not keep.any():
        read(table)  # says what is wrong with the first of them
    return table.rows(keep), tuple(problems)


def _without_place(message: str) -> str:
    return re.sub(r"^[^:]*, line \d+: ", "", message)
