"""How well an objective metric agrees with people's scores: correlations, the VQEG logistic, intervals, differences.

In: people's scores and a metric's, one of each per stimulus (or the metric's per stimulus and picture). Out: SROCC,
KROCC, PLCC and RMSE after a monotone curve, outlier ratio, with bootstrap intervals over sources [VQEG2000].
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
from scipy.optimize import least_squares
from scipy.special import expit, ndtr, ndtri
from scipy.stats import kendalltau, pearsonr, rankdata

from jnd.errors import UnusableAnswersError
from jnd.psychometrics.bootstrap import percentile_interval, small_sample_factor

Array = npt.NDArray[np.float64]
Curve = Literal["logistic4", "logistic5"]
FEWEST: Final = 6
"""Stimuli: the five-parameter curve passes through five points whatever they are."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its bootstrap interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of one metric with people. Correlations are positive when the metric points the way it says."""

    stimuli: int
    srocc: Estimate
    krocc: float
    plcc: Estimate
    rmse: float
    outlier_ratio: float | None
    """Share of stimuli further from the fitted curve than twice the spread of their score; None where none is known."""


@dataclass(frozen=True, slots=True)
class Difference:
    """SROCC of one metric less that of another on the same resamples of sources."""

    first: str
    second: str
    difference: Estimate
    significant: bool
    """Whether the interval, with Bonferroni's correction for the number of pairs, excludes 0; never with so few sources
    that even their unanimous vote, p = 2^(1 - sources), would not do."""


def fitted_curve(metric: Array, people: Array, curve: Curve = "logistic5") -> Array:
    """People's scores as predicted from the metric's by least squares.

    "logistic4" is b2 + (b1 - b2) / (1 + exp(-(x - b3) / |b4|)) [VQEG2003], monotone; "logistic5" adds a straight line,
    b1 (1/2 - 1 / (1 + exp(b2 (x - b3)))) + b4 x + b5 [Sheikh2006], and need not be monotone. Where no curve fits better,
    the straight line stands.
    """
    x = (metric - metric.mean()) / (metric.std() or 1.0)
    line = np.polyval(np.polyfit(x, people, 1), x) if np.ptp(x) > 0 else np.full_like(people, people.mean())
    rising = np.sign(np.corrcoef(x, people)[0, 1]) if np.ptp(x) > 0 and np.ptp(people) > 0 else 1.0
    low, high = people.min(), people.max()
    if curve == "logistic4":
        top, bottom = (high, low) if rising >= 0 else (low, high)

        def model(b: Array) -> Array:
            return np.asarray(b[1] + (b[0] - b[1]) * expit((x - b[2]) / (abs(b[3]) + 1e-9)))

        start = np.array([top, bottom, 0.0, 1.0])
    else:

        def model(b: Array) -> Array:
            return np.asarray(b[0] * (0.5 - expit(-b[1] * (x - b[2]))) + b[3] * x + b[4])

        start = np.array([(high - low) * rising, 1.0, 0.0, 0.0, people.mean()])
    fit = least_squares(lambda b: model(b) - people, start, max_nfev=400)
    found = model(fit.x)
    better = np.isfinite(found).all() and np.sum((found - people) ** 2) <= np.sum((line - people) ** 2)
    return found if better else np.asarray(line)


def srocc(metric: Array, people: Array) -> float:
    """Spearman's rank correlation; 0 when one of them is constant.

    >>> srocc(np.array([1.0, 2, 4, 3]), np.array([1.0, 5, 9, 7]))
    1.0
    """
    return _pearson(rankdata(metric), rankdata(people))


def _pearson(a: Array, b: Array) -> float:
    a, b = a - a.mean(), b - b.mean()
    norm = float(np.sqrt((a @ a) * (b @ b)))
    return round(float(a @ b) / norm, 12) if norm > 0 else 0.0


