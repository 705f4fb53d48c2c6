"""Answers from files: an export of ours (bundle, CSV or Parquet), or another laboratory's long table.

Ours are read by Arrow; another's by the readers of ``jnd fit``, whose aliases of columns hold here too.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from jnd.datasets.answers import (
    KEY,
    LEVEL,
    METHOD,
    NOTICED_AT,
    OBSERVER,
    RATING,
    RIGHT,
    SETTING,
    SOURCE,
    level_axis,
    seen_or_not,
)
from jnd.datasets.observer_labels import pyarrow
from jnd.datasets.table import FALSE, TRUE, Table, read_table
from jnd.errors import UnusableAnswersError
from jnd.study.analysis.responses import (
    FLAG_COLUMNS,
    NUMBER_COLUMNS,
    TEXT_COLUMNS,
    Array,
    Mask,
    Responses,
    Texts,
    joined,
    refuse_empty,
    responses,
    texts,
)

OURS: Final = ("session", "trial", "method", "response", "is_training")
"""Columns that tell an export of ours."""

TEXT_ALIASES: Final[Mapping[str, tuple[str, ...]]] = {
    "codec": ("codec",),
    "trial": ("trial", "trial_id", "question_id", "trial_index"),
    "study": ("study",),
    "recruited_via": ("recruited_via",),
    "question": ("question",),
    "is_repeat_of": ("is_repeat_of",),
    "response": ("response", "answer"),
}
FLAG_ALIASES: Final[Mapping[str, tuple[str, ...]]] = {
    "is_training": ("is_training", "training"),
    "is_trap": ("is_trap", "is_catch", "catch"),
    "is_bias": ("is_bias",),
}
NUMBER_ALIASES: Final[Mapping[str, tuple[str, ...]]] = {
    "response_time": ("response_time", "rt_ms", "rt"),
    "question_order": ("question_order", "trial_index", "trial", "trial_number"),
    "ppd_image": ("ppd_image",),
}
"""Our column → names of it in other tables, beside those of :mod:`jnd.datasets.answers`."""

OTHER_METHOD_NAMES: Final = {"flicker_2afc": "flicker", "hs2014": "flicker", "iso29170_2": "flicker", "2afc": "flicker",
                               "flicker_slider": "flicker-slider", "adjustment": "flicker-slider",
                               "side_by_side_bisection": "side-by-side", "same_different": "same-different",
                               "pan_2afc": "pan", "acr-hr": "acr", "single-stimulus": "acr", "quality_ruler": "quality-ruler",
                               "yes/no": "same-different", "yes-no": "same-different"}  # fmt: skip
"""Other names of the methods → ours."""


def read_bundle_answers(folder: Path) -> Responses:
    """The answers of a bundle of ``jnd study export``: its Parquet file, or else its CSV files.

    Raises
    ------
    UnusableAnswersError
        No answers in it.
    """
    parquet = folder / "answers.parquet"
    if parquet.is_file():
        return read_answers_file(parquet)
    combined = folder / "answers.csv"
    if combined.is_file():
        return read_answers_file(combined)
    files = sorted((folder / "data").glob("*_data.csv"))
    if not files:
        raise UnusableAnswersError(
            f"{folder}: neither answers.parquet, answers.csv nor data/*_data.csv are there"
        )
    return joined([read_answers_file(path) for path in files])


def read_answers_file(path: Path, *, falling: bool = False, method: str | None = None) -> Responses:
    """The answers in one file, whoever wrote it.

    Parameters
    ----------
    falling : another laboratory's level falls with the distortion, as a JPEG quality does.
    method : what another laboratory asked (a name of ``jnd study``), where its table has no column for it.

    Raises
    ------
    UnusableAnswersError
        Unreadable, no column for the picture, the level or the answer, an answer that is neither right nor wrong.
    """
    if path.suffix.lower() == ".parquet":
        return refuse_empty(responses_of_arrow(_parquet(path)), str(path))
    header = _header(path)
    if set(OURS) <= set(header):
        return refuse_empty(responses_of_arrow(_csv(path, header)), str(path))
    return refuse_empty(responses_of_table(read_table(path), falling=falling, method=method), str(path))


def _header(path: Path) -> list[str]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return [cell.strip().strip('"').lower() for cell in file.readline().split(",")]
    except FileNotFoundError:
        raise UnusableAnswersError(f"{path}: no such file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise UnusableAnswersError(f"{path}: cannot be read as text in UTF-8 ({error})") from None


def _parquet(path: Path) -> Any:
    arrow = pyarrow()
    wanted = (*TEXT_COLUMNS, *NUMBER_COLUMNS, *FLAG_COLUMNS)
    try:
        names = arrow.parquet.read_schema(path).names
        table = arrow.parquet.read_table(path, columns=[name for name in names if name in wanted])
    except FileNotFoundError:
        raise UnusableAnswersError(f"{path}: no such file") from None
    except (OSError, arrow.ArrowException) as error:
        raise UnusableAnswersError(f"{path}: not a readable Parquet file ({error})") from None
    if not set(OURS) <= set(names):
        missing = ", ".join(name for name in OURS if name not in names)
        raise UnusableAnswersError(
            f"{path}: a Parquet file, but not an export of jnd study: no column {missing}"
        )
    return table


def _csv(path: Path, header: list[str]) -> Any:
    arrow = pyarrow()
    from pyarrow import csv

    wanted = [name for name in header if name in (*TEXT_COLUMNS, *NUMBER_COLUMNS, *FLAG_COLUMNS)]
    options = csv.ConvertOptions(
        include_columns=wanted, column_types=dict.fromkeys(wanted, arrow.string()), strings_can_be_null=False
    )
    try:
        return csv.read_csv(
            path, parse_options=csv.ParseOptions(newlines_in_values=True), convert_options=options
        )
    except (OSError, arrow.ArrowException) as error:
        raise UnusableAnswersError(f"{path}: not a CSV table ({error})") from None


def responses_of_arrow(table: Any) -> Responses:
    """Answers of a ``pyarrow.Table`` with the columns of an export; others are passed over."""
    arrow = pyarrow()
    columns: dict[str, Any] = {}
    for name in table.column_names:
        column = table.column(name)
        if name in TEXT_COLUMNS:
            columns[name] = _texts(column.cast(arrow.string()).fill_null(""))
        elif name in NUMBER_COLUMNS:
            columns[name] = _numbers(column, name)
        elif name in FLAG_COLUMNS:
            columns[name] = _booleans(column, name)
    columns["method"] = _known_methods(columns["method"])
    return responses(table.num_rows, columns)


def _texts(column: Any) -> Texts:
    encoded = column.combine_chunks().dictionary_encode()
    return Texts(
        tuple(encoded.dictionary.to_pylist()),
        np.asarray(encoded.indices.to_numpy(zero_copy_only=False), np.int32),
    )


def _numbers(column: Any, name: str) -> Array:
    arrow = pyarrow()
    if arrow.types.is_string(column.type):
        from pyarrow import compute

        column = compute.if_else(compute.equal(column, ""), None, column)
        if name == "correct":
            column = compute.replace_substring_regex(column, "^(?i)true$", "1")
            column = compute.replace_substring_regex(column, "^(?i)false$", "0")
        try:
            column = column.cast(arrow.float64())
        except arrow.ArrowInvalid as error:
            raise UnusableAnswersError(f'column "{name}": {error}') from None
    return np.asarray(column.cast(arrow.float64()).to_numpy(), dtype=np.float64)


def _booleans(column: Any, name: str) -> Mask:
    arrow = pyarrow()
    if arrow.types.is_string(column.type):
        words = _texts(column)
        known = {word: word.strip().lower() in TRUE for word in words.names}
        strange = [word for word in words.names if word.strip().lower() not in (TRUE | FALSE)]
        if strange:
            raise UnusableAnswersError(f'column "{name}": "{strange[0]}" is not true or false')
        return np.array([known[word] for word in words.names], dtype=bool)[words.codes]
    return np.asarray(column.fill_null(False).to_numpy(zero_copy_only=False), dtype=bool)


def _known_methods(method: Texts) -> Texts:
    """The same column with our names of the methods."""
    names = [OTHER_METHOD_NAMES.get(name.lower(), name.lower()) for name in method.names]
    return (
        texts(names[code] for code in method.codes)
        if len(set(names)) < len(names)
        else Texts(tuple(names), method.codes)
    )


def responses_of_table(table: Table, *, falling: bool = False, method: str | None = None) -> Responses:
    """Answers of another laboratory's long table: one row per answer, columns by any of the known names.

    The method is that of its column, or ``method``, or told by what is there: ratings (acr), levels noticed
    (flicker-slider), right or wrong (flicker), same or different (same-different).

    Raises
    ------
    UnusableAnswersError
        See :func:`read_answers_file`.
    """
    count = len(table)
    columns: dict[str, Any] = {}
    who = table.find(*OBSERVER)
    if who is None:
        table.text(*OBSERVER)
    assert who is not None
    columns["participant"] = columns["session"] = texts(table.columns[who])
    session = table.find("session", "assignment")
    if session is not None:
        columns["session"] = texts(table.columns[session])
    columns["source"] = texts(table.text(*SOURCE))
    for name, aliases in TEXT_ALIASES.items():
        found = table.find(*aliases)
        if found is not None:
            columns[name] = texts(table.columns[found])
    for name, aliases in FLAG_ALIASES.items():
        columns[name] = table.flags(*aliases)
    for name, aliases in NUMBER_ALIASES.items():
        found = table.find(*aliases)
        if found is not None:
            columns[name] = _numbers_or_nothing(table, found)
    asked, found_method = method, table.find(*METHOD)
    level_name = table.find(*LEVEL, *SETTING)
    rating, noticed = table.find(*RATING), table.find(*NOTICED_AT)
    if found_method is not None:
        columns["method"] = _known_methods(texts(table.columns[found_method]))
        kinds = set(columns["method"].names)
    else:
        if asked is None:
            asked = (
                "acr" if rating is not None and not table.find(*RIGHT[:4])
                else "flicker-slider" if noticed is not None and level_name is None
                else "flicker" if table.find("correct") or table.find(*KEY) else "same-different"
            )  # fmt: skip
        columns["method"] = texts([asked] * count)
        kinds = {asked}
    if level_name is not None:
        level = table.numbers(level_name, missing=True)
        if falling or level_name in SETTING:
            columns["setting"] = level
            level, _ = level_axis(level, level_name, falling=True)
        columns["level"] = level
    if kinds & {"acr", "dcr", "quality-ruler"}:
        columns["rating"] = table.numbers(*RATING, "response", missing=True)
    if "flicker-slider" in kinds:
        value = table.numbers(*NOTICED_AT, *LEVEL, *SETTING, "response", missing=True)
        columns["noticed_at"], _ = level_axis(value, "", falling=falling or level_name in SETTING)
    if kinds & {"flicker", "same-different", "side-by-side", "pan"}:
        if level_name is None:
            table.numbers(*LEVEL, *SETTING)
        columns["correct"] = _right(table)
    return responses(count, columns)


def _numbers_or_nothing(table: Table, column: str) -> Array:
    """Numbers of a column that the analysis can do without: NaN where it holds text."""
    result = np.full(len(table), np.nan)
    for i, value in enumerate(table.columns[column]):
        try:
            result[i] = float(value)
        except ValueError:
            continue
    return result


def _right(table: Table) -> Array:
    """1, 0 or NaN: right or seen, by the column's words or against the key beside it."""
    column = table.find(*RIGHT)
    if column is None:
        table.text(*RIGHT)
    assert column is not None
    if table.find("trials", "n_trials", "count"):
        raise UnusableAnswersError(
            f"{table.name}: counts per level, not single answers; jnd fit reads them, jnd study analyze needs a row per answer"
        )
    return seen_or_not(table, column)
