"""JND samples: between which two levels each observer began to notice.

A slider or a bisection that stops at level v says: not at v − 1, but at v, so the JND lies in (v − 1, v]. An
observer who never noticed is right-censored: (highest level, ∞]. Taking v as exact would drop those people or
invent a level for them.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from jnd.errors import UnusableAnswersError

Array = npt.NDArray[np.float64]


class JndSamples(NamedTuple):
    """JND in (lower, upper] per observer, on an axis where larger is worse; equal ends mean exact."""

    lower: Array
    """(n,), −∞ allowed: noticed at the lowest level already."""
    upper: Array
    """(n,), +∞ allowed: never noticed."""


def jnd_samples(
    noticed_at: npt.ArrayLike, *, step: float = 1.0, highest_level: float | None = None
) -> JndSamples:
    """Samples from the level at which each observer first noticed.

    Parameters
    ----------
    noticed_at : (n,) levels; NaN or +∞ for an observer who never noticed.
    step : distance of neighbouring levels; 0 takes the levels as exact.
    highest_level : where the test ended; needed when somebody never noticed.

    Raises
    ------
    UnusableAnswersError
        No samples, or an observer who never noticed without ``highest_level``.
    """
    level = np.asarray(noticed_at, dtype=np.float64).ravel()
    if not level.size:
        raise UnusableAnswersError("there are no JND samples")
    never = ~np.isfinite(level)
    if np.any(level == -np.inf):
        raise UnusableAnswersError(
            "a JND sample of minus infinity has no meaning; give the lowest tested level"
        )
    if never.any() and highest_level is None:
        raise UnusableAnswersError(
            f"{int(never.sum())} observers never noticed; give highest_level, the level where the test ended"
        )
    if step < 0:
        raise ValueError(f"step must be 0 or more, got {step:g}")
    end = np.inf if highest_level is None else highest_level
    return JndSamples(np.where(never, end, level - step), np.where(never, np.inf, level))


def check_samples(samples: JndSamples) -> JndSamples:
    """The same samples as float arrays.

    Raises
    ------
    UnusableAnswersError
        Empty, unequal shapes, NaN, or an interval that ends before it begins.
    """
    lower, upper = (np.asarray(v, dtype=np.float64).ravel() for v in samples)
    if not lower.size:
        raise UnusableAnswersError("there are no JND samples")
    if lower.shape != upper.shape or np.any(np.isnan(lower) | np.isnan(upper)) or np.any(lower > upper):
        raise UnusableAnswersError("each JND sample needs a lower end that is not above its upper end")
    if np.any(np.isinf(lower) & np.isinf(upper)):
        raise UnusableAnswersError("a JND sample from −∞ to ∞ says nothing; leave it out")
    return JndSamples(lower, upper)
