"""MCL-JCI [Jin2016]: JPEG quality factors at which each subject noticed, up to three JNDs per source.

Table: source, subject, jnd1_qf, jnd2_qf, jnd3_qf; empty or 0 where a subject found no further JND.

Data set (:func:`load_mcl_jci`): 50 references of 1920x1080, ``ImageJND_SRC01.bmp`` …, their JPEGs
``ImageJND_SRC01_001.jpg`` (quality factor 1) to ``_100.jpg``, in folders of any name; and the answers, as such a table
or as ``JND_first.mat``, ``JND_second.mat``, ``JND_third.mat`` (50 sources by 30 subjects). Folds and fitted satisfied-user
ratios are those of SUR-FeatNet [Lin2020], where its table is in the folder too (columns ref_img, dist_patch such as
SRC01_001_1 for quality factor 1, first_SUR, second_SUR, third_SUR, set).
"""

import csv
import io
import re
from dataclasses import replace
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from jnd.datasets.collection import Collection, FileIndex, readable_rows
from jnd.datasets.labelled import Array
from jnd.datasets.quality_ladders import PIVOT, load_ladders
from jnd.datasets.table import Table, split_rows, table_of_rows
from jnd.errors import UnusableAnswersError, UnusableDatasetError
from jnd.psychometrics.answer_tables import Axis, JndSampleTable


def is_mcl_jci(table: Table) -> bool:
    """Whether a table has the columns of MCL-JCI samples."""
    return "jnd1_qf" in table.columns


def read_mcl_jci(table: Table) -> JndSampleTable:
    """All samples, one row per subject and JND.

    Raises
    ------
    UnusableAnswersError
        A quality factor that is not from 1 to 100.
    """
    sources, subjects = table.text("source", "src"), table.text("subject", "observer", "participant")
    numbers = [n for n in (1, 2, 3, 4) if f"jnd{n}_qf" in table.columns]
    rows: list[tuple[str, int, str, float]] = []
    for n in numbers:
        quality = table.numbers(f"jnd{n}_qf", missing=True)
        quality[quality == 0] = np.nan
        for i, q in enumerate(quality):
            if np.isnan(q) and n > 1:
                continue
            if not np.isnan(q) and not 1 <= q <= 100:
                raise UnusableAnswersError(
                    f"{table.name}, line {table.lines[i]}: quality factor {q:g} of JND {n} is not from 1 to 100"
                )
            rows.append((sources[i], n, subjects[i], PIVOT - float(q)))
    return JndSampleTable(
        tuple(row[0] for row in rows), tuple(row[1] for row in rows), tuple(row[2] for row in rows),
        np.array([row[3] for row in rows]), 1.0, 100.0, 1.0, "MCL-JCI bisection",
        Axis("JPEG quality", PIVOT),
    )  # fmt: skip


SOURCES: Final = 50
MATRICES: Final = ("JND_first.mat", "JND_second.mat", "JND_third.mat")
SIGNS: Final = ("ImageJND_SRC*",)
RATIOS: Final = ("first_sur", "second_sur", "third_sur")
FOLDERS: Final = ("MCL-JCI", "MCL_JCI", "mcl-jci", "mcl_jci")


def load_mcl_jci(root: Path) -> Collection:
    """References, JPEGs and answers below ``root``; see the head of this file for the layout.

    Raises
    ------
    UnusableDatasetError
        No table of answers, or several.
    UnusableAnswersError
        A table in which no row can be read.
    """
    index = FileIndex(root)
    tables = index.tables("jnd1_qf") or [t for t in (_table_of_matrices(index),) if t is not None]
    if len(tables) != 1:
        found = ", ".join(table.name for table in tables) or "none"
        raise UnusableDatasetError(
            f"{root}: one table of answers is needed (a CSV file with the columns source, subject, jnd1_qf, or "
            f"JND_first.mat), found {found}"
        )
    table, problems = readable_rows(tables[0], read_mcl_jci)
    published = _published(index)
    collection = load_ladders(
        "mcl-jci", root, index, read_mcl_jci(table), stem="ImageJND_SRC{:02d}", folds=published.folds,
        expected=SOURCES, problems=problems,
    )  # fmt: skip
    pictures = tuple(
        replace(picture, satisfied=published.satisfied.get(picture.name, {}))
        for picture in collection.pictures
    )
    return replace(collection, pictures=pictures, notes=(*collection.notes, *published.notes))


