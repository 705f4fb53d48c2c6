"""Fit the two scores without a reference, and test them on pictures and people that they never saw.

    JND_SHARED=... python reproduce/no_reference.py

Writes src/jnd/metrics/brisque_observer.json and niqe.json, and reproduce/results/no_reference.txt. Needs the folder that
JND_SHARED names (or ../shared beside the checkout) with data/images and data/labels. About eight minutes on one core.

What ships is fitted to the CLIC 2025 validation photographs (Unsplash licence) and the CID22 training pictures (CC BY-SA
4.0), of which only statistics are kept: means and covariances over patches, and the 36 features of 300 versions. A
second fit to CLIC alone is reported beside it: eight photographs are too few. Kodak pictures are for testing only:
the Toyama opinions are of them.
"""

import csv
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image
from scipy.stats import spearmanr
from shared_material import shared

from jnd.metrics import niqe as niqe_room
from jnd.metrics.brisque_observer import CLIP, brisque_features
from jnd.observer import Observer
from jnd.vision.luma import luma_bt601

Array = npt.NDArray[np.float64]
Pixels = npt.NDArray[np.uint8]

HERE = Path(__file__).parent
WEIGHTS = HERE.parent / "src/jnd/metrics"
RESULTS = HERE / "results/no_reference.txt"
CROP = 512
CENTRES = 300
SEED = 6
RIDGES = (1e-3, 1e-2, 1e-1, 1.0)
GAMMAS = (0.003, 0.01, 0.03, 0.1)
BOOTSTRAPS = 2000
SHIPPED = "CLIC and CID22 training (shipped)"


@dataclass(frozen=True)
class Rows:
    """Features and labels of versions of pictures."""

    features: Array
    loss: Array
    """10 - JOD by the observer."""
    picture: npt.NDArray[np.int64]
    """Index of the original, so that no photograph is on both sides of a test."""
    kind: list[str]


def main() -> None:
    images = shared("data/images")
    random = np.random.default_rng(SEED)
    clic = [
        (i, crop) for i, path in enumerate(listed(images / "clic2025/validation")) for crop in crops(path)
    ]
    cid22 = [(100 + i, read(path)) for i, path in enumerate(listed(images / "cid22/CID22-512/training"))]
    kodak = [(1000 + i, read(path)) for i, path in enumerate(listed(images / "kodak"))]
    free = rows(clic, random, per_picture=12)
    more = rows(cid22, random, per_picture=10)
    test = rows(kodak, random, per_picture=18)
    report = [__doc__.splitlines()[0], ""]
    report.append(
        f"versions of pictures: CLIC {len(free.loss)} ({len(set(free.picture))} photographs, {len(clic)} crops), "
        f"CID22 training {len(more.loss)} ({len(set(more.picture))}), Kodak (test) {len(test.loss)} (24)"
    )
    toyama = read_toyama(images)
    report += ["", "brisque_observer", ""]
    fits = {}
    for name, train in (("CLIC alone", free), (SHIPPED, joined(free, more))):
        gamma, ridge, left_out = chosen(train)
        fits[name] = fit(train, gamma, ridge)
        report.append(f"{name}: gamma {gamma}, ridge {ridge}, photographs left out: {agreement(*left_out)}")
        guessed = predict(fits[name], test.features)
        report.append(f"  Kodak, observer's JOD: {agreement(test.loss, guessed)}")
        for kind in sorted(set(test.kind)):
            of_kind = np.array([k == kind for k in test.kind])
            report.append(f"    {kind:12s} {agreement(test.loss[of_kind], guessed[of_kind])}")
        report.append(
            f"  Toyama JPEG, people: {with_people(toyama, lambda p, f=fits[name]: -predict(f, brisque_features(p)[np.newaxis])[0])}"
        )
    untouched = predict(fits[SHIPPED], np.array([brisque_features(p) for _, p in kodak]))
    report.append(f"untouched Kodak pictures: JOD {describe(10 - untouched)}")
    write(WEIGHTS / "brisque_observer.json", fits[SHIPPED])

    report += ["", "niqe", ""]
    for name, pristine in (("CLIC alone", clic), (SHIPPED, clic + cid22)):
        write(WEIGHTS / "niqe.json", niqe_model([p for _, p in pristine]))
        niqe_room.good_pictures.cache_clear()
        report.append(f"{name}: {len(pristine)} pictures of {CROP} by {CROP}")
        report.append(
            f"  untouched Kodak pictures: {describe(np.array([niqe_room.niqe(p) for _, p in kodak]))}"
        )
        scores, loss, kinds = kodak_scores(kodak)
        report.append(f"  Kodak, observer's JOD: SROCC {spearmanr(scores, loss)[0]:.3f} (n = {len(loss)})")
        for kind in sorted(set(kinds) - {"untouched"}):
            of_kind = np.array([k == kind for k in kinds])
            report.append(
                f"    {kind:12s} SROCC {spearmanr(scores[of_kind], loss[of_kind])[0]:.3f} (n = {of_kind.sum()})"
            )
        report.append(f"  Toyama JPEG, people: {with_people(toyama, lambda p: -niqe_room.niqe(p))}")
    alone = spearmanr(toyama[2], toyama[1])[0]
    report.append(f"\nfor comparison, Toyama JPEG, the quality factor alone: SROCC {alone:.3f}")
    RESULTS.write_text("\n".join(report) + "\n", encoding="utf-8")
    print("\n".join(report))


