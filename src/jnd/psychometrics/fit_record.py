"""From estimated parameters and their limits to the record of a fit."""

import numpy as np
import numpy.typing as npt

from jnd.psychometrics.counts import Counts
from jnd.psychometrics.goodness_of_fit import deviance_terms
from jnd.psychometrics.posterior import Posterior
from jnd.psychometrics.psychometric_function import Sigmoid, from_axis, psychometric_function
from jnd.records import Interval, PsychometricFit

Array = npt.NDArray[np.float64]


def record_of(
    data: Counts,
    function: str,
    shape: Sigmoid,
    theta: Array,
    limits: list[Interval | None],
    method: str,
    interval_method: str,
    confidence: float,
    log_likelihood: float,
    notes: list[str],
) -> PsychometricFit:
    """The record of a fit.

    Parameters
    ----------
    theta : position of the threshold on the sigmoid's axis, ln(width), guess rate, lapse rate and perhaps η.
    limits : interval of each, on the same axes; None where it is fixed.
    """
    threshold, width = float(from_axis(theta[0], shape)), float(np.exp(theta[1]))
    guess, lapse = float(theta[2]), float(theta[3])
    p = psychometric_function(data.levels, threshold, width, guess, lapse, function=function)
    position_limits, width_limits = limits[0], limits[1]
    assert position_limits is not None and width_limits is not None
    low, high = (float(v) for v in from_axis(np.array(position_limits), shape))
    if low < data.levels[0] or high > data.levels[-1]:
        notes = [*notes, "the interval of the threshold reaches beyond the tested levels"]
    return PsychometricFit(
        function=function,
        threshold=threshold,
        width=width,
        guess_rate=guess,
        lapse_rate=lapse,
        overdispersion=float(theta[4]) if theta.size > 4 else 0.0,
        method=method,
        interval_method=interval_method,
        confidence=confidence,
        threshold_interval=(low, high),
        width_interval=(float(np.exp(width_limits[0])), float(np.exp(width_limits[1]))),
        guess_rate_interval=limits[2],
        lapse_rate_interval=limits[3],
        overdispersion_interval=limits[4] if len(limits) > 4 else None,
        log_likelihood=log_likelihood,
        deviance=float(deviance_terms(p, data.seen, data.trials).sum()),
        trials=int(data.trials.sum()),
        levels=tuple(float(v) for v in data.levels),
        seen=tuple(int(v) for v in data.seen),
        block_trials=tuple(int(v) for v in data.trials),
        notes=tuple(notes),
    )


def record_of_posterior(
    data: Counts, function: str, shape: Sigmoid, found: Posterior, confidence: float
) -> PsychometricFit:
    """The record of a Bayesian fit: the mode, and central intervals."""
    limits: list[Interval | None] = [
        None if low == high else found.interval(axis, confidence)
        for axis, (low, high) in enumerate(found.box)
    ]
    return record_of(
        data,
        function,
        shape,
        found.mode,
        limits,
        "posterior mode",
        "posterior",
        confidence,
        found.log_likelihood,
        [],
    )
