"""Constant stimuli: every level the same number of times, in random order drawn from a seed."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from jnd.errors import UnusableAnswersError
from jnd.psychometrics.fit import fit_psychometric


@dataclass(frozen=True, slots=True)
class ConstantStimuli:
    """State of the method of constant stimuli.

    Each round shows every level once in its own random order, so that a test broken off is still balanced.
    """

    levels: Sequence[float]
    repeats: int
    seed: int = 0
    guess_rate: float = 0.5
    """Of the fit that :meth:`estimate` makes."""
    answers: tuple[tuple[float, int], ...] = ()

    method: Final = "constant_stimuli"

    def __post_init__(self) -> None:
        """Check the settings."""
        if len(self.levels) < 1 or self.repeats < 1:
            raise ValueError("constant stimuli need at least one level and one repeat")
        object.__setattr__(self, "levels", tuple(float(level) for level in self.levels))

    def ask(self) -> float:
        """The level to show next."""
        round_index, place = divmod(len(self.answers), len(self.levels))
        order = np.random.default_rng([self.seed, round_index]).permutation(len(self.levels))
        return self.levels[int(order[place])]

    def tell(self, level: float, answer: int) -> "ConstantStimuli":
        """The state after ``answer`` (1 right or seen, 0 not) at the level asked for."""
        if not np.isclose(level, self.ask()):
            raise ValueError(f"level {self.ask():g} is due, got an answer at {level:g}")
        if answer not in (0, 1):
            raise ValueError(f"answer must be 0 or 1, got {answer}")
        return replace(self, answers=(*self.answers, (float(level), int(answer))))

    @property
    def finished(self) -> bool:
        """Whether every level was shown ``repeats`` times."""
        return len(self.answers) >= self.repeats * len(self.levels)

    def estimate(self) -> float:
        """Threshold of a maximum likelihood fit. Raises as :func:`jnd.psychometrics.fit.fit_psychometric`."""
        if not self.answers:
            raise UnusableAnswersError("no answers yet")
        levels, seen = zip(*self.answers, strict=True)
        return fit_psychometric(levels, seen, guess_rate=self.guess_rate).threshold

    def to_json(self) -> str:
        """Settings and answers."""
        settings = {name: getattr(self, name) for name in ("levels", "repeats", "seed", "guess_rate")}
        return json.dumps({"method": self.method, "settings": settings, "answers": self.answers})

    @classmethod
    def from_json(cls, text: str) -> "ConstantStimuli":
        """The state that :meth:`to_json` saved."""
        saved = json.loads(text)
        return cls(**saved["settings"], answers=tuple((float(x), int(a)) for x, a in saved["answers"]))
