"""Seen or not, right or wrong: flicker, panned pair, side by side, same/different.

Pooled threshold with its interval, thresholds of the observers and their distribution, and for forced choice the
detection ratio of every level with its exact interval. References: [Hoffman2014], [Clopper1934], ISO/IEC 29170-2
"""

from typing import Final

import numpy as np
from scipy.special import ndtri

from jnd.errors import UnusableAnswersError
from jnd.psychometrics.analysis.detection import analyse_detection
from jnd.psychometrics.analysis.results import Result, number_or_none
from jnd.psychometrics.answer_tables import DetectionAnswers
from jnd.psychometrics.forced_choice import CRITERION, clopper_pearson, forced_choice, undecided_band
from jnd.psychometrics.jnd_samples import JndSamples
from jnd.psychometrics.likelihood import PsychometricLikelihood
from jnd.psychometrics.maximum_likelihood import bounds_of, maximise_from_several_starts
from jnd.psychometrics.psychometric_function import from_axis, sigmoid, to_axis
from jnd.psychometrics.sur import jnd_level, sur_curve
from jnd.study.analysis.options import AnalysisOptions
from jnd.study.analysis.pictures import Axis, each_picture
from jnd.study.analysis.responses import Array, Mask, Responses

FORCED_CHOICE: Final = frozenset({"flicker", "pan"})
"""Methods with a right side; the others ask same or different."""
NOT_SURE: Final = ("not-sure", "not sure", "notsure")
LEAST_TRIALS: Final = 12
"""Of an observer on one picture, for a threshold of their own."""
SHARP: Final = 0.5
"""A function that goes from 5 to 95 % within so much of a step between two levels is a step: its place is not known."""
LEAST_PEOPLE: Final = 3
"""With a threshold of their own, for a distribution over people."""
VERDICTS: Final = {"below criterion": "pass", "above criterion": "fail", "undecided": "undecidable"}


def analyse_seen(answers: Responses, method: str, options: AnalysisOptions) -> list[Result]:
    """One entry per picture (and codec); ``threshold`` is the level at which half of the differences are detected.

    Parameters
    ----------
    answers : of one method, scored and catch rows; practice left out.
    """
    pictures = []
    forced = method in FORCED_CHOICE
    for name, source, codec, rows in each_picture(answers):
        mine = answers.rows(rows)
        seen = seen_of(mine, forced=forced)
        # Identical pairs are no threshold trials, but they tell how often "different" is said without cause.
        counted = np.isfinite(seen) & np.isfinite(mine.level) & (
            mine.scored if forced else mine.scored | (mine.is_trap & (mine.level == 0))
        )  # fmt: skip
        entry: Result = {"name": name, "source": source, "codec": codec, "method": method}
        unsure = int((mine.scored & mine.response.equals(*NOT_SURE)).sum())
        if not counted.any():
            entry |= {
                "threshold": None,
                "low": None,
                "high": None,
                "trials": 0,
                "notes": ["no scored answers"],
            }
        else:
            entry |= _picture(mine.rows(counted), seen[counted], method, options)
        if unsure:
            words = f"{unsure} answers not sure, neither right nor wrong, are left out"
            entry["notes"] = [
                *entry["notes"],
                f"{words}; a choice that allows them gives another threshold than a forced one",
            ]
        pictures.append(entry)
    return pictures


def seen_of(answers: Responses, *, forced: bool) -> Array:
    """1, 0 or NaN per row: the right side was told (forced choice), or "different" was said."""
    if forced:
        return answers.correct
    said = answers.response.equals("different", "same")
    return np.where(said, answers.response.equals("different").astype(np.float64), answers.correct)


