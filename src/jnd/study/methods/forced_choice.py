"""Two panels, one of which holds the change: what flicker and panned pairs share."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from jnd.psychometrics.simulated_observer import SimulatedObserver
from jnd.study.design.records import StudyDesign
from jnd.study.methods.method import NOT_SURE, DrawnTrial, Judged, StudyMethod, TrialSlot
from jnd.study.methods.planning import (
    balanced,
    numbered,
    series_of,
    spread,
    trials_of_series,
    with_catches,
    with_repeats,
)
from jnd.study.stimuli.manifest import Manifest, Stimulus

SIDES = ("left", "right")


class ForcedChoice(StudyMethod):
    """Which side differs? The level comes from a search, or every level is shown so many times."""

    searches: ClassVar[bool] = True
    guess_rate: ClassVar[float] = 0.5

    def plan(
        self, design: StudyDesign, manifest: Manifest, seed: int, sources: Sequence[str] | None = None
    ) -> tuple[TrialSlot, ...]:
        """See :class:`StudyMethod`."""
        rng = np.random.default_rng(seed)
        series = series_of(manifest, sources)
        slots = []
        for name in series:
            source = manifest.series[name][0].source
            slots += [
                TrialSlot(0, "main", "ordinary", source, series=name, data={"side": side})
                for side in balanced(trials_of_series(design, manifest, name), SIDES, rng)
            ]

        def obvious(number: int) -> TrialSlot:
            test = manifest.series[series[int(rng.integers(len(series)))]][-1]
            return TrialSlot(
                0, "main", "catch", test.source, stimulus=test.id, data={"side": SIDES[int(rng.integers(2))]}
            )

        main = with_catches(with_repeats(spread(slots, rng), design, rng), design, rng, obvious)
        practice = [obvious(number) for number in range(design.trials.practice_trials)]
        return numbered(practice, main, design)

    def draw(
        self,
        design: StudyDesign,
        manifest: Manifest,
        slot: TrialSlot,
        level: float | None,
        rng: np.random.Generator,
    ) -> DrawnTrial:
        """See :class:`StudyMethod`."""
        test = shown_test(manifest, slot, level)
        side = slot.data["side"]
        assets, stimuli = self.panels(manifest.reference(test.source), test, side)
        choices = (*SIDES, NOT_SURE) if design.trials.not_sure else SIDES
        return DrawnTrial(
            params=self.params(design),
            assets=assets,
            choices=choices,
            answer_key={"answer": self.right_answer(design, side), "target": side},
            source=test.source,
            codec=test.codec,
            setting=test.setting,
            level=test.level,
            stimuli=stimuli,
        )

    def panels(self, reference: Stimulus, test: Stimulus, side: str) -> tuple[dict[str, str], dict[str, str]]:
        """Roles → hashes, and roles → ids."""
        shown = {
            "left": test if side == "left" else reference,
            "right": test if side == "right" else reference,
        }
        return roles_of(shown)

    def params(self, design: StudyDesign) -> dict[str, Any]:
        """Settings for the screen."""
        raise NotImplementedError

    def right_answer(self, design: StudyDesign, side: str) -> str:
        """The side to name when ``side`` holds the change."""
        return side

    def valid(self, value: Any, drawn_choices: Sequence[str], params: Mapping[str, Any]) -> bool:
        """See :class:`StudyMethod`."""
        return isinstance(value, str) and value in drawn_choices

    def judge(self, key: Mapping[str, Any], level: float | None, value: Any) -> Judged:
        """A "not-sure" is neither right nor wrong; the search takes it as not seen."""
        if value == NOT_SURE:
            return Judged(None, 0)
        return Judged(value == key["answer"], int(value == key["answer"]))

    def simulate(
        self, design: StudyDesign, manifest: Manifest, trial: DrawnTrial, observer: SimulatedObserver,
        rng: np.random.Generator, count: int = 1_000_000,
    ) -> Any:  # fmt: skip
        """See :class:`StudyMethod`."""
        target = trial.answer_key["target"]
        found = observer.forced_choice(trial.level or 0.0, rng, target=target, trial=count)
        if trial.answer_key["answer"] == target:
            return found
        return "left" if found == "right" else "right"


def shown_test(manifest: Manifest, slot: TrialSlot, level: float | None) -> Stimulus:
    """What a slot shows: its own stimulus, or its series at the level."""
    if slot.stimulus is not None:
        return manifest.by_id[slot.stimulus]
    assert slot.series is not None or slot.kind == "repeat"
    assert level is not None, "a search has asked for it"
    return manifest.at(slot.series or str(slot.data["series"]), level)


def roles_of(shown: Mapping[str, Stimulus]) -> tuple[dict[str, str], dict[str, str]]:
    """Roles → hashes, and roles → ids."""
    return {role: one.sha256 for role, one in shown.items()}, {role: one.id for role, one in shown.items()}
