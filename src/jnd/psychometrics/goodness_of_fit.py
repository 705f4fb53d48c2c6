"""Does a psychometric function describe the answers? Deviance and residuals [Wichmann2001a], section "goodness
of fit". The deviance of blocks with few trials does not follow χ², so it is compared with simulated data.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import xlogy

Array = npt.NDArray[np.float64]


class GoodnessOfFit(NamedTuple):
    """How far the answers are from the fitted function."""

    deviance: float
    p_value: float
    """Share of data simulated from the fit whose deviance is as large; below 0.05 the function does not fit."""
    residuals: Array
    """(K,) signed deviance residuals."""
    trend_with_prediction: float
    """Correlation of residuals and prediction: a wrong shape of the function. NaN when all are equal."""
    trend_with_order: float
    """Correlation of residuals and block order: learning or fatigue (blocks in the order they were run)."""


def deviance_terms(p: Array, seen: Array, trials: Array) -> Array:
    """Contribution of each block to the deviance 2 Σ [k ln(k / n p) + (n − k) ln((n − k) / n (1 − p))]."""
    p = np.clip(p, 1e-12, 1 - 1e-12)
    share = seen / trials
    terms = 2 * (xlogy(seen, share / p) + xlogy(trials - seen, (1 - share) / (1 - p)))
    return np.asarray(np.maximum(terms, 0.0))


def goodness_of_fit(
    predicted: npt.ArrayLike,
    seen: npt.ArrayLike,
    trials: npt.ArrayLike,
    *,
    simulations: int = 2000,
    seed: int = 0,
) -> GoodnessOfFit:
    """Deviance of the blocks against the predicted probabilities, with its Monte-Carlo p-value.

    Parameters
    ----------
    predicted : (K,) ψ at the level of each block.
    seen, trials : (K,) in the order of the blocks.
    """
    p, k, n = (np.asarray(v, dtype=np.float64) for v in (predicted, seen, trials))
    if not p.shape == k.shape == n.shape or p.ndim != 1:
        raise ValueError(f"predicted, seen and trials must be (K,), got {p.shape}, {k.shape}, {n.shape}")
    terms = deviance_terms(p, k, n)
    deviance = float(terms.sum())
    simulated = np.random.default_rng(seed).binomial(n.astype(np.int64), p, (simulations, p.size))
    reference = deviance_terms(p, simulated.astype(np.float64), n).sum(axis=1)
    residuals = np.sign(k / n - p) * np.sqrt(terms)
    return GoodnessOfFit(
        deviance,
        float((1 + np.sum(reference >= deviance)) / (simulations + 1)),
        residuals,
        _correlation(residuals, p),
        _correlation(residuals, np.arange(p.size, dtype=np.float64)),
    )


def _correlation(a: Array, b: Array) -> float:
    if np.ptp(a) == 0 or np.ptp(b) == 0:
        return float("nan")
    return float(np.corrcoef(a, b)[0, 1])