def _picture(answers: Responses, seen: Array, method: str, options: AnalysisOptions) -> Result:
    forced = method in FORCED_CHOICE
    count = len(answers)
    table = DetectionAnswers(
        ("picture",) * count, tuple(answers.participant.values()), answers.level, seen, np.ones(count),
        0.5 if forced else None, method,
    )  # fmt: skip
    axis = Axis.of(answers)
    found: Result
    try:
        found = analyse_detection(
            table, function=options.function, confidence=options.confidence, resamples=options.resamples,
            seed=options.seed, curves=True,
        )["pictures"][0]  # fmt: skip
    except UnusableAnswersError as error:
        found = {
            "name": "",
            "threshold": None,
            "low": None,
            "high": None,
            "trials": count,
            "notes": [str(error)],
        }
    found.pop("name")
    if found["threshold"] is not None:
        _bracket(found)
    found["function"] = options.function
    found["observers"] = len(answers.participant.names)
    found["trials"] = count
    found["setting"] = axis.setting(found["threshold"])
    found["setting_name"] = axis.name
    if forced:
        found["detection_ratio"] = detection_ratios(answers, seen, axis, options.confidence)
    else:
        found["said_different"] = _shares(answers.level, seen, axis, options.confidence)
        found["sensitivity"] = _sensitivity(answers.level, seen)
    found |= _people(answers, seen, found, axis, options)
    return found


def _bracket(found: Result) -> None:
    """Where answers step between two levels, these bound the threshold, however alike the observers are."""
    levels = np.array(found["levels"])
    above = int(np.clip(np.searchsorted(levels, found["threshold"]), 1, levels.size - 1))
    step = float(levels[above] - levels[above - 1])
    if found["width"] >= SHARP * step:
        return
    ends = float(levels[above - 1]), float(levels[above])
    found["low"] = None if found["low"] is None else min(found["low"], ends[0])
    found["high"] = None if found["high"] is None else max(found["high"], ends[1])
    found["notes"] = [
        *found["notes"],
        "the answers step between two levels, which are the interval: test levels between them",
    ]


def detection_ratios(answers: Responses, right: Array, axis: Axis, confidence: float) -> list[Result]:
    """Per level: right answers of all, exact interval, both tests, and the verdict after ISO/IEC 29170-2.

    "pass" (visually lossless: fewer than half of the differences detected), "fail", or "undecidable" where neither is
    shown at the 5 % level; ``at_most_criterion`` is the bare comparison of the proportion with 0.75.
    """
    rows = []
    for level in np.unique(answers.level):
        here = answers.level == level
        k, n = int(right[here].sum()), int(here.sum())
        found = forced_choice(k, n, confidence=confidence)
        band = undecided_band(n)
        own_right = np.bincount(answers.participant.codes[here], right[here])
        own_total = np.bincount(answers.participant.codes[here])
        detecting = [
            forced_choice(int(a), int(b)).p_above_chance < 0.05
            for a, b in zip(own_right, own_total, strict=True)
            if b
        ]
        rows.append(
            {
                "level": float(level), "setting": axis.setting(float(level)), "right": k, "trials": n,
                "proportion": found.proportion, "low": found.low, "high": found.high,
                "p_below_criterion": found.p_below_criterion, "p_above_chance": found.p_above_chance,
                "verdict": VERDICTS[found.verdict], "at_most_criterion": found.proportion <= CRITERION,
                "undecidable_from": None if np.isnan(band[0]) else band[0],
                "undecidable_to": None if np.isnan(band[1]) else band[1],
                "observers": len(detecting), "observers_above_chance": int(sum(detecting)),
            }
        )  # fmt: skip
    return rows


def _shares(level: Array, different: Array, axis: Axis, confidence: float) -> list[Result]:
    """Share of "different" per level with its exact interval; level 0 is the picture beside itself."""
    rows = []
    for value in np.unique(level):
        k, n = int(different[level == value].sum()), int((level == value).sum())
        low, high = clopper_pearson(k, n, confidence)
        rows.append(
            {"level": float(value), "setting": axis.setting(float(value)), "different": k, "trials": n,
             "proportion": k / n, "low": low, "high": high}
        )  # fmt: skip
    return rows


def _sensitivity(level: Array, different: Array) -> Result | None:
    """Share of "different" to identical pairs, and d' of a yes/no task at each level, where there are such pairs.

    z(hits) − z(false alarms); shares of 0 and 1 are moved by half an answer. A same/different observer who compares
    differences needs a larger real difference for the same d' than this says.
    """
    same = level == 0
    if not same.any():
        return None

    def z(said: Array) -> float:
        return float(ndtri((said.sum() + 0.5) / (said.size + 1)))

    noise = different[same]
    return {
        "false_alarms": float(noise.mean()),
        "identical_pairs": int(same.sum()),
        "d_prime": [
            {"level": float(v), "d_prime": z(different[level == v]) - z(noise)}
            for v in np.unique(level[~same])
        ],
    }


