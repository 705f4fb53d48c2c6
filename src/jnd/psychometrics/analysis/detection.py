"""Seen or not, right or wrong: the threshold of each picture, from all answers and per observer."""

from collections.abc import Callable
from functools import partial

import numpy as np
import numpy.typing as npt

from jnd.errors import ThresholdOutsideDataError, UnusableAnswersError
from jnd.psychometrics.analysis.results import Result, number_or_none
from jnd.psychometrics.answer_tables import Axis, DetectionAnswers
from jnd.psychometrics.bootstrap import FEWEST_OBSERVERS
from jnd.psychometrics.curve_band import curve_band
from jnd.psychometrics.fit import fit_over_observers, fit_psychometric, predicted
from jnd.psychometrics.goodness_of_fit import goodness_of_fit
from jnd.psychometrics.psychometric_function import slope_at
from jnd.records import PsychometricFit

Array = npt.NDArray[np.float64]
Blocks = tuple[Array, Array, Array]


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
        "low": number_or_none(low),
        "high": number_or_none(high),
        "bound": None,
        "interval_method": fit.interval_method,
        "width": fit.width,
        "width_low": fit.width_interval[0],
        "width_high": number_or_none(fit.width_interval[1]),
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
