"""The levels at which people first noticed: the level that satisfies a share of them, with its SUR curve."""

import numpy as np

from jnd.errors import UnusableAnswersError
from jnd.psychometrics.analysis.results import Result, natural, number_or_none
from jnd.psychometrics.answer_tables import JndSampleTable
from jnd.psychometrics.gaussian_mixture import choose_gaussian_mixture
from jnd.psychometrics.jnd_distribution import choose_jnd_distribution
from jnd.psychometrics.jnd_samples import JndSamples, jnd_samples
from jnd.psychometrics.sur import jnd_level, sur_curve


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
    keys = sorted(set(zip(table.source, table.jnd, strict=True)), key=lambda key: (key[1], natural(key[0])))
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
        "low": number_or_none(low),
        "high": number_or_none(high),
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
