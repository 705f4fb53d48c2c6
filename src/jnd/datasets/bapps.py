"""BAPPS, just noticeable differences [Zhang2018]: was the pair of patches judged "same"?

Layout of the data set: ``jnd/val/<kind>/same/*.npy`` beside ``p0`` and ``p1``; each file holds the share of
three judgements that said "same". Or a table: pair, same (share or count), judgements.
"""

from pathlib import Path
from typing import Final

import numpy as np

from jnd.datasets.collection import Collection, FileIndex, Problem
from jnd.datasets.labelled import JudgedPair
from jnd.datasets.table import Table
from jnd.errors import UnusableAnswersError, UnusableDatasetError
from jnd.psychometrics.answer_tables import SameShares

JUDGEMENTS = 3
"""Per pair in the validation set."""


def is_bapps(table: Table) -> bool:
    """Whether a table has the share of "same" per pair."""
    return "same" in table.columns and table.find("correct", "level", "response") is None


def read_bapps(table: Table) -> SameShares:
    """Shares of a table.

    Raises
    ------
    UnusableAnswersError
        A share that is no whole number of judgements.
    """
    same = table.numbers("same")
    column = table.find("judgements", "judgments", "n", "count")
    judgements = table.numbers(column) if column else np.full(len(table), float(JUDGEMENTS))
    pair_column = table.find("pair", "id", "name", "p0")
    pairs = table.columns[pair_column] if pair_column else tuple(str(i) for i in range(len(table)))
    return _checked(pairs, same, judgements, table.name)


def read_bapps_folder(folder: Path) -> SameShares:
    """Shares of a folder that holds ``same/*.npy``, here or further down.

    Raises
    ------
    UnusableAnswersError
        No such file, or one that is not a single number.
    """
    files = sorted(folder.rglob("same/*.npy"))
    if not files:
        raise UnusableAnswersError(
            f"{folder}: no files same/*.npy; give the folder jnd/val of BAPPS or one in it"
        )
    values = [share_in(file) for file in files]
    names = tuple(str(file.relative_to(folder).with_suffix("")) for file in files)
    return _checked(names, np.array(values), np.full(len(files), float(JUDGEMENTS)), str(folder))


def share_in(file: Path) -> float:
    """The one number in a file ``000000.npy``.

    Raises
    ------
    UnusableAnswersError
        Not a NumPy file, or not one number.
    """
    try:
        value = np.load(file, allow_pickle=False)
    except (ValueError, OSError, EOFError):
        raise UnusableAnswersError(f"{file}: not a NumPy file") from None
    if value.size != 1:
        raise UnusableAnswersError(f"{file}: holds {value.size} numbers, not one share")
    return float(value.reshape(-1)[0])


def _checked(
    pairs: tuple[str, ...],
    same: "np.ndarray[tuple[int], np.dtype[np.float64]]",
    judgements: "np.ndarray[tuple[int], np.dtype[np.float64]]",
    name: str,
) -> SameShares:
    counts = same * judgements if np.all(same <= 1) else same
    bad = (np.abs(counts - np.round(counts)) > 0.02) | (counts < 0) | (counts > judgements)
    if bad.any():
        i = int(np.argmax(bad))
        raise UnusableAnswersError(
            f'{name}: "same" of pair {pairs[i]} is {same[i]:g}, which is no share of {judgements[i]:g} judgements'
        )
    return SameShares(pairs, np.round(counts), judgements)


FOLDERS: Final = ("BAPPS", "bapps", "2afc_jnd", "dataset")
SIGNS: Final = ("jnd/val/*/same", "val/*/same")


def load_bapps(root: Path) -> Collection:
    """The JND pairs below ``root``: ``jnd/val/<kind>/p0/000000.png``, ``p1/…`` and ``same/000000.npy``.

    Raises
    ------
    UnusableDatasetError
        No such folders.
    """
    labels = [path for path in FileIndex(root).files if path.suffix == ".npy" and path.parent.name == "same"]
    if not labels:
        raise UnusableDatasetError(
            f"{root}: no folders <kind>/same with NumPy files; give the folder jnd of BAPPS"
        )
    pairs, problems = [], []
    for label in labels:
        folder = label.parent.parent
        first, second = (folder / side / f"{label.stem}.png" for side in ("p0", "p1"))
        missing = [str(path.relative_to(root)) for path in (first, second) if not path.is_file()]
        if missing:
            problems.append(Problem(str(label.relative_to(root)), f"no patch {' and '.join(missing)}"))
            continue
        try:
            share = share_in(label)
            _checked((label.stem,), np.array([share]), np.full(1, float(JUDGEMENTS)), label.name)
        except UnusableAnswersError as error:
            problems.append(Problem(str(label.relative_to(root)), str(error).removeprefix(f"{label}: ")))
            continue
        pairs.append(JudgedPair(first, second, share, JUDGEMENTS, folder.name, f"{folder.name}/{label.stem}"))
    return Collection("bapps", root, pairs=tuple(pairs), problems=tuple(problems))
