"""SUR curves of MCL-JCI and VideoSet from the raw samples, beside the published ones.

Needs the samples outside of the repository (no licence is stated for them): set JND_SHARED to the folder that
holds data/labels.

    python reproduce/sur_curves.py > reproduce/results/sur_curves.txt
"""

import csv
import json
from collections import defaultdict

import numpy as np
from shared_material import shared

from jnd.datasets.mcl_jci import read_mcl_jci
from jnd.datasets.quality_ladders import PIVOT
from jnd.datasets.table import read_table
from jnd.psychometrics.jnd_distribution import FAMILIES, choose_jnd_distribution, fit_jnd_distribution
from jnd.psychometrics.jnd_samples import jnd_samples
from jnd.psychometrics.sur import empirical_level_at
from jnd.psychometrics.sur_distance import bhattacharyya_distance, level_where


def mcl_jci() -> None:
    base = shared("data/labels/MCL-JCI")
    table = read_mcl_jci(read_table(base / "mcl_jci_jnd_qf_tidy.csv"))
    published: dict[tuple[str, int], dict[int, float]] = defaultdict(dict)
    with (base / "mcl_jci_sur_by_qf_tidy.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            for n in (1, 2, 3):
                if row[f"sur_jnd{n}"]:
                    published[row["source"], n][int(row["jpeg_qf"])] = float(row[f"sur_jnd{n}"])
    levels = np.arange(1.0, 101.0)
    source, number = np.array(table.source), np.array(table.jnd)
    print("MCL-JCI: 50 sources, published SUR per JPEG quality (SUR-FeatNet) against ours from the samples")
    print("median over sources: largest |ΔSUR|, mean |ΔSUR|, Bhattacharyya distance, |Δ quality| at 75 %")
    for n in (1, 2, 3):
        for family in [*FAMILIES, "best AIC"]:
            rows = []
            for name in sorted(set(table.source)):
                known = published[name, n]
                theirs = np.array([known[int(PIVOT - level)] for level in levels])
                theirs = np.minimum.accumulate(theirs)
                samples = jnd_samples(table.noticed_at[(source == name) & (number == n)], highest_level=100)
                fit = (
                    choose_jnd_distribution(samples)[0]
                    if family == "best AIC"
                    else fit_jnd_distribution(samples, family)
                )
                ours = 1 - fit.cumulative(levels)
                gap = np.abs(ours - theirs)
                try:
                    step = abs(level_where(levels, ours) - level_where(levels, theirs))
                except ValueError:
                    step = np.nan
                rows.append((gap.max(), gap.mean(), bhattacharyya_distance(ours, theirs), step))
            worst, mean, distance, quality = np.nanmedian(rows, axis=0)
            print(f"  JND {n}, {family:9s} {worst:.4f}  {mean:.5f}  {distance:.5f}  {quality:.2f}")


def videoset() -> None:
    print("VideoSet 720p: published mean, standard deviation and 75 % JND (QP) against ours from the samples")
    for file_name, word in (
        ("1280x720_1st.csv", "first"),
        ("1280x720_2nd.csv", "second"),
        ("1280x720_3rd.csv", "third"),
    ):
        table = read_table(shared("data/labels/VideoSet") / file_name)
        published = [table.numbers(name) for name in ("mean", "standard_deviation", "jnd")]
        ours = []
        empirical = []
        for text in table.text("samples"):
            x = np.array(json.loads(text), dtype=np.float64)
            fit = fit_jnd_distribution(jnd_samples(x, step=0.0))
            n = x.size
            empirical.append(empirical_level_at(jnd_samples(x), 0.75))
            deviation = np.exp(fit.parameters[1]) * np.sqrt(n / (n - 1))  # theirs divides by n − 1
            ours.append((fit.parameters[0], deviation, fit.parameters[0] - 0.67449 * deviation))
        mine = np.array(ours)
        gaps = [np.abs(mine[:, i] - published[i]) for i in range(3)]
        print(
            f"  {word} JND, {len(table)} clips: |Δ mean| at most {gaps[0].max():.2g}, |Δ sd| at most {gaps[1].max():.2g}, "
            f"|Δ 75 % QP| median {np.median(gaps[2]):.2f}, within 1 QP in {np.mean(gaps[2] <= 1):.1%}; empirical 75 % QP equal in "
            f"{np.mean(np.array(empirical) == published[2]):.1%}"
        )


if __name__ == "__main__":
    mcl_jci()
    videoset()
