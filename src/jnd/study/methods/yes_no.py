"""Are two pictures the same? What side-by-side bisection and same/different patches share."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from jnd.psychometrics.simulated_observer import SimulatedObserver
from jnd.study.design.records import StudyDesign
from jnd.study.methods.forced_choice import roles_of, shown_test
from jnd.study.methods.method import DrawnTrial, Judged, StudyMethod, TrialSlot
from jnd.study.stimuli.manifest import Manifest

SAME, DIFFERENT = "same", "different"


class YesNo(StudyMethod):
    """Two pictures, the reference first or second; level 0 shows it twice."""

    places: ClassVar[tuple[str, str]]
    """Roles of the two on the screen."""

    def draw(
        self,
        design: StudyDesign,
        manifest: Manifest,
        slot: TrialSlot,
        level: float | None,
        rng: np.random.Generator,
    ) -> DrawnTrial:
        """See :class:`StudyMethod`."""
        reference = manifest.reference(slot.source)
        test = reference if slot.data.get("identical") else shown_test(manifest, slot, level)
        at = self.places.index(slot.data["side"])
        assets, stimuli = roles_of({self.places[at]: test, self.places[1 - at]: reference})
        return DrawnTrial(
            params=self.params(design),
            assets=assets,
            choices=(SAME, DIFFERENT),
            answer_key={"answer": SAME if test is reference else DIFFERENT},
            source=slot.source,
            codec=test.codec,
            setting=test.setting,
            level=0.0 if test is reference else test.level,
            stimuli=stimuli,
        )

    def params(self, design: StudyDesign) -> dict[str, Any]:
        """Settings for the screen."""
        raise NotImplementedError

    def valid(self, value: Any, drawn_choices: Sequence[str], params: Mapping[str, Any]) -> bool:
        """See :class:`StudyMethod`."""
        return value in (SAME, DIFFERENT)

    def judge(self, key: Mapping[str, Any], level: float | None, value: Any) -> Judged:
        """Right is what is so; the search learns whether a difference was seen."""
        return Judged(value == key["answer"], int(value == DIFFERENT))

    def simulate(
        self, design: StudyDesign, manifest: Manifest, trial: DrawnTrial, observer: SimulatedObserver,
        rng: np.random.Generator, count: int = 1_000_000,
    ) -> Any:  # fmt: skip
        """See :class:`StudyMethod`."""
        return DIFFERENT if observer.yes_no(trial.level or 0.0, rng, trial=count) else SAME

    def _catch(
        self, manifest: Manifest, series: Sequence[str], number: int, rng: np.random.Generator
    ) -> TrialSlot:
        """In turn the same twice, and the strongest change."""
        test = manifest.series[series[int(rng.integers(len(series)))]][-1]
        side = self.places[int(rng.integers(2))]
        data = {"side": side, "identical": number % 2 == 0}
        return TrialSlot(0, "main", "catch", test.source, stimulus=test.id, data=data)
