"""What observer labels and the satisfied-user ratio are worth against people: spread, JPEG's first JND, flicker ranges.

    python reproduce/people_jnd.py [--labels FOLDER]     writes reproduce/results/people_jnd.txt

Needs the answers outside of the repository (no licence is stated for most): set JND_SHARED to the folder that holds
data/labels and data/konjnd-quiz. FOLDER holds observer labels (reproduce/observer_labels.py). The fit of the spread
itself is in results/observer_calibration.txt and is not repeated here. About a minute on one core.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import numpy.typing as npt
from observer_calibration import Report, konjnd_curve, video_set
from observer_calibration import mcl_jci as mcl_jci_thresholds
from observer_labels import pjnd
from shared_material import shared

from jnd.datasets.mcl_jci import read_mcl_jci
from jnd.datasets.observer_labels import read_observer_labels
from jnd.datasets.quality_ladders import PIVOT
from jnd.datasets.table import read_table
from jnd.datasets.videoset import read_videoset
from jnd.observer import ASSUMED_SPREAD, ASSUMED_SPREAD_INTERVAL, jnd_units, jod_of_satisfied, protocol_named
from jnd.psychometrics.answer_tables import JndSampleTable
from jnd.psychometrics.jnd_distribution import choose_jnd_distribution
from jnd.psychometrics.jnd_samples import jnd_samples
from jnd.psychometrics.sur import empirical_level_at
from jnd.viewing import viewing_conditions

Array = npt.NDArray[np.float64]

RESULTS = Path(__file__).parent / "results" / "people_jnd.txt"
BOOTSTRAPS = 2000
SEED = 20261123
LABEL_SETS = ("cid22_train", "cid22_validation", "kodak", "clic", "free")
SHARES = (0.95, 0.90, 0.75, 0.50, 0.25)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--labels", type=Path)
    folder: Path | None = parser.parse_args().labels
    report = Report()
    report.line("Against people: python reproduce/people_jnd.py --labels FOLDER")
    spread(shared("data/labels"), report)
    first_jnd(shared("data/labels"), folder, report)
    video(shared("data/labels"), report)
    flicker(shared("data/konjnd-quiz"), report)
    RESULTS.write_text(report.text(), encoding="utf-8")


def spread(labels: Path, report: Report) -> None:
    """Of the people whom the satisfied-user ratio calls satisfied, how many are."""
    report.title("Spread over people in the satisfied-user ratio")
    report.line(
        f"SUR(d) = Phi(-ln d / {ASSUMED_SPREAD}), 95 % {list(ASSUMED_SPREAD_INTERVAL)}: fitted in observer_calibration.txt to the"
    )
    report.line(
        "same answers (MCL-JCI side by side, VideoSet 720p; neither is a protocol of ours), so this is no test on"
    )
    report.line(
        "other people: it says where one log-normal for all pictures misses. Measured share of answers beyond the"
    )
    report.line("distance at which SUR says the share on the left; interval: pictures resampled, 95 %.")
    rng = np.random.default_rng(SEED)
    sets = {
        "MCL-JCI": mcl_jci_thresholds(labels / "MCL-JCI"),
        "VideoSet 720p": video_set(labels / "VideoSet"),
    }
    head = "".join(f"{name:>28}" for name in sets)
    report.line(f"  SUR   JND {head}")
    for share in SHARES:
        distance = float(jnd_units(jod_of_satisfied(share)))
        cells = []
        for pictures in sets.values():
            # Answers are on a grid, so a median's own answers lie exactly at 1 JND: half of them count.
            satisfied = np.array(
                [np.mean(t > distance) + np.mean(np.isclose(t, distance)) / 2 for t, _ in pictures]
            )
            draws = satisfied[rng.integers(0, len(satisfied), (BOOTSTRAPS, len(satisfied)))].mean(axis=1)
            cells.append(f"{satisfied.mean():13.3f} {interval(draws)}")
        report.line(f" {share:4.2f} {distance:5.2f} " + " ".join(cells))
    for name, pictures in sets.items():
        sd = np.array([np.log(thresholds).std(ddof=1) for thresholds, _ in pictures])
        answers = sum(len(thresholds) for thresholds, _ in pictures)
        # By how much the spread of so many answers scatters if every picture had the same one.
        chance = ASSUMED_SPREAD / np.sqrt(2 * (answers / len(sd) - 1))
        report.line(
            f"{name}, {len(sd)} pictures, {answers} answers: spread of single pictures, quantiles 5 50 95 %: "
            + " ".join(f"{q:.2f}" for q in np.percentile(sd, [5, 50, 95]))
            + f"; standard deviation {sd.std(ddof=1):.2f}, by chance alone {chance:.2f}: pictures differ"
        )


def first_jnd(labels: Path, folder: Path | None, report: Report) -> None:
    report.title(
        "JPEG: quality at which 75 % notice nothing, people on MCL-JCI beside observer labels on others"
    )
    table = read_mcl_jci(read_table(labels / "MCL-JCI" / "mcl_jci_jnd_qf_tidy.csv"))
    empirical, fitted = (PIVOT - levels for levels in levels_at(table, 0.75))
    report.line("set              pictures  5 %   25 %  50 %  [95 %]           75 %  95 %")
    report.line(row("MCL-JCI, steps", empirical))
    report.line(row("MCL-JCI, fitted", fitted))
    report.line(row("MCL-JCI, 50 % SUR", PIVOT - levels_at(table, 0.5)[0]))
    if folder is not None:
        for protocol in ("aic3", "konjnd-flicker"):
            threshold = float(jod_of_satisfied(0.75, protocol=protocol))
            report.line(
                f"observer labels, jpeg:turbo 4:2:0, 75 % satisfied by {protocol}: {threshold:.3f} JOD"
            )
            for name in LABEL_SETS:
                path = folder / f"{name}.parquet"
                if path.exists():
                    curves = read_observer_labels(path, codecs=["jpeg:turbo"])
                    found = [pjnd(curve, threshold) for curve in curves]
                    # A picture whose best setting misses the threshold needs more than quality 100.
                    report.line(row(name, np.array([100.0 if value is None else value for value in found])))
    report.line(
        "MCL-JCI's answers lie on the steps of its bisection, 23 among them. CLIC's crops are of 8 photographs, the free"
    )
    report.line("ones of 12: their intervals, over crops, are too narrow.")
    report.line(
        "Steps: the quality below which more than a quarter of the 30 subjects had noticed. Fitted: the family of"
    )
    report.line(
        "least AIC of normal, logistic, Weibull, Gumbel, GEV per picture. The sets hold other pictures, at other"
    )
    report.line(
        "sizes (MCL-JCI 1920x1080, CID22 and CLIC crops 512x512, Kodak 768x512), seen otherwise: MCL-JCI's were side"
    )
    report.line("by side, the labels' scale is of pictures switched in place at a desk. So the")
    report.line(
        "difference of medians is not an error of the observer; that side by side lets lower qualities pass is known."
    )


def levels_at(table: JndSampleTable, share: float) -> tuple[Array, Array]:
    """Level of the first JND per source: from the samples' steps, and from the best family."""
    source, number = np.array(table.source), np.array(table.jnd)
    steps, fitted = [], []
    for name in sorted(set(table.source)):
        samples = jnd_samples(
            table.noticed_at[(source == name) & (number == 1)], highest_level=table.highest_level
        )
        steps.append(empirical_level_at(samples, share))
        fitted.append(float(choose_jnd_distribution(samples)[0].quantile([1 - share])[0]))
    return np.array(steps, dtype=np.float64), np.array(fitted, dtype=np.float64)


