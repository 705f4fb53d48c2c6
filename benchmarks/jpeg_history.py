"""JPEG history from pixels: how often the quality, the grid and an earlier compression are right, and how often alarms are false.

    JND_SHARED=... python benchmarks/jpeg_history.py

Pictures of Kodak, CLIC 2025 validation and CID22 validation are compressed by libjpeg-turbo (Pillow), decoded, and cut at a random
offset; what is looked at are the pixels alone. Writes benchmarks/results/jpeg_history.txt. About ten minutes on one core.
"""

import io
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
from picture_report import Pixels, clic_middles, pictures, shared, write_report
from PIL import Image

from jnd.artifacts import ARTIFACTS, subject_of
from jnd.artifacts.subject import Subject

RESULTS = Path(__file__).parent / "results/jpeg_history.txt"
QUALITIES = range(40, 96, 5)
FIRST, LAST = (50, 70, 80, 85, 92), (60, 75, 90, 95)
SEED = 6


def main() -> None:
    kodak = pictures("kodak")
    others = pictures("cid22/CID22-512/validation")[::3]
    clic = clic_middles()
    sets = {"Kodak": kodak, "CLIC": clic, "CID22 validation": others}
    parts = (quality(sets), false_alarms(sets), twice(kodak[::3]), chroma(kodak[::2]), cameras())
    write_report(__doc__.splitlines()[0], parts, RESULTS)


def jpeg(picture: Pixels, quality: int, subsampling: int = 2) -> Pixels:
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "JPEG", quality=quality, subsampling=subsampling)
    return np.asarray(Image.open(buffer))


def quality(sets: dict[str, list[Pixels]]) -> Iterator[str]:
    random = np.random.default_rng(SEED)
    yield "Quality of decoded JPEGs cut at a random offset: exact, within 2, largest error; right grid"
    seconds, pixels, every = 0.0, 0, []
    for name, members in sets.items():
        for setting in QUALITIES:
            errors, grids = [], 0
            for number, picture in enumerate(members):
                x, y = (int(offset) for offset in random.integers(0, 8, 2))
                cut = np.ascontiguousarray(jpeg(picture, setting, 2 * (number % 2))[y:, x:])
                begin = time.perf_counter()
                found = Subject(cut).compression
                seconds, pixels = seconds + time.perf_counter() - begin, pixels + cut.size // 3
                errors.append(100 if found is None else abs(found.quality - setting))
                grids += found is not None and found.offset == (-x % 8, -y % 8)
            every += errors
            error = np.array(errors)
            yield (
                f"  {name:17s} quality {setting}: {(error == 0).mean():6.1%} {(error <= 2).mean():6.1%} "
                f"{error.max():3d}; grid {grids / len(error):6.1%} (n = {len(error)})"
            )
    error = np.array(every)
    yield f"  all: exact {(error == 0).mean():.2%}, within 2 {(error <= 2).mean():.2%} (n = {len(error)})"
    yield f"  {seconds / pixels * 1e6:.2f} s per megapixel, one core, wall time of a busy machine"


def false_alarms(sets: dict[str, list[Pixels]]) -> Iterator[str]:
    random = np.random.default_rng(SEED)
    changes: dict[str, Callable[[Pixels], Pixels]] = {
        "as they are": lambda picture: picture,
        "blurred, sigma 1": lambda picture: cv2.GaussianBlur(picture, (0, 0), 1.0),
        "blurred, sigma 2.5": lambda picture: cv2.GaussianBlur(picture, (0, 0), 2.5),
        "noise of 5": lambda picture: np.clip(
            np.rint(picture + random.normal(0, 5, picture.shape)), 0, 255
        ).astype(np.uint8),
        "1.5 times": lambda picture: cv2.resize(picture, None, fx=1.5, fy=1.5, interpolation=cv2.INTER_CUBIC),
        "0.6 times": lambda picture: cv2.resize(picture, None, fx=0.6, fy=0.6, interpolation=cv2.INTER_AREA),
        "contrast 0.8": lambda picture: np.rint(picture * 0.8 + 20).astype(np.uint8),
    }
    yield "Pictures without JPEG compression in which one was found"
    for change, made in changes.items():
        counts = []
        for name, members in sets.items():
            found = [Subject(made(picture)).compression for picture in members]
            alarms = [f"quality {estimate.quality}" for estimate in found if estimate is not None]
            counts.append(
                f"{name} {len(alarms)} of {len(members)}{' (' + ', '.join(alarms) + ')' if alarms else ''}"
            )
        yield f"  {change}: {'; '.join(counts)}"


def twice(members: list[Pixels]) -> Iterator[str]:
    yield f"Compressed twice on one grid, saved without loss: found / first quality within 2 (n = {len(members)} each)"
    yield "  last \\ first   " + "".join(f"{first:>13d}" for first in FIRST) + "   once (false alarms)"
    for last in LAST:
        cells = []
        for first in (*FIRST, None):
            found = right = 0
            for picture in members:
                before = picture if first is None else jpeg(picture, first)
                told = (
                    ARTIFACTS["jpeg_history"].detect(Subject(jpeg(before, last))).details.get("first_quality")
                )
                found += told is not None
                right += isinstance(told, int) and first is not None and abs(told - first) <= 2
            n = len(members)
            cells.append(f"{found / n:7.0%} /{right / n:4.0%}" if first is not None else f"   {found} of {n}")
        yield f"  {last:>12d}   " + "".join(cells)


def chroma(members: list[Pixels]) -> Iterator[str]:
    yield "Chroma subsampling of decoded JPEGs, by the pixels: right, not told, wrong"
    random = np.random.default_rng(SEED)
    for setting in (50, 75, 90, 95):
        for subsampling, name in ((0, "4:4:4"), (1, "4:2:2"), (2, "4:2:0")):
            told = []
            for picture in members:
                x, y = (int(offset) for offset in random.integers(0, 16, 2))
                cut = np.ascontiguousarray(jpeg(picture, setting, subsampling)[y:, x:])
                told.append(ARTIFACTS["chroma_subsampling"].detect(Subject(cut)).details["measured"])
            right, silent = told.count(name), told.count(None)
            yield f"  quality {setting} {name}: {right}, {silent}, {len(told) - right - silent}"


def cameras() -> Iterator[str]:
    paths = sorted(shared("data/images/camera").glob("*/*.JPG"))
    yield "JPEG files straight from three Nikon cameras: tables, and an earlier compression reported (false alarms)"
    alarms = []
    for path in paths:
        finding = ARTIFACTS["jpeg_history"].detect(subject_of(path))
        if finding.details["first_quality"] is not None:
            alarms.append(
                f"{path.name} {finding.details['quality']} after {finding.details['first_quality']}"
            )
    yield f"  {len(alarms)} of {len(paths)}{': ' if alarms else ''}{', '.join(alarms)}"


if __name__ == "__main__":
    main()
