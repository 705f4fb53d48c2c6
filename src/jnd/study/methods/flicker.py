"""Flicker, forced choice: two panels, of which one alternates reference and test, the other reference and reference.

Follows ISO/IEC 29170-2:2015, Annex B, and [Hoffman2014]. One half of the cycles in "Hz" is a phase here: what texts call
a frequency may mean either, so the study states milliseconds per phase.
"""

from typing import Any, ClassVar

from jnd.study.design.records import StudyDesign
from jnd.study.methods.forced_choice import ForcedChoice, roles_of
from jnd.study.methods.method import public
from jnd.study.stimuli.manifest import Stimulus


class Flicker(ForcedChoice):
    """Which side flickers (or is still)?"""

    name: ClassVar[str] = "flicker"
    summary: ClassVar[str] = "two panels, which one flickers (or is still)"
    follows: ClassVar[str] = "ISO/IEC 29170-2:2015 Annex B; Hoffman & Stolitzka (2014)"
    screen: ClassVar[str] = "flicker"
    seconds_per_trial: ClassVar[float] = 4.0

    def panels(self, reference: Stimulus, test: Stimulus, side: str) -> tuple[dict[str, str], dict[str, str]]:
        """Phase a and phase b of each panel."""
        changing = {
            "left_b": test if side == "left" else reference,
            "right_b": test if side == "right" else reference,
        }
        return roles_of({"left_a": reference, "right_a": reference, **changing})

    def params(self, design: StudyDesign) -> dict[str, Any]:
        """Settings for the screen."""
        return {**public(design, "phase_ms"), "question": design.study.question}

    def right_answer(self, design: StudyDesign, side: str) -> str:
        """The changing side, or the other one where the still one is asked for."""
        if design.study.question == "flickers":
            return side
        return "right" if side == "left" else "left"
