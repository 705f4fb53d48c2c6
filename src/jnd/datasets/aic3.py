"""JPEG AIC-3 responses: triplets of a source (pivot), left and right.

Columns img_num, codec_left, dlevel_left, codec_right, dlevel_right, and either response (left, right, notsure,
skip) or counts: sum (votes for the right, "not sure" as 0.5) and count. Codec 0 or level 0 is the source.
Boosted or plain by the column method or task (btc, ptc), or else by the file's name.

Data set with pictures (:func:`load_aic3`), in one of two published layouts. The AIC-4 example data set:
``JPEG_AIC_reconstructed_jnd_scores.csv`` (img_num, codec, dlevel, img_source, img_distorted, distortion, CI_min, CI_max) and the
pictures it names. The AIC-3 common test conditions, after programs that read them: ``original/<img.name>.png``,
``decoded/<img.name>/<codec>_<img.name>_<quality>.png`` and ``decoded/info.csv`` (score.jnd, codec, img.number, img.name,
quality, quality.selected, method), where JND are negative and rows of the method "estimated" have no pictures. Both give
people's JND per level, scaled by their authors.
"""

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from jnd.datasets.collection import Collection, FileIndex, Problem, readable_rows
from jnd.datasets.labelled import LabelledPicture
from jnd.datasets.table import Table
from jnd.errors import UnusableAnswersError, UnusableDatasetError
from jnd.psychometrics.answer_tables import TripletAnswers
from jnd.psychometrics.triplets import SOURCE, Item

COLUMNS = ("codec_left", "dlevel_left", "codec_right", "dlevel_right")


def is_aic3(table: Table) -> bool:
    """Whether a table has the columns of triplets."""
    return set(COLUMNS) <= table.columns.keys()


def read_aic3(tables: Sequence[Table]) -> TripletAnswers:
    """Counts per triplet of one or several tables (boosted and plain often come apart).

    Bias and trap questions and skipped ones are left out.

    Raises
    ------
    UnusableAnswersError
        Neither boosted nor plain can be told, an unknown response, nothing left.
    """
    right: dict[tuple[str, Item, Item, bool], float] = defaultdict(float)
    total: dict[tuple[str, Item, Item, bool], float] = defaultdict(float)
    notes = []
    for table in tables:
        boosted = _boosted(table)
        ignored = table.flags("is_bias") | table.flags("is_trap")
        if ignored.any():
            notes.append(f"{table.name}: {int(ignored.sum())} bias and trap questions left out")
        counted = table.find("sum") is not None and table.find("count") is not None
        votes = table.numbers("sum") if counted else _votes(table)
        number = table.numbers("count") if counted else np.ones(len(table))
        sources = table.text("img_num", "source", "image")
        codec_left, level_left, codec_right, level_right = (table.text(name) for name in COLUMNS)
        for i in range(len(table)):
            if ignored[i] or np.isnan(votes[i]):
                continue
            key = (
                sources[i],
                _item(codec_left[i], level_left[i], table, i),
                _item(codec_right[i], level_right[i], table, i),
                bool(boosted[i]),
            )
            if key[1] == key[2]:
                continue
            right[key] += float(votes[i])
            total[key] += float(number[i])
    if not total:
        raise UnusableAnswersError("no triplets to scale are left")
    keys = sorted(total)
    return TripletAnswers(
        tuple(k[0] for k in keys),
        tuple(k[1] for k in keys),
        tuple(k[2] for k in keys),
        np.array([right[k] for k in keys]),
        np.array([total[k] for k in keys]),
        np.array([k[3] for k in keys]),
        tuple(notes),
    )


def _item(codec: str, level: str, table: Table, row: int) -> Item:
    try:
        number = round(float(level))
    except ValueError:
        raise UnusableAnswersError(
            f'{table.name}, line {table.lines[row]}: level "{level}" is not a number'
        ) from None
    return SOURCE if codec in ("0", "", "source", "ref") or number == 0 else (codec, number)


def _votes(table: Table) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    known = {"left": 0.0, "right": 1.0, "notsure": 0.5, "not sure": 0.5, "skip": np.nan, "": np.nan}
    values = np.empty(len(table))
    for i, response in enumerate(table.text("response", "answer")):
        word = response.strip().lower()
        if word not in known:
            raise UnusableAnswersError(
                f'{table.name}, line {table.lines[i]}: response "{response}" is not left, right, notsure or skip'
            )
        values[i] = known[word]
    return values