def _table_of_matrices(index: FileIndex) -> Table | None:
    """The MATLAB matrices (sources, subjects) as the table they stand for; a quality of 0 is no answer."""
    from scipy.io import loadmat
    from scipy.io.matlab import MatReadError

    columns: dict[int, np.ndarray[tuple[int, int], np.dtype[np.float64]]] = {}
    for number, name in enumerate(MATRICES, 1):
        path = index.named(name)
        if path is None:
            continue
        try:
            content = loadmat(path)
        except (MatReadError, ValueError, OSError, NotImplementedError) as error:
            raise UnusableDatasetError(f"{path}: not a readable MATLAB file ({error})") from None
        matrices = [value for key, value in content.items() if not key.startswith("__")]
        if len(matrices) != 1 or matrices[0].ndim != 2:
            raise UnusableDatasetError(f"{path}: one matrix (sources, subjects) is expected in it")
        columns[number] = np.asarray(matrices[0], dtype=np.float64)
    if 1 not in columns:
        return None
    shape = columns[1].shape
    for number, values in columns.items():
        if values.shape != shape:
            raise UnusableDatasetError(
                f"{MATRICES[number - 1]} has {values.shape[0]} by {values.shape[1]} answers, JND_first.mat "
                f"{shape[0]} by {shape[1]}"
            )
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["source", "subject", *(f"jnd{number}_qf" for number in columns)])
    for source, subject in np.ndindex(shape):
        answers = [float(columns[number][source, subject]) for number in columns]
        row = ["" if answer == 0 else f"{answer:g}" for answer in answers]
        writer.writerow([f"SRC{source + 1:02d}", subject + 1, *row])
    return table_of_rows(MATRICES[0], split_rows(text.getvalue()))


class _Published(NamedTuple):
    """What the table of SUR-FeatNet says, by source."""

    folds: dict[str, int]
    satisfied: dict[str, dict[int, Array]]
    notes: tuple[str, ...]


def _published(index: FileIndex) -> _Published:
    tables = index.tables("ref_img", "set")
    if not tables:
        note = "no table of folds (columns ref_img, set): folds are made from the names of the sources"
        return _Published({}, {}, (note,))
    table = tables[0]
    pairs = set(zip(table.text("ref_img"), table.text("set"), strict=True))
    folds = {source: int(fold) for source, fold in pairs if fold.isdigit()}
    if len(folds) != len(pairs):
        raise UnusableDatasetError(
            f"{table.name}: a source is in two folds, or a fold is not a number; each source has one"
        )
    return _Published(folds, _published_ratios(table), ())


def _published_ratios(table: Table) -> dict[str, dict[int, Array]]:
    """Source → JND → (100,) ratio at levels 0 to 99; only curves that are complete."""
    if not {"dist_patch", *RATIOS} <= table.columns.keys():
        return {}
    found: dict[str, dict[int, Array]] = {}
    columns = [table.numbers(name, missing=True) for name in RATIOS]
    for i, (source, patch) in enumerate(zip(table.text("ref_img"), table.text("dist_patch"), strict=True)):
        match = re.fullmatch(r".+_(\d+)_\d+", patch)
        if match is None or not 1 <= int(match.group(1)) <= 100:
            raise UnusableDatasetError(
                f'{table.name}, line {table.lines[i]}: dist_patch "{patch}" is not like SRC01_093_1 (quality factor 93)'
            )
        for number, values in enumerate(columns, 1):
            curve = found.setdefault(source, {}).setdefault(number, np.full(100, np.nan))
            curve[100 - int(match.group(1))] = values[i]
    return {
        source: {number: curve for number, curve in curves.items() if np.all(np.isfinite(curve))}
        for source, curves in found.items()
    }
