"""The detectors of `jnd inspect`: what they say of untouched pictures, how they rise with each artifact, how near its effect comes.

    JND_SHARED=... python benchmarks/artifacts.py

Effect: the observer's JND between original and changed picture is the truth; beside it the effect that `jnd inspect`
gives for the changed picture alone. Writes benchmarks/results/artifacts.txt. About five minutes on one core.
"""

import io
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
from picture_report import Pixels, clic_middles, pictures, shared, write_report
from PIL import Image
from scipy.stats import spearmanr

from jnd.artifacts import ARTIFACTS
from jnd.artifacts.inspection import inspect
from jnd.artifacts.subject import Subject
from jnd.observer import Observer
from jnd.picture import Picture

Change = Callable[[Pixels], Pixels]

RESULTS = Path(__file__).parent / "results/artifacts.txt"


def main() -> None:
    kodak = pictures("kodak")
    clic = clic_middles()
    parts = (
        untouched({"Kodak": kodak, "CLIC": clic}),
        rising(kodak[::2]),
        effects(kodak[::3]),
        speed(),
        repeatability(kodak[::2]),
    )
    write_report(__doc__.splitlines()[0], parts, RESULTS)


def untouched(sets: dict[str, list[Pixels]]) -> Iterator[str]:
    for name, members in sets.items():
        yield f"Untouched pictures of {name} ({len(members)}): found in; strength 50 %, 95 %, largest"
        subjects = [Subject(np.ascontiguousarray(picture)) for picture in members]
        for key, artifact in ARTIFACTS.items():
            found = [artifact.detect(subject) for subject in subjects]
            strengths = np.array([finding.strength for finding in found])
            yield (
                f"  {key:18s} {sum(finding.found for finding in found):3d}; {np.median(strengths):8.3f} "
                f"{np.percentile(strengths, 95):8.3f} {strengths.max():8.3f}"
            )


def repeatability(members: list[Pixels]) -> Iterator[str]:
    """What ``jnd.difference.direction`` takes its dead zones from."""
    random = np.random.default_rng(0)
    apart: dict[str, list[float]] = {key: [] for key in ARTIFACTS}
    for picture in members:
        noise = random.integers(-1, 2, picture.shape)
        versions = (
            picture,
            picture[16:-8, 8:-16],
            picture[5:-3, 3:-5],
            np.clip(picture + noise, 0, 255).astype(np.uint8),
        )
        subjects = [Subject(np.ascontiguousarray(version)) for version in versions]
        for key, artifact in ARTIFACTS.items():
            first, *others = (artifact.detect(subject).strength for subject in subjects)
            apart[key] += [abs(other - first) for other in others]
    yield f"Repeatability: change of the strength when an untouched picture is cut by a few pixels or gets noise of ±1 (n = {len(apart['blur'])})"
    for key, values in apart.items():
        middle, high, largest = np.percentile(values, [50, 95, 100])
        yield f"  {key:18s} 50 % {middle:.4f}, 95 % {high:.4f}, largest {largest:.4f}"


def coded(name: str, **options: object) -> Change:
    def through(picture: Pixels) -> Pixels:
        buffer = io.BytesIO()
        Image.fromarray(picture).save(buffer, name, **options)
        return np.asarray(Image.open(buffer).convert("RGB"))

    return through


def noisy(sigma: float) -> Change:
    noise = np.random.default_rng(0)
    return lambda picture: np.clip(
        np.rint(picture + noise.normal(0, sigma, (*picture.shape[:2], 1))), 0, 255
    ).astype(np.uint8)


def blurred(sigma: float) -> Change:
    return lambda picture: cv2.GaussianBlur(picture, (0, 0), sigma)


def enlarged(factor: float) -> Change:
    def through(picture: Pixels) -> Pixels:
        height, width = picture.shape[:2]
        small = cv2.resize(
            picture, (round(width / factor), round(height / factor)), interpolation=cv2.INTER_AREA
        )
        return cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)

    return through