def video(labels: Path, report: Report) -> None:
    report.title("VideoSet 720p: H.264 QP at which 75 % notice nothing (first JND)")
    table = read_videoset(read_table(labels / "VideoSet" / "1280x720_1st.csv"))
    report.line("set              pictures  5 %   25 %  50 %  [95 %]           75 %  95 %")
    report.line(row("clips", levels_at(table, 0.75)[0]))
    report.line("A constant QP at the median misses a clip's own by (mean absolute):")
    levels = levels_at(table, 0.75)[0]
    report.line(f"  {np.abs(levels - np.median(levels)).mean():.2f} QP: what a predictor has to beat")


def flicker(folder: Path, report: Report) -> None:
    """The observer's level beside the accepted range of each of the six pictures, and a constant beside both."""
    report.title("KonJND-1k: accepted ranges of 6 training pictures (n = 6, ranges, not samples)")
    accepted = json.loads((folder / "accepted_ranges.json").read_text("utf-8"))
    viewing = viewing_conditions("konjnd1k")
    names = [entry["image"] for entry in accepted]
    ranges = np.array([entry["accepted_distortion_level_range"] for entry in accepted], dtype=np.float64)
    middle = ranges.mean(axis=1)
    axis = np.arange(4.0, 100.0, 0.1)
    curves = [np.minimum.accumulate(konjnd_curve(folder, name, viewing)(axis)) for name in names]
    at_middle = np.array([np.interp(m, axis, curve) for m, curve in zip(middle, curves, strict=True)])
    report.line(
        "threshold of the observer: mean JOD at the middles of the other five; constants: median of the other five"
    )
    report.line("middles, of all codecs and of the same codec")
    report.line("picture            range     observer  constant  same codec   aic3 scale at its own viewing")
    errors: dict[str, list[float]] = {"observer": [], "constant": [], "same codec": []}
    inside = dict.fromkeys(errors, 0)
    aic3 = protocol_named("aic3").threshold_jod
    for i, name in enumerate(names):
        others = np.arange(len(names)) != i
        same = others & np.array([other.split("_")[-1] == name.split("_")[-1] for other in names])
        found = {
            "observer": float(axis[np.argmax(curves[i] < at_middle[others].mean())]),
            "constant": float(np.median(middle[others])),
            "same codec": float(np.median(middle[same])),
        }
        for key, level in found.items():
            errors[key].append(abs(level - middle[i]))
            inside[key] += bool(ranges[i, 0] <= level <= ranges[i, 1])
        by_aic3 = float(axis[np.argmax(curves[i] < aic3)])
        report.line(
            f"{name:<16} {ranges[i, 0]:4.0f}-{ranges[i, 1]:3.0f} "
            + " ".join(f"{found[key]:10.1f}" for key in errors)
            + f" {by_aic3:10.1f}"
        )
    for key, values in errors.items():
        report.line(
            f"{key}: inside the range {inside[key]} of 6; mean |level - middle| {np.mean(values):.1f} levels"
        )
    report.line("Six ranges cannot rank these: a constant of level 55 lies in all six.")


def row(name: str, values: Array) -> str:
    rng = np.random.default_rng(SEED)
    medians = np.median(values[rng.integers(0, len(values), (BOOTSTRAPS, len(values)))], axis=1)
    low, high = np.percentile(medians, [2.5, 97.5])
    q = np.percentile(values, [5, 25, 50, 75, 95])
    return f"{name:<17} {len(values):7d} {q[0]:5.1f} {q[1]:6.1f} {q[2]:5.1f}  [{low:4.1f}, {high:4.1f}]    {q[3]:7.1f} {q[4]:5.1f}"


def interval(draws: Array) -> str:
    low, high = np.percentile(draws, [2.5, 97.5])
    return f"[{low:.3f}, {high:.3f}]"


if __name__ == "__main__":
    main()
