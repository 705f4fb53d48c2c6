"""From a table of answers to results: the whole of ``jnd fit`` but reading, printing and drawing.

Every function returns plain dictionaries that can be written as JSON; docs/reference/json.md says what each key
means.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from jnd._lookup import lookup
from jnd.errors import ThresholdOutsideDataError, UnusableAnswersError
from jnd.psychometrics.answer_tables import (
    AnswerTable,
    Axis,
    DetectionAnswers,
    JndSampleTable,
    PairAnswers,
    RatingTable,
    SameShares,
    TripletAnswers,
)
from jnd.psychometrics.bt500 import bt500_scores
from jnd.psychometrics.curve_band import curve_band
from jnd.psychometrics.fit import fit_over_observers, fit_psychometric, predicted
from jnd.psychometrics.forced_choice import clopper_pearson
from jnd.psychometrics.gaussian_mixture import choose_gaussian_mixture
from jnd.psychometrics.goodness_of_fit import goodness_of_fit
from jnd.psychometrics.jnd_distribution import FAMILIES, choose_jnd_distribution
from jnd.psychometrics.jnd_samples import JndSamples, jnd_samples
from jnd.psychometrics.mos import mean_opinion_scores
from jnd.psychometrics.p910 import p910_scores
from jnd.psychometrics.p913 import p913_scores
from jnd.psychometrics.pair_scaling import bootstrap_pairs, scale_pairs
from jnd.psychometrics.psychometric_function import slope_at
from jnd.psychometrics.sur import jnd_level, sur_curve
from jnd.psychometrics.triplets import Triplets, scale_triplets
from jnd.psychometrics.z_scores import z_score_scores
from jnd.records import PsychometricFit

Array = npt.NDArray[np.float64]
Result = dict[str, Any]

FEWEST_OBSERVERS: Final = 5
"""From here on intervals of pooled answers come from resampling observers."""

METHODS: Final[Mapping[str, str]] = {
    "ml": "detection: maximum likelihood; profile intervals, or bootstrap over five observers or more",
    "posterior": "detection: beta-binomial Bayesian fit",
    "normal": "JND samples: normal distribution over people",
    "logistic": "JND samples",
    "weibull": "JND samples",
    "gumbel": "JND samples",
    "gev": "JND samples: generalised extreme value",
    "auto": "JND samples: the family with the best AIC",
    "empirical": "JND samples: the share itself",
    "mixture": "JND samples: Gaussian mixture, components by BIC",
    "mos": "ratings: mean and t interval",
    "bt500": "ratings: mean after BT.500 screening",
    "p913": "ratings: mean after removal of observer bias",
    "p913-screened": "ratings: p913, then BT.500 screening",
    "p910": "ratings: maximum likelihood with bias and inconsistency",
    "z-scores": "ratings: mean z-score, 0 to 100",
    "thurstone": "pairs: Thurstone Case V",
    "bradley-terry": "pairs",
    "aic3": "triplets: free levels",
    "aic3-monotone": "triplets: levels that rise",
}
OPINION: Final = {
    "mos": mean_opinion_scores,
    "bt500": bt500_scores,
    "p913": p913_scores,
    "p910": p910_scores,
    "z-scores": z_score_scores,
}


def analyse(
    table: AnswerTable,
    *,
    method: str | None = None,
    function: str = "normal",
    confidence: float = 0.95,
    satisfied: float = 0.75,
    resamples: int = 1000,
    seed: int = 0,
    per_observer: bool = False,
    curves: bool = False,
) -> Result:
    """Results of any table; the method follows from its kind where it is None.

    Raises
    ------
    UnusableAnswersError
        Answers that cannot be analysed, or a method for another kind of answers.
    """
    if method is not None:
        lookup(METHODS, method, kind="method of jnd fit")
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must lie between 0 and 1, got {confidence:g}")
    if isinstance(table, DetectionAnswers):
        chosen = _method(method, ("ml", "posterior"), "seen or not")
        return analyse_detection(
            table, chosen, function=function, confidence=confidence, resamples=resamples, seed=seed,
            per_observer=per_observer,
            curves=curves,
        )  # fmt: skip
    if isinstance(table, JndSampleTable):
        chosen = _method(method, ("normal", *FAMILIES, "auto", "empirical", "mixture"), "JND samples")
        return analyse_samples(
            table, chosen, satisfied=satisfied, confidence=confidence, resamples=resamples, seed=seed
        )
    if isinstance(table, RatingTable):
        if method in ("thurstone", "bradley-terry"):
            raise UnusableAnswersError("read a matrix of wins with the layout pairs to scale it")
        chosen = _method(method, ("p910", *OPINION, "p913-screened"), "ratings")
        return analyse_ratings(table, chosen, confidence=confidence)
    if isinstance(table, TripletAnswers):
        chosen = _method(method, ("aic3", "aic3-monotone"), "triplets")
        return analyse_triplets(
            table, chosen, confidence=confidence, resamples=min(resamples, 200), seed=seed
        )
    if isinstance(table, PairAnswers):
        chosen = _method(method, ("thurstone", "bradley-terry"), "paired comparisons")
        return analyse_pairs(table, chosen, confidence=confidence, resamples=min(resamples, 500), seed=seed)
    return analyse_same(table, confidence=confidence)


def analyse_detection(
    table: DetectionAnswers,
    method: str = "ml",
    *,
    function: str = "normal",
    confidence: float = 0.95,
    resamples: int = 1000,
    seed: int = 0,
    per_observer: bool = False,
    curves: bool = False,
) -> Result:
    """Threshold per source from the pooled answers; per observer and with the curve's band if asked for."""
    pictures = []
    sources, source_of = np.unique(np.array(table.source), return_inverse=True)
    observers = np.array(table.observer)
    for i, name in enumerate(sources.tolist()):
        rows = source_of == i
        people, person_of = np.unique(observers[rows], return_inverse=True)
        levels, level_of = np.unique(table.level[rows], return_inverse=True)
        seen = np.zeros((people.size, levels.size))
        trials = np.zeros_like(seen)
        np.add.at(seen, (person_of, level_of), table.seen[rows])
        np.add.at(trials, (person_of, level_of), table.trials[rows])
        # Over-dispersion shows in blocks, so the posterior keeps observers apart where there are several.
        use_bootstrap = method == "ml" and people.size >= FEWEST_OBSERVERS
        entry: Result = {"name": name, "observers": int(people.size) if people.tolist() != [""] else None}
        if use_bootstrap:
            make = partial(
                fit_over_observers,
                levels,
                seen,
                trials,
                function=function,
                guess_rate=table.guess_rate,
                confidence=confidence,
                resamples=resamples,
                seed=seed,
            )
        else:
            blocks = _blocks(levels, seen, trials, apart=method == "posterior")
            make = partial(_fit, blocks, table, method, function, confidence)
        people_counts = (levels, seen, trials) if use_bootstrap else None
        draw = partial(_curve, table=table, by_observer=people_counts, seed=seed) if curves else None
        entry |= _threshold(make, table.axis, seed, draw)
        if per_observer and people.size > 1:
            entry["per_observer"] = []
            for j, person in enumerate(people.tolist()):
                own = _blocks(levels, seen[[j]], trials[[j]])
                fit = partial(_fit, own, table, method, function, confidence)
                entry["per_observer"].append({"name": person} | _threshold(fit, table.axis, seed))
        pictures.append(entry)
    return {
        "kind": "thresholds",
        "method": method,
        "function": function,
        "protocol": table.method,
        "axis": table.axis.name,
        "confidence": confidence,
        "pictures": pictures,
        "notes": list(table.notes),
    }


