"""Same or different (BAPPS): shares with exact intervals."""

from jnd.psychometrics.analysis.results import Result
from jnd.psychometrics.answer_tables import SameShares
from jnd.psychometrics.forced_choice import clopper_pearson


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