def few_levels(step: int) -> Change:
    """Smooth parts only: the picture is blurred first, so that its gradients are even."""
    return lambda picture: (cv2.GaussianBlur(picture, (0, 0), 6) // step * step + step // 2).astype(np.uint8)


def brighter(gain: float) -> Change:
    return lambda picture: np.clip(np.rint(picture * gain), 0, 255).astype(np.uint8)


LADDERS: dict[str, dict[str, Change]] = {
    "jpeg_history": {f"quality {q}": coded("JPEG", quality=q) for q in (90, 75, 50, 25)},
    "blockiness": {f"quality {q}": coded("JPEG", quality=q) for q in (90, 75, 50, 25)},
    "ringing": {
        **{f"quality {q}": coded("JPEG", quality=q) for q in (75, 50, 25)},
        **{
            f"jpeg 2000 1:{r}": coded("JPEG2000", quality_mode="rates", quality_layers=[r], irreversible=True)
            for r in (20, 60)
        },
    },
    "blur": {f"sigma {s}": blurred(s) for s in (0.7, 1.0, 1.5, 2.5)},
    "noise": {f"sigma {s}": noisy(s) for s in (2, 5, 10, 20)},
    "banding": {f"steps of {s}": few_levels(s) for s in (1, 2, 4, 8)},
    "clipping": {f"gain {g}": brighter(g) for g in (1.1, 1.3, 1.6)},
    "resampling": {f"enlarged {f}": enlarged(f) for f in (1.2, 1.5, 2.0, 3.0)},
    "chroma_subsampling": {"4:2:0 at 90": coded("JPEG", quality=90, subsampling=2)},
}


def rising(members: list[Pixels]) -> Iterator[str]:
    yield f"Each artifact made: found; median strength (n = {len(members)} Kodak pictures)"
    for key, ladder in LADDERS.items():
        for level, change in ladder.items():
            found = [
                ARTIFACTS[key].detect(Subject(np.ascontiguousarray(change(picture)))) for picture in members
            ]
            extra = ""
            if key == "resampling":
                wanted = float(level.split()[1])
                right = [
                    isinstance(f.details["factor"], float) and abs(f.details["factor"] / wanted - 1) < 0.03
                    for f in found
                ]
                extra = f"; factor within 3 % {np.mean(right):.0%}"
            yield (
                f"  {key:18s} {level:15s} {np.mean([finding.found for finding in found]):5.0%} "
                f"{np.median([finding.strength for finding in found]):8.3f}{extra}"
            )


def effects(members: list[Pixels]) -> Iterator[str]:
    yield f"Effect of the artifact alone, in JND: truth against `jnd inspect` ({len(members)} Kodak pictures)"
    for key, ladder in LADDERS.items():
        if ARTIFACTS[key].imitated is None or key == "banding":
            continue  # a ladder of bands would have the blur in its truth
        truth, told = [], []
        for picture in members:
            observer = Observer(picture)
            for change in ladder.values():
                changed = change(picture)
                effect = inspect(Picture(changed), artifacts=[key], scores=False).effects.get(key)
                if effect is not None:
                    truth.append(observer.look(changed).jnd)
                    told.append(effect.jnd)
        if len(truth) < 5:
            yield f"  {key:18s} found in {len(truth)} only"
            continue
        ratio = np.median(np.array(told) / np.maximum(truth, 0.05))
        correlation = "" if np.ptp(truth) == 0 else f"SROCC {spearmanr(truth, told)[0]:.2f}, "
        yield (
            f"  {key:18s} {correlation}median told / true {ratio:.2f}, median true {np.median(truth):.2f} "
            f"(n = {len(truth)})"
        )


def speed() -> Iterator[str]:
    path = min(shared("data/images/clic2025/validation").glob("*.webp"))
    large = np.asarray(Image.open(path).convert("RGB"))
    yield "Processor seconds of a whole inspection, one thread: without effects, with"
    for width, height in ((1024, 1024), (4000, 3000)):
        picture = cv2.resize(large, (width, height), interpolation=cv2.INTER_AREA)
        buffer = io.BytesIO()
        Image.fromarray(picture).save(buffer, "JPEG", quality=80)
        decoded = Picture(np.asarray(Image.open(buffer)))
        times = []
        for with_effects in (False, True):
            begin = time.process_time()
            inspect(decoded, effects=with_effects)
            times.append(time.process_time() - begin)
        yield f"  {width * height / 1e6:.1f} megapixels: {times[0]:.2f}, {times[1]:.2f}"


if __name__ == "__main__":
    main()
