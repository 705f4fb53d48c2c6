"""Fit and test the observer on published answers of people; keep the figures as text.

    python reproduce/observer_calibration.py            writes reproduce/results/observer_calibration.txt
    python reproduce/observer_calibration.py --display  adds the guess at AIC-4's display (pip install ssimulacra2)

Needs the folder that the environment variable JND_SHARED names (or ../shared beside the checkout);
it is not part of the project, because most of these label sets state no licence. Takes about two minutes on one core.
"""

import ast
import csv
import io
import itertools
import json
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image
from scipy import interpolate, optimize, stats
from shared_material import shared

from jnd.metrics.colorvideovdp import Reference
from jnd.metrics.uniform_shift import THRESHOLD_DELTA_E, coarse_colour, shift_between
from jnd.viewing import ViewingConditions, viewing_conditions

Array = npt.NDArray[np.float64]

RESULTS = Path(__file__).parent / "results" / "observer_calibration.txt"
BOOTSTRAPS = 2000
SEED = 20261122


def main() -> None:
    report = Report()
    report.line(" ".join(["Observer calibration: python reproduce/observer_calibration.py", *sys.argv[1:]]))
    report.line("Bars of the project: AIC-4 RMSE <= 0.30 JND and PLCC >= 0.95, one source left out.")
    slope = aic4(shared("data/labels/JPEG-AIC-4"), report)
    flicker = konjnd(shared("data/konjnd-quiz"), report)
    spread = spread_over_people(shared("data/labels"), report)
    toyama(report)
    guard(report)
    if "--display" in sys.argv:
        display_behind_aic4(report)
    report.title("Constants (copied into jnd.observer; tests/test_observer.py compares)")
    for name, value in {**slope, **flicker, **spread}.items():
        report.line(f"{name} = {value:.4f}")
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(report.text(), encoding="utf-8")
    print(f"written to {RESULTS}", file=sys.stderr)


class Report:
    """Lines that are printed as they come and kept for the file."""

    def __init__(self) -> None:
        self._lines: list[str] = []

    def line(self, text: str = "") -> None:
        self._lines.append(text)
        print(text, flush=True)

    def title(self, text: str) -> None:
        self.line()
        self.line(text)
        self.line("-" * len(text))

    def text(self) -> str:
        return "\n".join(self._lines) + "\n"


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


# JPEG AIC-4 ------------------------------------------------------------------------------------------------

Scale = Callable[[Array, Array], Array]
SCALES: dict[str, tuple[Scale, list[float]]] = {
    "a x": (lambda p, x: p[0] * x, [3.0]),
    "a x^b": (lambda p, x: p[0] * x ** p[1], [3.0, 1.0]),
    "a x + b x^2": (lambda p, x: p[0] * x + p[1] * x**2, [3.0, 0.0]),
    "a + b x + c x^2": (lambda p, x: p[0] + p[1] * x + p[2] * x**2, [0.0, 3.0, 0.0]),
    "a (1 - exp(-b x))": (lambda p, x: p[0] * (1 - np.exp(-p[1] * x)), [3.0, 1.0]),
    "a max(0, x - b)": (lambda p, x: p[0] * np.maximum(0, x - p[1]), [3.0, 0.05]),
}


