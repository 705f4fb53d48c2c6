"""Pointwise band of a fitted psychometric function, by refitting resampled answers or observers."""

import numpy as np
import numpy.typing as npt

from jnd.psychometrics.bootstrap import refit, resample_observers, resample_parametric
from jnd.psychometrics.counts import Counts
from jnd.psychometrics.fit import predicted
from jnd.psychometrics.likelihood import PsychometricLikelihood
from jnd.psychometrics.maximum_likelihood import bounds_of
from jnd.psychometrics.psychometric_function import sigmoid, to_axis
from jnd.records import PsychometricFit

Array = npt.NDArray[np.float64]


def curve_band(
    fit: PsychometricFit,
    levels: npt.ArrayLike,
    *,
    guess_rate: float | None,
    by_observer: tuple[Array, Array, Array] | None = None,
    resamples: int = 300,
    seed: int = 0,
) -> tuple[Array, Array, Array]:
    """ψ at ``levels`` with the lower and upper end of its band.

    Parameters
    ----------
    guess_rate : as in the fit: None where it was estimated.
    by_observer : levels (K,), seen and trials (observers, K): resample people; None simulates answers.

    Returns
    -------
    Three (L,) arrays in [0, 1]; the band has the confidence of the fit.
    """
    shape = sigmoid(fit.function)
    x = np.asarray(levels, dtype=np.float64)
    rng = np.random.default_rng(seed)
    estimate = np.array(
        [float(to_axis(fit.threshold, shape)), np.log(fit.width), fit.guess_rate, fit.lapse_rate]
    )
    if by_observer is not None:
        tested = to_axis(by_observer[0], shape)
        seen, trials = resample_observers(by_observer[1], by_observer[2], resamples, rng)
    else:
        data = Counts(*(np.array(v, dtype=np.float64) for v in (fit.levels, fit.seen, fit.block_trials)))
        tested = to_axis(data.levels, shape)
        seen = resample_parametric(predicted(fit, data.levels), data, resamples, rng)
        trials = data.trials
    bounds = bounds_of(tested, guess_rate, None, max(0.06, fit.lapse_rate))
    drawn = refit(tested, seen, trials, shape, bounds, np.clip(estimate, bounds.lower, bounds.upper))
    curve = PsychometricLikelihood(to_axis(x, shape), np.zeros(x.size), np.zeros(x.size), shape)
    tail = (1 - fit.confidence) / 2
    low, high = np.quantile(curve.probability(drawn), [tail, 1 - tail], axis=0)
    middle = curve.probability(estimate[None, :])[0]
    return middle, np.minimum(low, middle), np.maximum(high, middle)