def kodak_scores(kodak: list[tuple[int, Pixels]]) -> tuple[Array, Array, list[str]]:
    """NIQE, the observer's loss and the kind of 18 versions of each picture."""
    random = np.random.default_rng(1)
    scores, loss, kinds = [], [], []
    for number, picture in kodak:
        observer = Observer(picture)
        for _, changed, kind in versions([(number, picture)], random, 18):
            scores.append(niqe_room.niqe(changed))
            loss.append(10 - observer.look(changed).jod)
            kinds.append(kind)
    return np.array(scores), np.array(loss), kinds


def listed(folder: Path) -> list[Path]:
    return sorted(p for p in folder.iterdir() if p.suffix.lower() in {".webp", ".png"})


def read(path: Path) -> Pixels:
    return np.asarray(Image.open(path).convert("RGB"))


def crops(path: Path) -> list[Pixels]:
    """Four crops at full size, and two of the photograph at half its size, which is sharper."""
    full = read(path)
    half = cv2.resize(full, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    found = []
    for picture, count in ((full, 6), (half, 2)):
        height, width = picture.shape[:2]
        for number in range(count):
            share = (number + 0.5) / count
            top = int((height - CROP) * (share if number % 2 else 1 - share))
            left = int((width - CROP) * share)
            found.append(np.ascontiguousarray(picture[top : top + CROP, left : left + CROP]))
    return found


def coded(name: str, **options: object) -> Callable[[Pixels], Pixels]:
    def through(picture: Pixels) -> Pixels:
        buffer = io.BytesIO()
        Image.fromarray(picture).save(buffer, name, **options)
        return np.asarray(Image.open(buffer).convert("RGB"))

    return through


def blurred(sigma: float) -> Callable[[Pixels], Pixels]:
    return lambda picture: cv2.GaussianBlur(picture, (0, 0), sigma)


def noisy(sigma: float, random: np.random.Generator, grey: bool) -> Callable[[Pixels], Pixels]:
    def noise(picture: Pixels) -> Pixels:
        shape = (*picture.shape[:2], 1) if grey else picture.shape
        return np.clip(np.rint(picture + random.normal(0, sigma, shape)), 0, 255).astype(np.uint8)

    return noise


def resampled(factor: float, method: int) -> Callable[[Pixels], Pixels]:
    def resample(picture: Pixels) -> Pixels:
        height, width = picture.shape[:2]
        size = max(8, round(width / factor)), max(8, round(height / factor))
        return cv2.resize(
            cv2.resize(picture, size, interpolation=cv2.INTER_AREA), (width, height), interpolation=method
        )

    return resample


def sharpened(amount: float) -> Callable[[Pixels], Pixels]:
    return lambda picture: cv2.addWeighted(
        picture, 1 + amount, cv2.GaussianBlur(picture, (0, 0), 1.0), -amount, 0
    )


def versions(
    pictures: list[tuple[int, Pixels]], random: np.random.Generator, count: int
) -> Iterator[tuple[int, Pixels, str]]:
    """``count`` versions of each picture, their kinds in turn, their levels at random."""
    makers: dict[str, Callable[[], Callable[[Pixels], Pixels]]] = {
        "untouched": lambda: lambda picture: picture,
        "jpeg": lambda: coded(
            "JPEG", quality=int(random.integers(8, 97)), subsampling=int(random.choice([0, 2]))
        ),
        "jpeg again": lambda: coded("JPEG", quality=int(random.integers(15, 97)), subsampling=2),
        "webp": lambda: coded("WEBP", quality=int(random.integers(2, 96)), method=2),
        "jpeg 2000": lambda: coded(
            "JPEG2000",
            quality_mode="rates",
            quality_layers=[float(np.exp(random.uniform(1.6, 4.6)))],
            irreversible=True,
        ),
        "blur": lambda: blurred(float(np.exp(random.uniform(-0.7, 1.2)))),
        "noise": lambda: noisy(float(np.exp(random.uniform(0, 3.2))), random, bool(random.integers(2))),
        "resampled": lambda: resampled(
            float(random.uniform(1.2, 4)), int(random.choice([cv2.INTER_LINEAR, cv2.INTER_CUBIC]))
        ),
        "sharpened": lambda: sharpened(float(random.uniform(0.3, 3))),
    }
    for number, (index, picture) in enumerate(pictures):
        for version in range(count):
            kind = list(makers)[(number * count + version) % len(makers)]
            yield index, makers[kind]()(picture), kind


def rows(pictures: list[tuple[int, Pixels]], random: np.random.Generator, per_picture: int) -> Rows:
    features, loss, index, kinds = [], [], [], []
    for number, picture in pictures:
        observer = Observer(picture)
        for _, changed, kind in versions([(number, picture)], random, per_picture):
            features.append(brisque_features(changed))
            loss.append(10 - observer.look(changed).jod)
            index.append(number)
            kinds.append(kind)
    return Rows(np.array(features), np.array(loss), np.array(index), kinds)


def joined(one: Rows, other: Rows) -> Rows:
    return Rows(
        np.concatenate([one.features, other.features]),
        np.concatenate([one.loss, other.loss]),
        np.concatenate([one.picture, other.picture]),
        one.kind + other.kind,
    )


def fit(train: Rows, gamma: float, ridge: float) -> dict[str, Array]:
    """Kernel ridge on centres drawn from the training versions (Nyström)."""
    mean, deviation = train.features.mean(axis=0), train.features.std(axis=0)
    scaled = np.clip((train.features - mean) / deviation, -CLIP, CLIP)
    drawn = np.random.default_rng(SEED).choice(len(scaled), min(CENTRES, len(scaled)), replace=False)
    centres = scaled[np.sort(drawn)].round(3)
    kernel, own = gaussian(scaled, centres, gamma), gaussian(centres, centres, gamma)
    intercept = train.loss.mean()
    left = kernel.T @ kernel + ridge * own + 1e-6 * np.eye(len(centres))
    coefficients = np.linalg.solve(left, kernel.T @ (train.loss - intercept))
    return {
        "mean": mean,
        "deviation": deviation,
        "centres": centres,
        "coefficients": coefficients,
        "gamma": np.array(gamma),
        "intercept": np.array(intercept),
    }


def gaussian(one: Array, other: Array, gamma: float) -> Array:
    squares = (one**2).sum(1)[:, np.newaxis] + (other**2).sum(1) - 2 * one @ other.T
    return np.exp(-gamma * np.maximum(squares, 0))


def predict(fitted: dict[str, Array], features: Array) -> Array:
    scaled = np.clip((features - fitted["mean"]) / fitted["deviation"], -CLIP, CLIP)
    kernel = gaussian(scaled, fitted["centres"], float(fitted["gamma"]))
    return np.maximum(kernel @ fitted["coefficients"] + fitted["intercept"], 0)


def chosen(train: Rows) -> tuple[float, float, tuple[Array, Array]]:
    """Gamma and ridge of least error on photographs that were left out, in eight groups of photographs."""
    group = np.unique(train.picture, return_inverse=True)[1] % 8
    best: tuple[float, float, float, Array] | None = None
    for gamma in GAMMAS:
        for ridge in RIDGES:
            guessed = np.zeros_like(train.loss)
            for fold in range(8):
                inside = group != fold
                part = Rows(train.features[inside], train.loss[inside], train.picture[inside], [])
                guessed[~inside] = predict(fit(part, gamma, ridge), train.features[~inside])
            error = float(np.mean((guessed - train.loss) ** 2))
            if best is None or error < best[0]:
                best = error, gamma, ridge, guessed
    assert best is not None
    return best[1], best[2], (train.loss, best[3])


def agreement(true: Array, guessed: Array) -> str:
    error = np.sqrt(np.mean((true - guessed) ** 2))
    if np.ptp(true) == 0:
        return f"RMSE {error:.3f} JOD (n = {len(true)})"
    return f"SROCC {spearmanr(true, guessed)[0]:.3f}, PLCC {np.corrcoef(true, guessed)[0, 1]:.3f}, RMSE {error:.3f} JOD (n = {len(true)})"


def describe(values: Array) -> str:
    low, middle, high = np.percentile(values, [5, 50, 95])
    return f"median {middle:.2f}, 5 to 95 % {low:.2f} to {high:.2f} (n = {len(values)})"


def read_toyama(images: Path) -> tuple[list[Pixels], Array, Array, npt.NDArray[np.int64]]:
    """The 84 JPEGs rebuilt with libjpeg 4:2:0, their opinion scores, quality factors and sources."""
    pictures, scores, qualities, sources = [], [], [], []
    with shared("data/labels/Toyama-MICT/toyama_kodak_tidy.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["codec"] != "JPEG":
                continue
            source = read(images / f"kodak/{int(row['kodak'])}.webp")
            pictures.append(coded("JPEG", quality=int(row["param"]), subsampling=2)(source))
            scores.append(float(row["mos"]))
            qualities.append(float(row["param"]))
            sources.append(int(row["kodak"]))
    return pictures, np.array(scores), np.array(qualities), np.array(sources)


def with_people(
    toyama: tuple[list[Pixels], Array, Array, npt.NDArray[np.int64]], score: Callable[[Pixels], float]
) -> str:
    """SROCC with opinions, interval by drawing sources anew."""
    pictures, opinions, _, sources = toyama
    scores = np.array([score(picture) for picture in pictures])
    random = np.random.default_rng(SEED)
    names = np.unique(sources)
    drawn = []
    for _ in range(BOOTSTRAPS):
        rows_ = np.concatenate([np.flatnonzero(sources == name) for name in random.choice(names, len(names))])
        drawn.append(spearmanr(scores[rows_], opinions[rows_])[0])
    low, high = np.percentile(drawn, [2.5, 97.5])
    return (
        f"SROCC {spearmanr(scores, opinions)[0]:.3f}, 95 % {low:.3f} to {high:.3f} "
        f"(n = {len(scores)}, {len(names)} sources drawn anew)"
    )


def niqe_model(pictures: list[Pixels]) -> dict[str, Array]:
    """Mean and covariance of the sharp patches of good pictures."""
    sharp = []
    for picture in pictures:
        features, contrast = niqe_room.patch_features(luma_bt601(picture.astype(np.float32)))
        sharp.append(features[contrast > niqe_room.SHARP * contrast.max()])
    everything = np.concatenate(sharp)
    return {"mean": everything.mean(axis=0), "covariance": np.cov(everything, rowvar=False)}


def write(path: Path, values: dict[str, Array]) -> None:
    rounded = {
        name: np.vectorize(lambda v: float(f"{v:.7g}"))(value).tolist() for name, value in values.items()
    }
    text = json.dumps({"made_by": "reproduce/no_reference.py"} | rounded, separators=(",", ":"))
    path.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