def aic4(folder: Path, report: Report) -> dict[str, float]:
    table = rows(folder / "JPEG-AIC_metric_scores.csv")
    loss = 10 - np.array([float(r["CVVDP"]) for r in table])
    people = np.array([float(r["distortion"]) for r in table])
    source = np.array([r["img_num"] for r in table])
    codec = np.array([r["codec"] for r in table])
    report.title("JPEG AIC-4: JND of people from the published CVVDP column")
    report.line(
        f"{len(table)} pictures, {len(set(source))} sources, {len(set(codec))} codecs; "
        f"JOD {10 - loss.max():.2f} to {10 - loss.min():.2f}, JND {people.min():.2f} to {people.max():.2f}"
    )
    report.line("x = 10 - JOD; each source predicted by a fit to the other four (least squares)")
    report.line(f"{'JND =':20s} {'RMSE':>7s} {'PLCC':>7s} {'RMSE 0.2-1.5 JND':>17s}")
    slopes = {}
    results = {}
    for name, (scale, start) in SCALES.items():
        predicted = np.empty_like(people)
        for left_out in sorted(set(source)):
            train = source != left_out
            fit = optimize.least_squares(lambda p, s=scale, t=train: s(p, loss[t]) - people[t], start).x
            predicted[~train] = scale(fit, loss[~train])
            if name == "a x":
                slopes[left_out] = float(fit[0])
        rmse, plcc = root_mean_square(predicted - people), np.corrcoef(predicted, people)[0, 1]
        near = (people > 0.2) & (people < 1.5)
        results[name] = (rmse, plcc)
        report.line(
            f"{name:20s} {rmse:7.3f} {plcc:7.3f} {root_mean_square((predicted - people)[near]):17.3f}"
        )
    rmse, plcc = results["a x"]
    verdict = "both bars met" if rmse <= 0.30 and plcc >= 0.95 else "A BAR FAILS"
    report.line(f"chosen: a x (fewest constants and the smallest error): {verdict}")
    slope = float(loss @ people / (loss @ loss))
    draws = cluster_bootstrap(source, lambda i: float(loss[i] @ people[i] / (loss[i] @ loss[i])))
    report.line(f"slope {slope:.4f} JND per JOD; without one source {min(slopes.values()):.3f} to "
                f"{max(slopes.values()):.3f}; bootstrap over sources {interval(draws)}")  # fmt: skip
    report.line("mean per range of JOD:   n   10-JOD    JND   line")
    edges = [0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.6, 0.9, 1.2]
    for low, high in itertools.pairwise(edges):
        inside = (loss >= low) & (loss < high)
        x = loss[inside].mean()
        report.line(f"{'':21s} {inside.sum():4d} {x:8.3f} {people[inside].mean():6.3f} {slope * x:6.3f}")
    report.line("JOD at a JND, interpolated on each of the 30 curves, then averaged, beside the line:")
    for target in (0.5, 1.0, 1.5, 2.0):
        found = []
        for one in sorted(set(zip(source, codec, strict=True))):
            on_curve = (source == one[0]) & (codec == one[1])
            order = np.argsort(people[on_curve])
            jnds = np.concatenate([[0.0], people[on_curve][order]])
            if jnds[-1] >= target:
                found.append(10 - np.interp(target, jnds, np.concatenate([[0.0], loss[on_curve][order]])))
        report.line(
            f"  {target:.1f} JND: {np.mean(found):.3f} JOD ({len(found)} curves, {min(found):.2f} to "
            f"{max(found):.2f}); line {10 - target / slope:.3f}"
        )
    return {
        "aic3 jnd_per_jod": slope,
        "aic3 jnd_per_jod lowest": min(slopes.values()),
        "aic3 jnd_per_jod highest": max(slopes.values()),
        "aic3 rmse": rmse,
        "aic3 plcc": plcc,
        "aic3 calibrated_to_jod": float(10 - loss.max()),
    }


# KonJND-1k -------------------------------------------------------------------------------------------------