def agreement(
    people: npt.ArrayLike,
    metrics: Mapping[str, npt.ArrayLike],
    sources: npt.ArrayLike | None = None,
    *,
    spread: npt.ArrayLike | None = None,
    curve: Curve = "logistic5",
    resamples: int = 1000,
    confidence: float = 0.95,
    seed: int = 0,
) -> tuple[dict[str, Agreement], tuple[Difference, ...]]:
    """Agreement of each metric, and the difference of each pair of them.

    Parameters
    ----------
    people : (N,) scores, larger is better.
    metrics : by name (N,), or (N, K) for stimuli that are settings seen on K pictures, which are averaged; larger is
        better (turn the sign of others).
    sources : (N,) names of the pictures behind the stimuli, which are resampled; not used for (N, K).
    spread : (N,) standard deviation of each score, as the data set publishes it.

    Raises
    ------
    UnusableAnswersError
        Fewer than 6 stimuli, fewer than 2 sources, lengths that differ, or values that are not finite.
    """
    y = np.asarray(people, dtype=np.float64)
    tables = {name: np.asarray(values, dtype=np.float64) for name, values in metrics.items()}
    if y.ndim != 1 or y.size < FEWEST:
        raise UnusableAnswersError(f"agreement needs {FEWEST} stimuli or more, got {y.size}")
    for name, table in tables.items():
        if table.shape[0] != y.size or not np.isfinite(table).all():
            raise UnusableAnswersError(
                f'metric "{name}" must have one finite value for each of the {y.size} stimuli'
            )
    draws = _draws(y, tables, sources, resamples, np.random.default_rng(seed))
    resampled = _resampled(tables, sources, y.size)
    level = _expanded(confidence, resampled)
    result, ranks = {}, {}
    for name, table in tables.items():
        x = table if table.ndim == 1 else table.mean(axis=1)
        predicted = fitted_curve(x, y, curve)
        spearman, pearson = np.empty(resamples), np.empty(resamples)
        for i, (rows, columns) in enumerate(draws):
            some = table[rows] if table.ndim == 1 else table[:, columns].mean(axis=1)
            spearman[i] = srocc(some, y[rows])
            pearson[i] = (
                _pearson(predicted[rows], y[rows])
                if table.ndim == 1
                else _pearson(np.interp(some, np.sort(x), predicted[np.argsort(x)]), y)
            )
        ranks[name] = spearman
        error = np.abs(predicted - y)
        result[name] = Agreement(
            stimuli=y.size,
            srocc=Estimate(srocc(x, y), *percentile_interval(spearman, level)),
            krocc=float(np.nan_to_num(kendalltau(x, y).statistic)),
            plcc=Estimate(
                float(pearsonr(predicted, y).statistic) if np.ptp(predicted) > 0 and np.ptp(y) > 0 else 0.0,
                *percentile_interval(pearson, level),
            ),
            rmse=float(np.sqrt(np.mean(error**2))),
            outlier_ratio=None if spread is None else float(np.mean(error > 2 * np.asarray(spread))),
        )
    names = list(tables)
    pairs = [(a, b) for i, a in enumerate(names) for b in names[i + 1 :]]
    corrected = _expanded(1 - (1 - confidence) / max(len(pairs), 1), resampled)
    enough = 2.0 ** (1 - resampled) <= (1 - confidence) / max(len(pairs), 1)
    differences = []
    for a, b in pairs:
        change = ranks[a] - ranks[b]
        low, high = percentile_interval(change, corrected)
        value = Estimate(result[a].srocc.value - result[b].srocc.value, low, high)
        differences.append(Difference(a, b, value, enough and (low > 0 or high < 0)))
    return result, tuple(differences)


def _resampled(tables: Mapping[str, Array], sources: npt.ArrayLike | None, stimuli: int) -> int:
    first = next(iter(tables.values()))
    if first.ndim == 2:
        return int(first.shape[1])
    return stimuli if sources is None else int(np.unique(np.asarray(sources)).size)


def _expanded(confidence: float, sources: int) -> float:
    """Confidence of the percentiles to take, so that few sources get the wider interval that they should
    [Hesterberg2015, "expanded percentile"]: 0.998 for 95 % of 5 sources, 0.966 for 14.
    """
    reach = float(ndtri((1 + confidence) / 2)) * small_sample_factor(sources, confidence)
    return 2 * float(ndtr(reach)) - 1


def _draws(
    people: Array,
    tables: Mapping[str, Array],
    sources: npt.ArrayLike | None,
    resamples: int,
    rng: np.random.Generator,
) -> list[tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]]:
    """Rows and columns of each resample: all rows with drawn columns, or the rows of drawn sources."""
    everything = np.arange(people.size)
    first = next(iter(tables.values()))
    if first.ndim == 2:
        if first.shape[1] < 2:
            raise UnusableAnswersError("intervals resample the pictures, and need two of them or more; got 1")
        return [
            (everything, np.asarray(rng.integers(0, first.shape[1], size=first.shape[1], dtype=np.intp)))
            for _ in range(resamples)
        ]
    names = everything if sources is None else np.asarray(sources)
    members = [np.nonzero(names == name)[0] for name in np.unique(names)]
    if len(members) < 2:
        raise UnusableAnswersError("intervals resample the sources, and need two of them or more; got 1")
    return [
        (np.concatenate([members[k] for k in rng.integers(0, len(members), len(members))]), everything)
        for _ in range(resamples)
    ]


def two_alternative_score(share_second: Array, prefers_second: npt.NDArray[np.bool_]) -> float:
    """BAPPS 2AFC: mean share of people who chose as the metric does [Zhang2018].

    >>> two_alternative_score(np.array([1.0, 0.2]), np.array([True, True]))
    0.6
    """
    return float(np.mean(np.where(prefers_second, share_second, 1 - share_second)))


def mean_average_precision(same: Array, distance: Array) -> float:
    """BAPPS JND: area under precision against recall of "same", nearest pairs first [Zhang2018].

    As the authors' program: shares of people count as fractions of a hit, precision is made to fall (each value the
    largest of those at higher recall, as VOC does), and recall begins at 0.

    >>> mean_average_precision(np.array([1.0, 1.0, 0.0]), np.array([0.1, 0.2, 0.3]))
    1.0
    """
    order = np.argsort(distance, kind="stable")
    hits = np.cumsum(same[order])
    if hits.size == 0 or hits[-1] <= 0:
        raise UnusableAnswersError('nobody said "same" of any pair: precision and recall are not defined')
    precision = hits / np.arange(1, hits.size + 1)
    recall = np.concatenate([[0.0], hits / hits[-1], [1.0]])
    envelope = np.maximum.accumulate(np.concatenate([[0.0], precision, [0.0]])[::-1])[::-1]
    return float(np.sum(np.diff(recall) * envelope[1:]))
