"""Long tables: one answer per row (the export of ``jnd study``), or counts per level.

Columns (the first name is the export's): participant, source, level, method, correct or response with
answer_key, trial, is_training, is_trap … Counts instead of single answers: level, seen (or correct), trials.
Ratings: participant, stimulus (or source, codec and level), rating.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from jnd.datasets.table import Table
from jnd.errors import UnusableAnswersError
from jnd.psychometrics.answer_tables import Axis, DetectionAnswers, JndSampleTable, RatingTable
from jnd.psychometrics.ratings import votes_of_rows

Array = npt.NDArray[np.float64]

SOURCE: Final = (
    "source",
    "picture",
    "image",
    "img",
    "img_num",
    "image_name",
    "imagename",
    "stimulus",
    "content",
)
LEVEL: Final = ("level", "dlevel", "distortion_level", "intensity", "stimulus_level")
SETTING: Final = ("quality", "qf", "quality_factor", "jpeg_qf")
"""Axes that fall with the distortion."""
OBSERVER: Final = (
    "participant", "observer", "worker", "subject", "participant_id", "observer_id", "worker_id", "subject_id",
    "session", "assignment",
)  # fmt: skip
METHOD: Final = ("method", "protocol")
RIGHT: Final = (
    "correct",
    "seen",
    "detected",
    "noticed",
    "different",
    "n_correct",
    "k",
    "hits",
    "answer",
    "response",
)
TRIALS: Final = ("trials", "n", "n_trials", "ntrials", "count", "total")
RATING: Final = ("rating", "score", "vote", "opinion_score")
KEY: Final = ("answer_key", "target", "correct_response", "correct_answer")
NOTICED_AT: Final = ("pjnd", "jnd", "noticed_at", "slider", "jnd_level")

SEEN: Final = frozenset(
    {"correct", "seen", "detected", "noticed", "different", "flickers", "true", "yes", "y", "1", "1.0"}
)
UNSEEN: Final = frozenset(
    {
        "incorrect",
        "wrong",
        "unseen",
        "undetected",
        "not noticed",
        "same",
        "still",
        "false",
        "no",
        "n",
        "0",
        "0.0",
    }
)

GUESS_RATES: Final[dict[str, float | None]] = {
    "flicker": 0.5, "flicker_2afc": 0.5, "hs2014": 0.5, "iso29170_2": 0.5, "2afc": 0.5, "pan": 0.5, "pan_2afc": 0.5,
    "side-by-side": None, "side_by_side_bisection": None, "same-different": None, "same_different": None,
    "yes-no": None, "yes/no": None,
}  # fmt: skip
"""Chance of a right answer without seeing, by protocol; None (yes/no) is estimated."""
RATING_METHODS: Final = frozenset(
    {"acr", "acr-hr", "dcr", "single-stimulus", "quality-ruler", "quality_ruler"}
)
SLIDER_METHODS: Final = frozenset({"flicker-slider", "flicker_slider", "adjustment"})


def read_answers(
    table: Table, *, guess_rate: float | str = "auto", falling: bool = False, method: str | None = None
) -> DetectionAnswers | JndSampleTable | RatingTable:
    """The answers of a long table.

    Parameters
    ----------
    guess_rate : a number, "free" to estimate it, or "auto": by the method, or else 0.5 for a column "correct"
        and 0 for "seen" and the like.
    falling : the level falls with the distortion (as a JPEG quality does).
    method : take the rows of this protocol only.

    Raises
    ------
    UnusableAnswersError
        Several protocols in one table, a missing column, an answer that is neither seen nor unseen, a trial
        that was answered twice in two ways.
    """
    table, notes = _scored_rows(table)
    protocol, table = _one_method(table, method)
    table, duplicates = _without_duplicates(table)
    notes += duplicates
    if table.find(*RATING) and not table.find(*RIGHT[:4]):
        return _ratings(table, protocol, notes)
    if protocol in RATING_METHODS:
        return _ratings(table, protocol, notes)
    if protocol in SLIDER_METHODS or (table.find(*NOTICED_AT) and not table.find(*LEVEL, *SETTING)):
        return _samples(table, protocol, falling, notes)
    return _detection(table, protocol, guess_rate, falling, notes)


def level_axis(values: Array, name: str, *, falling: bool) -> tuple[Array, Axis]:
    """Levels that rise with distortion, and the way back to the file's numbers."""
    if not falling:
        return values, Axis(name)
    finite = values[np.isfinite(values)]
    pivot = 101.0 if finite.size and finite.min() >= 1 and finite.max() <= 100 else 0.0
    return pivot - values, Axis(name, pivot)