def konjnd(folder: Path, report: Report) -> dict[str, float]:
    accepted = json.loads((folder / "accepted_ranges.json").read_text("utf-8"))
    viewing = viewing_conditions("konjnd1k")
    report.title("KonJND-1k flicker: accepted ranges of 6 training pictures (a range, not a sample)")
    report.line(f"{viewing}; every sixth level, PCHIP between")
    report.line("picture              range    JOD low  middle    high")
    curves, middles, names = [], [], []
    table = []
    for entry in accepted:
        name, (low, high) = entry["image"], entry["accepted_distortion_level_range"]
        curve = konjnd_curve(folder, name, viewing)
        values = curve(np.array([low, (low + high) / 2, high]))
        report.line(f"{name:18s} {low:4d}-{high:3d} {values[0]:9.3f} {values[1]:7.3f} {values[2]:7.3f}")
        curves.append(curve)
        names.append(name)
        middles.append((low + high) / 2)
        table.append(values)
    jods = np.array(table)
    middle = np.array(middles)
    loss = 10 - jods[:, 1]
    report.line(f"middles: mean {jods[:, 1].mean():.3f} JOD, standard deviation {jods[:, 1].std(ddof=1):.3f}")

    is_jpeg = np.array(["JPEG" in name for name in names])
    errors, constant = np.empty(6), np.empty(6)
    levels = np.linspace(4, 100, 9601)
    for i in range(6):
        others = np.arange(6) != i
        threshold = jods[others, 1].mean()
        errors[i] = abs(levels[np.argmin(np.abs(curves[i](levels) - threshold))] - middle[i])
        constant[i] = abs(np.median(middle[others & (is_jpeg == is_jpeg[i])]) - middle[i])
    report.line(
        "|level - middle|, threshold from the other five pictures; best constant from the same codec's others:"
    )
    for codec, chosen in (("JPEG", is_jpeg), ("BPG", ~is_jpeg)):
        report.line(f"  {codec}: JOD threshold {errors[chosen].mean():.1f}, best constant level "
                    f"{constant[chosen].mean():.1f} levels, n = {chosen.sum()}")  # fmt: skip
    report.line(
        "  n = 6 in all: too few to claim more than that it is not worse (level 55 lies in all six ranges)"
    )

    report.line(
        "mean JOD at low end, middle, high end of the ranges, and sd of the middles, under other viewing:"
    )
    display = viewing.display
    variants = [
        (f"{ppd:g} pixels per degree", viewing_conditions("konjnd1k", ppd))
        for ppd in (24.3, 30, 37.84, 50, 60, 75.4)
    ]
    variants += [
        (f"24.3, peak {peak} cd/m2", replace(viewing, display=replace(display, peak_cd_m2=peak)))
        for peak in (80, 120, 300, 500)
    ]
    variants += [
        (f"24.3, ambient {lux} lux", replace(viewing, display=replace(display, ambient_lux=lux)))
        for lux in (0, 1000)
    ]
    for label, other in variants:
        values = np.array(
            [
                konjnd_curve(folder, entry["image"], other)(np.array([low, (low + high) / 2, high]))
                for entry in accepted
                for low, high in [entry["accepted_distortion_level_range"]]
            ]
        )
        mean = values.mean(axis=0)
        report.line(
            f"  {label:28s} {mean[0]:.3f} {mean[1]:.3f} {mean[2]:.3f}   sd {values[:, 1].std(ddof=1):.3f}"
        )
    slope = 1 / loss.mean()
    leave_one = [1 / loss[np.arange(6) != i].mean() for i in range(6)]
    return {
        "konjnd-flicker jnd_per_jod": float(slope),
        "konjnd-flicker jnd_per_jod lowest": min(leave_one),
        "konjnd-flicker jnd_per_jod highest": max(leave_one),
        "konjnd-flicker calibrated_to_jod": float(jods.min()),
    }


def konjnd_curve(folder: Path, name: str, viewing: ViewingConditions) -> interpolate.PchipInterpolator:
    """JOD over distortion level; the file's index is 101 - level."""
    reference = Reference(rgb(folder / f"{'_'.join(name.split('_')[:2])}.png"), viewing)
    indices = range(97, 0, -6)
    jods = [reference.compare(rgb(folder / f"{name}_{i:03d}.jpg")).jod for i in indices]
    return interpolate.PchipInterpolator([101 - i for i in indices], jods)


# Spread over people ----------------------------------------------------------------------------------------


