"""JPEG AIC-3 responses: triplets of a source (pivot), left and right.

Columns img_num, codec_left, dlevel_left, codec_right, dlevel_right, and either response (left, right, notsure,
skip) or counts: sum (votes for the right, "not sure" as 0.5) and count. Codec 0 or level 0 is the source.
Boosted or plain by the column method or task (btc, ptc), or else by the file's name.
"""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from jnd.datasets.table import Table
from jnd.errors import UnusableAnswersError
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