def _scored_rows(table: Table) -> tuple[Table, list[str]]:
    """Training, catch and bias trials do not measure the threshold; the rest does."""
    notes = []
    for columns, what in (
        (("is_training", "training"), "training"),
        (("is_trap", "is_catch", "catch"), "catch"),
        (("is_bias",), "bias"),
        (("void", "is_void"), "void"),
    ):
        flagged = table.flags(*columns)
        if flagged.any():
            notes.append(f"{int(flagged.sum())} {what} trials left out")
            table = table.rows(~flagged)
    if not len(table):
        raise UnusableAnswersError(f"{table.name}: no scored answers are left; {', '.join(notes)}")
    return table, notes


def _one_method(table: Table, wanted: str | None) -> tuple[str, Table]:
    column = table.find(*METHOD)
    if column is None:
        return "", table
    present = sorted({value for value in table.columns[column] if value})
    if wanted is not None:
        keep = np.array([value == wanted for value in table.columns[column]])
        if not keep.any():
            raise UnusableAnswersError(
                f'{table.name}: no answers of the method "{wanted}"; there are {", ".join(present)}'
            )
        return wanted, table.rows(keep)
    if len(present) > 1:
        raise UnusableAnswersError(
            f"{table.name}: answers of several methods in one table ({', '.join(present)}); their thresholds are "
            f"different quantities. Fit one at a time: --only {present[0]}"
        )
    return (present[0].lower() if present else ""), table


def _without_duplicates(table: Table) -> tuple[Table, list[str]]:
    trial = table.find("trial", "trial_id", "question_id", "trial_index")
    if trial is None:
        return table, []
    who = table.find("session", "assignment", *OBSERVER)
    people = table.columns[who] if who else ("",) * len(table)
    block = table.columns.get("block", ("",) * len(table))
    content = [name for name in table.columns if not name.endswith(("_time", "rt", "rt_ms"))]
    seen: dict[tuple[str, str, str], int] = {}
    keep = np.ones(len(table), dtype=bool)
    for i, key in enumerate(zip(people, block, table.columns[trial], strict=True)):
        first = seen.setdefault(key, i)
        if first == i:
            continue
        different = [name for name in content if table.columns[name][i] != table.columns[name][first]]
        if different:
            name = different[0]
            raise UnusableAnswersError(
                f'{table.name}, line {table.lines[i]}: trial "{key[2]}" of "{key[0]}" is in line {table.lines[first]} '
                f'already, where column "{name}" says "{table.columns[name][first]}" and not '
                f'"{table.columns[name][i]}"; keep one of them'
            )
        keep[i] = False
    dropped = int((~keep).sum())
    if not dropped:
        return table, []
    return table.rows(keep), [f"{dropped} rows repeat another exactly and were left out"]


def _names(table: Table, columns: tuple[str, ...], default: str) -> tuple[str, ...]:
    found = table.find(*columns)
    return table.columns[found] if found else (default,) * len(table)


