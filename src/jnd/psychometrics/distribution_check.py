"""How well a JND distribution describes its samples: Anderson-Darling and Kolmogorov-Smirnov.

The parameters were estimated from the same samples and the levels are a grid, so the tables of both tests do
not hold; the p-value comes from samples simulated from the fit, put on the same grid and fitted again.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from jnd.errors import UnusableAnswersError
from jnd.psychometrics.jnd_distribution import FAMILIES, JndDistribution, fit_jnd_distribution
from jnd.psychometrics.jnd_samples import JndSamples, check_samples

Array = npt.NDArray[np.float64]


class DistributionTest(NamedTuple):
    """Statistics of the fit and the share of simulated data sets that are as far off."""

    anderson_darling: float
    anderson_darling_p: float
    kolmogorov_smirnov: float
    kolmogorov_smirnov_p: float


def anderson_darling_statistic(probability: npt.ArrayLike) -> float:
    """A² of values that should be uniform on (0, 1): −n − Σ (2i − 1) [ln u_i + ln(1 − u_{n+1−i})] / n."""
    u = np.clip(np.sort(np.asarray(probability, dtype=np.float64)), 1e-12, 1 - 1e-12)
    i = np.arange(1, u.size + 1)
    return float(-u.size - np.sum((2 * i - 1) * (np.log(u) + np.log1p(-u[::-1]))) / u.size)


def kolmogorov_smirnov_statistic(probability: npt.ArrayLike) -> float:
    """Largest distance of the empirical distribution of ``probability`` from the uniform one."""
    u = np.sort(np.asarray(probability, dtype=np.float64))
    i = np.arange(1, u.size + 1)
    return float(max(np.max(i / u.size - u), np.max(u - (i - 1) / u.size)))


def check_distribution(
    samples: JndSamples, fit: JndDistribution, *, simulations: int = 200, seed: int = 0
) -> DistributionTest:
    """Anderson-Darling and Kolmogorov-Smirnov of a fit; a small p-value speaks against the family.

    Raises
    ------
    UnusableAnswersError
        Censored samples: their position inside the distribution is unknown.
    """
    samples = check_samples(samples)
    if not (np.all(np.isfinite(samples.lower)) and np.all(np.isfinite(samples.upper))):
        raise UnusableAnswersError(
            "the tests need samples that are not censored; compare families by AIC instead"
        )
    observed = _statistics(samples, fit)
    rng = np.random.default_rng(seed)
    step = float(np.median(samples.upper - samples.lower))
    worse = np.zeros(2)
    done = 0
    for _ in range(simulations):
        level = fit.quantile(np.clip(rng.random(samples.lower.size), 1e-9, 1 - 1e-9))
        if step > 0:
            level = np.ceil(level / step) * step
        if FAMILIES[fit.family].logarithmic:
            level = np.maximum(level, max(step, 1e-9))
        if np.unique(level).size < 2:
            continue
        simulated = JndSamples(level - step, level)
        worse += _statistics(simulated, fit_jnd_distribution(simulated, fit.family)) >= observed
        done += 1
    p = (1 + worse) / (done + 1)
    return DistributionTest(float(observed[0]), float(p[0]), float(observed[1]), float(p[1]))


def _statistics(samples: JndSamples, fit: JndDistribution) -> Array:
    u = fit.cumulative(0.5 * (samples.lower + samples.upper))
    return np.array([anderson_darling_statistic(u), kolmogorov_smirnov_statistic(u)])
