"""Plain matrices of ratings: stimuli in rows, observers in columns.

With or without a header of observers, with or without a first column of stimulus names. Empty cells and "nan"
are missing votes. A row of empty cells (as in the P.910 demonstration of SUREAL) starts a repetition: the same
stimuli again.
"""

from pathlib import Path

import numpy as np

from jnd.datasets.table import MISSING, read_text, split_rows
from jnd.errors import UnusableAnswersError
from jnd.psychometrics.answer_tables import RatingTable

Rows = list[tuple[int, list[str]]]


def is_matrix(rows: Rows) -> bool:
    """Whether every cell but the first row and the first column is a number or missing."""
    body = [cells[1:] for _, cells in rows[1:]] or [cells for _, cells in rows]
    cells = [cell for row in body for cell in row]
    if not cells or not all(_is_number(cell) for cell in cells):
        return False
    header = rows[0][1]
    if all(_is_number(cell) for cell in header[1:]):
        return True
    known = {
        "level",
        "trials",
        "n",
        "correct",
        "seen",
        "count",
        "response",
        "rating",
        "jnd1_qf",
        "same",
        "qf",
        "slider",
    }
    return not known & {cell.lower() for cell in header}


def read_matrix(path: Path) -> RatingTable:
    """The ratings of a file.

    Raises
    ------
    UnusableAnswersError
        Rows of unequal length, a cell that is not a number, repetitions of unequal size.
    """
    return matrix_of_rows(path.name, split_rows(read_text(path)))


def matrix_of_rows(name: str, rows: Rows) -> RatingTable:
    """The ratings of rows of cells; see :func:`read_matrix`."""
    header: list[str] | None = None
    if any(not _is_number(cell) for cell in rows[0][1][1:]) or (
        len(rows[0][1]) == 1 and not _is_number(rows[0][1][0])
    ):
        header, rows = rows[0][1], rows[1:]
    if not rows:
        raise UnusableAnswersError(f"{name}: the matrix has a header but no rows")
    blocks: list[Rows] = [[]]
    for line, cells in rows:
        if all(cell == "" for cell in cells):
            blocks.append([])
        else:
            blocks[-1].append((line, cells))
    blocks = [block for block in blocks if block]
    if not blocks:
        raise UnusableAnswersError(f"{name}: the matrix has no votes")
    width = len(blocks[0][0][1])
    named = any(not _is_number(cells[0]) for _, cells in blocks[0]) or (
        header is not None
        and header[0].lower() in ("stimulus", "stimuli", "pvs", "image", "picture", "source", "")
    )
    votes: list[list[list[float]]] = []
    names: list[str] = []
    for number, block in enumerate(blocks):
        if len(block) != len(blocks[0]):
            raise UnusableAnswersError(
                f"{name}: repetition {number + 1} has {len(block)} stimuli, the first has {len(blocks[0])}"
            )
        values = []
        for line, cells in block:
            if len(cells) != width:
                raise UnusableAnswersError(
                    f"{name}, line {line}: {len(cells)} cells, but the first row has {width}"
                )
            values.append([_number(cell, name, line) for cell in cells[named:]])
            if number == 0:
                names.append(cells[0] if named else str(len(names)))
        votes.append(values)
    table = np.array(votes, dtype=np.float64).transpose(1, 2, 0)
    if header is not None and len(header) - named == table.shape[1]:
        observers = tuple(header[named:])
    elif header is not None and len(header) == table.shape[1]:
        observers = tuple(header)
    else:
        observers = tuple(str(i) for i in range(table.shape[1]))
    return RatingTable(table, tuple(names), observers, "matrix")


def _is_number(cell: str) -> bool:
    if cell.lower() in MISSING:
        return True
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _number(cell: str, name: str, line: int) -> float:
    if cell.lower() in MISSING:
        return float("nan")
    try:
        return float(cell)
    except ValueError:
        raise UnusableAnswersError(f'{name}, line {line}: "{cell}" is not a number') from None
