"""How good likelihood ratios are: the log-likelihood-ratio cost Cllr, and the least that any calibration could reach.

Cllr is the mean penalty in bits of what one is told: 0 for ratios that are always right and sure, 1 for ratios that say nothing
(LR = 1), more where they mislead. Cllr_min is the same after the best monotone calibration of the very scores, by pooling
adjacent violators: what separates the two is calibration, what is left is discrimination.
References: [Brummer2006].
"""

import numpy as np
import numpy.typing as npt
from scipy.optimize import isotonic_regression

Array = npt.NDArray[np.float64]

_BITS = np.log2(10.0)


def cllr(same: npt.ArrayLike, different: npt.ArrayLike) -> float:
    """The cost of log10 likelihood ratios, in bits [Brummer2006], with both priors 1/2.

    Parameters
    ----------
    same, different : (n,) and (m,) log10 likelihood ratios of pairs for which the first and the second hypothesis is true.
        Infinite ones are allowed; those that are wrong cost infinity.

    Raises
    ------
    ValueError
        A class without pairs, a ratio that is no number.

    >>> cllr([0.0, 0.0], [0.0])
    1.0
    >>> cllr([np.inf], [-np.inf])
    0.0
    """
    first, second = checked_scores(same, different)
    misses = np.logaddexp2(0.0, -_BITS * first).mean()
    false_alarms = np.logaddexp2(0.0, _BITS * second).mean()
    return float(misses + false_alarms) / 2


def cllr_min(same: npt.ArrayLike, different: npt.ArrayLike) -> float:
    """Cllr after the best non-decreasing calibration of these very scores: never above 1, never above :func:`cllr`.

    Parameters
    ----------
    same, different : (n,) and (m,) scores of any kind, larger speaks for the first hypothesis.
    """
    first, second = checked_scores(same, different)
    return cllr(*best_monotone_ratios(first, second))


def best_monotone_ratios(same: Array, different: Array) -> tuple[Array, Array]:
    """log10 likelihood ratios of the scores by pooling adjacent violators; infinite where one class is alone.

    >>> best_monotone_ratios(np.array([1.0, 3.0]), np.array([1.0, 2.0]))
    (array([-0.30103,      inf]), array([-0.30103, -0.30103]))

    Here 1 and 2 are pooled, with one of two of the first class and two of two of the second: 1 to 2.
    """
    scores = np.concatenate([same, different])
    levels, place = np.unique(scores, return_inverse=True)
    weights = np.bincount(place)
    share = np.bincount(place[: same.size], minlength=levels.size) / weights
    posterior = isotonic_regression(share, weights=weights).x.clip(0.0, 1.0)
    with np.errstate(divide="ignore"):
        ratios = np.log10(posterior) - np.log10(1 - posterior) + np.log10(different.size / same.size)
    return ratios[place[: same.size]], ratios[place[same.size :]]


def checked_scores(same: npt.ArrayLike, different: npt.ArrayLike) -> tuple[Array, Array]:
    """Both as arrays of one dimension; ``ValueError`` where one is empty or holds what is no number."""
    first, second = np.asarray(same, np.float64), np.asarray(different, np.float64)
    for name, values in (("same", first), ("different", second)):
        if values.ndim != 1 or not values.size or np.isnan(values).any():
            raise ValueError(
                f'"{name}" must be a row of at least one number, got shape {values.shape} with '
                f"{int(np.isnan(values).sum())} that are none; both kinds of pairs are needed"
            )
    return first, second
