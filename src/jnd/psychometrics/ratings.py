"""Ratings: the table that every opinion-score method starts from."""

from collections.abc import Hashable, Sequence
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri, stdtrit

from jnd.errors import UnusableAnswersError
from jnd.records import OpinionScores

Array = npt.NDArray[np.float64]
Key = TypeVar("Key", bound=Hashable)


def ratings(votes: npt.ArrayLike) -> Array:
    """Votes as (stimuli, observers, repetitions) floats, NaN where a vote is missing.

    Parameters
    ----------
    votes : (J, I) or (J, I, R), stimuli in rows, observers in columns.

    Raises
    ------
    UnusableAnswersError
        Empty, not two- or three-dimensional, infinite, or a stimulus or observer without a vote.
    """
    u = np.asarray(votes, dtype=np.float64)
    if u.ndim not in (2, 3) or not u.size:
        raise UnusableAnswersError(
            f"ratings must be a table of stimuli (rows) by observers (columns), got shape {u.shape}"
        )
    u = u if u.ndim == 3 else u[:, :, None]
    if np.any(np.isinf(u)):
        raise UnusableAnswersError("ratings must be finite, or NaN where a vote is missing")
    present = ~np.isnan(u)
    for axes, kind in (((1, 2), "stimulus"), ((0, 2), "observer")):
        empty = np.flatnonzero(~present.any(axis=axes))
        if empty.size:
            raise UnusableAnswersError(f"{kind} {int(empty[0])} (counted from 0) has no vote; leave it out")
    return u


def votes_of_rows(
    stimulus: Sequence[Key], observer: Sequence[str], vote: Sequence[float] | Array
) -> tuple[Array, tuple[Key, ...], tuple[str, ...]]:
    """The table of a list with one vote per row, and its stimuli and observers in the order in which they come.

    Returns
    -------
    (stimuli, observers, repetitions) votes, NaN where missing; a repetition is one more vote of the same observer.
    """
    rows = {key: i for i, key in enumerate(dict.fromkeys(stimulus))}
    columns = {name: i for i, name in enumerate(dict.fromkeys(observer))}
    given: dict[tuple[int, int], int] = {}
    cells = []
    for key, name, value in zip(stimulus, observer, vote, strict=True):
        cell = rows[key], columns[name]
        repetition = given.get(cell, 0)
        given[cell] = repetition + 1
        cells.append((*cell, repetition, value))
    votes = np.full((len(rows), len(columns), max(given.values(), default=1)), np.nan)
    for row, column, repetition, value in cells:
        votes[row, column, repetition] = value
    return votes, tuple(rows), tuple(columns)


def interval_factor(votes: Array, confidence: float, interval: str) -> Array:
    """Half width of the interval in standard errors: "normal" (1.96 for 95 %, BT.500) or Student's "t".

    Parameters
    ----------
    votes : (J,) number of votes per stimulus.
    """
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must lie between 0 and 1, got {confidence:g}")
    if interval == "normal":
        return np.full(votes.shape, float(ndtri((1 + confidence) / 2)))
    if interval == "t":
        return np.where(votes > 1, stdtrit(np.maximum(votes - 1, 1), (1 + confidence) / 2), np.nan)
    raise ValueError(f'interval must be "normal" or "t", got "{interval}"')


def mean_and_spread(u: Array) -> tuple[Array, Array, Array]:
    """Mean, standard deviation (n − 1; NaN for a single vote) and number of the votes of each stimulus."""
    present = ~np.isnan(u)
    n = present.sum(axis=(1, 2)).astype(np.float64)
    mean = np.where(present, u, 0.0).sum(axis=(1, 2)) / n
    squares = np.where(present, (u - mean[:, None, None]) ** 2, 0.0).sum(axis=(1, 2))
    return mean, np.where(n > 1, np.sqrt(squares / np.maximum(n - 1, 1)), np.nan), n


def scores_of_means(
    u: Array,
    method: str,
    *,
    confidence: float,
    interval: str,
    rejected: tuple[int, ...] = (),
    bias: Array | None = None,
) -> OpinionScores:
    """The mean of the votes per stimulus with its interval, as a record."""
    mean, spread, n = mean_and_spread(u)
    error = spread / np.sqrt(n)
    reach = interval_factor(n, confidence, interval) * error
    return OpinionScores(
        method=method,
        scores=_tuple(mean),
        standard_errors=_tuple(error),
        low=_tuple(mean - reach),
        high=_tuple(mean + reach),
        confidence=confidence,
        votes=tuple(int(v) for v in n),
        rejected=rejected,
        observer_bias=None if bias is None else _tuple(bias),
        stimulus_spread=_tuple(spread),
    )


def _tuple(values: Array) -> tuple[float, ...]:
    return tuple(float(v) for v in values)
