"""Tables of answers: what readers make and analyses take.

Levels rise with distortion. Where a file counts the other way (JPEG quality falls), ``setting_of_level`` gives
the file's own numbers back: setting = pivot − level.
"""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Axis:
    """The level axis of a file."""

    name: str = "level"
    pivot: float | None = None
    """None: the setting is the level. A number: setting = pivot − level (quality factors: 101)."""

    def setting(self, level: float) -> float:
        """A level in the file's own numbers."""
        return level if self.pivot is None else self.pivot - level

    def interval(self, low: float, high: float) -> tuple[float, float]:
        """An interval of levels in the file's own numbers, low first."""
        ends = sorted((self.setting(low), self.setting(high)))
        return ends[0], ends[1]


@dataclass(frozen=True, slots=True, eq=False)
class DetectionAnswers:
    """Seen or not (right or wrong), by source, observer and level."""

    source: tuple[str, ...]
    """Per row."""
    observer: tuple[str, ...]
    """"" where the file names none."""
    level: Array
    seen: Array
    """Number seen of ``trials``."""
    trials: Array
    guess_rate: float | None
    """0.5 for forced choice of two, 0 for yes/no, None to estimate it."""
    method: str
    """The protocol; answers of different protocols never meet in one table."""
    axis: Axis = field(default_factory=Axis)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class JndSampleTable:
    """The level at which each observer first noticed, by source and by number of the JND."""

    source: tuple[str, ...]
    jnd: tuple[int, ...]
    """1 for the first JND, 2 for the second, …"""
    observer: tuple[str, ...]
    noticed_at: Array
    """NaN: never noticed."""
    lowest_level: float
    highest_level: float
    step: float
    method: str
    axis: Axis = field(default_factory=Axis)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class RatingTable:
    """Votes (stimuli, observers, repetitions), NaN where missing."""

    votes: Array
    stimulus: tuple[str, ...]
    observer: tuple[str, ...]
    method: str = "rating"
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class TripletAnswers:
    """AIC-3 triplets: counts per source, left and right item."""

    source: tuple[str, ...]
    left: tuple[tuple[str, int], ...]
    right: tuple[tuple[str, int], ...]
    right_votes: Array
    votes: Array
    boosted: npt.NDArray[np.bool_]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class PairAnswers:
    """Win counts of pairs, per observer where known."""

    items: tuple[str, ...]
    wins: Array
    """(observers, N, N), ties as halves."""
    observer: tuple[str, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class SameShares:
    """BAPPS: how many of the judgements of each pair of patches said "same"."""

    pair: tuple[str, ...]
    same: Array
    """Number of "same" answers."""
    judgements: Array
    notes: tuple[str, ...] = ()


AnswerTable = DetectionAnswers | JndSampleTable | RatingTable | TripletAnswers | PairAnswers | SameShares