def spread_over_people(labels: Path, report: Report) -> dict[str, float]:
    """Standard deviation over people of ln(threshold in JND), in two data sets of single answers."""
    report.title("Assumed spread: thresholds of single people in JND of the average observer")
    report.line(
        "Threshold of a person = (its quantiser step / median step of the picture)^b, where b is such that the"
    )
    report.line(
        "picture's own second and third JND lie one JND beyond their anchors. One answer per person and picture:"
    )
    report.line("a person's own scatter is in it, so the spread between people alone is smaller.")
    sets = {"MCL-JCI": mcl_jci(labels / "MCL-JCI"), "VideoSet 720p": video_set(labels / "VideoSet")}
    rng = np.random.default_rng(SEED)
    sigmas, draws = [], np.zeros(BOOTSTRAPS)
    for name, pictures in sets.items():
        sd = np.array([np.log(t).std(ddof=1) for t, _ in pictures])
        b = np.array([exponent for _, exponent in pictures])
        sigma = root_mean_square(sd)
        picks = rng.integers(0, len(sd), (BOOTSTRAPS, len(sd)))
        own = np.sqrt((sd[picks] ** 2).mean(axis=1))
        draws += own / len(sets)
        sigmas.append(sigma)
        everyone = np.concatenate([t for t, _ in pictures])
        report.line(
            f"{name}: {len(sd)} pictures, {len(everyone)} answers, b median {np.median(b):.2f}; "
            f"sigma {sigma:.3f} {interval(own)} over pictures"
        )
        report.line("  quantiles 5 10 25 50 75 90 95 % of all thresholds, JND: "
                    + " ".join(f"{q:.2f}" for q in np.percentile(everyone, [5, 10, 25, 50, 75, 90, 95])))  # fmt: skip
        report.line("  the log-normal of that sigma:                           "
                    + " ".join(f"{q:.2f}" for q in np.exp(sigma * stats.norm.ppf([0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95]))))  # fmt: skip
        report.line("  log-likelihood per answer, two constants fitted per picture: "
                    + ", ".join(f"{k} {v:.3f}" for k, v in distributions(pictures).items()))  # fmt: skip
    piecewise = root_mean_square(
        np.array([np.log(t).std(ddof=1) for t in mcl_jci_piecewise(labels / "MCL-JCI")])
    )
    report.line(
        f"MCL-JCI with straight lines between its three JNDs instead of a power: sigma {piecewise:.3f}"
    )
    half_normal = np.log(stats.norm.ppf(0.875) / stats.norm.ppf(0.625)) / (2 * stats.norm.ppf(0.75))
    report.line(
        f"Bound from AIC-3 itself: the average observer's own curve 2 Phi(0.6745 JND) - 1 has quartiles like "
        f"sigma {half_normal:.2f}; a spread over people must stay below it"
    )
    return {
        "assumed spread": float(np.mean(sigmas)),
        "assumed spread lowest": float(np.percentile(draws, 2.5)),
        "assumed spread highest": float(np.percentile(draws, 97.5)),
    }


Thresholds = list[tuple[Array, float]]


def jpeg_step(quality: Array) -> Array:
    """Scale of libjpeg's quantisation table, 1 at quality 50."""
    return np.where(quality < 50, 50 / np.maximum(quality, 1), 2 - quality / 50)


def mcl_jci_steps(folder: Path) -> Array:
    """(pictures, people, 3) quantiser steps at the three JNDs; one not found (quality 0) counts as quality 1."""
    people: dict[str, list[list[float]]] = {}
    for row in rows(folder / "mcl_jci_jnd_qf_tidy.csv"):
        people.setdefault(row["source"], []).append([float(row[f"jnd{k}_qf"]) for k in (1, 2, 3)])
    return jpeg_step(np.array(list(people.values())))


def mcl_jci(folder: Path) -> Thresholds:
    """Each JND's anchor is the JND before it, so the medians lie at 1, 2 and 3 JND."""
    found = []
    for steps in mcl_jci_steps(folder):
        beyond = np.log(np.median(steps, axis=0)) - np.log(np.median(steps[:, 0]))
        b = float(np.log([2, 3]) @ beyond[1:] / (beyond[1:] @ beyond[1:]))
        found.append(((steps[:, 0] / np.median(steps[:, 0])) ** b, b))
    return found


def mcl_jci_piecewise(folder: Path) -> list[Array]:
    found = []
    for steps in mcl_jci_steps(folder):
        knots = np.concatenate([[0.0], np.median(steps, axis=0)])
        found.append(
            np.asarray(interpolate.interp1d(knots, [0, 1, 2, 3], fill_value="extrapolate")(steps[:, 0]))
        )
    return found


def video_set(folder: Path) -> Thresholds:
    """H.264: the step doubles every 6 QP; the anchor of the next JND is the 75 % point of the one before."""
    tables = [rows(folder / f"1280x720_{k}.csv") for k in ("1st", "2nd", "3rd")]
    found = []
    for clip in zip(*tables, strict=True):
        samples = [np.array(ast.literal_eval(r["samples"]), dtype=float) for r in clip]
        median = [float(np.median(s)) for s in samples]
        anchor = [float(r["anchor"]) for r in clip]

        def misfit(b: float, median: list[float] = median, anchor: list[float] = anchor) -> float:
            distance = [
                2 ** (b * (median[k] - median[0]) / 6) - 2 ** (b * (anchor[k] - median[0]) / 6)
                for k in (1, 2)
            ]
            return sum((d - 1) ** 2 for d in distance)

        b = float(optimize.minimize_scalar(misfit, bounds=(0.2, 8), method="bounded").x)
        found.append((2 ** (b * (samples[0] - median[0]) / 6), b))
    return found


