"""The design of a study: ``study.toml`` and the records that it becomes.

In goes a file, out comes a :class:`StudyDesign`, or an error with the line and key.
"""

from jnd.study.design.presets import PRESETS, USUAL, Preset
from jnd.study.design.reading import DESIGN_NAME, design_from, read_design
from jnd.study.design.records import METHODS, StudyDesign

__all__ = [
    "DESIGN_NAME",
    "METHODS",
    "PRESETS",
    "USUAL",
    "Preset",
    "StudyDesign",
    "design_from",
    "read_design",
]