def _detection(
    table: Table, protocol: str, guess_rate: float | str, falling: bool, notes: list[str]
) -> DetectionAnswers:
    setting = None if table.find(*LEVEL) else table.find(*SETTING)
    name = setting or table.find(*LEVEL) or LEVEL[0]
    level, axis = level_axis(table.numbers(*LEVEL, *SETTING), name, falling=falling or setting is not None)
    sources = _sources(table)
    observers = _names(table, OBSERVER, "")
    right = table.find(*RIGHT)
    counted = table.find(*TRIALS)
    if right is None:
        table.text(*RIGHT)
    assert right is not None
    if counted is not None:
        trials = table.numbers(counted)
        seen = table.numbers(right)
        if np.all(seen <= 1) and np.any((seen != np.round(seen)) | ((trials > 1) & (seen == 1))):
            seen = np.round(seen * trials, 9)  # shares
    else:
        trials = np.ones(len(table))
        seen = seen_or_not(table, right)
        answered = np.isfinite(seen)
        if not answered.all():
            notes.append(f"{int((~answered).sum())} trials without an answer left out")
            table = table.rows(answered)
            level, trials, seen = level[answered], trials[answered], seen[answered]
            sources = tuple(s for s, ok in zip(sources, answered, strict=True) if ok)
            observers = tuple(o for o, ok in zip(observers, answered, strict=True) if ok)
    if guess_rate == "auto":
        correct = right in ("correct", "n_correct") or table.find(*KEY) is not None
        guess = GUESS_RATES.get(protocol, 0.5 if correct else 0.0)
    else:
        guess = None if guess_rate == "free" else float(guess_rate)
    return DetectionAnswers(
        sources, observers, level, seen, trials, guess, protocol or "not stated", axis, tuple(notes)
    )


def _sources(table: Table) -> tuple[str, ...]:
    """Source, with the codec where there are several."""
    names = _names(table, SOURCE, "all")
    codec = table.columns.get("codec")
    if codec is None or len(set(codec)) < 2:
        return names
    return tuple(f"{name} {c}" for name, c in zip(names, codec, strict=True))


def seen_or_not(table: Table, column: str) -> Array:
    """1, 0 or NaN (no answer) per row: by the column's words, or against the right answer beside it.

    Raises
    ------
    UnusableAnswersError
        A word that is neither, with its line.
    """
    values = [value.strip().lower() for value in table.columns[column]]
    key = table.find(*KEY)
    if column in ("answer", "response") and key is not None:
        keys = [value.strip().lower() for value in table.columns[key]]
        return np.array(
            [np.nan if v in ("", "null") else float(v == k) for v, k in zip(values, keys, strict=True)]
        )
    result = np.empty(len(values))
    for i, value in enumerate(values):
        if value in ("", "null", "nan", "none"):
            result[i] = np.nan
        elif value in SEEN or value in UNSEEN:
            result[i] = float(value in SEEN)
        elif value in ("notsure", "not sure"):
            raise UnusableAnswersError(
                f'{table.name}, line {table.lines[i]}: "{value}" is no answer of a forced choice, and relaxed choice '
                f"shifts the JND; fit those answers apart"
            )
        else:
            raise UnusableAnswersError(
                f'{table.name}, line {table.lines[i]}: the answer "{table.columns[column][i]}" in column "{column}" is '
                f'neither seen nor unseen; give a column "correct" with 0 and 1, or "answer_key" beside it'
            )
    return result


def _ratings(table: Table, protocol: str, notes: list[str]) -> RatingTable:
    values = table.numbers(*RATING, "response", missing=True)
    stimulus = table.find("stimulus", "stimulus_id")
    if stimulus:
        stimuli = table.columns[stimulus]
    else:
        parts = [table.text(*SOURCE)]
        parts += [table.columns[name] for name in ("codec", *LEVEL, "param") if name in table.columns]
        stimuli = tuple(" ".join(cells) for cells in zip(*parts, strict=True))
    votes, names, people = votes_of_rows(stimuli, table.text(*OBSERVER), values)
    return RatingTable(votes, names, people, protocol or "rating", tuple(notes))


def _samples(table: Table, protocol: str, falling: bool, notes: list[str]) -> JndSampleTable:
    values = table.numbers(*NOTICED_AT, *LEVEL, "response", missing=True)
    column = table.find(*NOTICED_AT, *LEVEL, "response") or "level"
    level, axis = level_axis(values, column, falling=falling)
    finite = level[np.isfinite(level)]
    if not finite.size:
        raise UnusableAnswersError(f'{table.name}: no level in column "{column}"')
    return JndSampleTable(
        _sources(table),
        (1,) * len(table),
        _names(table, OBSERVER, ""),
        level,
        float(finite.min()),
        float(finite.max()),
        1.0 if np.all(finite == np.round(finite)) else 0.0,
        protocol or "adjustment",
        axis,
        tuple(notes),
    )
