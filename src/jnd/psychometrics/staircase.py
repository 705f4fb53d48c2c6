"""Staircases: transformed [Levitt1971] and weighted [Kaernbach1991] up-down methods.

n-down-1-up settles where the probability of a right answer is 0.5^(1/n): 0.5, 0.7071, 0.7937 … The weighted
up-down moves down by one step after each right answer and up by p / (1 − p) steps after a wrong one, and
settles at any p (0.75: three steps up). Larger levels are easier, so "down" is harder.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from jnd.errors import UnusableAnswersError


@dataclass(frozen=True, slots=True)
class Staircase:
    """State of a staircase: ask for the level, tell the answer, get the next state.

    >>> stairs = Staircase(start=10.0, steps=(4.0, 2.0, 1.0), down_after=2)
    >>> stairs.tell(stairs.ask(), 1).tell(10.0, 1).ask()
    6.0
    """

    start: float
    steps: Sequence[float]
    """Step sizes; each reversal moves to the next, the last stays."""
    down_after: int = 1
    """Right answers in a row before a step down (transformed up-down)."""
    target: float | None = None
    """Probability to settle at with the weighted up-down (``down_after`` 1); None for equal steps."""
    lowest: float = -np.inf
    highest: float = np.inf
    """Ends of the level axis."""
    stop_after_reversals: int = 12
    most_trials: int = 200
    answers: tuple[tuple[float, int], ...] = ()
    level: float = np.nan
    """Where the staircase stands."""
    right_in_a_row: int = 0
    direction: int = 0
    """−1 went down last, 1 up, 0 nowhere yet."""
    reversals: tuple[float, ...] = ()
    """Levels at which the direction changed."""

    method: Final = "staircase"

    def __post_init__(self) -> None:
        """Check the settings."""
        if not self.steps or min(self.steps) <= 0:
            raise ValueError(f"steps must be a list of sizes above 0, got {list(self.steps)}")
        if self.down_after < 1:
            raise ValueError(f"down_after must be 1 or more, got {self.down_after}")
        if self.target is not None and (self.down_after != 1 or not 0 < self.target < 1):
            raise ValueError("the weighted staircase takes a target in (0, 1) and down_after 1")
        if not self.lowest <= self.start <= self.highest:
            raise ValueError(f"start {self.start:g} is not from {self.lowest:g} to {self.highest:g}")
        object.__setattr__(self, "steps", tuple(float(s) for s in self.steps))
        if np.isnan(self.level):
            object.__setattr__(self, "level", float(self.start))

    @property
    def converges_at(self) -> float:
        """Probability of a right answer where the staircase settles."""
        return self.target if self.target is not None else 0.5 ** (1 / self.down_after)

    def ask(self) -> float:
        """The level to show next."""
        return self.level

    def tell(self, level: float, answer: int) -> "Staircase":
        """The state after ``answer`` (1 right, 0 wrong) at ``level``, which must be the level asked for."""
        if not np.isclose(level, self.level):
            raise ValueError(f"the staircase asked for level {self.level:g}, got an answer at {level:g}")
        if answer not in (0, 1):
            raise ValueError(f"answer must be 0 or 1, got {answer}")
        answers = (*self.answers, (float(level), int(answer)))
        right = self.right_in_a_row + 1 if answer else 0
        if answer and right < self.down_after:
            return replace(self, answers=answers, right_in_a_row=right)
        direction = -1 if answer else 1
        reversals = self.reversals
        if self.direction and direction != self.direction:
            reversals = (*reversals, self.level)
        step = self.steps[min(len(reversals), len(self.steps) - 1)]
        if self.target is not None and direction > 0:
            step *= self.target / (1 - self.target)
        moved = float(np.clip(self.level + direction * step, self.lowest, self.highest))
        return replace(
            self, answers=answers, level=moved, right_in_a_row=0, direction=direction, reversals=reversals
        )

    @property
    def finished(self) -> bool:
        """Whether the reversals or the trials are used up."""
        return len(self.reversals) >= self.stop_after_reversals or len(self.answers) >= self.most_trials

    def estimate(self) -> float:
        """Mean of the last even number of reversals after the step size became constant.

        A maximum likelihood fit of all answers uses the trials better (:func:`jnd.psychometrics.fit`).

        Raises
        ------
        UnusableAnswersError
            Fewer than two such reversals.
        """
        late = self.reversals[min(len(self.steps) - 1, len(self.reversals)) :]
        late = late[len(late) % 2 :]
        if not late:
            raise UnusableAnswersError(
                f"the staircase has {len(self.reversals)} reversals; it needs {len(self.steps) + 1} for an estimate"
            )
        return float(np.mean(late))

    def to_json(self) -> str:
        """Settings and answers; the state is computed again from them."""
        names = (
            "start",
            "steps",
            "down_after",
            "target",
            "lowest",
            "highest",
            "stop_after_reversals",
            "most_trials",
        )
        settings = {name: getattr(self, name) for name in names}
        for name in ("lowest", "highest"):  # JSON has no infinity
            settings[name] = settings[name] if np.isfinite(settings[name]) else None
        return json.dumps({"method": self.method, "settings": settings, "answers": self.answers})

    @classmethod
    def from_json(cls, text: str) -> "Staircase":
        """The state that :meth:`to_json` saved."""
        saved = json.loads(text)
        settings = dict(saved["settings"])
        for name, end in (("lowest", -np.inf), ("highest", np.inf)):
            settings[name] = end if settings[name] is None else settings[name]
        state = cls(**settings)
        for level, answer in saved["answers"]:
            state = state.tell(level, answer)
        return state
