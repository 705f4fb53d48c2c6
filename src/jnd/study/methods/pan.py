"""Panned pair: both panels scroll the same picture at one speed, one of them the test; which differs?

After [Allison2017], as far as it is known: direction, speed and duration are settings.
"""

from typing import Any, ClassVar

from jnd.study.design.records import StudyDesign
from jnd.study.methods.forced_choice import ForcedChoice
from jnd.study.methods.method import public


class Pan(ForcedChoice):
    """Which side is the changed one?"""

    name: ClassVar[str] = "pan"
    summary: ClassVar[str] = "two scrolling panels, which one is changed"
    follows: ClassVar[str] = "Allison et al. (2017), in part"
    screen: ClassVar[str] = "pan"
    seconds_per_trial: ClassVar[float] = 6.0

    def params(self, design: StudyDesign) -> dict[str, Any]:
        """Settings for the screen."""
        return public(design, "speed_px_per_frame", "pan_direction")
