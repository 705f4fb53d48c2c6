"""Priors of the Bayesian fit, after [Schuett2016] section 2.3 (the defaults of psignifit 4).

With r the range of the tested levels and s their smallest distance, on the axis of the sigmoid:

- threshold: constant inside the tested range, half a cosine period down to 0 at r / 2 outside of it;
- width: 0 below s, half a cosine period up to constant at 2 s, constant up to r, down to 0 at 3 r;
- guess rate (where free), lapse rate and over-dispersion η: Beta(1, 10), mean 0.09.

They are weak on purpose: with answers at the levels where the function rises they hardly matter.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

RATE_PRIOR: Final = (1.0, 10.0)
"""Beta(a, b) of guess rate, lapse rate and over-dispersion [Schuett2016]."""
VANISHING: Final = -1e6
"""Log density where a prior is 0: finite, so that optimisers can walk back."""


def axis_range(x: Array) -> tuple[float, float, float]:
    """Lowest position, range and smallest distance of the tested levels on the sigmoid's axis."""
    unique = np.unique(x)
    return float(unique[0]), float(unique[-1] - unique[0]), float(np.min(np.diff(unique)))


def log_threshold_prior(m: Array, x: Array) -> Array:
    """Log density (not normalised) of threshold positions ``m`` given the tested positions ``x``."""
    low, span, _ = axis_range(x)
    outside = np.maximum(np.maximum(low - m, m - low - span), 0.0) / (span / 2)
    return _log(0.5 + 0.5 * np.cos(np.pi * np.minimum(outside, 1.0)))


def log_width_prior(width: Array, x: Array) -> Array:
    """Log density (not normalised) of ``width`` given the tested positions ``x``."""
    _, span, spacing = axis_range(x)
    rise = np.clip(width / spacing - 1, 0.0, 1.0)
    fall = np.clip((width - span) / (2 * span), 0.0, 1.0)
    return _log(0.5 - 0.5 * np.cos(np.pi * rise)) + _log(0.5 + 0.5 * np.cos(np.pi * fall))


def log_rate_prior(rate: Array) -> Array:
    """Log density (not normalised) of a guess rate, lapse rate or η in [0, 1)."""
    a, b = RATE_PRIOR
    rate = np.clip(rate, 1e-300, 1 - 1e-12)
    return np.asarray((a - 1) * np.log(rate) + (b - 1) * np.log1p(-rate))


def _log(density: Array) -> Array:
    with np.errstate(divide="ignore"):
        return np.maximum(np.log(density), VANISHING)
