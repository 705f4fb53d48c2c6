"""AIC-3 triplets: distortions in JND."""

import numpy as np

from jnd.psychometrics.analysis.results import Result, natural
from jnd.psychometrics.answer_tables import TripletAnswers
from jnd.psychometrics.triplets import Triplets, scale_triplets


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
    for name in sorted(set(table.source), key=natural):
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
