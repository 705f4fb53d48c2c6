"""Single stimulus against quality ruler, where answers hold both: what the same pictures cost and how far they move.

Three numbers per method: how wide the interval of a picture's score is in JND, how far the score of a picture moves
when the range of the set changes (contextual contraction), and how many trials an interval of 1 JND takes.
References: [Redi2010], [Poulton1979]
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from jnd.psychometrics.analysis.results import Result
from jnd.psychometrics.mos import mean_opinion_scores
from jnd.study.analysis.opinion import rating_table
from jnd.study.analysis.responses import Array, Responses

Stimulus = tuple[str, str, float]
"""Source, codec and level."""

SINGLE_STIMULUS: Final = "acr"
RULER: Final = "quality-ruler"


def compare_with_ruler(answers: Responses, *, confidence: float = 0.95) -> Result | None:
    """The comparison; None unless pictures were judged by both methods.

    A set is a study. Both methods get Student's t interval of the mean over observers, so that only the methods
    differ. Ratings are put into JND by the slope of a line through (SQS2, rating) of the pictures that both judged,
    in the set with the most of them.

    Parameters
    ----------
    answers : of one or several studies, scored rows of both methods.
    """
    answers = answers.rows(
        answers.scored & np.isfinite(answers.rating) & answers.method.equals(SINGLE_STIMULUS, RULER)
    )
    if {SINGLE_STIMULUS, RULER} - set(answers.method.names if len(answers) else ()):
        return None
    sets = {
        (method, study): _scores(
            answers.rows(answers.method.equals(method) & answers.study.equals(study)), confidence
        )
        for method in (SINGLE_STIMULUS, RULER)
        for study in answers.study.names
        if (answers.method.equals(method) & answers.study.equals(study)).any()
    }
    slope, calibrated_on = _rating_per_jnd(sets)
    if slope is None:
        return None
    unit = {SINGLE_STIMULUS: slope, RULER: 1.0}
    methods = {}
    for method in (SINGLE_STIMULUS, RULER):
        mine = {study: found for (name, study), found in sets.items() if name == method}
        widths = np.array([row[1] / unit[method] for found in mine.values() for row in found.values()])
        trials = np.array([row[2] for found in mine.values() for row in found.values()])
        known = np.isfinite(widths)
        shift = _shift(mine, unit[method])
        methods[method] = {
            "interval_width_jnd": float(np.median(widths[known])) if known.any() else None,
            "trials_per_picture": float(np.mean(trials)),
            # An interval narrows with the root of the trials.
            "trials_per_interval_of_1_jnd": float(np.median((trials * widths**2)[known]))
            if known.any()
            else None,
            "stimuli": int(widths.size),
            "shift_of_shared_pictures_jnd": shift,
        }
    return {
        "single_stimulus": methods[SINGLE_STIMULUS]
        | {"rating_per_jnd": slope, "calibrated_on": calibrated_on},
        "quality_ruler": methods[RULER],
        "confidence": confidence,
    }


def _scores(answers: Responses, confidence: float) -> dict[Stimulus, tuple[float, float, int]]:
    """Stimulus → mean, width of its interval, votes."""
    table, keys = rating_table(answers, "")
    found = mean_opinion_scores(table.votes, confidence=confidence)
    return {
        key[:3]: (score, high - low, votes)
        for key, score, low, high, votes in zip(
            keys, found.scores, found.low, found.high, found.votes, strict=True
        )
    }


def _rating_per_jnd(
    sets: dict[tuple[str, str], dict[Stimulus, tuple[float, float, int]]],
) -> tuple[float | None, str | None]:
    """Categories per JND, over the pairing of two sets with the most shared pictures; None where none share three."""
    best: tuple[float | None, str | None] = (None, None)
    most = 2
    for (method, study), rated in sets.items():
        for (other, ruler_study), matched in sets.items():
            shared = sorted(rated.keys() & matched.keys())
            if method != SINGLE_STIMULUS or other != RULER or len(shared) <= most:
                continue
            rating = np.array([rated[key][0] for key in shared])
            quality = np.array([matched[key][0] for key in shared])
            if np.ptp(quality) == 0:
                continue
            slope = float(np.polyfit(quality, rating, 1)[0])
            if slope > 0:
                most, best = len(shared), (slope, f"{study} and {ruler_study}, {len(shared)} pictures")
    return best


def _shift(sets: dict[str, dict[Stimulus, tuple[float, float, int]]], unit: float) -> Result | None:
    """How far the scores of shared pictures move between two sets; None without two sets that share pictures."""
    names = sorted(sets)
    found: list[Result] = []
    for i, first in enumerate(names):
        for second in names[i + 1 :]:
            shared = sorted(sets[first].keys() & sets[second].keys())
            if shared:
                moved = np.array([sets[second][key][0] - sets[first][key][0] for key in shared]) / unit
                found.append(_shift_between(first, second, moved))
    return max(found, key=lambda f: f["pictures"]) if found else None


def _shift_between(first: str, second: str, moved: Array) -> Result:
    values: Sequence[float] = moved.tolist()
    return {
        "from": first, "to": second, "pictures": len(values), "mean": float(np.mean(values)),
        "mean_absolute": float(np.mean(np.abs(values))), "largest": float(np.max(np.abs(values))),
    }  # fmt: skip