def analyse_samples(
    table: JndSampleTable,
    method: str = "normal",
    *,
    satisfied: float = 0.75,
    confidence: float = 0.95,
    resamples: int = 1000,
    seed: int = 0,
) -> Result:
    """The level that satisfies a share of people, per source and JND, with its SUR curve."""
    pictures = []
    keys = sorted(set(zip(table.source, table.jnd, strict=True)), key=lambda key: (key[1], _natural(key[0])))
    source, number = np.array(table.source), np.array(table.jnd)
    for name, jnd in keys:
        rows = (source == name) & (number == jnd)
        entry: Result = {"name": name, "jnd": jnd, "observers": int(rows.sum())}
        try:
            samples = jnd_samples(table.noticed_at[rows], step=table.step, highest_level=table.highest_level)
            entry |= _sur(samples, table, method, satisfied, confidence, resamples, seed)
        except UnusableAnswersError as error:
            entry |= {"threshold": None, "low": None, "high": None, "notes": [str(error)]}
        pictures.append(entry)
    return {
        "kind": "sur",
        "method": method,
        "protocol": table.method,
        "axis": table.axis.name,
        "satisfied": satisfied,
        "confidence": confidence,
        "pictures": pictures,
        "notes": list(table.notes),
    }


def analyse_ratings(table: RatingTable, method: str = "p910", *, confidence: float = 0.95) -> Result:
    """Scores of the stimuli, and the observers that the method screens out."""
    if method == "p913-screened":
        found = p913_scores(table.votes, screen_observers=True, confidence=confidence)
    else:
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


