"""Category rating: what ACR and DCR share [BT500], [P910]."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np

from jnd.psychometrics.simulated_observer import SimulatedObserver
from jnd.study.design.records import StudyDesign
from jnd.study.methods.method import DrawnTrial, Judged, StudyMethod, TrialSlot, public
from jnd.study.methods.planning import numbered, series_of, spread, with_repeats
from jnd.study.stimuli.manifest import Manifest, Stimulus

CATEGORIES = (1, 2, 3, 4, 5)


class Rating(StudyMethod):
    """One picture after the other, five categories."""

    seconds_per_trial: ClassVar[float] = 6.0
    with_reference: ClassVar[bool]
    """Whether the reference is shown too."""

    def plan(
        self, design: StudyDesign, manifest: Manifest, seed: int, sources: Sequence[str] | None = None
    ) -> tuple[TrialSlot, ...]:
        """See :class:`StudyMethod`."""
        rng = np.random.default_rng(seed)
        series = series_of(manifest, sources)
        tests = [test for name in series for test in manifest.series[name]]
        shown: list[Stimulus] = list(tests)
        if not self.with_reference and design.trials.hidden_reference:
            shown += [manifest.reference(source) for source in dict.fromkeys(test.source for test in tests)]
        main = spread([_slot(stimulus) for stimulus in shown * design.trials.per_picture], rng)
        ordered = sorted(tests, key=lambda test: test.level or 0.0)
        # High, low and middle quality, so that the scale is known before it counts.
        extremes = [ordered[0], ordered[-1], ordered[len(ordered) // 2]]
        dummies = [
            replace(_slot(extremes[number % 3]), kind="dummy") for number in range(design.trials.dummies)
        ]
        practice = [_slot(extremes[number % 3]) for number in range(min(3, design.trials.practice_trials))]
        return numbered(practice, dummies + with_repeats(main, design, rng), design)

    def draw(
        self,
        design: StudyDesign,
        manifest: Manifest,
        slot: TrialSlot,
        level: float | None,
        rng: np.random.Generator,
    ) -> DrawnTrial:
        """See :class:`StudyMethod`."""
        assert slot.stimulus is not None
        picture = manifest.by_id[slot.stimulus]
        shown = {"picture": picture}
        if self.with_reference:
            shown["reference"] = manifest.reference(slot.source)
        return DrawnTrial(
            params={**public(design), "scale_words": self.name},
            assets={role: one.sha256 for role, one in shown.items()},
            choices=tuple(str(category) for category in CATEGORIES),
            answer_key={},
            source=picture.source,
            codec=picture.codec,
            setting=picture.setting,
            level=picture.level,
            stimuli={role: one.id for role, one in shown.items()},
        )

    def valid(self, value: Any, drawn_choices: Sequence[str], params: Mapping[str, Any]) -> bool:
        """See :class:`StudyMethod`."""
        return isinstance(value, int) and not isinstance(value, bool) and value in CATEGORIES

    def judge(self, key: Mapping[str, Any], level: float | None, value: Any) -> Judged:
        """The category."""
        return Judged(rating=float(value))

    def simulate(
        self, design: StudyDesign, manifest: Manifest, trial: DrawnTrial, observer: SimulatedObserver,
        rng: np.random.Generator, count: int = 1_000_000,
    ) -> Any:  # fmt: skip
        """Quality falls by 1 JND per threshold of the observer; five JND span the scale, the study's set is the context."""
        qualities = [
            -(test.level or 0.0) / observer.threshold for test in manifest.stimuli if test.role == "test"
        ]
        quality = -(trial.level or 0.0) / observer.threshold
        return int(
            observer.rates(
                [quality], [0.0, *qualities], rng, scale=(1.0, 5.0), range_of_quality=(-JND_OF_SCALE, 0.0)
            )[0]
        )


JND_OF_SCALE = 5.0
"""JND from "excellent" to "bad" for a simulated observer without contraction."""


def _slot(stimulus: Stimulus) -> TrialSlot:
    return TrialSlot(0, "main", "ordinary", stimulus.source, stimulus=stimulus.id)
