"""Satisfied user ratio: SUR(x) = P(individual JND > x), the share of people who notice nothing at level x.

Levels rise with distortion. The p % JND is the level where SUR falls to p; 75 % is usual [Wang2017]. For a
normal JND that is mean − 0.6745 standard deviations. References: [Wang2017], [Lin2022]
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from jnd.psychometrics.bootstrap import small_sample_factor
from jnd.psychometrics.jnd_distribution import cumulative, fit_jnd_distribution, fit_many, quantile
from jnd.psychometrics.jnd_samples import JndSamples, check_samples
from jnd.records import SurCurve

Array = npt.NDArray[np.float64]


class JndLevel(NamedTuple):
    """The level at which a share of people is still satisfied."""

    level: float
    low: float
    high: float
    satisfied: float


def empirical_sur(samples: JndSamples, levels: npt.ArrayLike) -> Array:
    """Share of observers who have not noticed at each level: 1 − mean(upper end ≤ level)."""
    samples = check_samples(samples)
    x = np.atleast_1d(np.asarray(levels, dtype=np.float64))
    return np.asarray(1 - np.mean(samples.upper[None, :] <= x[:, None], axis=1))


def empirical_level_at(samples: JndSamples, satisfied: float) -> float:
    """The highest sampled level with an empirical SUR of at least ``satisfied``, before the next sample drops it.

    The observers sorted by JND: the level just at the sample that would take the SUR below ``satisfied``.
    """
    samples = check_samples(samples)
    order = np.sort(samples.upper)
    allowed = int(np.floor(order.size * (1 - satisfied) + 1e-9))
    return float(order[min(allowed, order.size - 1)])


def sur_curve(
    samples: JndSamples,
    levels: npt.ArrayLike,
    *,
    distribution: str = "normal",
    confidence: float = 0.95,
    resamples: int = 1000,
    seed: int = 0,
) -> SurCurve:
    """SUR at ``levels`` with a pointwise bootstrap band over observers.

    Parameters
    ----------
    levels : (L,) ascending.
    distribution : "empirical", or a family of :mod:`jnd.psychometrics.jnd_distribution`.
    resamples : 0 leaves the band out.
    """
    samples = check_samples(samples)
    x = np.atleast_1d(np.asarray(levels, dtype=np.float64))
    if np.any(np.diff(x) <= 0):
        raise ValueError("levels of a SUR curve must ascend")
    weights = _observer_weights(samples.lower.size, resamples, seed)
    parameters: tuple[float, ...] = ()
    if distribution == "empirical":
        satisfied = empirical_sur(samples, x)
        noticed = (samples.upper[None, :] <= x[:, None]).astype(np.float64)
        drawn = 1 - weights @ noticed.T / samples.lower.size
    else:
        fit = fit_jnd_distribution(samples, distribution)
        parameters = fit.parameters
        satisfied = 1 - fit.cumulative(x)
        drawn = (
            1 - cumulative(distribution, _refit(samples, distribution, weights), x)
            if resamples
            else np.empty((0, x.size))
        )
    low = high = None
    if resamples:
        tail = (1 - confidence) / 2
        low, high = (tuple(float(v) for v in q) for q in np.quantile(drawn, [tail, 1 - tail], axis=0))
    return SurCurve(
        level=tuple(float(v) for v in x),
        satisfied=tuple(float(v) for v in satisfied),
        low=low,
        high=high,
        distribution=distribution,
        parameters=parameters,
        observers=int(samples.lower.size),
    )


def jnd_level(
    samples: JndSamples,
    satisfied: float = 0.75,
    *,
    distribution: str = "normal",
    confidence: float = 0.95,
    resamples: int = 1000,
    seed: int = 0,
) -> JndLevel:
    """The p % JND with its bootstrap interval over observers.

    >>> from jnd.psychometrics.jnd_samples import jnd_samples
    >>> found = jnd_level(jnd_samples([28, 30, 31, 31, 33, 34, 36, 40]), 0.75)
    >>> round(found.level, 1)
    30.0
    """
    samples = check_samples(samples)
    if not 0 < satisfied < 1:
        raise ValueError(f"satisfied must lie between 0 and 1, got {satisfied:g}")
    weights = _observer_weights(samples.lower.size, resamples, seed)
    if distribution == "empirical":
        level = empirical_level_at(samples, satisfied)
        order = np.argsort(samples.upper)
        remaining = 1 - np.cumsum(weights[:, order], axis=1) / samples.lower.size
        first = np.argmax(remaining < satisfied - 1e-9, axis=1)
        drawn = samples.upper[order][first]
    else:
        level = float(fit_jnd_distribution(samples, distribution).quantile(1 - satisfied)[0])
        drawn = quantile(distribution, _refit(samples, distribution, weights), np.array([1 - satisfied]))[
            :, 0
        ]
    tail = (1 - confidence) / 2
    low, high = (float(q) for q in np.quantile(drawn, [tail, 1 - tail]))
    factor = small_sample_factor(samples.lower.size, confidence)
    if np.isfinite(high):
        high = max(level, level + factor * (high - level))
    return JndLevel(level, min(level, level + factor * (low - level)), high, satisfied)


def _observer_weights(observers: int, resamples: int, seed: int) -> Array:
    rng = np.random.default_rng(seed)
    return rng.multinomial(observers, np.full(observers, 1 / observers), size=resamples).astype(np.float64)


def _refit(samples: JndSamples, distribution: str, weights: Array) -> Array:
    return fit_many(samples, distribution, weights)[0]
