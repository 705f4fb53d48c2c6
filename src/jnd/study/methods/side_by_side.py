"""Side-by-side search: reference and test next to each other, the same quality or not [Jin2016], [Wang2017].

Bisection on the levels that exist, plain (``keep`` 0.5, MCL-JCI) or robust (0.75, VideoSet); QUEST+ and staircases as well.
Where we differ from MCL-JCI: the first JND only; sides are balanced; catch trials show the same picture twice.
"""

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from jnd.study.design.records import StudyDesign
from jnd.study.methods.method import TrialSlot, public
from jnd.study.methods.planning import balanced, numbered, series_of, spread, trials_of_series, with_catches
from jnd.study.methods.yes_no import YesNo
from jnd.study.stimuli.manifest import Manifest


class SideBySide(YesNo):
    """Do both have the same quality?"""

    name: ClassVar[str] = "side-by-side"
    summary: ClassVar[str] = "reference and test side by side, bisection"
    follows: ClassVar[str] = "Jin et al. (2016), MCL-JCI; Wang et al. (2017), VideoSet"
    screen: ClassVar[str] = "side_by_side"
    seconds_per_trial: ClassVar[float] = 6.0
    searches: ClassVar[bool] = True
    places: ClassVar[tuple[str, str]] = ("left", "right")

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
                for side in balanced(trials_of_series(design, manifest, name), self.places, rng)
            ]

        def catch(number: int) -> TrialSlot:
            return self._catch(manifest, series, number, rng)

        main = with_catches(spread(slots, rng), design, rng, catch)
        practice = [catch(number) for number in range(design.trials.practice_trials)]
        return numbered(practice, main, design)

    def params(self, design: StudyDesign) -> dict[str, Any]:
        """Settings for the screen."""
        return public(design)
