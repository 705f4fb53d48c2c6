"""Intervals by profile likelihood: values whose best likelihood is not significantly below the maximum.

The limits are where twice the log-likelihood ratio reaches the χ² quantile with one degree of freedom.
Between evaluated points the signed root of that ratio is interpolated, which is almost straight.
"""

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import chdtri

from jnd.psychometrics.damped_scoring import Maximum, maximise
from jnd.psychometrics.likelihood import PsychometricLikelihood
from jnd.psychometrics.maximum_likelihood import Bounds

Array = npt.NDArray[np.float64]

POINTS: Final = (17, 9)
"""Evaluated per side in the first and the second round."""


class ProfileInterval(NamedTuple):
    """Limits of one parameter; ``open_low`` and ``open_high`` say that a limit is the bound of the search."""

    low: float
    high: float
    open_low: bool
    open_high: bool


def profile_interval(
    likelihood: PsychometricLikelihood, best: Maximum, bounds: Bounds, index: int, confidence: float
) -> ProfileInterval:
    """The profile interval of parameter ``index`` (0 threshold position, 1 ln(width), 2 guess, 3 lapse rate)."""
    critical = float(np.sqrt(chdtri(1, 1 - confidence)))
    estimate = float(best.parameters[0, index])
    ends = np.array([bounds.lower[index], bounds.upper[index]])
    near, far = np.array([estimate, estimate]), ends.copy()
    is_open = np.array([False, False])
    limits = ends.copy()
    for points in POINTS:
        # The first round looks closely near the estimate, where most limits are.
        fraction = np.linspace(0, 1, points) ** (3 if points == POINTS[0] else 1)
        positions = near[:, None] + (far - near)[:, None] * fraction
        root = _root(likelihood, best, bounds, index, positions.ravel()).reshape(2, points)
        root = np.maximum.accumulate(root, axis=1)
        for side in (0, 1):
            beyond = np.flatnonzero(root[side] >= critical)
            if is_open[side] or not beyond.size:
                is_open[side], limits[side] = True, ends[side]
                continue
            first = max(int(beyond[0]), 1)
            near[side], far[side] = positions[side, first - 1], positions[side, first]
            rise = root[side, first] - root[side, first - 1]
            share = (critical - root[side, first - 1]) / rise if rise > 0 else 1.0
            limits[side] = near[side] + float(np.clip(share, 0.0, 1.0)) * (far[side] - near[side])
    return ProfileInterval(float(limits[0]), float(limits[1]), bool(is_open[0]), bool(is_open[1]))


def _root(
    likelihood: PsychometricLikelihood, best: Maximum, bounds: Bounds, index: int, positions: Array
) -> Array:
    """Signed root of twice the log-likelihood ratio, where the parameter is held at each of ``positions``."""
    lower = np.tile(bounds.lower, (positions.size, 1))
    upper = np.tile(bounds.upper, (positions.size, 1))
    lower[:, index] = upper[:, index] = positions
    start = np.tile(best.parameters[0], (positions.size, 1))
    found = maximise(likelihood, start, lower, upper, rounds=40, tolerance=1e-6).log_likelihood
    if index == 0:  # far from the estimate the best width is another one
        start[:, 1] = np.minimum(start[:, 1] + 1.0, bounds.upper[1])
        wide = maximise(likelihood, start, lower, upper, rounds=40, tolerance=1e-6).log_likelihood
        found = np.maximum(found, wide)
    return np.asarray(np.sqrt(np.maximum(2 * (best.log_likelihood[0] - found), 0.0)))
