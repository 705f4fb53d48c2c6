"""The area under the ROC curve with an interval that holds for few pairs, and DeLong's for many.

AUC is the probability that a pair of the same source has the larger score, ties counting half. Where the classes do not
overlap DeLong's interval has no width, which is wrong for ten pairs; the guaranteed one has it.
References: [DeLong1988], [Hoeffding1963].
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.special import ndtri, xlogy
from scipy.stats import rankdata

from jnd.camera.cllr import checked_scores

Method = Literal["guaranteed", "delong"]


@dataclass(frozen=True, slots=True)
class AreaUnderCurve:
    """An AUC and how sure one is of it."""

    value: float
    low: float
    high: float
    same: int
    """Number of pairs of the same source."""
    different: int
    """Number of pairs of different sources."""
    confidence: float
    method: Method


def auc_with_interval(
    same: npt.ArrayLike,
    different: npt.ArrayLike,
    *,
    confidence: float = 0.95,
    method: Method = "guaranteed",
) -> AreaUnderCurve:
    """AUC of scores, larger for the same source, with its interval.

    Parameters
    ----------
    same, different : (n,) and (m,) scores.
    confidence : of the interval, between 0 and 1.
    method : "guaranteed": covers for every number of pairs and every distribution of the scores, by Hoeffding's bound for
        U-statistics with min(n, m) disjoint pairs [Hoeffding1963, section 5]; with AUC 1 it is the interval of Clopper and
        Pearson for min(n, m) successes. "delong": normal approximation [DeLong1988], for some 30 of each or more.

    Returns
    -------
    The area. Both intervals take pairs for independent; where pictures or devices stand in several pairs, take
    ``same`` and ``different`` so that the smaller class has each once, or read the interval as too narrow.

    Raises
    ------
    ValueError
        A class without pairs, a score that is no number, a confidence beyond (0, 1), another method.

    >>> auc_with_interval([3.0, 4.0, 5.0], [1.0, 2.0, 2.5]).value
    1.0
    """
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must lie between 0 and 1, got {confidence}; 0.95 is usual")
    first, second = checked_scores(same, different)
    ranks = rankdata(np.concatenate([first, second]))
    count, others = first.size, second.size
    value = float((ranks[:count].sum() - count * (count + 1) / 2) / (count * others))
    if method == "guaranteed":
        low, high = _guaranteed(value, min(count, others), (1 - confidence) / 2)
    elif method == "delong":
        spread = ndtri((1 + confidence) / 2) * _delong_error(first, second, ranks)
        low, high = max(value - spread, 0.0), min(value + spread, 1.0)
    else:
        raise ValueError(f'method must be "guaranteed" or "delong", got "{method}"')
    return AreaUnderCurve(value, float(low), float(high), count, others, confidence, method)


def _guaranteed(value: float, count: int, tail: float) -> tuple[float, float]:
    """All true areas θ with exp(-n KL(value, θ)) above the tail."""
    limit = -np.log(tail) / count

    def beyond(theta: float) -> float:
        divergence = xlogy(value, value) - xlogy(value, theta) + xlogy(1 - value, 1 - value)
        return float(divergence - xlogy(1 - value, 1 - theta) - limit)

    edge = 1e-12
    low = 0.0 if value <= edge or beyond(edge) < 0 else brentq(beyond, edge, max(value, 2 * edge))
    high = (
        1.0
        if value >= 1 - edge or beyond(1 - edge) < 0
        else brentq(beyond, min(value, 1 - 2 * edge), 1 - edge)
    )
    return low, high


def _delong_error(
    first: npt.NDArray[np.float64], second: npt.NDArray[np.float64], ranks: npt.NDArray[np.float64]
) -> float:
    """Standard error from the placements of each score among the other class."""
    count, others = first.size, second.size
    if min(count, others) < 2:
        raise ValueError(
            f"DeLong's interval needs two of each, got {count} and {others}; take the guaranteed one"
        )
    above = (ranks[:count] - rankdata(first)) / others
    below = 1 - (ranks[count:] - rankdata(second)) / count
    return float(np.sqrt(above.var(ddof=1) / count + below.var(ddof=1) / others))
