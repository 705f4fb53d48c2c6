"""Exact statistics of forced choice: what k right answers of n do and do not show.

For ISO/IEC 29170-2 tests: two alternatives, chance 0.5, the criterion "visually lossless" at a proportion of
0.75 (half of the differences detected). References: [Clopper1934], ISO/IEC 29170-2
"""

from typing import Final, NamedTuple

import numpy as np
from scipy.special import bdtr, bdtrc, betainc, betaincinv

from jnd.errors import UnusableAnswersError

CRITERION: Final = 0.75
CHANCE: Final = 0.5


class ForcedChoice(NamedTuple):
    """Everything the design page and the report say about k of n."""

    right: int
    trials: int
    proportion: float
    low: float
    """Clopper-Pearson."""
    high: float
    p_below_criterion: float
    """P(k or fewer | p = 0.75): small values show that fewer than half of the differences are detected."""
    p_above_chance: float
    """P(k or more | p = 0.5): small values show that observers do not guess."""
    probability_above_criterion: float
    """Posterior P(p > 0.75) under a uniform prior."""
    verdict: str
    """"below criterion" (visually lossless), "above criterion" or "undecided", at the 5 % level."""


class DesignRow(NamedTuple):
    """What n answers can show."""

    trials: int
    largest_below_criterion: int | None
    """Most right answers that still reject p ≥ criterion; None if no count does."""
    smallest_above_chance: int | None
    """Fewest right answers that reject guessing."""
    undecided: tuple[float, float]
    """Lowest and highest proportion for which neither side of the criterion has 95 % posterior probability."""
    interval_at_criterion: tuple[float, float]
    """Clopper-Pearson interval at the count nearest to the criterion."""


def clopper_pearson(right: int, trials: int, confidence: float = 0.95) -> tuple[float, float]:
    """Exact interval of a proportion; it covers at least ``confidence``, often more.

    >>> low, high = clopper_pearson(15, 20)
    >>> round(low, 2), round(high, 2)
    (0.51, 0.91)
    """
    _check(right, trials)
    tail = (1 - confidence) / 2
    low = 0.0 if right == 0 else float(betaincinv(right, trials - right + 1, tail))
    high = 1.0 if right == trials else float(betaincinv(right + 1, trials - right, 1 - tail))
    return low, high


def p_at_most(right: int, trials: int, p: float) -> float:
    """P(k ≤ right) of n trials of probability ``p``: one-sided test of "p or more"."""
    _check(right, trials)
    return float(bdtr(right, trials, p))


def p_at_least(right: int, trials: int, p: float) -> float:
    """P(k ≥ right): one-sided test of "p or less"."""
    _check(right, trials)
    return 1.0 if right == 0 else float(bdtrc(right - 1, trials, p))


def forced_choice(
    right: int,
    trials: int,
    *,
    criterion: float = CRITERION,
    chance: float = CHANCE,
    confidence: float = 0.95,
) -> ForcedChoice:
    """Interval, both one-sided tests, posterior and verdict for k of n.

    >>> forced_choice(11, 20).verdict
    'below criterion'
    """
    low, high = clopper_pearson(right, trials, confidence)
    above = probability_above(right, trials, criterion)
    level = 1 - confidence
    verdict = "undecided"
    if above < level:
        verdict = "below criterion"
    elif above > 1 - level:
        verdict = "above criterion"
    return ForcedChoice(
        right,
        trials,
        right / trials,
        low,
        high,
        p_at_most(right, trials, criterion),
        p_at_least(right, trials, chance),
        above,
        verdict,
    )


def probability_above(right: int, trials: int, criterion: float = CRITERION) -> float:
    """Posterior probability that p is above ``criterion``, uniform prior: Beta(k + 1, n − k + 1)."""
    _check(right, trials)
    return float(1 - betainc(right + 1, trials - right + 1, criterion))


def undecided_band(
    trials: int, *, criterion: float = CRITERION, confidence: float = 0.95
) -> tuple[float, float]:
    """Lowest and highest proportion that leave it open on which side of the criterion p lies.

    NaN twice when every count decides.
    """
    _check(0, trials)
    open_counts = [
        k
        for k in range(trials + 1)
        if 1 - confidence <= probability_above(k, trials, criterion) <= confidence
    ]
    if not open_counts:
        return float("nan"), float("nan")
    return open_counts[0] / trials, open_counts[-1] / trials


def power(trials: int, p: float, *, criterion: float = CRITERION, level: float = 0.05) -> float:
    """Probability that n answers of true proportion ``p`` reject "p ≥ criterion" (show visually lossless).

    >>> round(power(20, 0.5), 3)
    0.748
    """
    largest = _largest_below(trials, criterion, level)
    return 0.0 if largest is None else float(bdtr(largest, trials, p))


def power_above_chance(trials: int, p: float, *, chance: float = CHANCE, level: float = 0.05) -> float:
    """Probability that n answers of true proportion ``p`` reject guessing."""
    smallest = _smallest_above(trials, chance, level)
    if smallest is None:
        return 0.0
    return float(bdtrc(smallest - 1, trials, p))


def trials_for_power(
    p: float, wanted: float = 0.8, *, criterion: float = CRITERION, level: float = 0.05, most: int = 2000
) -> int:
    """Fewest trials from which on the power stays at ``wanted`` (exact power is a saw-tooth).

    Raises
    ------
    ValueError
        Not reached with ``most`` trials.
    """
    if not 0 <= p < criterion:
        raise ValueError(f"p must be below the criterion {criterion:g}, got {p:g}")
    enough = np.array([power(n, p, criterion=criterion, level=level) >= wanted for n in range(1, most + 1)])
    if not enough[-1]:
        raise ValueError(f"a power of {wanted:g} needs more than {most} trials at a true proportion of {p:g}")
    short = np.flatnonzero(~enough)
    return int(short[-1]) + 2 if short.size else 1


def design_table(
    trials: list[int], *, criterion: float = CRITERION, chance: float = CHANCE, confidence: float = 0.95
) -> list[DesignRow]:
    """One row per number of trials, for choosing before a study."""
    level = 1 - confidence
    return [
        DesignRow(
            n,
            _largest_below(n, criterion, level),
            _smallest_above(n, chance, level),
            undecided_band(n, criterion=criterion, confidence=confidence),
            clopper_pearson(int(np.round(criterion * n)), n, confidence),
        )
        for n in trials
    ]


def _largest_below(trials: int, criterion: float, level: float) -> int | None:
    _check(0, trials)
    k = np.arange(trials + 1)
    rejecting = k[bdtr(k, trials, criterion) <= level]
    return int(rejecting[-1]) if rejecting.size else None


def _smallest_above(trials: int, chance: float, level: float) -> int | None:
    _check(0, trials)
    k = np.arange(1, trials + 1)
    rejecting = k[bdtrc(k - 1, trials, chance) <= level]
    return int(rejecting[0]) if rejecting.size else None


def _check(right: int, trials: int) -> None:
    if trials < 1:
        raise UnusableAnswersError(f"the number of trials must be 1 or more, got {trials}")
    if not 0 <= right <= trials:
        raise UnusableAnswersError(f"right answers must be from 0 to {trials}, got {right}")