def _people(answers: Responses, seen: Array, pooled: Result, axis: Axis, options: AnalysisOptions) -> Result:
    """Thresholds of the single observers, and how they spread over people."""
    people = answers.participant.names
    levels, level_of = np.unique(answers.level, return_inverse=True)
    if levels.size < 2:
        return {"per_observer": [], "distribution": None}
    k, n = np.zeros((len(people), levels.size)), np.zeros((len(people), levels.size))
    np.add.at(k, (answers.participant.codes, level_of), seen)
    np.add.at(n, (answers.participant.codes, level_of), 1)
    enough: Mask = n.sum(axis=1) >= LEAST_TRIALS
    if not enough.any():
        return {"per_observer": [], "distribution": None}
    shape = sigmoid(options.function)
    x = to_axis(levels, shape)
    # Few answers do not tell a person's own lapses: those of all are taken for everybody.
    guess = pooled.get("guess_rate") if pooled.get("threshold") is not None else None
    bounds = bounds_of(x, 0.5 if guess is None else guess, pooled.get("lapse_rate"))
    likelihood = PsychometricLikelihood(x, k[enough], n[enough], shape)
    theta = maximise_from_several_starts(likelihood, bounds, int(enough.sum())).parameters
    lower, upper, per_observer = [], [], []
    for i, person in enumerate(np.flatnonzero(enough)):
        place = float(theta[i, 0])
        # All wrong or all right bounds the threshold on one side only.
        share = k[person].sum() / n[person].sum()
        below, above = place < x[0] or share == 1, place > x[-1] or share == 0
        threshold = None if below or above else float(from_axis(place, shape))
        lower.append(-np.inf if below else levels[-1] if above else threshold)
        upper.append(levels[0] if below else np.inf if above else threshold)
        per_observer.append(
            {
                "name": people[person], "threshold": threshold, "setting": axis.setting(threshold),
                "bound": "below" if below else "above" if above else None, "trials": int(n[person].sum()),
            }
        )  # fmt: skip
    samples = JndSamples(np.array(lower, dtype=np.float64), np.array(upper, dtype=np.float64))
    return {"per_observer": per_observer, "distribution": distribution(samples, levels, axis, options)}


def distribution(samples: JndSamples, levels: Array, axis: Axis, options: AnalysisOptions) -> Result | None:
    """How the individual JND spreads over people, and the satisfied-user ratio; None from too few people."""
    finite = np.isfinite(samples.lower) & np.isfinite(samples.upper)
    if finite.sum() < LEAST_PEOPLE or np.unique(samples.upper).size < 2:
        return None
    resamples = min(options.resamples, 500)
    try:
        grid = np.linspace(float(levels[0]), float(levels[-1]), 61)
        curve = sur_curve(
            samples, grid, confidence=options.confidence, resamples=resamples, seed=options.seed
        )
        at = {
            share: jnd_level(
                samples, share, confidence=options.confidence, resamples=resamples, seed=options.seed
            )
            for share in (0.75, 0.5)
        }
    except UnusableAnswersError:
        return None

    def shown(share: float) -> Result:
        found = at[share]
        return {
            "level": found.level, "low": number_or_none(found.low), "high": number_or_none(found.high),
            "setting": axis.setting(found.level),
        }  # fmt: skip

    return {
        "family": "normal",
        "mean": curve.parameters[0],
        "sd": float(np.exp(curve.parameters[1])),
        "people": int(samples.lower.size),
        "censored": int((~finite).sum()),
        "sur75": shown(0.75),
        "sur50": shown(0.5),
        "sur": {
            "level": list(curve.level), "satisfied": list(curve.satisfied),
            "low": None if curve.low is None else list(curve.low), "high": None if curve.high is None else list(curve.high),
        },
        "samples": [float(v) for v in np.sort(samples.upper[finite])],
    }  # fmt: skip
