"""Flicker slider: the observer moves a slider to the point from which the picture flickers [Lin2022].

Position 0 is the reference alone, position n the n-th level; one beyond the last says that no flicker was ever seen.
Where we differ from KonJND-1k: phases are counted in display frames, and the slider starts at a random position.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from jnd.psychometrics.simulated_observer import SimulatedObserver
from jnd.study.design.records import StudyDesign
from jnd.study.methods.method import DrawnTrial, Judged, StudyMethod, TrialSlot, public
from jnd.study.methods.planning import numbered, series_of, spread, with_repeats
from jnd.study.stimuli.manifest import Manifest


class FlickerSlider(StudyMethod):
    """From which position on does it flicker?"""

    name: ClassVar[str] = "flicker-slider"
    summary: ClassVar[str] = "a slider to where flicker begins"
    follows: ClassVar[str] = "Lin et al. (2022), KonJND-1k"
    screen: ClassVar[str] = "flicker_slider"
    seconds_per_trial: ClassVar[float] = 25.0

    def plan(
        self, design: StudyDesign, manifest: Manifest, seed: int, sources: Sequence[str] | None = None
    ) -> tuple[TrialSlot, ...]:
        """See :class:`StudyMethod`."""
        rng = np.random.default_rng(seed)

        def slot(name: str) -> TrialSlot:
            tests = manifest.series[name]
            start = int(rng.integers(len(tests) + 1))
            return TrialSlot(
                0, "main", "ordinary", tests[0].source, data={"tests": name, "start": start, "side": "middle"}
            )

        series = series_of(manifest, sources)
        main = spread([slot(name) for name in series for _ in range(design.trials.per_picture)], rng)
        practice = [
            slot(series[number % len(series)]) for number in range(min(2, design.trials.practice_trials))
        ]
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
        tests = manifest.series[slot.data["tests"]]
        reference = manifest.reference(slot.source)
        shown = {"reference": reference} | {f"level_{place:02}": test for place, test in enumerate(tests, 1)}
        return DrawnTrial(
            params={**public(design, "phase_ms"), "positions": len(tests), "start": slot.data["start"]},
            assets={role: one.sha256 for role, one in shown.items()},
            choices=(),
            answer_key={"levels": [test.level for test in tests]},
            source=slot.source,
            codec=tests[0].codec,
            setting=None,
            level=None,
            stimuli={role: one.id for role, one in shown.items()},
        )

    def valid(self, value: Any, drawn_choices: Sequence[str], params: Mapping[str, Any]) -> bool:
        """See :class:`StudyMethod`."""
        return (
            isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= params["positions"] + 1
        )

    def judge(self, key: Mapping[str, Any], level: float | None, value: Any) -> Judged:
        """The level of the position; none where no flicker was seen."""
        levels = key["levels"]
        return Judged(noticed_at=float(levels[value - 1]) if value <= len(levels) else None)

    def simulate(
        self, design: StudyDesign, manifest: Manifest, trial: DrawnTrial, observer: SimulatedObserver,
        rng: np.random.Generator, count: int = 1_000_000,
    ) -> Any:  # fmt: skip
        """See :class:`StudyMethod`."""
        levels = [float(level) for level in trial.answer_key["levels"]]
        beyond = 2 * levels[-1]
        chosen = observer.adjusts([*levels, beyond], rng)
        return levels.index(chosen) + 1 if chosen in levels else len(levels) + 1
