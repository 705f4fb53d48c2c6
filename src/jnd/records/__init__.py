"""What crosses rooms: plain frozen records without behaviour, a file per kind.

One room makes them, others read them or write them as JSON through ``dataclasses.asdict``.
"""

from jnd.records.answers import Flag, Interval, OpinionScores, PsychometricFit, ScaleFit, SurCurve
from jnd.records.common import Pool, Setting, Window
from jnd.records.comparison import (
    ArtifactChange,
    ChangedRegion,
    ChangeKind,
    Comparison,
    Misregistration,
    OverallChange,
    Verdict,
)
from jnd.records.prediction import PjndPrediction
from jnd.records.search import Attempt, EncodeResult, FileRecord, FileStatus, Found, NotFound, SearchEvent

__all__ = [
    "ArtifactChange",
    "Attempt",
    "ChangeKind",
    "ChangedRegion",
    "Comparison",
    "EncodeResult",
    "FileRecord",
    "FileStatus",
    "Flag",
    "Found",
    "Interval",
    "Misregistration",
    "NotFound",
    "OpinionScores",
    "OverallChange",
    "PjndPrediction",
    "Pool",
    "PsychometricFit",
    "ScaleFit",
    "SearchEvent",
    "Setting",
    "SurCurve",
    "Verdict",
    "Window",
]
