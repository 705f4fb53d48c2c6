"""Z-scores: each observer's votes with mean 0 and standard deviation 1, so that use of the scale cancels.

The mean over observers is mapped to 100 (z + 3) / 6, which holds 99.7 % of normal votes between 0 and 100
[vanDijk1995].
"""

import numpy as np
import numpy.typing as npt

from jnd.errors import UnusableAnswersError
from jnd.psychometrics.ratings import ratings, scores_of_means
from jnd.records import OpinionScores

Array = npt.NDArray[np.float64]


def z_scores(votes: npt.ArrayLike) -> Array:
    """(J, I, R) votes standardised per observer.

    Raises
    ------
    UnusableAnswersError
        An observer who gave every stimulus the same vote.
    """
    u = ratings(votes)
    mean = np.nanmean(u, axis=(0, 2), keepdims=True)
    n = (~np.isnan(u)).sum(axis=(0, 2), keepdims=True)
    spread = np.sqrt(np.nansum((u - mean) ** 2, axis=(0, 2), keepdims=True) / np.maximum(n - 1, 1))
    flat = np.flatnonzero(spread.ravel() == 0)
    if flat.size:
        raise UnusableAnswersError(
            f"observer {int(flat[0])} (counted from 0) gave every stimulus the same vote, which has no z-score; "
            f"leave them out"
        )
    return np.asarray((u - mean) / spread)


def z_score_scores(votes: npt.ArrayLike, *, confidence: float = 0.95, interval: str = "t") -> OpinionScores:
    """Mean z-score per stimulus on the scale 0 to 100."""
    return scores_of_means(
        100 * (z_scores(votes) + 3) / 6, "z_scores", confidence=confidence, interval=interval
    )
