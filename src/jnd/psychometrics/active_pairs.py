"""Which pair to show next: the one whose answer is expected to tell most about the scores.

The scores given the answers so far are taken as normal (their curvature under a normal prior); the information
of an answer about the score difference is H(p̄) − E[H(p)], the expectation by Gauss-Hermite quadrature. The
same quantity as ASAP [Mikhailiuk2020], computed without message passing. The prior keeps unseen items apart
from nothing, so that the graph of comparisons becomes connected by itself.
"""

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from numpy.polynomial.hermite_e import hermegauss
from scipy.special import expit, ndtr, xlogy

from jnd._lookup import lookup
from jnd.psychometrics.pair_scaling import MODELS, covariance, scale_pairs, win_counts

Array = npt.NDArray[np.float64]

NODES: Final = 21
CHOICE: Final = {"thurstone": ndtr, "bradley-terry": expit}


class NextPair(NamedTuple):
    """A pair of items and what its answer is expected to tell."""

    first: int
    second: int
    information: float
    """In bits."""


def expected_information(wins: npt.ArrayLike, *, model: str = "thurstone", prior_sd: float = 2.0) -> Array:
    """(N, N) symmetric: expected information in bits of one more answer to each pair; NaN on the diagonal.

    Parameters
    ----------
    wins : (N, N) counts so far; all zero at the start.
    prior_sd : standard deviation of the scores before any answer.
    """
    lookup(MODELS, model, kind="model of paired comparison")
    won = np.array(wins, dtype=np.float64)
    if np.any(won):
        won = win_counts(won)
        fit = scale_pairs(won, model=model, prior_sd=prior_sd, per_component=True)
        scores = np.array(fit.scores)
    else:
        scores = np.zeros(won.shape[0])
    spread = covariance(scores, won, model, prior_sd)
    variance = np.diag(spread)[:, None] + np.diag(spread)[None, :] - 2 * spread
    nodes, weights = hermegauss(NODES)
    weights = weights / weights.sum()
    difference = (scores[:, None] - scores[None, :])[:, :, None]
    p = CHOICE[model](difference + np.sqrt(np.maximum(variance, 0.0))[:, :, None] * nodes)
    mean = p @ weights
    information = (_entropy(mean) - _entropy(p) @ weights) / np.log(2)
    np.fill_diagonal(information, np.nan)
    return np.asarray(0.5 * (information + information.T))


def next_pair(wins: npt.ArrayLike, *, model: str = "thurstone", prior_sd: float = 2.0) -> NextPair:
    """The pair of largest expected information; the first in order among equals.

    >>> next_pair([[0, 9, 0], [1, 0, 0], [0, 0, 0]])[:2] != (0, 1)
    True
    """
    information = expected_information(wins, model=model, prior_sd=prior_sd)
    upper = np.where(np.triu(np.ones(information.shape, dtype=bool), 1), information, -np.inf)
    # Rounding must not decide between equal pairs.
    first, second = np.unravel_index(int(np.argmax(np.round(upper, 12))), upper.shape)
    return NextPair(int(first), int(second), float(upper[first, second]))


def _entropy(p: Array) -> Array:
    return np.asarray(-xlogy(p, p) - xlogy(1 - p, 1 - p))
