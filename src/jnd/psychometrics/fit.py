"""From answers to a psychometric function: the door to the estimators.

Estimators: "maximum likelihood" (binomial, lapse rate at most 0.06) and "posterior" (beta-binomial, priors of
:mod:`jnd.psychometrics.priors`). References: [Schuett2016], [Wichmann2001a], [Wichmann2001b]
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from jnd._lookup import lookup
from jnd.errors import ThresholdOutsideDataError
from jnd.psychometrics.bootstrap import (
    normal_interval,
    percentile_interval,
    refit,
    resample_observers,
    resample_parametric,
    resample_trials,
    small_sample_factor,
)
from jnd.psychometrics.counts import Counts, counts, refuse_threshold_outside
from jnd.psychometrics.damped_scoring import Maximum
from jnd.psychometrics.fit_record import record_of, record_of_posterior
from jnd.psychometrics.likelihood import PsychometricLikelihood
from jnd.psychometrics.maximum_likelihood import (
    Bounds,
    bounds_of,
    likelihood_of,
    maximise_from_several_starts,
)
from jnd.psychometrics.posterior import posterior
from jnd.psychometrics.profile_likelihood import profile_interval
from jnd.psychometrics.psychometric_function import (
    Sigmoid,
    from_axis,
    psychometric_function,
    sigmoid,
    to_axis,
)
from jnd.records import Interval, PsychometricFit

Array = npt.NDArray[np.float64]

INTERVALS: Final = {
    "profile": "profile likelihood",
    "bootstrap": "parametric bootstrap",
    "bootstrap_trials": "bootstrap of trials",
    "posterior": "posterior",
}


def fit_psychometric(
    levels: npt.ArrayLike,
    seen: npt.ArrayLike,
    trials: npt.ArrayLike | None = None,
    *,
    function: str = "normal",
    guess_rate: float | None = 0.0,
    lapse_rate: float | None = None,
    interval: str = "profile",
    overdispersion: bool = True,
    confidence: float = 0.95,
    resamples: int = 1000,
    seed: int = 0,
) -> PsychometricFit:
    """Fit ψ(x) = γ + (1 − γ − λ) F(x) to answers.

    Parameters
    ----------
    levels : (K,) level of each block of trials; larger is easier to see.
    seen : (K,) number seen or correct; 0 or 1 for single trials.
    trials : (K,) trials per block; left out for single trials.
    function : "normal", "logistic", "weibull", "gumbel", "reversed_gumbel" or "hyperbolic_secant".
    guess_rate : 0.5 for two-alternative forced choice, 1/m for m alternatives, 0 for yes/no answers without
        false alarms; None estimates it (yes/no).
    lapse_rate : None estimates it, a number fixes it ("posterior" always estimates it).
    interval : "profile", "bootstrap" (simulated from the fit), "bootstrap_trials": maximum likelihood;
        "posterior": the Bayesian fit, whose estimate is the mode.
    overdispersion : whether the posterior lets answers vary more than the binomial from block to block. Its
        intervals are then cautious where they do not (99 % instead of 95 % in simulations of yes/no answers).
    confidence : of the intervals.
    resamples, seed : of the bootstraps.

    Raises
    ------
    UnusableAnswersError
        Empty, one level only, counts that are not counts, detection that falls with the level.
    ThresholdOutsideDataError
        All right, all wrong, or a best threshold beyond the tested levels: only the bound is known.

    >>> fit = fit_psychometric([1, 2, 3, 4, 5], [11, 10, 15, 19, 20], [20] * 5, guess_rate=0.5)
    >>> round(fit.threshold, 1)
    3.1
    """
    lookup(INTERVALS, interval, kind="interval")
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must lie between 0 and 1, got {confidence:g}")
    shape = sigmoid(function)
    data = counts(levels, seen, trials)
    refuse_threshold_outside(data)
    if interval == "posterior":
        if lapse_rate is not None:
            raise ValueError("the posterior estimates the lapse rate; leave lapse_rate out")
        whole = posterior(data, shape, guess_rate, overdispersion=overdispersion)
        _refuse_outside(whole.mode[0], to_axis(data.levels, shape), shape)
        return record_of_posterior(data, function, shape, whole, confidence)
    likelihood, bounds, best = _maximum_likelihood(data, shape, guess_rate, lapse_rate)
    theta = best.parameters[0]
    notes: list[str] = []
    if interval == "profile":
        limits: list[Interval | None] = []
        for index in range(4):
            if bounds.lower[index] == bounds.upper[index]:
                limits.append(None)
                continue
            found = profile_interval(likelihood, best, bounds, index, confidence)
            # The end of the search is no limit of the threshold or the width: that side is open.
            low = -np.inf if index < 2 and found.open_low else found.low
            high = np.inf if index < 2 and found.open_high else found.high
            limits.append((low, high))
            if index < 2 and (found.open_low or found.open_high):
                notes.append(f"the answers do not bound the {('threshold', 'width')[index]} on one side")
    else:
        rng = np.random.default_rng(seed)
        if interval == "bootstrap":
            drawn = _simulated_fits(likelihood, data, theta, bounds, resamples, rng)
        else:
            drawn = refit(
                likelihood.x, resample_trials(data, resamples, rng), data.trials, shape, bounds, theta
            )
        limits = _bootstrap_limits(drawn, theta, bounds, confidence)
    if theta[1] <= bounds.lower[1] + 1e-6:
        notes.append("the answers step from unseen to seen between two levels; the width is only bounded")
    return record_of(
        data,
        function,
        shape,
        theta,
        limits,
        "maximum likelihood",
        INTERVALS[interval],
        confidence,
        float(best.log_likelihood[0]),
        notes,
    )


def fit_over_observers(
    levels: npt.ArrayLike,
    seen: npt.ArrayLike,
    trials: npt.ArrayLike,
    *,
    function: str = "normal",
    guess_rate: float | None = 0.0,
    lapse_rate: float | None = None,
    confidence: float = 0.95,
    resamples: int = 1000,
    seed: int = 0,
) -> PsychometricFit:
    """One function for the pooled answers of many observers; intervals from resampling the observers.

    Parameters
    ----------
    levels : (K,) ascending.
    seen, trials : (observers, K).
    function, guess_rate, lapse_rate, confidence, resamples, seed : as in :func:`fit_psychometric`.

    Raises
    ------
    UnusableAnswersError, ThresholdOutsideDataError
        As :func:`fit_psychometric`.
    """
    shape = sigmoid(function)
    k, n = np.asarray(seen, dtype=np.float64), np.asarray(trials, dtype=np.float64)
    rng = np.random.default_rng(seed)
    drawn_seen, drawn_trials = resample_observers(k, n, resamples, rng)
    data = counts(levels, k.sum(axis=0), n.sum(axis=0))
    if data.levels.size != np.size(levels):
        raise ValueError("each level must have an answer of at least one observer")
    refuse_threshold_outside(data)
    likelihood, bounds, best = _maximum_likelihood(data, shape, guess_rate, lapse_rate)
    refitted = refit(likelihood.x, drawn_seen, drawn_trials, shape, bounds, best.parameters[0])
    factor = small_sample_factor(k.shape[0], confidence)
    limits = _bootstrap_limits(refitted, best.parameters[0], bounds, confidence, factor)
    return record_of(
        data,
        function,
        shape,
        best.parameters[0],
        limits,
        "maximum likelihood",
        "bootstrap of observers",
        confidence,
        float(best.log_likelihood[0]),
        [],
    )


def predicted(fit: PsychometricFit, levels: npt.ArrayLike) -> Array:
    """ψ of a fit at ``levels``, in [0, 1]."""
    return psychometric_function(
        levels, fit.threshold, fit.width, fit.guess_rate, fit.lapse_rate, function=fit.function
    )


def _maximum_likelihood(
    data: Counts, shape: Sigmoid, guess_rate: float | None, lapse_rate: float | None
) -> tuple[PsychometricLikelihood, Bounds, Maximum]:
    """The likelihood, the box of its parameters and where it is largest, which is between the tested levels."""
    likelihood = likelihood_of(data, shape)
    bounds = bounds_of(likelihood.x, guess_rate, lapse_rate)
    best = maximise_from_several_starts(likelihood, bounds, 1)
    _refuse_outside(best.parameters[0, 0], likelihood.x, shape)
    return likelihood, bounds, best


def _simulated_fits(
    likelihood: PsychometricLikelihood,
    data: Counts,
    theta: Array,
    bounds: Bounds,
    resamples: int,
    rng: np.random.Generator,
) -> Array:
    """Fits of answers simulated from the fit, the second time from a fit corrected for its bias.

    From few trials the width comes out too small, and answers simulated from too steep a function scatter too
    little. The first half of the simulations measures that bias of ln(width), the second starts without it.
    """
    x, shape = likelihood.x, likelihood.shape
    source = theta
    drawn = np.empty((0, 4))
    for _ in range(2):
        p = np.clip(likelihood.probability(source[None, :])[0], 0.0, 1.0)
        drawn = refit(x, resample_parametric(p, data, resamples, rng), data.trials, shape, bounds, source)
        bias = float(np.median(drawn[:, 1])) - float(theta[1])
        source = theta.copy()
        source[1] = np.clip(theta[1] - bias, bounds.lower[1], bounds.upper[1])
    return drawn


def _bootstrap_limits(
    drawn: Array, estimate: Array, bounds: Bounds, confidence: float, factor: float = 1.0
) -> list[Interval | None]:
    limits: list[Interval | None] = []
    for i in range(4):
        if bounds.lower[i] == bounds.upper[i]:
            limits.append(None)
        elif i < 2:
            limits.append(normal_interval(drawn[:, i], float(estimate[i]), confidence, factor))
        else:
            limits.append(percentile_interval(drawn[:, i], confidence))
    return limits


def _refuse_outside(position: float, x: Array, shape: Sigmoid) -> None:
    for outside, side, bound, word in (
        (position < x.min(), "below", x.min(), "lowest"),
        (position > x.max(), "above", x.max(), "highest"),
    ):
        if outside:
            level = float(from_axis(bound, shape))
            raise ThresholdOutsideDataError(
                f"the threshold is {side} the {word} tested level, {level:g}; "
                f"test {'lower' if side == 'below' else 'higher'} levels",
                side=side,
                bound=level,
            )
