"""Maximum likelihood estimates of psychometric functions, one or many data sets at a time."""

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from jnd.psychometrics.counts import Counts
from jnd.psychometrics.damped_scoring import Maximum, maximise
from jnd.psychometrics.likelihood import PsychometricLikelihood
from jnd.psychometrics.psychometric_function import Sigmoid, to_axis

Array = npt.NDArray[np.float64]

LARGEST_LAPSE_RATE: Final = 0.06
"""Upper bound of a free lapse rate in maximum likelihood fits [Wichmann2001a]."""
LARGEST_GUESS_RATE: Final = 0.5
"""Upper bound of a free guess rate: false alarms of yes/no answers."""


class Bounds(NamedTuple):
    """(4,) bounds of threshold position, ln(width), guess rate and lapse rate; equal where fixed."""

    lower: Array
    upper: Array


def bounds_of(
    x: Array,
    guess_rate: float | None,
    lapse_rate: float | None,
    largest_lapse_rate: float = LARGEST_LAPSE_RATE,
) -> Bounds:
    """The box of a fit: threshold within one range of the levels, width from a 20th of the smallest distance
    of two levels to 20 ranges; rates fixed where a number is given.
    """
    span = float(np.ptp(x))
    spacing = float(np.min(np.diff(np.unique(x))))
    guess = (0.0, LARGEST_GUESS_RATE) if guess_rate is None else (guess_rate, guess_rate)
    lapse = (0.0, largest_lapse_rate) if lapse_rate is None else (lapse_rate, lapse_rate)
    return Bounds(
        np.array([x.min() - span, np.log(spacing / 20), guess[0], lapse[0]]),
        np.array([x.max() + span, np.log(20 * span), guess[1], lapse[1]]),
    )


def maximise_from_several_starts(likelihood: PsychometricLikelihood, bounds: Bounds, batch: int) -> Maximum:
    """Best of six starts (three thresholds, two widths) for each of ``batch`` data sets.

    ``likelihood`` holds seen and trials of shape (K,) or (batch, K).
    """
    x, span = likelihood.x, float(np.ptp(likelihood.x))
    share = np.broadcast_to(likelihood.seen / np.maximum(likelihood.trials, 1), (batch, x.size))
    guess = bounds.lower[2]
    detected = np.clip((share - guess) / (1 - guess), 0.0, 1.0)
    # The area above the curve of detected shares is where its middle lies.
    middle = x[0] + np.sum(0.5 * np.diff(x) * (2 - detected[:, 1:] - detected[:, :-1]), axis=1)
    lapse = min(0.02, bounds.upper[3]) if bounds.upper[3] > bounds.lower[3] else bounds.lower[3]
    free_guess = bounds.upper[2] > guess
    guess_start = np.clip(share[:, 0], 0.0, 0.3) if free_guess else np.full(batch, guess)
    best: Maximum | None = None
    for shift, width in ((0.0, 0.5), (-0.2, 0.5), (0.2, 0.5), (0.0, 0.1), (-0.2, 1.5), (0.2, 1.5)):
        start = np.column_stack(
            [
                middle + shift * span,
                np.full(batch, np.log(width * span)),
                guess_start,
                np.full(batch, lapse),
            ]
        )
        found = maximise(likelihood, start, bounds.lower, bounds.upper)
        if best is None:
            best = found
            continue
        better = found.log_likelihood > best.log_likelihood
        best = Maximum(
            np.where(better[:, None], found.parameters, best.parameters),
            np.where(better, found.log_likelihood, best.log_likelihood),
            np.where(better, found.converged, best.converged),
        )
    assert best is not None
    return best


def likelihood_of(data: Counts, shape: Sigmoid, overdispersion: float = 0.0) -> PsychometricLikelihood:
    """The likelihood of one data set, without priors."""
    return PsychometricLikelihood(
        to_axis(data.levels, shape), data.seen, data.trials, shape, overdispersion=overdispersion
    )
