"""AIC-3: JND values of JPEG AI (SDR25) fitted again from triplet counts, beside the published ones.

Needs the counts and values outside of the repository (no licence is stated for them, so they are not shipped):
set JND_SHARED to the folder that holds oracles/psychometrics/aic3.

    python reproduce/aic3_refit.py > reproduce/results/aic3_refit.txt

The published values are fitted jointly with other codecs' triplets that are not public here and with an
exponential rate model; ours use the same-codec triplets and free levels. Which batches of answers are kept
decides the scale: without the filter of inattentive batches the values shrink to less than half.
"""

import csv

import numpy as np
from shared_material import shared

from jnd.datasets.aic3 import read_aic3
from jnd.datasets.table import read_table
from jnd.psychometrics.triplets import Triplets, scale_triplets

CODEC = "6"  # JPEG AI


def refit(kept: str, published: dict[tuple[str, int], float]) -> None:
    tables = [
        read_table(shared("oracles/psychometrics/aic3") / f"sdr25_{kind}_triplet_counts_{kept}.csv")
        for kind in ("btc", "ptc")
    ]
    answers = read_aic3(tables)
    same_codec = {"source", CODEC}
    ours, theirs, correlations = [], [], []
    for source in sorted(set(answers.source)):
        rows = [
            i
            for i, name in enumerate(answers.source)
            if name == source and {answers.left[i][0], answers.right[i][0]} <= same_codec
        ]
        scale = scale_triplets(
            Triplets(
                [answers.left[i] for i in rows],
                [answers.right[i] for i in rows],
                answers.right_votes[rows],
                answers.votes[rows],
                answers.boosted[rows],
            )
        )
        mine = scale.distortion.tolist()
        known = [published[source, level] for _, level in scale.items]
        plcc = float(np.corrcoef(mine, known)[0, 1])
        slope = float(np.polyfit(known, mine, 1)[0])
        correlations.append(plcc)
        ours += mine
        theirs += known
        gain = scale.gains[CODEC]
        print(
            f"  source {source:>5}: PLCC {plcc:.3f}, slope {slope:.2f}, boosting {gain[0]:.2f} d + {gain[1]:.2f} d²"
        )
    slope, intercept = np.polyfit(theirs, ours, 1)
    print(
        f"  pooled: PLCC {np.corrcoef(ours, theirs)[0, 1]:.3f}, slope {slope:.3f}, intercept {intercept:+.2f} JND, "
        f"least PLCC {min(correlations):.3f}, n = {len(ours)}"
    )


def main() -> None:
    with (shared("oracles/psychometrics/aic3") / "JPEG_AIC_reconstructed_jnd_scores.csv").open(
        encoding="utf-8"
    ) as file:
        published = {
            (row["img_num"], int(row["dlevel"])): float(row["distortion"])
            for row in csv.DictReader(file)
            if row["codec"] == CODEC
        }
    print("JPEG AI, five sources, ten levels; slope = ours against published")
    for kept, words in (("otsu_filtered", "batches kept by Otsu's threshold"), ("all", "all batches")):
        print(words)
        refit(kept, published)


if __name__ == "__main__":
    main()
