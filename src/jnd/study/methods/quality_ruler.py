"""Quality ruler: the test beside a series of known quality; which step looks as good? [ISO20462-3], [Jin2009].

The ruler is blur of known MTF, one JND per step on SQS2, and holds for one viewing geometry only. A half step lies
between two pictures. Where we differ: the start is random, the side is balanced per observer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np

from jnd.psychometrics.quality_ruler import ruler_steps_to_sqs2
from jnd.psychometrics.simulated_observer import SimulatedObserver
from jnd.study.design.records import StudyDesign
from jnd.study.methods.method import DrawnTrial, Judged, StudyMethod, TrialSlot, public
from jnd.study.methods.planning import numbered, series_of, spread, with_repeats
from jnd.study.stimuli.manifest import Manifest


class QualityRuler(StudyMethod):
    """Which step of the ruler is as good?"""

    name: ClassVar[str] = "quality-ruler"
    summary: ClassVar[str] = "the step of a calibrated series that looks as good"
    follows: ClassVar[str] = "ISO 20462-3:2012; Jin et al. (2009)"
    screen: ClassVar[str] = "quality_ruler"
    seconds_per_trial: ClassVar[float] = 20.0

    def problems(self, design: StudyDesign, manifest: Manifest) -> list[str]:
        """See :class:`StudyMethod`."""
        found = super().problems(design, manifest)
        missing = [source for source in manifest.sources if not manifest.rulers(source)]
        if missing:
            found.append(f"there is no ruler for {', '.join(missing)}; make the stimuli again")
        return found

    def plan(
        self, design: StudyDesign, manifest: Manifest, seed: int, sources: Sequence[str] | None = None
    ) -> tuple[TrialSlot, ...]:
        """See :class:`StudyMethod`."""
        rng = np.random.default_rng(seed)
        tests = [test for name in series_of(manifest, sources) for test in manifest.series[name]]
        if design.trials.hidden_reference:  # what quality lost is counted from
            tests += [manifest.reference(source) for source in dict.fromkeys(test.source for test in tests)]
        side = ("left", "right")[int(rng.integers(2))]

        def slot(number: int) -> TrialSlot:
            test = tests[number % len(tests)]
            start = int(rng.integers(len(manifest.rulers(test.source))))
            return TrialSlot(
                0, "main", "ordinary", test.source, stimulus=test.id, data={"side": side, "start": start}
            )

        main = spread([slot(number) for number in range(len(tests) * design.trials.per_picture)], rng)
        practice = [slot(int(rng.integers(len(tests)))) for _ in range(min(2, design.trials.practice_trials))]
        return numbered(practice, with_repeats(main, design, rng), design)

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
        test = manifest.by_id[slot.stimulus]
        rulers = manifest.rulers(slot.source)
        shown = {"test": test} | {f"ruler_{step:02}": ruler for step, ruler in enumerate(rulers)}
        return DrawnTrial(
            params={
                **public(design),
                "steps": len(rulers),
                "start": slot.data["start"],
                "test_side": slot.data["side"],
            },
            assets={role: one.sha256 for role, one in shown.items()},
            choices=(),
            answer_key={"qualities": [ruler.setting for ruler in rulers]},
            source=slot.source,
            codec=test.codec,
            setting=test.setting,
            level=test.level,
            stimuli={role: one.id for role, one in shown.items()},
        )

    def valid(self, value: Any, drawn_choices: Sequence[str], params: Mapping[str, Any]) -> bool:
        """See :class:`StudyMethod`."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        return 0 <= value <= params["steps"] - 1 and float(2 * value).is_integer()

    def judge(self, key: Mapping[str, Any], level: float | None, value: Any) -> Judged:
        """SQS2 of the step; of a half step the mean of both."""
        return Judged(rating=float(ruler_steps_to_sqs2(value, key["qualities"])))

    def simulate(
        self, design: StudyDesign, manifest: Manifest, trial: DrawnTrial, observer: SimulatedObserver,
        rng: np.random.Generator, count: int = 1_000_000,
    ) -> Any:  # fmt: skip
        """The test is a JND below the best step per threshold of the observer, whose width is put in JND too."""
        qualities = [float(quality) for quality in trial.answer_key["qualities"]]
        best = max(qualities)
        in_jnd = replace(observer, width=observer.width / observer.threshold)
        matched = in_jnd.matches_ruler(best - (trial.level or 0.0) / observer.threshold, qualities, rng)
        return qualities.index(matched)
