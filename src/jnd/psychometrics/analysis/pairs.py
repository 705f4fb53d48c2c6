"""Paired comparisons: scores in JND."""

from jnd.psychometrics.analysis.results import Result
from jnd.psychometrics.answer_tables import PairAnswers
from jnd.psychometrics.bootstrap import FEWEST_OBSERVERS
from jnd.psychometrics.pair_scaling import bootstrap_pairs, scale_pairs


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