def _boosted(table: Table) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    column = table.find("method", "task", "boosted")
    if column == "boosted":
        return table.flags("boosted")
    values = [v.lower() for v in table.columns[column]] if column else [table.name.lower()] * len(table)
    result = np.empty(len(table), dtype=bool)
    for i, value in enumerate(values):
        if ("btc" in value) == ("ptc" in value):
            raise UnusableAnswersError(
                f'{table.name}: boosted (btc) or plain (ptc) triplets? Say so in a column "method", or in the file name'
            )
        result[i] = "btc" in value
    return result


FOLDERS: Final = ("JPEG-AIC-4", "JPEG_AIC-4_Sample_Dataset", "AIC-3", "aic3")
SIGNS: Final = ("JPEG_AIC_reconstructed_jnd_scores.csv", "decoded/info.csv")
RECONSTRUCTED: Final = ("img_source", "img_distorted", "codec", "dlevel", "distortion")
COMMON_TEST_CONDITIONS: Final = ("score.jnd", "codec", "img.name", "quality")


def load_aic3(root: Path) -> Collection:
    """Pictures with people's JND per level below ``root``; see the head of this file for the layouts.

    Raises
    ------
    UnusableDatasetError
        None of the two tables, or both.
    """
    index = FileIndex(root)
    tables = [*index.tables(*RECONSTRUCTED), *index.tables(*COMMON_TEST_CONDITIONS)]
    if len(tables) != 1:
        found = ", ".join(table.name for table in tables) or "none"
        raise UnusableDatasetError(
            f"{root}: one table is needed, JPEG_AIC_reconstructed_jnd_scores.csv or decoded/info.csv; found {found}"
        )
    new = "dlevel" in tables[0].columns
    level, score = ("dlevel", "distortion") if new else ("quality", "score.jnd")
    table, wrong = readable_rows(tables[0], lambda rows: (rows.numbers(level), rows.numbers(score)))
    problems = list(wrong)
    steps, scores = table.numbers(level), table.numbers(score)
    curves: dict[tuple[str, str], list[tuple[float, float, Path]]] = {}
    references: dict[str, Path] = {}
    estimated = 0
    for i, codec in enumerate(table.text("codec")):
        place = f"{table.name}, line {table.lines[i]}"
        if new:
            source, stem = Path(table.text("img_source")[i]).stem, Path(table.text("img_distorted")[i]).stem
        else:
            if table.columns.get("method", ("",) * len(table))[i].lower() == "estimated":
                estimated += 1
                continue
            source = table.text("img.name")[i]
            stem = f"{codec}_{source}_{table.text('quality')[i]}"
        reference, distorted = index.picture(source), index.picture(stem)
        if reference is None or distorted is None:
            missing = [name for name, path in ((source, reference), (stem, distorted)) if path is None]
            problems.append(Problem(place, f"no picture {' and '.join(missing)}"))
            continue
        references[source] = reference
        curves.setdefault((source, codec), []).append((float(steps[i]), abs(float(scores[i])), distorted))
    pictures = tuple(
        _aic3_curve(source, codec, curve, references[source], "dlevel" if new else "quality")
        for (source, codec), curve in sorted(curves.items())
    )
    notes = (
        (f"{estimated} rows of the method estimated left out: they have no pictures",) if estimated else ()
    )
    return Collection("aic3", root, pictures=pictures, problems=tuple(problems), notes=notes)


def _aic3_curve(
    source: str, codec: str, curve: list[tuple[float, float, Path]], reference: Path, parameter: str
) -> LabelledPicture:
    """Levels 1, 2, … in the order of rising JND: a codec's quality may rise or fall with it."""
    steps, jnd, _ = zip(*curve, strict=True)
    rising = len(curve) < 2 or np.ptp(steps) == 0 or np.polyfit(steps, jnd, 1)[0] >= 0
    curve = sorted(curve, key=lambda entry: entry[0] if rising else -entry[0])
    return LabelledPicture(
        path=reference, name=f"{source} {codec}", group=source, dataset="aic3", kind="people", codec=codec,
        level=np.arange(1, len(curve) + 1, dtype=np.float64), setting=np.array([entry[0] for entry in curve]),
        parameter=parameter, jnd=np.array([entry[1] for entry in curve]),
        distorted=tuple(entry[2] for entry in curve),
    )  # fmt: skip