def analyse_triplets(
    table: TripletAnswers,
    method: str = "aic3",
    *,
    confidence: float = 0.95,
    resamples: int = 200,
    seed: int = 0,
) -> Result:
    """Distortions in JND per source."""
    pictures = []
    source = np.array(table.source)
    for name in sorted(set(table.source), key=_natural):
        rows = np.flatnonzero(source == name)
        scale = scale_triplets(
            Triplets(
                [table.left[i] for i in rows],
                [table.right[i] for i in rows],
                table.right_votes[rows],
                table.votes[rows],
                table.boosted[rows],
            ),
            levels="monotone" if method == "aic3-monotone" else "free",
            resamples=resamples,
            confidence=confidence,
            seed=seed,
        )
        low = [None] * len(scale.items) if scale.low is None else scale.low.tolist()
        high = [None] * len(scale.items) if scale.high is None else scale.high.tolist()
        pictures.append(
            {
                "name": name,
                "items": [
                    {"codec": codec, "level": level, "jnd": d, "low": a, "high": b}
                    for (codec, level), d, a, b in zip(
                        scale.items, scale.distortion.tolist(), low, high, strict=True
                    )
                ],
                "boosting": {codec: list(gain) for codec, gain in scale.gains.items()},
                "notes": list(scale.notes),
            }
        )
    return {
        "kind": "triplets",
        "method": method,
        "protocol": "AIC-3",
        "confidence": confidence,
        "pictures": pictures,
        "notes": list(table.notes),
    }


def analyse_pairs(
    table: PairAnswers,
    method: str = "thurstone",
    *,
    confidence: float = 0.95,
    resamples: int = 500,
    seed: int = 0,
) -> Result:
    """Scores in JND; intervals over observers where there are enough, else from the curvature."""
    if len(table.observer) >= FEWEST_OBSERVERS:
        scale_pairs(table.wins.sum(axis=0), model=method, names=list(table.items))
        found = bootstrap_pairs(
            table.wins, model=method, unit="jnd", confidence=confidence, resamples=resamples, seed=seed
        )
        interval = "bootstrap of observers"
    else:
        found = scale_pairs(
            table.wins.sum(axis=0), model=method, names=list(table.items), unit="jnd", confidence=confidence
        )
        interval = "curvature of the likelihood"
    return {
        "kind": "scale",
        "method": method,
        "unit": found.unit,
        "confidence": confidence,
        "interval_method": interval,
        "items": list(table.items),
        "scores": list(found.scores),
        "low": None if found.low is None else list(found.low),
        "high": None if found.high is None else list(found.high),
        "log_likelihood": found.log_likelihood,
        "notes": list(table.notes),
    }


def analyse_same(table: SameShares, *, confidence: float = 0.95) -> Result:
    """Share of "same" over all pairs, and per pair with exact intervals."""
    same, n = int(table.same.sum()), int(table.judgements.sum())
    low, high = clopper_pearson(same, n, confidence)
    pairs = []
    for name, k, m in zip(table.pair, table.same, table.judgements, strict=True):
        ends = clopper_pearson(int(k), int(m), confidence)
        pairs.append({"name": name, "same": k / m, "low": ends[0], "high": ends[1], "judgements": int(m)})
    return {
        "kind": "same",
        "method": "clopper-pearson",
        "protocol": "BAPPS same/different",
        "confidence": confidence,
        "same": same / n,
        "low": low,
        "high": high,
        "judgements": n,
        "pairs": pairs,
        "notes": list(table.notes),
    }


Blocks = tuple[Array, Array, Array]


def _blocks(levels: Array, seen: Array, trials: Array, *, apart: bool = False) -> Blocks:
    """Levels, seen and trials of the blocks that hold trials: per observer and level, or pooled per level."""
    if apart and seen.shape[0] > 1 and np.median(trials[trials > 0]) > 1:
        x, k, n = np.tile(levels, seen.shape[0]), seen.ravel(), trials.ravel()
    else:
        x, k, n = levels, seen.sum(axis=0), trials.sum(axis=0)
    return x[n > 0], k[n > 0], n[n > 0]


def _fit(
    blocks: Blocks, table: DetectionAnswers, method: str, function: str, confidence: float
) -> PsychometricFit:
    return fit_psychometric(
        *blocks,
        function=function,
        guess_rate=table.guess_rate,
        interval="posterior" if method == "posterior" else "profile",
        confidence=confidence,
    )


def _curve(
    fit: PsychometricFit, table: DetectionAnswers, by_observer: tuple[Array, Array, Array] | None, seed: int
) -> Result:
    x = np.linspace(fit.levels[0], fit.levels[-1], 101)
    middle, low, high = curve_band(fit, x, guess_rate=table.guess_rate, by_observer=by_observer, seed=seed)
    return {
        "setting": [table.axis.setting(float(v)) for v in x],
        "p": middle.tolist(),
        "low": low.tolist(),
        "high": high.tolist(),
    }


