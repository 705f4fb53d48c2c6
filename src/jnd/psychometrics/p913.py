"""ITU-T P.913 section 12.4: remove each observer's bias, then average; optionally with BT.500 screening.

The bias of an observer is the mean of their votes minus the mean votes of the same stimuli.
"""

import numpy as np
import numpy.typing as npt

from jnd.psychometrics.bt500 import bt500_rejected
from jnd.psychometrics.ratings import ratings, scores_of_means
from jnd.records import OpinionScores

Array = npt.NDArray[np.float64]


def observer_bias(votes: npt.ArrayLike) -> Array:
    """(I,) mean residual of each observer from the mean opinion scores, on the scale of the votes."""
    u = ratings(votes)
    present = ~np.isnan(u)
    mean = np.where(present, u, 0.0).sum(axis=(1, 2), keepdims=True) / present.sum(axis=(1, 2), keepdims=True)
    residual = np.where(present, u - mean, 0.0)
    return np.asarray(residual.sum(axis=(0, 2)) / present.sum(axis=(0, 2)))


def p913_scores(
    votes: npt.ArrayLike,
    *,
    screen_observers: bool = False,
    confidence: float = 0.95,
    interval: str = "normal",
) -> OpinionScores:
    """MOS after removal of observer bias (and after BT.500 screening of the unbiased votes if asked for)."""
    u = ratings(votes)
    bias = observer_bias(u)
    unbiased = u - bias[None, :, None]
    rejected = bt500_rejected(unbiased) if screen_observers else ()
    kept = ratings(np.delete(unbiased, rejected, axis=1))
    return scores_of_means(
        kept, "p913", confidence=confidence, interval=interval, rejected=rejected, bias=bias
    )
