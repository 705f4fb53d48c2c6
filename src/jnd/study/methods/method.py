"""What a method of a study knows: which trials a session has, what one shows, what an answer means.

All of it is pure: a plan and a drawn trial follow from design, manifest and seed. The server keeps them; the browser gets
``params``, ``choices`` and pictures, never what is right.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final, Literal

import numpy as np

from jnd.psychometrics.adaptive import AdaptiveMethod
from jnd.psychometrics.adjustment import Adjustment
from jnd.psychometrics.bisection import Bisection
from jnd.psychometrics.constant_stimuli import ConstantStimuli
from jnd.psychometrics.quest_plus import QuestPlus
from jnd.psychometrics.simulated_observer import SimulatedObserver
from jnd.psychometrics.staircase import Staircase
from jnd.study.design.records import StudyDesign
from jnd.study.stimuli.manifest import Manifest, Stimulus

Stage = Literal["practice", "main"]
Kind = Literal["ordinary", "catch", "repeat", "dummy"]

NOT_SURE: Final = "not-sure"
LAPSE_RATE: Final = 0.02
"""Assumed by QUEST+ when it chooses levels; analyses estimate it."""


@dataclass(frozen=True, slots=True)
class TrialSlot:
    """A place in a session's plan."""

    index: int
    stage: Stage
    kind: Kind
    source: str
    series: str | None = None
    """Whose adaptive search gives the level; None where ``stimulus`` or ``data`` says all."""
    stimulus: str | None = None
    """Id of the test that is shown."""
    repeat_of: int | None = None
    """Index of the slot whose trial is shown again."""
    block: int = 0
    data: Mapping[str, Any] = field(default_factory=dict)
    """What the method drew with the plan: sides, pairs, starts."""


@dataclass(frozen=True, slots=True)
class DrawnTrial:
    """A trial as it is shown."""

    params: dict[str, Any]
    """To the browser: how to show it."""
    assets: dict[str, str]
    """Role on the screen → SHA-256 of the picture."""
    choices: tuple[str, ...]
    """Answers that are offered; empty for numbers."""
    answer_key: dict[str, Any]
    """Secret: what is right, and what judging needs."""
    source: str
    codec: str | None
    setting: float | None
    level: float | None
    stimuli: dict[str, str]
    """Role → id of the stimulus."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What an answer means."""

    correct: bool | None = None
    """None where no answer is right or wrong."""
    adaptive: int | None = None
    """What the search is told: 1 seen, 0 not; None if nothing."""
    rating: float | None = None
    noticed_at: float | None = None


class StudyMethod(ABC):
    """A method; its registry is :data:`jnd.study.methods.STUDY_METHODS`."""

    name: ClassVar[str]
    summary: ClassVar[str]
    follows: ClassVar[str]
    screen: ClassVar[str]
    """Module of the participant page, without ``.js``."""
    seconds_per_trial: ClassVar[float]
    """Rough, for the design table."""
    searches: ClassVar[bool] = False
    """Whether an adaptive search can choose levels."""
    guess_rate: ClassVar[float] = 0.0

    def problems(self, design: StudyDesign, manifest: Manifest) -> list[str]:
        """Why the study cannot be run so, in words."""
        found = []
        if not manifest.series:
            found.append("there are no test pictures in stimuli.json; make the stimuli again")
        if not self.searches and design.trials.adaptive not in ("none", "adjustment"):
            found.append(
                f'trials.adaptive "{design.trials.adaptive}" chooses levels, which {self.name} does not: it shows all; '
                'set it to "none"'
            )
        return found

    @abstractmethod
    def plan(
        self, design: StudyDesign, manifest: Manifest, seed: int, sources: Sequence[str] | None = None
    ) -> tuple[TrialSlot, ...]:
        """The slots of one session in order, practice first.

        Parameters
        ----------
        seed : of the session; the same seed gives the same plan.
        sources : pictures of this session; None for all.
        """

    @abstractmethod
    def draw(
        self,
        design: StudyDesign,
        manifest: Manifest,
        slot: TrialSlot,
        level: float | None,
        rng: np.random.Generator,
    ) -> DrawnTrial:
        """The trial of a slot; ``level`` is what the search of ``slot.series`` asks for."""

    @abstractmethod
    def valid(self, value: Any, drawn_choices: Sequence[str], params: Mapping[str, Any]) -> bool:
        """Whether an answer is possible at all."""

    @abstractmethod
    def judge(self, key: Mapping[str, Any], level: float | None, value: Any) -> Judged:
        """What the answer means; ``key`` is :attr:`DrawnTrial.answer_key`."""

    @abstractmethod
    def simulate(
        self, design: StudyDesign, manifest: Manifest, trial: DrawnTrial, observer: SimulatedObserver,
        rng: np.random.Generator, count: int = 1_000_000,
    ) -> Any:  # fmt: skip
        """The answer of a simulated observer in trial number ``count``."""

    def start(self, design: StudyDesign, manifest: Manifest, series: str) -> AdaptiveMethod:
        """The search of a series before any answer."""
        return search_of(design, manifest.levels(series), self.guess_rate)


