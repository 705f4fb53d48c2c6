"""Plain triplet comparison: each side in place, toggled by hand with the pivot [AIC3]."""

from typing import Any, ClassVar

from jnd.study.design.records import StudyDesign
from jnd.study.methods.method import public
from jnd.study.methods.triplet import Triplet


class Ptc(Triplet):
    """Which side differs more?"""

    name: ClassVar[str] = "ptc"
    summary: ClassVar[str] = "plain triplets: which side differs more from the source, toggled by hand"
    follows: ClassVar[str] = "ISO/IEC 29170-3 (JPEG AIC-3), plain triplet comparison"
    screen: ClassVar[str] = "ptc"
    seconds_per_trial: ClassVar[float] = 15.0

    def params(self, design: StudyDesign) -> dict[str, Any]:
        """Settings for the screen."""
        return public(design, "toggle_hold_ms")
