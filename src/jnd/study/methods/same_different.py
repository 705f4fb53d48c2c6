"""Same or different: two patches one after the other, 1 s each with 250 ms between [Zhang2018].

Every patch with every distortion once. Where we differ from BAPPS: ranges of the distortions are ours, since none were
published; the order of reference and test is balanced; catch trials are both identical and strongly changed pairs.
"""

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from jnd.study.design.records import StudyDesign
from jnd.study.methods.method import TrialSlot, public
from jnd.study.methods.planning import balanced, numbered, series_of, spread, with_catches, with_repeats
from jnd.study.methods.yes_no import YesNo
from jnd.study.stimuli.manifest import Manifest


class SameDifferent(YesNo):
    """Were both the same?"""

    name: ClassVar[str] = "same-different"
    summary: ClassVar[str] = "two patches one after the other, same or different"
    follows: ClassVar[str] = "Zhang et al. (2018), BAPPS"
    screen: ClassVar[str] = "same_different"
    seconds_per_trial: ClassVar[float] = 4.0
    places: ClassVar[tuple[str, str]] = ("first", "second")

    def plan(
        self, design: StudyDesign, manifest: Manifest, seed: int, sources: Sequence[str] | None = None
    ) -> tuple[TrialSlot, ...]:
        """See :class:`StudyMethod`."""
        rng = np.random.default_rng(seed)
        series = series_of(manifest, sources)
        tests = [test for name in series for test in manifest.series[name]] * design.trials.per_picture
        sides = balanced(len(tests), self.places, rng)
        slots = [
            TrialSlot(0, "main", "ordinary", test.source, stimulus=test.id, data={"side": side})
            for test, side in zip(tests, sides, strict=True)
        ]

        def catch(number: int) -> TrialSlot:
            return self._catch(manifest, series, number, rng)

        main = with_catches(with_repeats(spread(slots, rng), design, rng), design, rng, catch)
        practice = [catch(number) for number in range(design.trials.practice_trials)]
        return numbered(practice, main, design)

    def params(self, design: StudyDesign) -> dict[str, Any]:
        """Settings for the screen."""
        return public(design, "exposure_ms", "gap_ms")
