"""The study's [exclusion] rules, evaluated: flags with a reason, never deletions.

Rules are declared before the data. What breaks one is flagged; results are given without the excluded sessions
and trials, and with them.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, Final, NamedTuple

import numpy as np
from scipy.special import bdtr

from jnd.records import Flag
from jnd.study.analysis.responses import Array, Mask, Responses, Texts
from jnd.study.design.participants import ExclusionSection

RULES: Final[Mapping[str, str]] = {
    "catch_minimum": "least share of right catch trials in a session, from three catch trials on; one slip alone excludes nobody",
    "fastest_ms": "answers faster than this are left out, and sessions with more than a tenth of them",
    "same_answer_share": "largest share of one and the same answer in a session, from ten answers on",
    "repeat_agreement_minimum": "least share of repeated trials answered alike; a session is excluded when an exact "
    "test (5 %) shows that it lies below, since honest answers near the threshold differ often",
    "dropped_frames_maximum": "largest share of dropped frames of a trial",
}
"""Rule → what it says; the keys of [exclusion]."""

DEFAULTS: Final[Mapping[str, float]] = asdict(ExclusionSection())
"""For tables without a design: flagged by these, nothing is excluded."""

LEAST_CATCH_TRIALS: Final = 3
LEAST_ANSWERS: Final = 10
LEAST_REPEATS: Final = 5
FAST_SHARE: Final = 0.1
TEST_LEVEL: Final = 0.05
NEAR: Final[Mapping[str, float]] = {"acr": 1.0, "dcr": 1.0, "quality-ruler": 3.0, "flicker-slider": np.inf}
"""How far two answers to one question may lie apart and still agree, in the unit of the answer."""


class Exclusion(NamedTuple):
    """What the rules found."""

    rules: dict[str, float]
    flags: tuple[Flag, ...]
    """Of sessions; ``observer`` is the session."""
    sessions: tuple[str, ...]
    """Excluded."""
    keep: Mask
    """(n,) rows that the rules leave in."""
    trial_flags: tuple[str, ...]
    """(n,) rules that the row or its session broke, parted by ;."""
    declared: bool
    """Whether the study declared the rules; otherwise ``keep`` holds every row."""

    def to_json(self) -> dict[str, Any]:
        """For the results."""
        return {
            "rules": dict(self.rules),
            "declared": self.declared,
            "excluded_sessions": list(self.sessions),
            "excluded_answers": int((~self.keep).sum()),
            "flags": [
                {
                    "session": f.observer,
                    "rule": f.rule,
                    "value": f.value,
                    "limit": f.limit,
                    "reason": f.reason,
                }
                for f in self.flags
            ],
        }


def evaluate(answers: Responses, rules: Mapping[str, float | None] | None) -> Exclusion:
    """The flags of every session and row.

    Parameters
    ----------
    rules : the study's; a key that is missing or None switches its rule off. None: no design is known, sessions are
        flagged by :data:`DEFAULTS` and nothing is excluded.
    """
    declared = rules is not None
    limits = {key: float(value) for key, value in (DEFAULTS if rules is None else rules).items()
              if key in RULES and value is not None}  # fmt: skip
    count = len(answers)
    session, main = answers.session, ~answers.is_training & ~answers.stage.equals("practice")
    flags: list[Flag] = []
    rows: dict[str, Mask] = {}
    for rule, check in _CHECKS.items():
        if rule in limits:
            found = check(answers, main, limits[rule])
            flags += [
                Flag(session.names[i], rule, float(found.value[i]), found.limit, found.reason(i))
                for i in np.flatnonzero(found.broken).tolist()
            ]
            rows[rule] = found.rows
    excluded = sorted({f.observer for f in flags})
    words = np.full(count, "", dtype=object)
    for name in excluded:
        words[session.equals(name)] = ";".join(dict.fromkeys(f.rule for f in flags if f.observer == name))
    leave_out = session.equals(*excluded)
    for rule, broken in rows.items():
        leave_out |= broken
        for i in np.flatnonzero(broken):
            if rule not in words[i].split(";"):
                words[i] = f"{words[i]};{rule}".strip(";")
    keep = ~leave_out if declared else np.ones(count, dtype=bool)
    return Exclusion(
        limits, tuple(flags), tuple(excluded) if declared else (), keep, tuple(words.tolist()), declared
    )


class _Found(NamedTuple):
    """What one rule finds."""

    value: Array
    """(sessions,) what is compared with the limit."""
    broken: Mask
    """(sessions,) whether the session breaks the rule."""
    limit: float
    reason: Callable[[int], str]
    """Of a session, in words."""
    rows: Mask
    """(n,) rows that break the rule by themselves."""


def _catch_trials(answers: Responses, main: Mask, limit: float) -> _Found:
    trap = answers.is_trap & main & np.isfinite(answers.correct)
    right, total = _sums(answers.session, trap, answers.correct), _sums(answers.session, trap)
    share = _share(right, total)
    broken = (total >= LEAST_CATCH_TRIALS) & (share < limit) & (total - right > 1)
    return _Found(
        share,
        broken,
        limit,
        lambda i: f"{int(right[i])} of {int(total[i])} catch trials right",
        np.zeros_like(trap),
    )


def _fast_answers(answers: Responses, main: Mask, limit: float) -> _Found:
    timed = main & np.isfinite(answers.response_time)
    fast = timed & (answers.response_time < limit)
    number, total = _sums(answers.session, fast), _sums(answers.session, timed)
    share = _share(number, total)
    broken = (total >= LEAST_ANSWERS) & (share > FAST_SHARE)
    return _Found(
        share,
        broken,
        FAST_SHARE,
        lambda i: f"{int(number[i])} of {int(total[i])} answers within {limit:g} ms",
        fast,
    )


def _same_answer(answers: Responses, main: Mask, limit: float) -> _Found:
    scored = main & answers.scored & ~answers.response.equals("")
    table = np.zeros((len(answers.session.names), max(1, len(answers.response.names))))
    np.add.at(table, (answers.session.codes[scored], answers.response.codes[scored]), 1)
    total, most = table.sum(axis=1), table.max(axis=1)
    share = _share(most, total)
    broken = (total >= LEAST_ANSWERS) & (share > limit)

    def reason(i: int) -> str:
        return f'{int(most[i])} of {int(total[i])} answers are "{answers.response.names[table[i].argmax()]}"'

    return _Found(share, broken, limit, reason, np.zeros_like(main))


def _repeated_trials(answers: Responses, main: Mask, limit: float) -> _Found:
    second, agree = _repeats(answers, main)
    alike, total = _sums(answers.session, second, agree), _sums(answers.session, second)
    share = _share(alike, total)
    chance = np.where(total > 0, bdtr(alike, np.maximum(total, 1).astype(np.int64), limit), 1.0)
    broken = (total >= LEAST_REPEATS) & (share < limit) & (chance < TEST_LEVEL)
    return _Found(
        share, broken, limit, lambda i: f"{int(alike[i])} of {int(total[i])} repeated trials answered alike",
        np.zeros_like(main),
    )  # fmt: skip


def _dropped_frames(answers: Responses, main: Mask, limit: float) -> _Found:
    with np.errstate(invalid="ignore", divide="ignore"):
        rows = answers.frames_dropped / answers.frames > limit
    sessions = len(answers.session.names)
    return _Found(np.zeros(sessions), np.zeros(sessions, dtype=bool), limit, str, rows)


_CHECKS: Final[Mapping[str, Callable[[Responses, Mask, float], _Found]]] = {
    "catch_minimum": _catch_trials,
    "fastest_ms": _fast_answers,
    "same_answer_share": _same_answer,
    "repeat_agreement_minimum": _repeated_trials,
    "dropped_frames_maximum": _dropped_frames,
}


def _sums(session: Texts, rows: Mask, values: Array | None = None) -> Array:
    """(sessions,) number of the rows, or the sum of their values."""
    weights = None if values is None else values[rows]
    return np.bincount(session.codes[rows], weights, len(session.names)).astype(np.float64)


def _share(part: Array, total: Array) -> Array:
    return np.asarray(np.divide(part, total, out=np.full(total.shape, np.nan), where=total > 0))


def _repeats(answers: Responses, main: Mask) -> tuple[Mask, Array]:
    """Rows that repeat an answered trial, and whether (1 or 0) they agree with it."""
    count = len(answers)
    second, agree = np.zeros(count, dtype=bool), np.zeros(count)
    asked = main & ~answers.is_repeat_of.equals("")
    if not asked.any():
        return second, agree
    row_of = {name: code for code, name in enumerate(answers.trial.names)}
    first_row = np.full(len(answers.trial.names), -1)
    first_row[answers.trial.codes[::-1]] = np.arange(count)[::-1]
    forced = np.isfinite(answers.correct)
    value = np.where(np.isfinite(answers.rating), answers.rating, answers.noticed_at)
    for i in np.flatnonzero(asked):
        first = row_of.get(answers.is_repeat_of.names[answers.is_repeat_of.codes[i]])
        if first is None:
            continue
        j = int(first_row[first])
        near = NEAR.get(answers.method.names[answers.method.codes[i]])
        if near == np.inf:
            continue
        second[i] = True
        if near is not None:
            agree[i] = abs(value[i] - value[j]) <= near
        elif forced[i] and forced[j]:  # the side may be another in the repeat
            agree[i] = answers.correct[i] == answers.correct[j]
        else:
            agree[i] = answers.response.codes[i] == answers.response.codes[j]
    return second, agree
