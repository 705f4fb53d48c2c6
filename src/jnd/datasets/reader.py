"""Which layout a file has, and the reader for it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from jnd._lookup import lookup
from jnd.datasets.aic3 import is_aic3, read_aic3
from jnd.datasets.answers import read_answers
from jnd.datasets.bapps import is_bapps, read_bapps, read_bapps_folder
from jnd.datasets.jspsych import is_jspsych, read_jspsych_json, scored_trials
from jnd.datasets.konjnd1k import is_konjnd1k, read_konjnd1k
from jnd.datasets.matrix import is_matrix, matrix_of_rows
from jnd.datasets.mcl_jci import is_mcl_jci, read_mcl_jci
from jnd.datasets.pairs import is_pairs, read_pairs
from jnd.datasets.table import Table, read_text, split_rows, table_of_rows
from jnd.datasets.videoset import is_videoset, read_videoset
from jnd.errors import UnusableAnswersError
from jnd.psychometrics.answer_tables import AnswerTable

LAYOUTS: Final[Mapping[str, str]] = {
    "auto": "told by the columns",
    "answers": "one answer per row, or counts per level",
    "jspsych": "jsPsych CSV or JSON",
    "aic3": "JPEG AIC-3 triplets",
    "konjnd1k": "KonJND-1k slider positions",
    "mcl-jci": "MCL-JCI quality factors",
    "videoset": "VideoSet lists of QP samples",
    "bapps": "BAPPS same/not same",
    "pairs": "paired comparisons",
    "matrix": "ratings: stimuli in rows, observers in columns",
}


def read(
    paths: Sequence[Path],
    *,
    layout: str = "auto",
    guess_rate: float | str = "auto",
    falling: bool = False,
    method: str | None = None,
) -> AnswerTable:
    """The answers in one file (or in several, for AIC-3 triplets).

    Parameters
    ----------
    layout : name in :data:`LAYOUTS`.
    guess_rate, falling, method : see :func:`jnd.datasets.answers.read_answers`.

    Raises
    ------
    UnusableAnswersError
        A file that cannot be read, or that does not have the layout; several files of another layout than aic3.
    """
    lookup(LAYOUTS, layout, kind="layout")
    path = paths[0]
    if path.is_dir():
        return read_bapps_folder(path)
    if path.suffix.lower() == ".json":
        table = scored_trials(read_jspsych_json(path))
        return read_answers(table, guess_rate=guess_rate, falling=falling, method=method)
    rows = split_rows(read_text(path))
    if layout == "matrix" or (layout == "auto" and len(paths) == 1 and is_matrix(rows)):
        return matrix_of_rows(path.name, rows)
    table = table_of_rows(path.name, rows)
    kind = _layout_of(table) if layout == "auto" else layout
    if kind == "aic3":
        others = [table_of_rows(p.name, split_rows(read_text(p))) for p in paths[1:]]
        return read_aic3([table, *others])
    if len(paths) > 1:
        raise UnusableAnswersError(
            "several files are read together only for AIC-3 triplets; fit one at a time"
        )
    if kind == "mcl-jci":
        return read_mcl_jci(table)
    if kind == "videoset":
        return read_videoset(table)
    if kind == "konjnd1k":
        return read_konjnd1k(table)
    if kind == "bapps":
        return read_bapps(table)
    if kind == "pairs":
        return read_pairs(table)
    if kind == "jspsych":
        table = scored_trials(table)
    return read_answers(table, guess_rate=guess_rate, falling=falling, method=method)


def _layout_of(table: Table) -> str:
    tests = (
        ("aic3", is_aic3),
        ("mcl-jci", is_mcl_jci),
        ("videoset", is_videoset),
        ("jspsych", is_jspsych),
        ("pairs", is_pairs),
        ("bapps", is_bapps),
        ("konjnd1k", is_konjnd1k),
    )
    return next((name for name, matches in tests if matches(table)), "answers")
