"""Mean opinion score: the mean of the votes per stimulus, with Student's t interval (ITU-T P.910, 12.2).

"normal" gives the 1.96 standard errors of ITU-R BT.500 instead.
"""

import numpy.typing as npt

from jnd.psychometrics.ratings import ratings, scores_of_means
from jnd.records import OpinionScores


def mean_opinion_scores(
    votes: npt.ArrayLike, *, confidence: float = 0.95, interval: str = "t"
) -> OpinionScores:
    """MOS of a table of votes.

    Parameters
    ----------
    votes : (stimuli, observers) or (stimuli, observers, repetitions), NaN where missing.
    interval : "t" or "normal".

    >>> mean_opinion_scores([[4, 5, 5], [2, 1, 2]]).scores
    (4.666666666666667, 1.6666666666666667)
    """
    return scores_of_means(ratings(votes), "mos", confidence=confidence, interval=interval)
