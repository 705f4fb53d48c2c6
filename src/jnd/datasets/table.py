"""Tables of text: CSV with a header, and the errors that name what is missing."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import numpy as np
import numpy.typing as npt

from jnd.errors import UnusableAnswersError

Array = npt.NDArray[np.float64]

TRUE = frozenset({"1", "1.0", "true", "t", "yes", "y"})
FALSE = frozenset({"0", "0.0", "false", "f", "no", "n", "", "nan", "none", "null"})
MISSING = frozenset({"", "nan", "na", "n/a", "none", "null"})


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Columns of text of equal length, by lower-case name."""

    name: str
    """Of the file, for messages."""
    columns: dict[str, tuple[str, ...]]
    lines: tuple[int, ...]
    """Line of each row in the file."""

    def __len__(self) -> int:
        return len(self.lines)

    def find(self, *names: str) -> str | None:
        """The first of several names that the table has."""
        return next((name for name in names if name in self.columns), None)

    def text(self, *names: str) -> tuple[str, ...]:
        """The column of the first of several names.

        Raises
        ------
        UnusableAnswersError
            None of them is there; the message gives the nearest column.
        """
        found = self.find(*names)
        if found is None:
            near = [match for name in names for match in get_close_matches(name, self.columns, n=1)]
            hint = f'; did you mean "{near[0]}"?' if near else "."
            also = f" (or {', '.join(names[1:])})" if len(names) > 1 else ""
            raise UnusableAnswersError(
                f'{self.name}: no column "{names[0]}"{also}{hint} Columns: {", ".join(self.columns)}'
            )
        return self.columns[found]

    def numbers(self, *names: str, missing: bool = False) -> Array:
        """The column as numbers; NaN for missing values where they are allowed.

        Raises
        ------
        UnusableAnswersError
            No such column, or a value that is not a number, with its line.
        """
        values = self.text(*names)
        result = np.empty(len(values))
        for i, value in enumerate(values):
            try:
                result[i] = np.nan if missing and value.strip().lower() in MISSING else float(value)
            except ValueError:
                raise UnusableAnswersError(
                    f'{self.name}, line {self.lines[i]}: "{value}" in column "{self.find(*names)}" is not a number'
                ) from None
        return result

    def flags(self, *names: str) -> npt.NDArray[np.bool_]:
        """The column as booleans; False where the table has none of the names."""
        found = self.find(*names)
        if found is None:
            return np.zeros(len(self), dtype=bool)
        result = np.empty(len(self), dtype=bool)
        for i, value in enumerate(self.columns[found]):
            word = value.strip().lower()
            if word not in TRUE and word not in FALSE:
                raise UnusableAnswersError(
                    f'{self.name}, line {self.lines[i]}: "{value}" in column "{found}" is not true or false'
                )
            result[i] = word in TRUE
        return result

    def rows(self, keep: npt.NDArray[np.bool_]) -> "Table":
        """The rows where ``keep`` is true."""
        index = np.flatnonzero(keep).tolist()
        columns = {name: tuple(values[i] for i in index) for name, values in self.columns.items()}
        return Table(self.name, columns, tuple(self.lines[i] for i in index))


def read_text(path: Path) -> str:
    """Text of a file in UTF-8, with or without a byte-order mark.

    Raises
    ------
    UnusableAnswersError
        No such file, a folder, not text, or empty.
    """
    try:
        text = path.read_text("utf-8-sig")
    except FileNotFoundError:
        raise UnusableAnswersError(f"{path}: no such file") from None
    except UnicodeDecodeError:
        raise UnusableAnswersError(
            f"{path}: not a text file in UTF-8; save the table as CSV in UTF-8"
        ) from None
    except OSError as error:
        raise UnusableAnswersError(f"{path}: cannot be read ({error.strerror})") from None
    if not text.strip():
        raise UnusableAnswersError(f"{path}: the file is empty")
    return text


def split_rows(text: str) -> list[tuple[int, list[str]]]:
    """(line, cells) of every row that is not blank; the delimiter is the most frequent of , ; and tab."""
    first = next(line for line in text.splitlines() if line.strip())
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    try:
        rows = [(reader.line_num, [cell.strip() for cell in row]) for row in reader if row]
    except csv.Error as error:
        raise UnusableAnswersError(f"line {reader.line_num}: not a CSV table ({error})") from None
    return rows


def read_table(path: Path) -> Table:
    """A CSV file whose first row names the columns.

    Raises
    ------
    UnusableAnswersError
        Unreadable, empty, a column named twice, or a row with another number of cells.
    """
    return table_of_rows(path.name, split_rows(read_text(path)))


def table_of_rows(name: str, rows: Sequence[tuple[int, list[str]]]) -> Table:
    """The table whose first row is the header; see :func:`read_table`."""
    header = [cell.lower() for cell in rows[0][1]]
    twice = {column for column in header if header.count(column) > 1}
    if twice:
        raise UnusableAnswersError(f'{name}: the column "{min(twice)}" is there twice')
    body = rows[1:]
    if not body:
        raise UnusableAnswersError(f"{name}: the table has a header but no rows")
    for line, cells in body:
        if len(cells) != len(header):
            raise UnusableAnswersError(
                f"{name}, line {line}: {len(cells)} cells, but the header has {len(header)}"
            )
    columns = dict(zip(header, zip(*(cells for _, cells in body), strict=True), strict=True))
    return Table(name, columns, tuple(line for line, _ in body))
