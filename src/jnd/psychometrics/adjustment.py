"""Method of adjustment: the observer moves a slider to the level where the difference begins to show.

Each trial starts at a random level drawn from a seed, so that the start does not become an anchor. KonJND-1k
[Lin2022] collected its JNDs this way.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from jnd.errors import UnusableAnswersError


@dataclass(frozen=True, slots=True)
class Adjustment:
    """State of repeated adjustments: ask for the slider's start, tell the start and the level chosen."""

    levels: Sequence[float]
    """The slider's levels."""
    repeats: int = 1
    seed: int = 0
    answers: tuple[tuple[float, float], ...] = ()
    """(start, chosen level)."""

    method: Final = "adjustment"

    def __post_init__(self) -> None:
        """Check the settings."""
        if len(self.levels) < 2 or self.repeats < 1:
            raise ValueError("an adjustment needs two levels or more and one repeat or more")
        object.__setattr__(self, "levels", tuple(float(level) for level in self.levels))

    def ask(self) -> float:
        """The level at which the slider starts."""
        rng = np.random.default_rng([self.seed, len(self.answers)])
        return self.levels[int(rng.integers(len(self.levels)))]

    def tell(self, level: float, answer: float) -> "Adjustment":
        """The state after the observer moved the slider from ``level`` to ``answer``."""
        if not min(self.levels) <= answer <= max(self.levels):
            raise ValueError(
                f"the chosen level must be from {min(self.levels):g} to {max(self.levels):g}, got {answer:g}"
            )
        return replace(self, answers=(*self.answers, (float(level), float(answer))))

    @property
    def finished(self) -> bool:
        """Whether all repeats are done."""
        return len(self.answers) >= self.repeats

    def estimate(self) -> float:
        """Mean of the chosen levels."""
        if not self.answers:
            raise UnusableAnswersError("no adjustment yet")
        return float(np.mean([chosen for _, chosen in self.answers]))

    def to_json(self) -> str:
        """Settings and answers."""
        settings = {name: getattr(self, name) for name in ("levels", "repeats", "seed")}
        return json.dumps({"method": self.method, "settings": settings, "answers": self.answers})

    @classmethod
    def from_json(cls, text: str) -> "Adjustment":
        """The state that :meth:`to_json` saved."""
        saved = json.loads(text)
        return cls(**saved["settings"], answers=tuple((float(a), float(b)) for a, b in saved["answers"]))
