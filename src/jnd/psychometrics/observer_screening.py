"""Observer screening: flags with a reason, never deletions.

What a rule finds is for the experimenter to judge; limits belong in the study before its data. Rules: catch
trials, agreement with oneself on repeats, agreement with the others, answer times, the same answer always.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import bdtrc

from jnd.records import Flag

Array = npt.NDArray[np.float64]


class ScreeningLimits(NamedTuple):
    """Limits of the rules; None switches a rule off."""

    catch_accuracy: float | None = 0.7
    """Least share of right catch trials [Lin2022: 0.7 after ten]."""
    least_catch_trials: int = 5
    repeat_agreement: float | None = 0.6
    """Least share of equal answers to repeated trials."""
    least_repeats: int = 5
    agreement_with_others: float | None = 0.2
    """Least correlation of an observer's answers with the mean of the others."""
    fast_rt_ms: float | None = 200.0
    """Answers faster than this cannot rest on what was shown."""
    fast_share: float = 0.1
    """Largest share of fast answers."""
    same_answer_probability: float | None = 0.001
    """Least probability of so long a run of the same answer from somebody who answers at random."""


def flag_catch_trials(
    observers: Sequence[str],
    correct: npt.ArrayLike,
    *,
    limits: ScreeningLimits = ScreeningLimits(),  # noqa: B008  # an immutable value
) -> list[Flag]:
    """Observers who fail catch trials.

    Parameters
    ----------
    observers : who answered each catch trial.
    correct : (n,) whether the answer was right.
    """
    return _low_shares(
        observers,
        correct,
        limits.catch_accuracy,
        limits.least_catch_trials,
        "catch trials",
        "catch trials right",
    )


def flag_repeats(
    observers: Sequence[str],
    first: npt.ArrayLike,
    second: npt.ArrayLike,
    *,
    limits: ScreeningLimits = ScreeningLimits(),  # noqa: B008
) -> list[Flag]:
    """Observers who answer the same trial differently the second time.

    Parameters
    ----------
    first, second : (n,) answers to a trial and to its repeat.
    """
    same = np.asarray(first) == np.asarray(second)
    return _low_shares(
        observers,
        same,
        limits.repeat_agreement,
        limits.least_repeats,
        "repeats",
        "repeated trials answered alike",
    )


def flag_disagreement(
    observers: Sequence[str],
    answers: npt.ArrayLike,
    *,
    limits: ScreeningLimits = ScreeningLimits(),  # noqa: B008
) -> list[Flag]:
    """Observers whose answers do not go with those of the others.

    Parameters
    ----------
    observers : (I,) names of the columns.
    answers : (trials, I), NaN where missing. The correlation is with the mean of the other observers.
    """
    if limits.agreement_with_others is None:
        return []
    table = np.asarray(answers, dtype=np.float64)
    flags = []
    for i, name in enumerate(observers):
        others = np.delete(table, i, axis=1)
        present = ~np.isnan(table[:, i]) & (~np.isnan(others)).any(axis=1)
        if present.sum() < 5:
            continue
        mean = np.nanmean(others[present], axis=1)
        mine = table[present, i]
        if np.ptp(mean) == 0:
            continue
        r = 0.0 if np.ptp(mine) == 0 else float(np.corrcoef(mine, mean)[0, 1])
        if r < limits.agreement_with_others:
            flags.append(
                Flag(
                    name,
                    "agreement",
                    r,
                    limits.agreement_with_others,
                    f"correlation {r:.2f} with the mean of the others over {int(present.sum())} trials",
                )
            )
    return flags


def flag_answer_times(
    observers: Sequence[str],
    rt_ms: npt.ArrayLike,
    *,
    limits: ScreeningLimits = ScreeningLimits(),  # noqa: B008
) -> list[Flag]:
    """Observers with too many answers faster than a person can see and press.

    Parameters
    ----------
    rt_ms : (n,) time from the onset of the picture to the answer; NaN where unknown.
    """
    if limits.fast_rt_ms is None:
        return []
    times = np.asarray(rt_ms, dtype=np.float64)
    known = ~np.isnan(times)
    names = [name for name, ok in zip(observers, known, strict=True) if ok]
    flags = []
    for name, mine in _by_observer(names, times[known]).items():
        share = float(np.mean(mine < limits.fast_rt_ms))
        if share > limits.fast_share:
            flags.append(
                Flag(
                    name,
                    "answer time",
                    share,
                    limits.fast_share,
                    f"{share:.0%} of {mine.size} answers within {limits.fast_rt_ms:g} ms",
                )
            )
    return flags


def flag_same_answer(
    observers: Sequence[str],
    answers: Sequence[object],
    *,
    limits: ScreeningLimits = ScreeningLimits(),  # noqa: B008
) -> list[Flag]:
    """Observers who give one answer far more often than the answers as a whole suggest (one side, one key)."""
    if limits.same_answer_probability is None or not len(answers):
        return []
    kinds, counts = np.unique([str(a) for a in answers], return_counts=True)
    if kinds.size < 2:
        return []
    overall = dict(zip(kinds.tolist(), (counts / counts.sum()).tolist(), strict=True))
    mine: dict[str, list[str]] = {}
    for name, answer in zip(observers, answers, strict=True):
        mine.setdefault(name, []).append(str(answer))
    flags = []
    for name, own in mine.items():
        values, numbers = np.unique(own, return_counts=True)
        top = int(np.argmax(numbers))
        share = overall[str(values[top])]
        probability = float(bdtrc(int(numbers[top]) - 1, len(own), share))
        if probability < limits.same_answer_probability:
            flags.append(
                Flag(
                    name,
                    "same answer",
                    probability,
                    limits.same_answer_probability,
                    f'{int(numbers[top])} of {len(own)} answers are "{values[top]}", which is {share:.0%} of all',
                )
            )
    return flags


def _low_shares(
    observers: Sequence[str], good: npt.ArrayLike, limit: float | None, least: int, rule: str, what: str
) -> list[Flag]:
    """Observers with a share of good trials below ``limit``, from ``least`` trials on."""
    if limit is None:
        return []
    return [
        Flag(name, rule, float(mine.mean()), limit, f"{int(mine.sum())} of {mine.size} {what}")
        for name, mine in _by_observer(observers, good).items()
        if mine.size >= least and mine.mean() < limit
    ]


def _by_observer(observers: Sequence[str], values: npt.ArrayLike) -> dict[str, Array]:
    array = np.asarray(values, dtype=np.float64)
    if len(observers) != array.size:
        raise ValueError(f"one observer per value is needed, got {len(observers)} and {array.size}")
    groups: dict[str, list[float]] = {}
    for name, value in zip(observers, array, strict=True):
        groups.setdefault(name, []).append(float(value))
    return {name: np.array(group) for name, group in groups.items()}
