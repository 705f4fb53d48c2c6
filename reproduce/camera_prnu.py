"""Fingerprints of sensors on six cameras: who took which picture, and what compression, scaling and cropping leave of it.

    JND_SHARED=... python reproduce/camera_prnu.py [SECTION...]

Sections: pairs, strength, grid, transformations, scales, reencode, web; all by default. Needs data/images/camera of the folder
that JND_SHARED names (or ../shared beside the checkout): 26 flat fields and 11 natural scenes of the Dresden image
database [Gloe2010], three Nikon models with two devices each. Writes reproduce/results/camera_prnu_SECTION.txt. Minutes each,
on one core.

Fingerprints are made of the flat fields, scores are between them and natural scenes: no picture is on both sides. The set
is small, and several pairs share a picture or a fingerprint; intervals take pairs for independent, with the 11
same-device pairs, one per picture, as the smaller class.
"""

import io
import sys
import time
from collections.abc import Callable
from functools import cache
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import scipy.fft
from PIL import Image
from shared_material import shared

from jnd.camera.auc import AreaUnderCurve, auc_with_interval
from jnd.camera.cllr import cllr, cllr_min
from jnd.camera.likelihood_ratio import fit_calibration
from jnd.camera.prnu.correlation import match_fingerprint, picture_noise
from jnd.camera.prnu.fingerprint import Fingerprint, estimate_fingerprint
from jnd.camera.prnu.match import FingerprintMatch, Search
from jnd.camera.prnu.peak import score_threshold
from jnd.camera.sensor_picture import sensor_picture
from jnd.errors import JndError
from jnd.picture import fit_within, read_picture
from jnd.records import Found
from jnd.search import encode

Pixels = npt.NDArray[np.uint8]
Array = npt.NDArray[np.float64]

HERE = Path(__file__).parent
RESULTS = HERE / "results"
USUAL = 60.0
WEB = 1920
FORMATS = ("jpeg", "webp", "avif")
TILES = (1024, 512, 256)


def device_of(path: Path) -> str:
    """Nikon_D70s_1_22760.JPG → D70s_1."""
    return "_".join(path.stem.split("_")[1:3])


@cache
def files(kind: str) -> tuple[Path, ...]:
    return tuple(sorted((shared("data/images/camera") / kind).glob("*.JPG")))


@cache
def pixels_of(path: Path) -> Pixels:
    pixels: Pixels = np.ascontiguousarray(sensor_picture(path).pixels)
    return pixels


@cache
def fingerprints(sigma: float = 3.0, most: int | None = None) -> dict[str, Fingerprint]:
    devices = sorted({device_of(path) for path in files("flat")})
    return {
        device: estimate_fingerprint(
            islice((path for path in files("flat") if device_of(path) == device), most),
            label=device,
            sigma=sigma,
        )
        for device in devices
    }


class Pairs:
    """Scores of pairs of the same and of different devices."""

    def __init__(self) -> None:
        self.same: list[float] = []
        self.different: list[float] = []
        self.rows: list[tuple[str, str, bool, FingerprintMatch]] = []

    def add(self, path: Path, fingerprint: Fingerprint, match: FingerprintMatch) -> None:
        same = device_of(path) == fingerprint.label
        (self.same if same else self.different).append(match.pce)
        self.rows.append((path.stem, fingerprint.label, same, match))

    @property
    def auc(self) -> AreaUnderCurve:
        return auc_with_interval(self.same, self.different)

    def scores(self, wanted: bool) -> list[float]:
        return [match.score for *_, same, match in self.rows if same == wanted]

    def summary(self) -> str:
        auc, same, different = self.auc, np.array(self.same), np.array(self.different)
        return (
            f"AUC of PCE {auc.value:.4f} [{auc.low:.3f}, {auc.high:.3f}] (n {auc.same} same, {auc.different} different), "
            f"same PCE min {same.min():.1f} median {np.median(same):.1f}, different max {different.max():.1f}, "
            f"same above 60: {(same >= USUAL).sum()} of {same.size}; score of same at least {min(self.scores(True)):.2f}, of "
            f"different at most {max(self.scores(False)):.2f}"
        )


