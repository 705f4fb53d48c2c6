"""Ratings: opinion scores of the stimuli."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from jnd._lookup import lookup
from jnd.psychometrics.analysis.results import Result, number_or_none
from jnd.psychometrics.answer_tables import RatingTable
from jnd.psychometrics.bt500 import bt500_scores
from jnd.psychometrics.mos import mean_opinion_scores
from jnd.psychometrics.p910 import p910_scores
from jnd.psychometrics.p913 import p913_scores
from jnd.psychometrics.z_scores import z_score_scores
from jnd.records import OpinionScores

OPINION: Final[Mapping[str, Callable[..., OpinionScores]]] = {
    "mos": mean_opinion_scores,
    "bt500": bt500_scores,
    "p913": p913_scores,
    "p913-screened": partial(p913_scores, screen_observers=True),
    "p910": p910_scores,
    "z-scores": z_score_scores,
}


def analyse_ratings(table: RatingTable, method: str = "p910", *, confidence: float = 0.95) -> Result:
    """Scores of the stimuli, and the observers that the method screens out."""
    found = lookup(OPINION, method, kind="opinion score")(table.votes, confidence=confidence)
    return {
        "kind": "scores",
        "method": method,
        "protocol": table.method,
        "confidence": confidence,
        "stimuli": list(table.stimulus),
        "scores": list(found.scores),
        "standard_errors": _finite(found.standard_errors),
        "low": _finite(found.low),
        "high": _finite(found.high),
        "votes": list(found.votes),
        "observers": list(table.observer),
        "rejected": list(found.rejected),
        "observer_bias": None if found.observer_bias is None else list(found.observer_bias),
        "observer_inconsistency": (
            None if found.observer_inconsistency is None else list(found.observer_inconsistency)
        ),
        "notes": list(table.notes),
    }


def _finite(values: tuple[float, ...]) -> list[float | None]:
    return [number_or_none(v) for v in values]
