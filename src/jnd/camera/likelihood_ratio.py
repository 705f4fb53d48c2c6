"""From scores to the weight of evidence: calibrated likelihood ratios, of one score or of several together.

A likelihood ratio says how many times more probable a score is under one hypothesis than under the other. It is learned from
pairs whose truth is known, by logistic regression with equal priors; what it says holds for pairs like these. Nothing
here knows where the scores come from: fingerprints of sensors and networks use it alike.

Few pairs must not give boundless ratios. Each score therefore also counts, with a small weight, for the other hypothesis
[Morrison2018], which keeps separable sets finite; and no ratio exceeds what the number of pairs can show (rule of
succession: n pairs without an error leave 1 in n + 1).
References: [Brummer2006], [Morrison2018].
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt
from scipy.special import expit

Array = npt.NDArray[np.float64]

SAME_DEVICE = "H1: the picture was taken by this device"
DIFFERENT_DEVICE = (
    "H0: the picture was taken by another device of the population from which the pairs were drawn"
)

PSEUDO_PAIRS = 1.0
"""How many pairs that say nothing are added to the known ones [Morrison2018 calls it kappa, and takes 1]."""
MOST_SCORES = 6
"""That are fused: every subset of them gets its calibration."""
_STEPS = 100
_TOLERANCE = 1e-10


@dataclass(frozen=True, slots=True)
class Calibration:
    """A line from scores to log-odds, and what it rests on."""

    names: tuple[str, ...]
    """Of the scores."""
    weights: tuple[float, ...]
    """Of each score, decadic logarithm of the ratio per unit."""
    offset: float
    """Decadic logarithm of the ratio at scores of 0."""
    same: int
    """Pairs of the first hypothesis that it was learned from."""
    different: int
    """Pairs of the second."""
    hypothesis_same: str
    hypothesis_different: str

    @property
    def bounds(self) -> tuple[float, float]:
        """The least and the largest log10 likelihood ratio that so many pairs can support."""
        return -float(np.log10(self.same + 1)), float(np.log10(self.different + 1))

    def log10_likelihood_ratio(self, scores: npt.ArrayLike, *, bounded: bool = True) -> Array:
        """The weight of evidence of each score: above 0 for the first hypothesis, below for the second.

        Parameters
        ----------
        scores : (n,) of one score, or (n, k) of k scores; a plain number too.
        bounded : whether to stay within ``bounds``.

        Returns
        -------
        (n,) decadic logarithms.

        Raises
        ------
        ValueError
            Another number of scores, one that is no number (a :class:`Fusion` takes missing ones).
        """
        table = _table(scores, len(self.names))
        if np.isnan(table).any():
            raise ValueError("a score is missing (nan); use a Fusion, or leave that picture out")
        ratios: Array = table @ np.array(self.weights) + self.offset
        return np.clip(ratios, *self.bounds) if bounded else ratios


@dataclass(frozen=True, slots=True)
class Fusion:
    """Calibrations of several scores together and of every part of them, for pictures that lack some."""

    names: tuple[str, ...]
    calibrations: tuple[Calibration, ...]
    """Of most scores first."""

    def log10_likelihood_ratio(self, scores: npt.ArrayLike) -> Array:
        """The weight of evidence of each row, from the scores that it has.

        Parameters
        ----------
        scores : (n, k), nan where a score is missing.

        Returns
        -------
        (n,) decadic logarithms; 0, which is no evidence, where all are missing.
        """
        table = _table(scores, len(self.names))
        ratios = np.zeros(table.shape[0])
        open_rows = np.ones(table.shape[0], bool)
        for calibration in self.calibrations:
            columns = [self.names.index(name) for name in calibration.names]
            rows = open_rows & ~np.isnan(table[:, columns]).any(axis=1)
            if rows.any():
                ratios[rows] = calibration.log10_likelihood_ratio(table[rows][:, columns])
                open_rows &= ~rows
        return ratios


def fit_calibration(
    same: npt.ArrayLike,
    different: npt.ArrayLike,
    *,
    names: Sequence[str] = ("score",),
    hypothesis_same: str = SAME_DEVICE,
    hypothesis_different: str = DIFFERENT_DEVICE,
    pseudo_pairs: float = PSEUDO_PAIRS,
) -> Calibration:
    """Learn likelihood ratios from scores of pairs whose truth is known.

    Parameters
    ----------
    same, different : (n,) or (n, k), and (m,) or (m, k): k scores of each pair. Both hypotheses weigh the same,
        however many pairs each has.
    names : of the k scores.
    hypothesis_same, hypothesis_different : in words; they go into every report.
    pseudo_pairs : how many pairs that say nothing are added; above 0.

    Returns
    -------
    The calibration. Of one score that speaks the wrong way round, or not at all, every ratio is 1.

    Raises
    ------
    ValueError
        A hypothesis without pairs, scores that are no finite numbers, other numbers of columns than names.
    """
    first, second = _table(same, len(names)), _table(different, len(names))
    for name, table in (("same", first), ("different", second)):
        if not len(table) or not np.isfinite(table).all():
            raise ValueError(
                f'"{name}" must hold at least one pair, and finite scores only, got {len(table)} pairs; '
                "leave out those without a score"
            )
    if not (np.isfinite(pseudo_pairs) and pseudo_pairs > 0):
        raise ValueError(f"pseudo_pairs must be positive, got {pseudo_pairs}; 1 is usual")
    weights, offset = _regression(first, second, pseudo_pairs)
    if len(names) == 1 and weights[0] <= 0:
        weights, offset = np.zeros(1), 0.0
    return Calibration(
        names=tuple(names),
        weights=tuple(float(weight) for weight in weights / np.log(10)),
        offset=float(offset / np.log(10)),
        same=len(first),
        different=len(second),
        hypothesis_same=hypothesis_same,
        hypothesis_different=hypothesis_different,
    )


def fit_fusion(
    same: npt.ArrayLike,
    different: npt.ArrayLike,
    *,
    names: Sequence[str],
    hypothesis_same: str = SAME_DEVICE,
    hypothesis_different: str = DIFFERENT_DEVICE,
    pseudo_pairs: float = PSEUDO_PAIRS,
) -> Fusion:
    """Learn one likelihood ratio from several scores, any of which may be missing (nan).

    Parameters
    ----------
    same, different : (n, k) and (m, k) scores; a subset of scores is calibrated on the pairs that have all of it.
    names : of the k scores, at most 6.

    Raises
    ------
    ValueError
        No subset of scores has pairs of both hypotheses; more than 6 scores.
    """
    if not 1 <= len(names) <= MOST_SCORES:
        raise ValueError(f"1 to {MOST_SCORES} scores can be fused, got {len(names)}; choose the best")
    first, second = _table(same, len(names)), _table(different, len(names))
    calibrations = []
    for size in range(len(names), 0, -1):
        for columns in combinations(range(len(names)), size):
            have, others = (
                table[~np.isnan(table[:, columns]).any(axis=1)][:, columns] for table in (first, second)
            )
            if len(have) and len(others):
                calibrations.append(
                    fit_calibration(
                        have,
                        others,
                        names=[names[column] for column in columns],
                        hypothesis_same=hypothesis_same,
                        hypothesis_different=hypothesis_different,
                        pseudo_pairs=pseudo_pairs,
                    )
                )
    if not calibrations:
        raise ValueError("no score has pairs of both hypotheses; both kinds are needed to calibrate")
    return Fusion(tuple(names), tuple(calibrations))


def verbal_scale(log10_likelihood_ratio: float) -> str:
    """The words of the European Network of Forensic Science Institutes for a weight of evidence [ENFSI2015].

    >>> verbal_scale(2.5)
    'moderately strong support'
    >>> verbal_scale(-0.7)
    'weak support for the alternative'
    """
    strength = abs(log10_likelihood_ratio)
    words = next((text for limit, text in _VERBAL if strength < limit), _STRONGEST)
    if log10_likelihood_ratio < 0 and strength >= _VERBAL[0][0]:
        return f"{words} for the alternative"
    return words


_VERBAL = (
    (np.log10(2.0), "no support for either"),
    (1.0, "weak support"),
    (2.0, "moderate support"),
    (3.0, "moderately strong support"),
    (4.0, "strong support"),
    (6.0, "very strong support"),
)
_STRONGEST = "extremely strong support"


def _table(scores: npt.ArrayLike, columns: int) -> Array:
    table = np.asarray(scores, np.float64)
    if table.ndim == 0 or (table.ndim == 1 and columns == 1):
        table = table.reshape(-1, 1)
    if table.ndim != 2 or table.shape[1] != columns:
        raise ValueError(f"scores must have {columns} columns, one per name, got shape {np.shape(scores)}")
    return table


def _regression(first: Array, second: Array, pseudo_pairs: float) -> tuple[Array, float]:
    """Weights and offset in natural units, by Newton's method; the goal is convex and has one finite minimum."""
    both = np.concatenate([first, second])
    centre = both.mean(axis=0)
    spread = both.std(axis=0)
    spread[spread < 1e-12 * (1 + np.abs(centre))] = 1.0
    design = np.column_stack([(both - centre) / spread, np.ones(len(both))])
    # Half a pseudo pair of either truth on each side, shared by its scores: labels that are not quite 0 and 1.
    doubt = [pseudo_pairs / 2 / (len(table) + pseudo_pairs) for table in (first, second)]
    truth = np.concatenate([np.full(len(first), 1 - doubt[0]), np.full(len(second), doubt[1])])
    share = np.concatenate([np.full(len(first), 0.5 / len(first)), np.full(len(second), 0.5 / len(second))])
    ridge = 1e-9 * np.eye(design.shape[1])  # for scores that do not vary, or repeat each other

    def cost(values: Array) -> float:
        odds = design @ values
        return float(share @ (np.logaddexp(0.0, odds) - truth * odds) + values @ ridge @ values / 2)

    solution = np.zeros(design.shape[1])
    now = cost(solution)
    for _ in range(_STEPS):
        chance = expit(design @ solution)
        slope = design.T @ (share * (chance - truth)) + ridge @ solution
        curvature = (design * (share * chance * (1 - chance))[:, None]).T @ design + ridge
        step = np.linalg.solve(curvature, slope)
        scale = 1.0
        while (then := cost(solution - scale * step)) > now and scale > _TOLERANCE:
            scale /= 2
        solution = solution - scale * step
        finished, now = now - then < _TOLERANCE, min(then, now)
        if finished:
            break
    weights = solution[:-1] / spread
    return weights, float(solution[-1] - centre @ weights)