def compared(
    change: Callable[[Pixels], Pixels | None],
    *,
    search: Search = "none",
    scales: Callable[[Pixels, Fingerprint], list[float] | None] = lambda changed, fingerprint: None,
    sigma: float = 3.0,
    most: int | None = None,
    wrong: int | None = None,
    every: int = 1,
) -> Pairs:
    """All pairs of one model size; ``wrong`` limits the fingerprints of other devices per picture."""
    pairs = Pairs()
    for path in files("natural")[::every]:
        original = pixels_of(path)
        changed = change(original)
        if changed is None:
            continue
        noise = picture_noise(changed, sigma=sigma)
        others = 0
        for fingerprint in fingerprints(sigma, most).values():
            if fingerprint.prnu.shape != original.shape[:2]:
                continue
            others += fingerprint.label != device_of(path)
            if fingerprint.label != device_of(path) and wrong is not None and others > wrong:
                continue
            match = match_fingerprint(noise, fingerprint, search=search, scales=scales(changed, fingerprint))
            pairs.add(path, fingerprint, match)
    return pairs


def as_is(pixels: Pixels) -> Pixels:
    return pixels


class Report:
    """Lines that are printed and kept."""

    def __init__(self, section: str) -> None:
        self._path = RESULTS / f"camera_prnu_{section}.txt"
        self._lines: list[str] = []

    def say(self, line: str = "") -> None:
        print(line, flush=True)
        self._lines.append(line)
        self._path.write_text("\n".join(self._lines) + "\n", "utf-8")


def pairs_section(report: Report) -> None:
    counts = {label: made.pictures for label, made in fingerprints().items()}
    report.say("Every natural scene against the fingerprint of every device of its size, sigma 3, no search")
    report.say("flat fields per fingerprint: " + ", ".join(f"{label} {n}" for label, n in counts.items()))
    report.say(
        f"{'picture':22} {'fingerprint':12} {'same':5} {'PCE':>9} {'score':>7} {'log10 false alarm':>18}"
    )
    pairs = compared(as_is)
    for picture, label, same, match in pairs.rows:
        report.say(
            f"{picture:22} {label:12} {'yes' if same else 'no':5} {match.pce:9.1f} {match.score:7.2f} "
            f"{match.log10_false_alarm:18.1f}"
        )
    delong = auc_with_interval(pairs.same, pairs.different, method="delong")
    report.say()
    report.say(pairs.summary())
    report.say(
        "intervals hold for any number of pairs (Hoeffding's bound with the smaller class; Clopper-Pearson at AUC 1);"
    )
    report.say(f"DeLong's would be [{delong.low:.3f}, {delong.high:.3f}], of no use without overlap")
    for rate in (0.1, 0.01, 1e-3, 1e-6):
        report.say(alarms(rate, pairs.rows))
    report.say()
    report.say("Pictures of the D70 and D70s searched in the larger fingerprints of the D200s (crop search)")
    found = []
    for path in files("natural"):
        noise = picture_noise(pixels_of(path))
        for fingerprint in fingerprints().values():
            if noise.evidence.shape[0] < fingerprint.height:
                match = match_fingerprint(noise, fingerprint, search="crop")
                found.append(match.score)
                report.say(
                    f"{path.stem:22} {fingerprint.label:12} no    {match.pce:9.1f} {match.score:7.2f}, {match.shifts} shifts"
                )
    report.say(
        f"score at most {max(found):.2f} of {len(found)}; threshold at 1e-6 and these shifts {score_threshold(1e-6, match.shifts):.2f}"
    )
    report.say()
    likelihood_ratios(report, pairs)
    report.say()
    report.say(
        "Scores (in brackets PCE) of tiles of the pictures at their known place (aligned; tiles of one picture are not independent)"
    )
    for side in TILES:
        tiled(report, side)


def alarms(rate: float, rows: list[tuple[str, str, bool, FingerprintMatch]]) -> str:
    """How many reach the score and the PCE that theory asks for at a rate."""
    limit = score_threshold(rate)
    (other, other_pce, others), (own, own_pce, owns) = (
        (
            sum(match.score >= limit for *_, same, match in rows if same == wanted),
            sum(match.pce >= limit**2 for *_, same, match in rows if same == wanted),
            sum(same == wanted for *_, same, _ in rows),
        )
        for wanted in (False, True)
    )
    return (
        f"false-positive rate by theory {rate:g}: score {limit:.2f} is reached by {other} of {others} other devices and {own} "
        f"of {owns} own; PCE {limit**2:.1f} by {other_pce} and {own_pce}"
    )


