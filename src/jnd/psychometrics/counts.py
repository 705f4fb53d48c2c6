"""Answers per level: how many trials, how many "seen" (or correct). What every fit starts from."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from jnd.errors import ThresholdOutsideDataError, UnusableAnswersError

Array = npt.NDArray[np.float64]


class Counts(NamedTuple):
    """One block of trials per entry, levels ascending."""

    levels: Array
    """(K,)"""
    seen: Array
    """(K,) answers "seen" or correct, whole numbers."""
    trials: Array
    """(K,) whole numbers above 0."""


def counts(levels: npt.ArrayLike, seen: npt.ArrayLike, trials: npt.ArrayLike | None = None) -> Counts:
    """Check the answers and sort them by level.

    Parameters
    ----------
    levels : (K,) level of each block, larger is easier to see.
    seen : (K,) how many were seen or correct; 0 or 1 per entry when ``trials`` is left out.
    trials : (K,) size of each block. When every block is a single trial, equal levels are pooled (single
        answers say nothing about over-dispersion).

    Raises
    ------
    UnusableAnswersError
        No answers, unequal lengths, values that are not counts, or a single level only.
    """
    x = np.asarray(levels, dtype=np.float64).ravel()
    k = np.asarray(seen, dtype=np.float64).ravel()
    n = np.ones_like(k) if trials is None else np.asarray(trials, dtype=np.float64).ravel()
    if not x.size:
        raise UnusableAnswersError("there are no answers to fit")
    if not x.size == k.size == n.size:
        raise UnusableAnswersError(
            f"levels, seen and trials must have one entry per block, got {x.size}, {k.size} and {n.size}"
        )
    if not (np.all(np.isfinite(x)) and np.all(np.isfinite(k)) and np.all(np.isfinite(n))):
        raise UnusableAnswersError("levels, seen and trials must be finite; leave unanswered trials out")
    if np.any((k < 0) | (k > n) | (k != np.round(k)) | (n != np.round(n))):
        bad = int(np.argmax((k < 0) | (k > n) | (k != np.round(k)) | (n != np.round(n))))
        raise UnusableAnswersError(
            f"seen must be a whole number from 0 to the number of trials; at level {x[bad]:g} it is "
            f"{k[bad]:g} of {n[bad]:g}"
        )
    x, k, n = x[n > 0], k[n > 0], n[n > 0]
    if np.unique(x).size < 2:
        where = f"only level {x[0]:g} was tested" if x.size else "no block holds a trial"
        raise UnusableAnswersError(f"{where}; a threshold and a width need answers at two levels or more")
    if np.all(n == 1):
        unique, index = np.unique(x, return_inverse=True)
        return Counts(unique, np.bincount(index, k).astype(np.float64), np.bincount(index).astype(np.float64))
    order = np.argsort(x, kind="stable")
    return Counts(x[order], k[order], n[order])


def refuse_threshold_outside(data: Counts) -> None:
    """Refuse answers that only bound the threshold, or that do not rise with the level.

    Raises
    ------
    ThresholdOutsideDataError
        All right (the threshold is below the lowest level) or all wrong (above the highest).
    UnusableAnswersError
        Fewer seen at higher levels than at lower ones.
    """
    low, high = float(data.levels[0]), float(data.levels[-1])
    if np.all(data.seen == data.trials):
        raise ThresholdOutsideDataError(
            f"every answer is right: the threshold is below the lowest tested level, {low:g}; test lower levels",
            side="below",
            bound=low,
        )
    if not np.any(data.seen):
        raise ThresholdOutsideDataError(
            f"no answer is right: the threshold is above the highest tested level, {high:g}; test higher levels",
            side="above",
            bound=high,
        )
    share = data.seen / data.trials
    mean_level = np.average(data.levels, weights=data.trials)
    trend = np.sum(
        data.trials * (data.levels - mean_level) * (share - np.average(share, weights=data.trials))
    )
    if trend <= 1e-12 * np.sum(data.trials) * (high - low):
        raise UnusableAnswersError(
            f"fewer differences are seen at higher levels than at lower ones (from {share[0]:.2f} at {low:g} to "
            f"{share[-1]:.2f} at {high:g}); if the level falls with the distortion, as a JPEG quality does, "
            f"fit the negated levels"
        )
