"""Observers whose truth is known: what the tests of fits, adaptive methods and the study platform use.

They are models, not people: a psychometric function with lapses, a response bias, learning over trials, and
for ratings the contraction towards the middle of the set that was seen (range effect) [Poulton1979].
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from jnd.psychometrics.psychometric_function import psychometric_function

Array = npt.NDArray[np.float64]

LEARNING_TRIALS: Final = 30.0
"""Trials after which 63 % of the learning is done."""


@dataclass(frozen=True, slots=True)
class SimulatedObserver:
    """One person with a known threshold; every answer takes the random generator it is given.

    >>> observer = SimulatedObserver(threshold=10.0, width=4.0)
    >>> observer.detects(16.0, np.random.default_rng(0))
    True
    """

    threshold: float
    """Level at which half of the differences are detected, after learning."""
    width: float
    """Distance between 5 % and 95 % detected (:mod:`jnd.psychometrics.psychometric_function`)."""
    lapse_rate: float = 0.02
    """Share of trials answered without looking."""
    bias: float = 0.0
    """From −1 (always left, or never "different") to 1 (always right, or always "different") when nothing was
    detected; 0 is even (forced choice) or never (yes/no)."""
    learning: float = 0.0
    """How much higher the threshold is at the first trial, as a share; it falls exponentially."""
    rating_noise: float = 0.5
    """Standard deviation of a rating in scale units."""
    rating_bias: float = 0.0
    """Scale units added to every rating."""
    contraction: float = 0.0
    """Range effect of ratings: 0 judges each picture alone, 1 stretches whatever was shown over the scale."""
    function: str = "normal"

    def threshold_at(self, trial: int) -> float:
        """Threshold at a trial, counted from 0."""
        return self.threshold * (1 + self.learning * float(np.exp(-trial / LEARNING_TRIALS)))

    def p_detect(self, level: npt.ArrayLike, trial: int = 1_000_000) -> Array:
        """Probability that the difference at ``level`` is seen, lapses left out."""
        x = np.asarray(level, dtype=np.float64)
        if self.function == "weibull":
            seen = np.zeros(x.shape)
            positive = x > 0
            seen[positive] = psychometric_function(
                x[positive], self.threshold_at(trial), self.width, function="weibull"
            )
            return seen
        p = psychometric_function(x, self.threshold_at(trial), self.width, function=self.function)
        return np.where(x <= 0, 0.0, p)

    def detects(self, level: float, rng: np.random.Generator, trial: int = 1_000_000) -> bool:
        """Whether the difference is seen in one trial."""
        return bool(rng.random() < float(self.p_detect(level, trial)))

    def forced_choice(
        self, level: float, rng: np.random.Generator, *, target: str = "right", trial: int = 1_000_000
    ) -> str:
        """Which side ("left" or "right") differs, when the difference is on the side ``target``."""
        lapsed = rng.random() < self.lapse_rate
        seen = self.detects(level, rng, trial)
        if seen and not lapsed:
            return target
        return "right" if rng.random() < (1 + self.bias) / 2 else "left"

    def answers_correctly(self, level: float, rng: np.random.Generator, trial: int = 1_000_000) -> int:
        """1 or 0 in a forced choice whose target side is drawn."""
        target = "right" if rng.random() < 0.5 else "left"
        return int(self.forced_choice(level, rng, target=target, trial=trial) == target)

    def yes_no(self, level: float, rng: np.random.Generator, trial: int = 1_000_000) -> int:
        """1 for "different", 0 for "same"; a lapse is a coin toss, unseen differences follow the bias."""
        if rng.random() < self.lapse_rate:
            return int(rng.random() < 0.5)
        if self.detects(level, rng, trial):
            return 1
        return int(rng.random() < max(self.bias, 0.0))

    def adjusts(self, levels: Sequence[float], rng: np.random.Generator) -> float:
        """The slider level chosen: the first level above this trial's own momentary threshold."""
        u = np.clip(rng.random(), 1e-9, 1 - 1e-9)
        visible = self.p_detect(np.asarray(levels, dtype=np.float64)) >= u
        return float(np.asarray(levels)[int(np.argmax(visible))] if visible.any() else max(levels))

    def rates(
        self,
        quality: npt.ArrayLike,
        shown: npt.ArrayLike,
        rng: np.random.Generator,
        *,
        scale: tuple[float, float] = (1.0, 5.0),
        range_of_quality: tuple[float, float] = (0.0, 1.0),
        whole: bool = True,
    ) -> Array:
        """Category ratings of pictures of a known quality.

        Parameters
        ----------
        quality : (n,) true quality of the pictures rated.
        shown : qualities of the whole set that the observer has seen; sets the context.
        range_of_quality : qualities that an observer without contraction puts on the ends of the scale.
        """
        q = np.asarray(quality, dtype=np.float64)
        context = np.asarray(shown, dtype=np.float64)
        low, high = range_of_quality
        absolute = (q - low) / (high - low)
        span = float(np.ptp(context))
        relative = (q - context.min()) / span if span > 0 else np.full(q.shape, 0.5)
        judged = (1 - self.contraction) * absolute + self.contraction * relative
        value = scale[0] + judged * (scale[1] - scale[0]) + self.rating_bias
        value = value + rng.normal(0.0, self.rating_noise, q.shape)
        value = np.round(value) if whole else value
        return np.asarray(np.clip(value, *scale))

    def matches_ruler(self, quality_jnd: float, ruler_jnd: npt.ArrayLike, rng: np.random.Generator) -> float:
        """The ruler quality chosen for a picture of ``quality_jnd``: beside a ruler, context does not matter.

        The spread of a match is that of a threshold: width / 3.29 in JND.
        """
        ruler = np.asarray(ruler_jnd, dtype=np.float64)
        felt = quality_jnd + rng.normal(0.0, self.width / 3.29)
        return float(ruler[int(np.argmin(np.abs(ruler - felt)))])


def population(
    count: int,
    rng: np.random.Generator,
    *,
    threshold: float,
    threshold_sd: float,
    template: SimulatedObserver | None = None,
) -> list[SimulatedObserver]:
    """Observers whose thresholds are normal over people (redrawn where not positive).

    Parameters
    ----------
    template : everything but the threshold.
    """
    base = template or SimulatedObserver(threshold=threshold, width=0.5 * threshold)
    drawn: list[SimulatedObserver] = []
    while len(drawn) < count:
        value = float(rng.normal(threshold, threshold_sd))
        if value > 0:
            drawn.append(replace(base, threshold=value))
    return drawn