SHAPES: dict[str, Callable[[float], float]] = {
    "arsinh(score), shipped": lambda score: float(np.arcsinh(score)),
    "score": lambda score: score,
    "root of score": lambda score: float(np.sign(score) * np.sqrt(abs(score))),
    "log(1 + score^2)": lambda score: float(np.sign(score) * np.log1p(score**2)),
}


def likelihood_ratios(report: Report, pairs: Pairs) -> None:
    report.say(
        "Likelihood ratios, each picture calibrated on the pairs of all others; shapes of the score that were tried"
    )
    report.say(
        "H1: the picture was taken by this device; H0: by another device of the same model size in this set"
    )
    for name, shape in SHAPES.items():
        same: list[float] = []
        different: list[float] = []
        for picture in sorted({row[0] for row in pairs.rows}):
            known = [(shape(row[3].score), row[2]) for row in pairs.rows if row[0] != picture]
            calibration = fit_calibration(
                [score for score, own in known if own], [score for score, own in known if not own]
            )
            for row in pairs.rows:
                if row[0] == picture:
                    ratio = float(calibration.log10_likelihood_ratio(shape(row[3].score))[0])
                    (same if row[2] else different).append(ratio)
        report.say(
            f"{name:23} Cllr {cllr(same, different):.3f}, Cllr_min {cllr_min(same, different):.3f}; log10 LR of same "
            f"{min(same):.2f} to {max(same):.2f}, of different {min(different):.2f} to {max(different):.2f}"
        )
    report.say(f"{len(same)} and {len(different)} pairs bound what may be said")


def tiled(report: Report, side: int) -> None:
    same: list[tuple[float, float]] = []
    different: list[tuple[float, float]] = []
    unusable = 0
    for path in files("natural"):
        pixels = pixels_of(path)
        rows, columns = (size // side for size in pixels.shape[:2])
        for number in range(rows * columns):
            top, left = number // columns * side, number % columns * side
            try:
                noise = picture_noise(np.ascontiguousarray(pixels[top : top + side, left : left + side]))
            except JndError:
                unusable += 1
                continue
            for fingerprint in fingerprints().values():
                if fingerprint.prnu.shape == pixels.shape[:2]:
                    match = match_fingerprint(noise, cut(fingerprint, top, left, side))
                    (same if fingerprint.label == device_of(path) else different).append(
                        (match.pce, match.score)
                    )
    (same_pce, same_score), (other_pce, other_score) = np.array(same).T, np.array(different).T
    auc = auc_with_interval(same_score, other_score, method="delong")
    of_pce = auc_with_interval(same_pce, other_pce, method="delong")
    rates = [
        f"{np.mean(other_score >= score_threshold(rate)):.2g} ({np.mean(other_pce >= score_threshold(rate) ** 2):.2g}) at {rate:g}"
        for rate in (0.1, 0.01, 1e-3, 1e-4)
    ]
    report.say(
        f"{side:5} px: AUC {auc.value:.4f} [{auc.low:.4f}, {auc.high:.4f}] DeLong ({of_pce.value:.4f}), n {auc.same} same, {auc.different} "
        f"different, {unusable} tiles refused; false-positive rate found, by theory: {', '.join(rates)}"
    )


def cut(fingerprint: Fingerprint, top: int, left: int, side: int) -> Fingerprint:
    from dataclasses import replace

    return replace(
        fingerprint, prnu=np.ascontiguousarray(fingerprint.prnu[top : top + side, left : left + side])
    )


def grid_section(report: Report) -> None:
    report.say(
        "Energy of correlations of different devices at shifts of each phase of JPEG's grid, relative to all shifts"
    )
    for path in files("natural"):
        evidence = picture_noise(pixels_of(path)).evidence
        for fingerprint in fingerprints().values():
            if fingerprint.prnu.shape != evidence.shape or fingerprint.label == device_of(path):
                continue
            spectrum = np.conj(scipy.fft.rfft2(evidence)) * scipy.fft.rfft2(fingerprint.prnu)
            energy = np.square(scipy.fft.irfft2(spectrum, s=evidence.shape), dtype=np.float64)
            energy[:6, :6] = energy[-5:, :6] = energy[:6, -5:] = energy[-5:, -5:] = energy.mean()
            phases = energy.reshape(energy.shape[0] // 8, 8, -1, 8).mean(axis=(0, 2)) / energy.mean()
            report.say(
                f"{path.stem:22} {fingerprint.label:8} multiples of 8 in both {phases[0, 0]:.2f}, in one "
                f"{phases[0, 1:].mean():.2f} and {phases[1:, 0].mean():.2f}, in none {phases[1:, 1:].mean():.2f}"
            )


def strength_section(report: Report) -> None:
    report.say("What the denoiser's sigma and the number of flat fields change (no search)")
    for sigma in (2.0, 3.0, 5.0):
        report.say(f"sigma {sigma:g}: {compared(as_is, sigma=sigma).summary()}")
    for most in (1, 2, 4, 6):
        report.say(f"{most} flat fields at most: {compared(as_is, most=most).summary()}")


def jpeg(quality: int) -> Callable[[Pixels], Pixels]:
    def change(pixels: Pixels) -> Pixels:
        data = io.BytesIO()
        Image.fromarray(pixels).save(data, "JPEG", quality=quality)
        return np.asarray(Image.open(data))

    return change


def centre(side: int) -> Callable[[Pixels], Pixels]:
    def change(pixels: Pixels) -> Pixels:
        # Off the grid of JPEG and of the colour filter, as a person crops.
        top, left = (pixels.shape[0] - side) // 2 + 3, (pixels.shape[1] - side) // 2 + 5
        return np.ascontiguousarray(pixels[top : top + side, left : left + side])

    return change


def resized(scale: float) -> Callable[[Pixels], Pixels]:
    def change(pixels: Pixels) -> Pixels:
        size = round(pixels.shape[1] * scale), round(pixels.shape[0] * scale)
        return np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.LANCZOS))

    return change


