"""The methods of a study, one per file.

In go a design, the stimuli and a seed, out come plans and trials; an answer becomes right, wrong, a rating or a level.
"""

from jnd.study.methods.acr import Acr
from jnd.study.methods.btc import Btc
from jnd.study.methods.dcr import Dcr
from jnd.study.methods.flicker import Flicker
from jnd.study.methods.flicker_slider import FlickerSlider
from jnd.study.methods.method import DrawnTrial, Judged, StudyMethod, TrialSlot, shown_level, told_level
from jnd.study.methods.pan import Pan
from jnd.study.methods.ptc import Ptc
from jnd.study.methods.quality_ruler import QualityRuler
from jnd.study.methods.same_different import SameDifferent
from jnd.study.methods.side_by_side import SideBySide

__all__ = [
    "STUDY_METHODS",
    "DrawnTrial",
    "Judged",
    "StudyMethod",
    "TrialSlot",
    "shown_level",
    "told_level",
]

STUDY_METHODS: dict[str, StudyMethod] = {
    "flicker": Flicker(),
    "flicker-slider": FlickerSlider(),
    "side-by-side": SideBySide(),
    "same-different": SameDifferent(),
    "acr": Acr(),
    "dcr": Dcr(),
    "quality-ruler": QualityRuler(),
    "btc": Btc(),
    "ptc": Ptc(),
    "pan": Pan(),
}