def distributions(pictures: Thresholds) -> dict[str, float]:
    total = dict.fromkeys(("normal", "log-normal", "log-logistic", "Weibull"), 0.0)
    for t, _ in pictures:
        log = np.log(t)
        total["normal"] += stats.norm.logpdf(t, t.mean(), t.std()).sum()
        total["log-normal"] += (stats.norm.logpdf(log, log.mean(), log.std()) - log).sum()
        total["log-logistic"] += stats.fisk.logpdf(t, *stats.fisk.fit(t, floc=0)).sum()
        total["Weibull"] += stats.weibull_min.logpdf(t, *stats.weibull_min.fit(t, floc=0)).sum()
    n = sum(len(t) for t, _ in pictures)
    return {name: float(value) / n for name, value in total.items()}


# Toyama ----------------------------------------------------------------------------------------------------


def toyama(report: Report) -> None:
    from skimage.metrics import peak_signal_noise_ratio, structural_similarity

    table = [r for r in rows(shared("data/labels/Toyama-MICT/toyama_kodak_tidy.csv")) if r["codec"] == "JPEG"]
    source = np.array([r["kodak"] for r in table])
    mos = np.array([float(r["mos"]) for r in table])
    scores: dict[str, list[float]] = {"JOD": [], "SSIM": [], "PSNR": [], "quality setting alone": []}
    order = sorted(range(len(table)), key=lambda i: int(source[i]))
    source, mos = source[order], mos[order]
    last = ""
    reference: Reference | None = None
    for i in order:
        row = table[i]
        if row["kodak"] != last:
            last = row["kodak"]
            original = rgb(shared(f"data/images/kodak/{last}.webp"))
            reference = Reference(original, viewing_conditions())
        quality = int(row["param"])
        decoded = encoded(original, "JPEG", quality=quality, subsampling="4:2:0")
        assert reference is not None
        luma = [np.asarray(Image.fromarray(p).convert("L")) for p in (original, decoded)]
        scores["JOD"].append(reference.compare(decoded).jod)
        scores["SSIM"].append(structural_similarity(*luma, gaussian_weights=True, sigma=1.5, use_sample_covariance=False))  # fmt: skip
        scores["PSNR"].append(peak_signal_noise_ratio(*luma))
        scores["quality setting alone"].append(quality)
    report.title("Toyama (MICT): rank correlation with mean opinion scores of JPEG pictures")
    report.line(
        f"{len(mos)} JPEGs of {len(set(source))} Kodak pictures, rebuilt by libjpeg-turbo 4:2:0; {viewing_conditions()}"
    )
    draws = {}
    for name, values in scores.items():
        array = np.array(values)
        draws[name] = cluster_bootstrap(source, lambda i, a=array: float(stats.spearmanr(a[i], mos[i])[0]))
        report.line(f"  {name:22s} SROCC {stats.spearmanr(array, mos)[0]:.3f} {interval(draws[name])}")
    for other in ("SSIM", "PSNR", "quality setting alone"):
        report.line(f"  JOD - {other:22s} {interval(draws['JOD'] - draws[other])} paired, pictures resampled")


# Guard -----------------------------------------------------------------------------------------------------


def guard(report: Report) -> None:
    """What compression does to the mean colour of 4 degree tiles, in the guard's own unit."""
    viewing = viewing_conditions()
    pictures = sorted(shared("data/images/kodak").glob("*.webp"))
    settings = {"JPEG": (98, 90, 80, 60), "WEBP": (98, 90, 80, 60), "AVIF": (98, 92, 75, 60)}
    report.title("Guard: shift of mean colour that compression leaves, largest tile, CIELAB")
    report.line(f"{len(pictures)} Kodak pictures; the guard speaks above {THRESHOLD_DELTA_E / 2} and is at 1 JND at {THRESHOLD_DELTA_E}")  # fmt: skip
    for name, qualities in settings.items():
        for quality in qualities:
            shifts, jnds = [], []
            for path in pictures:
                original = rgb(path)
                options = {"speed": 9} if name == "AVIF" else {}
                decoded = encoded(original, name, quality=quality, **options)
                before, after = coarse_colour(original, viewing), coarse_colour(decoded, viewing)
                shifts.append(np.linalg.norm(after.tiles - before.tiles, axis=-1).max())
                jnds.append(shift_between(before, after))
            report.line(f"  {name} {quality}: median {np.median(shifts):.2f}, largest {max(shifts):.2f}; "
                        f"guard {max(jnds):.2f} JND at most")  # fmt: skip