def one_after_another(*changes: Callable[[Pixels], Pixels]) -> Callable[[Pixels], Pixels]:
    def change(pixels: Pixels) -> Pixels:
        for step in changes:
            pixels = step(pixels)
        return pixels

    return change


def transformations_section(report: Report) -> None:
    report.say("JPEG again (Pillow, 4:2:0), no search")
    for quality in (95, 90, 85, 75, 60, 50, 30, 15):
        report.say(f"quality {quality:3}: {compared(jpeg(quality)).summary()}")
    report.say()
    report.say("Cropped to a square off centre, every place searched")
    for side in (1536, 1024, 512, 256):
        report.say(f"{side:5} px: {compared(centre(side), search='crop').summary()}")
    report.say()
    report.say("Scaled (Lanczos), the scale known to be that of the whole sensor")
    for scale in (0.75, 0.5, 0.33, 0.25):
        pairs = compared(
            resized(scale),
            search="scale",
            scales=lambda changed, fingerprint: [changed.shape[1] / fingerprint.width],
        )
        report.say(f"{scale:5}: {pairs.summary()}")
    report.say("Scaled, then JPEG quality 85, same")
    for scale in (0.5, 0.33):
        pairs = compared(
            one_after_another(resized(scale), jpeg(85)),
            search="scale",
            scales=lambda changed, fingerprint: [changed.shape[1] / fingerprint.width],
        )
        report.say(f"{scale:5}: {pairs.summary()}")


def scales_section(report: Report) -> None:
    report.say(
        "Made 0.8 as wide and cropped to 1024 px: scales and places searched, every third scene, one other device each"
    )
    begin = time.perf_counter()
    pairs = compared(one_after_another(resized(0.8), centre(1024)), search="scale", wrong=1, every=3)
    for picture, label, same, match in pairs.rows:
        report.say(
            f"{picture:22} {label:12} {'yes' if same else 'no':5} {match.pce:9.1f} {match.score:7.2f} scale {match.scale:.4f} at "
            f"{match.peak}, {match.shifts} shifts, log10 false alarm {match.log10_false_alarm:.1f}"
        )
    report.say(f"{(time.perf_counter() - begin) / len(pairs.rows):.0f} s per pair")


