"""Search of the JND by bisection, plain and robust (MCL-JCI, VideoSet).

Plain bisection drops the half of the interval that an answer rules out, so that one wrong answer is never
repaired. The robust form [Wang2017] drops only the outer quarter: the next intervals still hold the point,
and later answers can undo the mistake. The share of the interval that is kept is ``keep``.
"""

import json
from dataclasses import dataclass, replace
from typing import Final

import numpy as np


@dataclass(frozen=True, slots=True)
class Bisection:
    """State of a bisection on whole or real levels; larger is easier to see.

    The JND lies in (low, high]: seen at ``high``, not at ``low``.

    >>> search = Bisection(0, 8)
    >>> while not search.finished:
    ...     search = search.tell(search.ask(), int(search.ask() >= 3))
    >>> search.estimate()
    3.0
    """

    lowest: float
    """A level where the difference is not seen (the reference itself)."""
    highest: float
    keep: float = 0.5
    """Share of the interval kept after an answer: 0.5 plain, 0.75 robust."""
    stop_width: float = 1.0
    most_trials: int = 60
    whole_levels: bool = True
    answers: tuple[tuple[float, int], ...] = ()
    low: float = np.nan
    high: float = np.nan

    method: Final = "bisection"

    def __post_init__(self) -> None:
        """Check the settings."""
        if not self.lowest < self.highest:
            raise ValueError(f"lowest must be below highest, got {self.lowest:g} and {self.highest:g}")
        if not 0.5 <= self.keep < 1:
            raise ValueError(f"keep must be from 0.5 (plain) to below 1, got {self.keep:g}")
        if self.stop_width <= 0 or (self.whole_levels and self.stop_width < 1):
            raise ValueError(
                f"stop_width must be above 0, and 1 or more for whole levels, got {self.stop_width:g}"
            )
        if np.isnan(self.low):
            object.__setattr__(self, "low", float(self.lowest))
            object.__setattr__(self, "high", float(self.highest))

    def ask(self) -> float:
        """The level to show next: the middle of the interval."""
        middle = 0.5 * (self.low + self.high)
        if not self.whole_levels:
            return middle
        return float(
            np.clip(np.round(middle), np.floor(self.low) + 1, max(np.ceil(self.high) - 1, self.low + 1))
        )

    def tell(self, level: float, answer: int) -> "Bisection":
        """The state after "different" (1) or "same" (0) at ``level``, which must be the level asked for."""
        if not np.isclose(level, self.ask()):
            raise ValueError(f"the bisection asked for level {self.ask():g}, got an answer at {level:g}")
        if answer not in (0, 1):
            raise ValueError(f"answer must be 0 or 1, got {answer}")
        answers = (*self.answers, (float(level), int(answer)))
        if self.keep == 0.5:
            low, high = (self.low, level) if answer else (level, self.high)
        else:
            cut = (1 - self.keep) * (self.high - self.low)
            low, high = (self.low, self.high - cut) if answer else (self.low + cut, self.high)
        return replace(self, answers=answers, low=float(low), high=float(high))

    @property
    def finished(self) -> bool:
        """Whether the interval is narrow enough or the trials are used up."""
        return self.high - self.low <= self.stop_width or len(self.answers) >= self.most_trials

    def estimate(self) -> float:
        """The lowest level known to be seen (plain), or the middle of the last interval (robust)."""
        return float(self.high if self.keep == 0.5 else 0.5 * (self.low + self.high))

    def to_json(self) -> str:
        """Settings and answers; the state is computed again from them."""
        names = ("lowest", "highest", "keep", "stop_width", "most_trials", "whole_levels")
        settings = {name: getattr(self, name) for name in names}
        return json.dumps({"method": self.method, "settings": settings, "answers": self.answers})

    @classmethod
    def from_json(cls, text: str) -> "Bisection":
        """The state that :meth:`to_json` saved."""
        saved = json.loads(text)
        state = cls(**saved["settings"])
        for level, answer in saved["answers"]:
            state = state.tell(level, answer)
        return state
