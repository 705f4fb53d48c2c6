"""The quality ruler: SQS2 of every test picture in JND, and the level at which one JND of quality is lost.

References: [Jin2009], ISO 20462-3
"""

from typing import Final

import numpy as np

from jnd.errors import UnusableAnswersError
from jnd.psychometrics.analysis.results import Result
from jnd.psychometrics.quality_ruler import ruler_match
from jnd.study.analysis.options import AnalysisOptions
from jnd.study.analysis.pictures import Axis, each_picture
from jnd.study.analysis.responses import Array, Responses

HALF_STEP: Final = 0.5
"""Of the ruler, in JND: its pictures are 1 JND apart."""


def analyse_ruler(answers: Responses, options: AnalysisOptions) -> list[Result]:
    """One entry per picture; ``threshold`` is the level that lies 1 JND of quality below the reference.

    It needs the reference among the test pictures; otherwise it is None. Its interval comes from resampling
    observers.
    """
    pictures = []
    for name, source, codec, rows in each_picture(answers):
        mine = answers.rows(rows & answers.scored & np.isfinite(answers.rating))
        entry: Result = {
            "name": name, "source": source, "codec": codec, "method": "quality-ruler",
            "threshold": None, "low": None, "high": None, "setting": None, "stimuli": [], "trials": len(mine),
            "observers": len(mine.participant.names), "notes": [],
        }  # fmt: skip
        if len(mine):
            _fill(entry, mine, options)
        else:
            entry["notes"].append("no scored answers")
        pictures.append(entry)
    return pictures


def matches(answers: Responses) -> tuple[Array, Array]:
    """Levels, and (people, levels) mean SQS2 that each person matched, NaN where they were not asked."""
    level = np.where(np.isfinite(answers.level), answers.level, 0.0)
    levels, level_of = np.unique(level, return_inverse=True)
    total = np.zeros((len(answers.participant.names), levels.size))
    number = np.zeros_like(total)
    np.add.at(total, (answers.participant.codes, level_of), answers.rating)
    np.add.at(number, (answers.participant.codes, level_of), 1)
    return levels, np.divide(total, number, out=np.full(total.shape, np.nan), where=number > 0)


def _fill(entry: Result, answers: Responses, options: AnalysisOptions) -> None:
    axis = Axis.of(answers)
    levels, table = matches(answers)
    for j, level in enumerate(levels):
        own = table[np.isfinite(table[:, j]), j]
        stimulus: Result = {
            "level": float(level),
            "setting": axis.setting(float(level)),
            "observers": int(own.size),
        }
        try:
            match = ruler_match(own, confidence=options.confidence)
            if np.ptp(own) == 0:  # all chose one picture: what they would say between two is not known
                match = match._replace(low=match.sqs2 - HALF_STEP, high=match.sqs2 + HALF_STEP)
            stimulus |= {
                "sqs2": match.sqs2, "low": match.low, "high": match.high, "standard_error": match.standard_error,
                "far_from_others": [answers.participant.names[i] for i in
                                    np.flatnonzero(np.isfinite(table[:, j]))[list(match.far_from_others)]],
            }  # fmt: skip
        except UnusableAnswersError as error:
            stimulus |= {"sqs2": float(own.mean()), "low": None, "high": None, "notes": [str(error)]}
        entry["stimuli"].append(stimulus)
    if levels[0] != 0:
        entry["notes"].append("the reference was no test picture, so quality lost against it is not known")
        return
    quality = np.array([s["sqs2"] for s in entry["stimuli"]])
    for stimulus, value in zip(entry["stimuli"], quality, strict=True):
        stimulus["jnd"] = float(quality[0] - value)
    entry["threshold"] = _one_jnd(levels, quality)
    entry["setting"] = axis.setting(entry["threshold"])
    if entry["threshold"] is None:
        entry["notes"].append("no tested level loses 1 JND of quality")
        return
    rng = np.random.default_rng(options.seed)
    drawn = []
    for _ in range(options.resamples):
        sample = table[rng.integers(0, table.shape[0], table.shape[0])]
        if np.all(np.isfinite(sample).any(axis=0)):
            found = _one_jnd(levels, np.nanmean(sample, axis=0))
            drawn.append(np.inf if found is None else found)
    if len(drawn) >= options.resamples // 2:
        tail = (1 - options.confidence) / 2
        low, high = np.quantile(drawn, [tail, 1 - tail], method="nearest")
        entry["low"], entry["high"] = (float(v) if np.isfinite(v) else None for v in (low, high))
        entry["interval_method"] = "bootstrap of observers"


def _one_jnd(levels: Array, quality: Array) -> float | None:
    """The level at which quality is 1 JND below the first, linear between the tested levels."""
    lost = quality[0] - quality
    beyond = np.flatnonzero(lost >= 1)
    if not beyond.size:
        return None
    j = int(beyond[0])
    share = (1 - lost[j - 1]) / (lost[j] - lost[j - 1])
    return float(levels[j - 1] + share * (levels[j] - levels[j - 1]))
