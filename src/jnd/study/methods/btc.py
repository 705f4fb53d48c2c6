"""Boosted triplet comparison: zoomed, amplified, and each side flickers against the pivot [AIC3].

The pictures are boosted when stimuli are made; their scale is that of boosted differences until plain triplets map it.
"""

from typing import Any, ClassVar

from jnd.study.design.records import StudyDesign
from jnd.study.methods.method import public
from jnd.study.methods.triplet import Triplet


class Btc(Triplet):
    """Which side flickers more?"""

    name: ClassVar[str] = "btc"
    summary: ClassVar[str] = "boosted triplets: which side flickers more against the source"
    follows: ClassVar[str] = "ISO/IEC 29170-3 (JPEG AIC-3), boosted triplet comparison"
    screen: ClassVar[str] = "btc"
    seconds_per_trial: ClassVar[float] = 7.0
    gain: ClassVar[float] = 2.0

    def params(self, design: StudyDesign) -> dict[str, Any]:
        """Settings for the screen."""
        return public(design, "phase_ms", "answer_ms")
