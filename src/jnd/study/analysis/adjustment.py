"""The flicker slider: the level at which each observer first saw flicker, to the distribution over people.

A slider that stops at level v says: not at the level before, but at v; "never noticed" is right-censored.
"""

import numpy as np

from jnd.errors import UnusableAnswersError
from jnd.psychometrics.analysis.results import Result
from jnd.psychometrics.jnd_samples import JndSamples, jnd_samples
from jnd.psychometrics.sur import jnd_level
from jnd.study.analysis.detection import distribution
from jnd.study.analysis.options import AnalysisOptions
from jnd.study.analysis.pictures import Axis, each_picture
from jnd.study.analysis.responses import Array, Responses


def analyse_adjustments(
    answers: Responses, options: AnalysisOptions, levels: dict[str, Array] | None = None
) -> list[Result]:
    """One entry per picture; ``threshold`` is the level that half of the people notice (SUR 50 %).

    Parameters
    ----------
    answers : scored rows of the flicker slider.
    levels : picture → levels of its slider, where the design is known; otherwise neighbouring levels are 1 apart.
    """
    pictures = []
    for name, source, codec, rows in each_picture(answers):
        mine = answers.rows(rows & answers.scored)
        entry: Result = {"name": name, "source": source, "codec": codec, "method": "flicker-slider"}
        if not len(mine):
            pictures.append(
                entry
                | {"threshold": None, "low": None, "high": None, "trials": 0, "notes": ["no scored answers"]}
            )
            continue
        steps = None if levels is None else levels.get(name, levels.get(source))
        pictures.append(entry | _picture(mine, steps, options))
    return pictures


def _picture(answers: Responses, steps: Array | None, options: AnalysisOptions) -> Result:
    axis = Axis.of(answers, answers.noticed_at)
    noticed = _of_people(answers)
    found: Result = {
        "threshold": None, "low": None, "high": None, "setting": None, "setting_name": axis.name,
        "trials": len(answers), "observers": int(noticed.size), "never_noticed": int(np.isnan(noticed).sum()),
        "interval_method": "bootstrap of observers", "notes": [],
    }  # fmt: skip
    if found["never_noticed"]:
        found["notes"].append(f"{found['never_noticed']} observers never noticed (right-censored)")
    try:
        samples = _samples(noticed, steps)
        level = jnd_level(
            samples, 0.5, confidence=options.confidence, resamples=options.resamples, seed=options.seed
        )
        finite = [v for v in (level.low, level.high) if np.isfinite(v)]
        found["threshold"] = level.level
        found["low"], found["high"] = (v if v in finite else None for v in (level.low, level.high))
        found["setting"] = axis.setting(level.level)
        span = steps if steps is not None else np.unique(noticed[np.isfinite(noticed)])
        found["distribution"] = distribution(samples, np.asarray(span, dtype=np.float64), axis, options)
    except UnusableAnswersError as error:
        found["notes"].append(str(error))
    return found


def _of_people(answers: Responses) -> Array:
    """One level per observer: the median of theirs, where a picture was adjusted several times."""
    levels = []
    for code in range(len(answers.participant.names)):
        own = answers.noticed_at[answers.participant.codes == code]
        never = np.isnan(own)
        levels.append(np.nan if never.mean() > 0.5 else float(np.median(own[~never])))
    return np.array(levels)


def _samples(noticed: Array, steps: Array | None) -> JndSamples:
    if steps is None:
        finite = noticed[np.isfinite(noticed)]
        whole = bool(finite.size) and bool(np.all(finite == np.round(finite)))
        highest = float(finite.max()) if finite.size else None
        return jnd_samples(noticed, step=1.0 if whole else 0.0, highest_level=highest)
    grid = np.concatenate([[0.0], np.sort(np.asarray(steps, dtype=np.float64))])
    grid = np.unique(grid)
    never = ~np.isfinite(noticed)
    place = np.clip(np.searchsorted(grid, np.where(never, grid[-1], noticed) - 1e-9), 0, grid.size - 1)
    lower = np.where(never, grid[-1], grid[np.maximum(place - 1, 0)])
    upper = np.where(never, np.inf, grid[place])
    zero = ~never & (place == 0)
    return JndSamples(np.where(zero, -np.inf, lower), upper)
