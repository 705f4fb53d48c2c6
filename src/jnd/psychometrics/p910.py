"""ITU-T P.910 Annex E (also P.913 section 12.6): scores, observer bias and observer inconsistency together.

A vote is u_ij = ψ_j + Δ_i + υ_i ε with quality ψ of stimulus j, bias Δ and inconsistency υ of observer i,
estimated by alternating projection [Li2020]: inconsistent observers weigh less instead of being dropped.
Σ Δ = 0 fixes the scale.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from jnd.psychometrics.ratings import interval_factor, ratings
from jnd.records import OpinionScores

Array = npt.NDArray[np.float64]

TOLERANCE: Final = 1e-8
MOST_ROUNDS: Final = 1000
SMALLEST_VARIANCE: Final = 1e-8
"""Added to υ² so that a perfectly consistent observer has a finite weight."""


def p910_scores(votes: npt.ArrayLike, *, confidence: float = 0.95) -> OpinionScores:
    """Maximum likelihood scores of a table of votes.

    Parameters
    ----------
    votes : (stimuli, observers) or (stimuli, observers, repetitions), NaN where missing.

    Returns
    -------
    Scores with standard errors 1 / √(Σ 1/σ_j²), σ_j the spread of the residuals of stimulus j over its votes,
    and the bias and inconsistency of each observer.
    """
    u = ratings(votes)
    present = ~np.isnan(u)
    filled = np.where(present, u, 0.0)
    # Votes of one observer for one stimulus enter only by count, sum and sum of squares.
    count = present.sum(axis=2).astype(np.float64)
    total = filled.sum(axis=2)
    squares = (filled**2).sum(axis=2)
    per_stimulus, per_observer = count.sum(axis=1), count.sum(axis=0)
    score = total.sum(axis=1) / per_stimulus
    bias = (total.sum(axis=0) - score @ count) / per_observer
    for _ in range(MOST_ROUNDS):
        inconsistency = _spread_over_stimuli(count, total, squares, score, bias, per_observer)
        weight = 1 / (inconsistency**2 + SMALLEST_VARIANCE)
        new = (total @ weight - count @ (weight * bias)) / (count @ weight)
        bias = (total.sum(axis=0) - new @ count) / per_observer
        change = float(np.linalg.norm(new - score))
        score = new
        if change < TOLERANCE:
            break
    mean_bias = float(bias.mean())
    score, bias = score + mean_bias, bias - mean_bias
    residual = np.where(present, u - score[:, None, None] - bias[None, :, None], 0.0)
    # From the residuals themselves: the sums of the loop cancel for very consistent observers.
    observer_mean = residual.sum(axis=(0, 2)) / per_observer
    deviation = np.where(present, residual - observer_mean[None, :, None], 0.0)
    inconsistency = np.sqrt((deviation**2).sum(axis=(0, 2)) / per_observer)
    mean_residual = residual.sum(axis=(1, 2)) / per_stimulus
    centred = np.where(present, residual - mean_residual[:, None, None], 0.0)
    spread = np.sqrt((centred**2).sum(axis=(1, 2)) / per_stimulus)
    error = spread / np.sqrt(per_stimulus)
    reach = interval_factor(per_stimulus, confidence, "normal") * error
    return OpinionScores(
        method="p910",
        scores=tuple(float(v) for v in score),
        standard_errors=tuple(float(v) for v in error),
        low=tuple(float(v) for v in score - reach),
        high=tuple(float(v) for v in score + reach),
        confidence=confidence,
        votes=tuple(int(v) for v in per_stimulus),
        rejected=(),
        observer_bias=tuple(float(v) for v in bias),
        observer_inconsistency=tuple(float(v) for v in inconsistency),
        stimulus_spread=tuple(float(v) for v in spread),
    )


def _spread_over_stimuli(
    count: Array, total: Array, squares: Array, score: Array, bias: Array, per_observer: Array
) -> Array:
    """(I,) standard deviation (divided by n) of each observer's residuals."""
    expected = score[:, None] + bias
    first = (total - count * expected).sum(axis=0) / per_observer
    second = (squares - 2 * expected * total + count * expected**2).sum(axis=0) / per_observer
    return np.asarray(np.sqrt(np.maximum(second - first**2, 0.0)))