# The display behind AIC-4's column ---------------------------------------------------------------------------


def display_behind_aic4(report: Report) -> None:
    """At which pixels per degree our JOD of like pictures agrees with the published column at equal SSIMULACRA2."""
    try:
        from ssimulacra2 import compute_ssimulacra2
    except ImportError:
        sys.exit("--display needs the package ssimulacra2: pip install ssimulacra2")
    ppds = (24.3, 30, 37.84, 50, 60, 75.4)
    qualities = {
        "JPEG": ("JPEG-1_", [{"quality": q} for q in (97, 93, 88, 80, 70, 55)]),
        "AVIF": ("AVIF", [{"quality": q, "speed": 7} for q in (95, 90, 80, 70, 60, 50)]),
        "JPEG2000": (
            "JPEG-2000",
            [{"quality_mode": "dB", "quality_layers": [d]} for d in (47, 44, 41, 38, 35, 33)],
        ),
    }
    table = rows(shared("data/labels/JPEG-AIC-4/JPEG-AIC_metric_scores.csv"))
    report.title("Which display is behind AIC-4's CVVDP column? (not stated)")
    report.line(
        "620x800 crops of 8 CLIC photographs: our 10 - JOD over AIC-4's at equal SSIMULACRA2, median, by"
    )
    report.line("pixels per degree on standard_fhd; 1 where our viewing would be the published column's:")
    report.line(f"  {'':9s} " + " ".join(f"{p:>6g}" for p in ppds))
    crops = [
        middle_crop(rgb(p), 800, 620)
        for p in sorted(shared("data/images/clic2025/validation").glob("*.webp"))
    ]
    with tempfile.TemporaryDirectory() as folder:
        before, after = Path(folder) / "before.png", Path(folder) / "after.png"
        for name, (label, options) in qualities.items():
            theirs = np.array([(float(r["SSIMULACRA2"]), 10 - float(r["CVVDP"])) for r in table if label in r["img_distorted"]])  # fmt: skip
            curve = np.polyfit(theirs[:, 0], np.log(theirs[:, 1]), 2)
            low, high = np.percentile(theirs[:, 0], [5, 95])
            ratios = []
            for crop in crops:
                Image.fromarray(crop).save(before)
                references = [Reference(crop, viewing_conditions("standard_fhd", p)) for p in ppds]
                for option in options:
                    decoded = encoded(crop, name, **option)
                    Image.fromarray(decoded).save(after)
                    score = compute_ssimulacra2(str(before), str(after))
                    if low < score < high:
                        ours = np.array([10 - r.compare(decoded).jod for r in references])
                        ratios.append(np.log(np.maximum(ours, 1e-4)) - np.polyval(curve, score))
            median = np.exp(np.median(ratios, axis=0))
            report.line(f"  {name:9s} " + " ".join(f"{m:6.2f}" for m in median) + f"   n = {len(ratios)}")


# Small things ------------------------------------------------------------------------------------------------


def rgb(path: Path) -> npt.NDArray[np.uint8]:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def encoded(pixels: npt.NDArray[np.uint8], name: str, **options: object) -> npt.NDArray[np.uint8]:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, name, **options)
    return np.asarray(Image.open(buffer).convert("RGB"))


def middle_crop(pixels: npt.NDArray[np.uint8], height: int, width: int) -> npt.NDArray[np.uint8]:
    top, left = (pixels.shape[0] - height) // 2, (pixels.shape[1] - width) // 2
    return np.ascontiguousarray(pixels[top : top + height, left : left + width])


def root_mean_square(values: Array) -> float:
    return float(np.sqrt((values**2).mean()))


def cluster_bootstrap(
    group: npt.NDArray[np.str_], statistic: Callable[[npt.NDArray[np.intp]], float]
) -> Array:
    """The statistic on whole groups drawn with replacement."""
    rng = np.random.default_rng(SEED)
    members = [np.flatnonzero(group == g) for g in sorted(set(group))]
    return np.array(
        [
            statistic(np.concatenate([members[k] for k in rng.integers(0, len(members), len(members))]))
            for _ in range(BOOTSTRAPS)
        ]
    )


def interval(draws: Array) -> str:
    low, high = np.percentile(draws, [2.5, 97.5])
    return f"[{low:.3f}, {high:.3f}]"


if __name__ == "__main__":
    main()