def _threshold(
    make: Callable[[], PsychometricFit],
    axis: Axis,
    seed: int,
    draw: Callable[[PsychometricFit], Result] | None = None,
) -> Result:
    try:
        fit = make()
    except ThresholdOutsideDataError as error:
        side = error.side
        if axis.pivot is not None:
            side = "below" if side == "above" else "above"
        return {
            "threshold": None, "low": None, "high": None,
            "bound": {"side": side, "setting": axis.setting(error.bound)}, "notes": [str(error)],
        }  # fmt: skip
    except UnusableAnswersError as error:
        return {"threshold": None, "low": None, "high": None, "bound": None, "notes": [str(error)]}
    quality = goodness_of_fit(
        predicted(fit, np.array(fit.levels)), fit.seen, fit.block_trials, simulations=1000, seed=seed
    )
    notes = list(fit.notes)
    if quality.p_value < 0.05:
        notes.append(
            f"the function does not describe the answers (deviance {quality.deviance:.1f}, p = {quality.p_value:.3f}): "
            f"detection is not monotone, observers differ, or another function is needed"
        )
    low, high = axis.interval(*fit.threshold_interval)
    return {
        "threshold": axis.setting(fit.threshold),
        "low": _or_none(low),
        "high": _or_none(high),
        "bound": None,
        "interval_method": fit.interval_method,
        "width": fit.width,
        "width_low": fit.width_interval[0],
        "width_high": _or_none(fit.width_interval[1]),
        "slope": slope_at(
            fit.threshold, fit.threshold, fit.width, fit.guess_rate, fit.lapse_rate, function=fit.function
        ),
        "guess_rate": fit.guess_rate,
        "lapse_rate": fit.lapse_rate,
        "overdispersion": fit.overdispersion,
        "deviance": quality.deviance,
        "goodness_p": quality.p_value,
        "trials": fit.trials,
        "levels": [axis.setting(v) for v in fit.levels],
        "seen": list(fit.seen),
        "block_trials": list(fit.block_trials),
        "notes": notes,
    } | ({"curve": draw(fit)} if draw is not None else {})


def _sur(
    samples: JndSamples,
    table: JndSampleTable,
    method: str,
    satisfied: float,
    confidence: float,
    resamples: int,
    seed: int,
) -> Result:
    if method == "mixture":
        finite = samples.upper[np.isfinite(samples.upper)]
        mixture = choose_gaussian_mixture(finite)
        return {
            "threshold": None, "low": None, "high": None,
            "components": [
                {"weight": float(w), "mean": table.axis.setting(float(m)), "sd": float(s)}
                for w, m, s in zip(mixture.weights, mixture.means, mixture.standard_deviations, strict=True)
            ],
            "notes": [],
        }  # fmt: skip
    candidates = choose_jnd_distribution(samples) if method == "auto" else []
    family = candidates[0].family if candidates else method
    level = jnd_level(
        samples, satisfied, distribution=family, confidence=confidence, resamples=resamples, seed=seed
    )
    axis_levels = np.arange(table.lowest_level, table.highest_level + 1)
    if axis_levels.size > 120 or table.step == 0:
        axis_levels = np.linspace(table.lowest_level, table.highest_level, 101)
    curve = sur_curve(
        samples, axis_levels, distribution=family, confidence=confidence, resamples=resamples, seed=seed
    )
    censored = int(np.sum(~np.isfinite(samples.upper)))
    low, high = table.axis.interval(level.low, level.high)
    finite = np.sort(samples.upper[np.isfinite(samples.upper)])
    return {
        "threshold": table.axis.setting(level.level),
        "low": _or_none(low),
        "high": _or_none(high),
        "distribution": family,
        "parameters": list(curve.parameters),
        "aic": {fit.family: fit.akaike for fit in candidates} or None,
        "never_noticed": censored,
        "sur": {
            "setting": [table.axis.setting(v) for v in curve.level],
            "satisfied": list(curve.satisfied),
            "low": None if curve.low is None else list(curve.low),
            "high": None if curve.high is None else list(curve.high),
        },
        "samples": [table.axis.setting(float(v)) for v in finite],
        "notes": [f"{censored} observers never noticed (right-censored)"] if censored else [],
    }


def _method(wanted: str | None, possible: tuple[str, ...], kind: str) -> str:
    if wanted is None:
        return possible[0]
    if wanted not in possible:
        raise UnusableAnswersError(
            f'the method "{wanted}" is for {METHODS[wanted].split(":")[0]}, but these answers are {kind}; '
            f"choose {', '.join(dict.fromkeys(possible))}"
        )
    return wanted


def _natural(name: str) -> tuple[int, float, str]:
    return (0, float(name), "") if name.replace(".", "", 1).isdigit() else (1, 0.0, name)


def _finite(values: tuple[float, ...]) -> list[float | None]:
    return [_or_none(v) for v in values]


def _or_none(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
