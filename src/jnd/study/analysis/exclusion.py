"""The study's [exclusion] rules, evaluated: flags with a reason, never deletions.

Rules are declared before the data. What breaks one is flagged; results are given without the excluded sessions
and trials, and with them.
"""

from collections.abc import Mapping
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

    def flag(rule: str, shares: Array, broken: Mask, limit: float, reasons: list[str]) -> None:
        flags.extend(
            Flag(session.names[i], rule, float(shares[i]), limit, reasons[i]) for i in np.flatnonzero(broken)
        )

    if "catch_minimum" in limits:
        trap = answers.is_trap & main & np.isfinite(answers.correct)
        right, total = _sums(session, trap, answers.correct), _sums(session, trap)
        share = _share(right, total)
        broken = (total >= LEAST_CATCH_TRIALS) & (share < limits["catch_minimum"]) & (total - right > 1)
        reasons = [f"{int(k)} of {int(n)} catch trials right" for k, n in zip(right, total, strict=True)]
        flag("catch_minimum", share, broken, limits["catch_minimum"], reasons)
    if "fastest_ms" in limits:
        timed = main & np.isfinite(answers.response_time)
        fast = timed & (answers.response_time < limits["fastest_ms"])
        rows["fastest_ms"] = fast
        number, total = _sums(session, fast), _sums(session, timed)
        share = _share(number, total)
        broken = (total >= LEAST_ANSWERS) & (share > FAST_SHARE)
        reasons = [
            f"{int(k)} of {int(n)} answers within {limits['fastest_ms']:g} ms"
            for k, n in zip(number, total, strict=True)
        ]
        flag("fastest_ms", share, broken, FAST_SHARE, reasons)
    if "same_answer_share" in limits:
        scored = main & answers.scored & ~answers.response.equals("")
        table = np.zeros((len(session.names), len(answers.response.names)))
        np.add.at(table, (session.codes[scored], answers.response.codes[scored]), 1)
        total = table.sum(axis=1)
        most = table.argmax(axis=1) if table.size else np.zeros(len(session.names), dtype=np.int64)
        share = _share(table.max(axis=1) if table.size else total, total)
        broken = (total >= LEAST_ANSWERS) & (share > limits["same_answer_share"])
        reasons = [
            f'{int(table[i].max()) if table.size else 0} of {int(n)} answers are "{answers.response.names[most[i]]}"'
            for i, n in enumerate(total)
        ]
        flag("same_answer_share", share, broken, limits["same_answer_share"], reasons)
    if "repeat_agreement_minimum" in limits:
        second, agree = _repeats(answers, main)
        alike, total = _sums(session, second, agree), _sums(session, second)
        share = _share(alike, total)
        limit = limits["repeat_agreement_minimum"]
        chance = np.where(total > 0, bdtr(alike, np.maximum(total, 1).astype(np.int64), limit), 1.0)
        broken = (total >= LEAST_REPEATS) & (share < limit) & (chance < TEST_LEVEL)
        reasons = [
            f"{int(k)} of {int(n)} repeated trials answered alike" for k, n in zip(alike, total, strict=True)
        ]
        flag("repeat_agreement_minimum", share, broken, limit, reasons)
    if "dropped_frames_maximum" in limits:
        with np.errstate(invalid="ignore", divide="ignore"):
            rows["dropped_frames_maximum"] = (
                answers.frames_dropped / answers.frames > limits["dropped_frames_maximum"]
            )
    excluded = sorted({f.observer for f in flags})
    in_excluded = session.equals(*excluded) if excluded else np.zeros(count, dtype=bool)
    words = np.full(count, "", dtype=object)
    for name in {f.observer for f in flags}:
        mine = session.equals(name)
        words[mine] = ";".join(dict.fromkeys(f.rule for f in flags if f.observer == name))
    for rule, broken in rows.items():
        for i in np.flatnonzero(broken):
            if rule not in words[i].split(";"):
                words[i] = f"{words[i]};{rule}".strip(";")
    leave_out = in_excluded.copy()
    for broken in rows.values():
        leave_out |= broken
    keep = ~leave_out if declared else np.ones(count, dtype=bool)
    return Exclusion(
        limits, tuple(flags), tuple(excluded) if declared else (), keep, tuple(words.tolist()), declared
    )


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
