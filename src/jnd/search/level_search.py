"""Root finding on the level axis: the largest distortion level that still meets the target.

Ask and tell, without codec, picture or clock inside::

    while (level := search.next_level) is not None:
        search = search.tell(measure(level))

A belief about the curve (a prior, narrowed by each trial) chooses the level; what is returned was measured.
A level that meets the target behind one that fails is not looked for: 2 of 75 WebP searches on CID22's pictures
have such an island, 9 and 10 % smaller, and trials to find them cost more than they save.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import numpy.typing as npt

from jnd.search.belief import Array, CurveBelief

TOLERATED_EXCESS = 0.06
"""Stop when another trial would be expected to save less than this share of the bytes. What is then lost is about a
fifth of it, because most searches end much nearer. Chosen on CID22's training pictures: at 0.001, 3.1 trials and no
excess; at 0.05 and 0.07, 2.2 and 2.0 trials, 1.0 and 1.7 %; beyond, single pictures lose 10 % (``benchmarks/learned_search.py`` gives the
curve)."""

GUIDED_TRIALS = 7
"""So many trials follow the belief; after them the bracket is halved, so that a picture unlike any that the
prior has seen cannot cost more than bisection would."""

RESCUE_TRIALS = 2
"""Levels tried beyond the best quality when that just fails: curves flatten there and are not monotone."""

RESCUE_PROBABILITY = 0.25


@dataclass(frozen=True, slots=True)
class Trial:
    """One measured level: its score in JOD, its size, and whether the target is met."""

    level: int
    jod: float
    size_bytes: int
    met: bool


@dataclass(frozen=True, slots=True)
class LevelSearch:
    """State of a search; :meth:`tell` gives the next state."""

    belief: CurveBelief
    threshold_jod: float
    exact: bool = False
    """Go on until the best level and the next worse one are both measured."""
    tolerated_excess: float = TOLERATED_EXCESS
    trials: tuple[Trial, ...] = ()

    def tell(self, trial: Trial) -> Self:
        """The state after ``trial``."""
        return replace(
            self,
            belief=self.belief.told(trial.level, trial.jod, trial.size_bytes),
            trials=(*self.trials, trial),
        )

    @property
    def best(self) -> Trial | None:
        """The smallest trial that meets the target; the worse level where sizes are equal."""
        met = [trial for trial in self.trials if trial.met]
        return min(met, key=lambda trial: (trial.size_bytes, -trial.level), default=None)

    @property
    def next_level(self) -> int | None:
        """The level to measure next; None when the search is over."""
        candidates = self._candidates()
        if not candidates:
            return None
        if self.best is None:
            return self._level_to_meet(candidates)
        return self._level_to_improve(candidates)

    def _candidates(self) -> list[int]:
        """Untried levels that may be the answer.

        A level that meets the target makes all better ones uninteresting, even where one of them failed: a
        local failure below the best level says nothing about the levels above it.
        """
        best = self.best
        reached = self.belief.levels.start - 1 if best is None else max(t.level for t in self.trials if t.met)
        failed = [trial.level for trial in self.trials if not trial.met and trial.level > reached]
        end = min(failed, default=self.belief.levels.stop)
        return list(range(reached + 1, end)) or (self._rescue_levels() if best is None else [])

    def _rescue_levels(self) -> list[int]:
        first_failed = [trial.level for trial in self.trials].index(self.belief.levels.start)
        if len(self.trials) - 1 - first_failed >= RESCUE_TRIALS:
            return []
        tried = {trial.level for trial in self.trials}
        probability = self._probability_met(self.belief.levels)
        return [
            level
            for level, p in zip(self.belief.levels, probability, strict=True)
            if p >= RESCUE_PROBABILITY and level not in tried
        ]

    def _level_to_meet(self, candidates: list[int]) -> int:
        if len(self.trials) >= GUIDED_TRIALS:
            return candidates[(len(candidates) - 1) // 2]
        return self._likeliest_edge(candidates)

    def _level_to_improve(self, candidates: list[int]) -> int | None:
        log_bytes = self.belief.log_bytes()
        saving = log_bytes[self._index(candidates[0] - 1)] - log_bytes[self._indices(candidates)]
        probability = self._probability_met(candidates)
        if not self.exact:
            # On a monotone curve P(level meets) is P(optimum is this level or worse), so the expected excess
            # of stopping now is the sum of each step's saving times the probability that it can be had.
            expected_excess = float(probability @ np.diff(saving, prepend=0.0))
            if expected_excess < self.tolerated_excess:
                return None
        if len(self.trials) >= GUIDED_TRIALS:
            return candidates[len(candidates) // 2]
        if self.exact:
            return self._likeliest_edge(candidates)
        return candidates[int(np.argmax(probability * saving))]

    def _likeliest_edge(self, candidates: Sequence[int]) -> int:
        """The worst candidate that more likely than not meets the target; the best one where none does."""
        likely = [
            level for level, p in zip(candidates, self._probability_met(candidates), strict=True) if p >= 0.5
        ]
        return max(likely, default=candidates[0])

    def _probability_met(self, levels: Sequence[int]) -> Array:
        return self.belief.probability_met(self.threshold_jod)[self._indices(levels)]

    def _indices(self, levels: Sequence[int]) -> npt.NDArray[np.intp]:
        return np.array([self._index(level) for level in levels])

    def _index(self, level: int) -> int:
        return level - self.belief.levels.start