def reencode_section(report: Report) -> None:
    report.say(
        "Invisible re-encodes: jnd encode at its default criterion (0.75 of people see no difference, standard_fhd)"
    )
    report.say("JOD is the observer's word, calibrated on people for other pictures")
    report.say(
        f"{'picture':22} {'format':6} {'setting':16} {'bits/px':>8} {'of source':>9} {'JOD':>6} {'PCE':>8} {'before':>8}  other max"
    )
    before = {row[0]: row[3].pce for row in compared(as_is).rows if row[2]}
    for name in FORMATS:
        pairs = Pairs()
        for path in files("natural"):
            event = None
            for event in encode(path, format=name):  # noqa: B007 - the last one counts
                pass
            if not isinstance(event, Found):
                report.say(f"{path.stem:22} {name:6} not reachable")
                continue
            data, attempt = event.result.data, event.result.attempt
            noise = picture_noise(sensor_picture_of(data))
            for fingerprint in fingerprints().values():
                if fingerprint.prnu.shape == noise.evidence.shape:
                    pairs.add(path, fingerprint, match_fingerprint(noise, fingerprint))
            own = [row for row in pairs.rows if row[0] == path.stem]
            pixels = noise.evidence.size
            report.say(
                f"{path.stem:22} {name:6} {words(attempt.setting):16} {8 * len(data) / pixels:8.3f} "
                f"{len(data) / path.stat().st_size:9.2f} {attempt.jod:6.2f} "
                f"{next(row[3].pce for row in own if row[2]):8.1f} {before[path.stem]:8.1f}  "
                f"{max(row[3].pce for row in own if not row[2]):.1f}"
            )
        report.say(f"{name}: {pairs.summary()}")
        share = np.array(pairs.same) / np.array([before[row[0]] for row in pairs.rows if row[2]])
        report.say(
            f"{name}: PCE left, median {100 * np.median(share):.0f} %, {100 * share.min():.0f} to {100 * share.max():.0f} %"
        )
        report.say()


def web_section(report: Report) -> None:
    report.say(
        f"Made to fit {WEB} x {WEB} pixels, then jnd encode --format auto at its default criterion; the scale known"
    )
    pairs = Pairs()
    for path in files("natural"):
        found = None
        for found in encode(fit_within(read_picture(path), WEB, WEB)):  # noqa: B007 - the last one counts
            pass
        if not isinstance(found, Found):
            report.say(f"{path.stem:22} not reachable")
            continue
        data, attempt = found.result.data, found.result.attempt
        noise = picture_noise(sensor_picture_of(data))
        for fingerprint in fingerprints().values():
            if fingerprint.prnu.shape == pixels_of(path).shape[:2]:
                scale = noise.evidence.shape[1] / fingerprint.width
                pairs.add(
                    path, fingerprint, match_fingerprint(noise, fingerprint, search="scale", scales=[scale])
                )
        own = [row for row in pairs.rows if row[0] == path.stem]
        report.say(
            f"{path.stem:22} {attempt.codec:6} {words(attempt.setting):16} {found.result.bits_per_pixel:6.3f} bits/px "
            f"JOD {attempt.jod:5.2f}  PCE {next(row[3].pce for row in own if row[2]):7.1f}, "
            f"of other devices at most {max(row[3].pce for row in own if not row[2]):.1f}"
        )
    report.say(pairs.summary())


def words(setting: object) -> str:
    return (
        " ".join(f"{name} {value}" for name, value in setting.items())
        if isinstance(setting, dict)
        else str(setting)
    )


def sensor_picture_of(data: bytes) -> Pixels:
    pixels: Pixels = np.asarray(read_picture(data).pixels)
    return pixels


SECTIONS = {
    "pairs": pairs_section,
    "strength": strength_section,
    "grid": grid_section,
    "transformations": transformations_section,
    "scales": scales_section,
    "reencode": reencode_section,
    "web": web_section,
}


def main() -> None:
    cv2.setNumThreads(1)
    chosen = sys.argv[1:] or list(SECTIONS)
    if unknown := [name for name in chosen if name not in SECTIONS]:
        raise SystemExit(f"no section {unknown[0]}; there are {', '.join(SECTIONS)}")
    for name in chosen:
        SECTIONS[name](Report(name))


if __name__ == "__main__":
    main()