def search_of(design: StudyDesign, levels: Sequence[float], guess_rate: float) -> AdaptiveMethod:
    """The search that ``[trials]`` asks for, on levels that exist."""
    trials = design.trials
    low, high = min(levels), max(levels)
    span = max(high - low, 1e-9)
    if trials.adaptive == "constant_stimuli":
        return ConstantStimuli(
            levels=tuple(levels), repeats=trials.per_picture, seed=design.study.seed, guess_rate=guess_rate
        )
    if trials.adaptive == "staircase":
        steps = (span / 4, span / 8, span / 16)
        return Staircase(
            start=high,
            steps=steps,
            target=(1 + guess_rate) / 2,
            lowest=low,
            highest=high,
            most_trials=trials.per_picture,
        )
    if trials.adaptive == "bisection":
        # On the places of the levels, since these need not be evenly spaced; place 0 is the reference.
        return Bisection(0, len(levels), keep=trials.keep, most_trials=trials.per_picture)
    if trials.adaptive == "adjustment":
        return Adjustment(tuple(levels), repeats=trials.per_picture, seed=design.study.seed)
    grid = np.linspace(max(low - 0.25 * span, 0.2 * low), high + 0.25 * span, 40)
    widths = span * np.geomspace(0.08, 1.5, 8)
    return QuestPlus(
        levels,
        {"threshold": grid, "width": widths},
        model="normal",
        fixed={"guess_rate": guess_rate, "lapse_rate": LAPSE_RATE},
        nuisance=("width",),
        most_trials=None if trials.scope == "collective" else trials.per_picture,
        easy_every=trials.easy_every,
    )


def shown_level(design: StudyDesign, levels: Sequence[float], asked: float) -> float:
    """The level that exists for what a search asks for."""
    if design.trials.adaptive == "bisection":
        return levels[int(asked) - 1]
    return min(levels, key=lambda level: abs(level - asked))


def told_level(design: StudyDesign, levels: Sequence[float], shown: float, asked: float) -> float:
    """The level that the search is told: where it stands on its own axis, else what was shown."""
    return asked if design.trials.adaptive in ("bisection", "staircase", "constant_stimuli") else shown


def public(design: StudyDesign, *names: str) -> dict[str, Any]:
    """Settings of [display] that a screen needs."""
    return {
        name: getattr(design.display, name)
        for name in ("min_view_ms", "max_view_ms", "blank_ms", "scale", "background", "photodiode", *names)
    }


def facts(stimulus: Stimulus) -> dict[str, Any]:
    """What of a stimulus stands in a trial."""
    return {
        "source": stimulus.source,
        "codec": stimulus.codec,
        "setting": stimulus.setting,
        "level": stimulus.level,
    }
