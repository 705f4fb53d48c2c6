"""Does removing what a JND model calls invisible save bytes at equal visibility?

Kodak pictures as JPEG by libjpeg-turbo: as they are, prefiltered, and with quantisation tables made per picture;
bytes are compared at the same JOD, judged by our observer against the untouched original. Then panning
sequences made from them, as H.264 by x264 from an installed ffmpeg, judged frame by frame.

    python benchmarks/redundancy.py [pictures] [ffmpeg]

Needs the Kodak pictures below $JND_SHARED (or a folder "shared" beside the checkout).
"""

import io
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "reproduce"))
from shared_material import shared

from jnd.models import JND_MODELS
from jnd.observer import Observer, jod_of_satisfied
from jnd.redundancy import encode_jpeg, quantisation_tables, remove_redundancy
from jnd.viewing import viewing_conditions

VIEWING = viewing_conditions()
TARGETS = {"19 of 20 satisfied": 0.95, "3 of 4 satisfied": 0.75, "half satisfied": 0.5}
QUALITIES = (30, 45, 58, 68, 76, 82, 87, 91, 94, 96, 98)
ERRORS = {
    "watson1993": (0.6, 0.8, 1.0, 1.25, 1.6, 2.0, 2.5, 3.2, 4.0),
    "wei2009": (0.3, 0.4, 0.55, 0.75, 1.0, 1.4, 1.9, 2.5, 3.3),
    "zhang2005": (1.5, 2.0, 2.6, 3.4, 4.4, 5.7, 7.4, 9.6, 12.5),
}
SHOWN_QUALITY = 76
CRFS = (12, 15, 18, 21, 24, 27, 30)
FRAMES, STEP = 16, 3
Curve = list[tuple[int, float]]


def jpeg(pixels: np.ndarray, quality: int) -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=quality, optimize=True, progressive=True)
    return out.getvalue()


def decoded(data: bytes) -> np.ndarray:
    return np.array(Image.open(io.BytesIO(data)).convert("RGB"))


def curve(files: Iterator[bytes], observer: Observer) -> Curve:
    return [(len(data), observer.look(decoded(data)).jod) for data in files]


def bytes_at(points: Curve, jod: float) -> float:
    """Bytes by interpolation of log bytes over JOD; NaN where the curve does not reach."""
    ordered = sorted(points, key=lambda point: point[1])
    sizes, jods = np.log([size for size, _ in ordered]), [found for _, found in ordered]
    return float(np.exp(np.interp(jod, jods, sizes, left=np.nan, right=np.nan)))


def ways() -> dict[str, Callable[[np.ndarray], Iterator[bytes]]]:
    def plain(pixels: np.ndarray) -> Iterator[bytes]:
        return (jpeg(pixels, quality) for quality in QUALITIES)

    def removed(method: str, model: str) -> Callable[[np.ndarray], Iterator[bytes]]:
        return lambda pixels: plain(remove_redundancy(pixels, method=method, model=model))

    def tables(model: str) -> Callable[[np.ndarray], Iterator[bytes]]:
        return lambda pixels: (
            encode_jpeg(
                pixels, quantisation_tables(pixels, perceptual_error=error, model=model, viewing=VIEWING)
            )
            for error in ERRORS[model]
        )

    chosen = {"plain": plain}
    for method, model in (("block-mean", "wu2017"), ("block-mean", "chou1995"), ("dct", "zhang2005")):
        if model in JND_MODELS:
            chosen[f"{method}, {model}"] = removed(method, model)
    for model in ERRORS:
        chosen[f"jpeg-tables, {model}"] = tables(model)
    return chosen


def pictures(kodak: Path, count: int) -> list[Path]:
    return sorted(kodak.iterdir(), key=lambda path: (len(path.stem), path.stem))[:count]


def stills(paths: list[Path]) -> None:
    targets = {words: float(jod_of_satisfied(share, viewing=VIEWING)) for words, share in TARGETS.items()}
    print(f"JPEG (libjpeg-turbo, 4:2:0, progressive), {len(paths)} Kodak pictures, {VIEWING}")
    curves: dict[str, list[Curve]] = {name: [] for name in ways()}
    untouched: dict[str, list[float]] = {name: [] for name in curves}
    for path in paths:
        pixels = np.array(Image.open(path).convert("RGB"))
        observer = Observer(pixels, VIEWING)
        for name, files in ways().items():
            curves[name].append(curve(files(pixels), observer))
            if "jpeg" not in name and name != "plain":
                method, model = name.split(", ")
                untouched[name].append(
                    observer.look(remove_redundancy(pixels, method=method, model=model)).jod
                )
    report(curves, targets)
    at = QUALITIES.index(SHOWN_QUALITY)
    for name, found in curves.items():
        if "jpeg" in name:
            continue
        ratio = np.mean([
            np.log(points[at][0] / base[at][0])
            for points, base in zip(found, curves["plain"], strict=True)
        ])  # fmt: skip
        jod = np.mean([points[at][1] for points in found])
        print(
            f"At JPEG quality {SHOWN_QUALITY}, {name}: bytes {100 * (np.exp(ratio) - 1):+.1f} %, mean JOD {jod:.2f}"
        )
    for name, jods in untouched.items():
        if jods:
            print(
                f"JOD of the prefiltered picture itself, {name}: mean {np.mean(jods):.2f}, lowest {min(jods):.2f}"
            )
    sizes, jods = [], []
    for path in paths:
        pixels = np.array(Image.open(path).convert("RGB"))
        data = encode_jpeg(pixels, quantisation_tables(pixels, viewing=VIEWING))
        sizes.append(len(data))
        jods.append(Observer(pixels, VIEWING).look(decoded(data)).jod)
    print(
        f"Tables for a perceptual error of 1 (watson1993): JOD {np.mean(jods):.2f} (lowest {min(jods):.2f}), "
        f"mean bytes {np.mean(sizes):.0f}"
    )


def report(curves: dict[str, list[Curve]], targets: dict[str, float]) -> None:
    """Geometric mean of bytes relative to plain at each JOD, and how many pictures it could be computed for."""
    print(
        f"{'bytes relative to plain at':32s}"
        + "".join(f"{f'JOD {jod:.2f}':>22s}" for jod in targets.values())
    )
    for name, found in curves.items():
        cells = []
        for jod in targets.values():
            ratios = np.array(
                [
                    bytes_at(points, jod) / bytes_at(base, jod)
                    for points, base in zip(found, curves["plain"], strict=True)
                ]
            )
            reached = np.isfinite(ratios)
            mean = np.exp(np.log(ratios[reached]).mean()) if reached.any() else np.nan
            told = f"{100 * (mean - 1):+8.1f} % (n = {reached.sum():2d})" if reached.any() else "out of reach"
            cells.append(told)
        print(f"{name:32s}" + "".join(f"{cell:>22s}" for cell in cells))


def video(paths: list[Path], ffmpeg: str) -> None:
    print(f"\nH.264 (x264 preset medium, crf {CRFS[0]} to {CRFS[-1]}), {len(paths)} pans over Kodak pictures, "
          f"{FRAMES} frames of 480x320, judged frame by frame")  # fmt: skip
    kinds = {"plain": None, "dct, wei2009": ("dct", "wei2009"), "dct, zhang2005": ("dct", "zhang2005")}
    if "wu2017" in JND_MODELS:
        kinds["block-mean, wu2017"] = ("block-mean", "wu2017")
    curves: dict[str, list[Curve]] = {name: [] for name in kinds}
    for path in paths:
        whole = np.array(Image.open(path).convert("RGB"))
        height, width = (320, 480) if whole.shape[1] > whole.shape[0] else (480, 320)
        frames = [
            np.ascontiguousarray(whole[number : number + height, STEP * number : STEP * number + width])
            for number in range(FRAMES)
        ]
        observers = [Observer(frame, VIEWING) for frame in frames[::3]]
        for name, kind in kinds.items():
            changed = [frame if kind is None else remove_redundancy(frame, method=kind[0], model=kind[1]) for frame in frames]  # fmt: skip
            points = []
            for crf in CRFS:
                size, shown = x264(changed, crf, ffmpeg)
                jods = [
                    observer.look(frame).jod for observer, frame in zip(observers, shown[::3], strict=True)
                ]
                points.append((size, float(np.mean(jods))))
            curves[name].append(points)
    report(curves, {"": 9.8, " ": 9.6, "  ": 9.4})


def x264(frames: list[np.ndarray], crf: int, ffmpeg: str) -> tuple[int, list[np.ndarray]]:
    height, width = frames[0].shape[:2]
    raw = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}", "-r", "25"]
    with tempfile.TemporaryDirectory() as folder:
        stream = str(Path(folder) / "a.264")
        quiet = [ffmpeg, "-loglevel", "error", "-y", "-threads", "1"]
        subprocess.run(
            [*quiet, *raw, "-i", "-", "-pix_fmt", "yuv420p", "-c:v", "libx264", "-crf", str(crf), stream],
            input=b"".join(frame.tobytes() for frame in frames),
            check=True,
        )
        out = subprocess.run(
            [*quiet, "-i", stream, "-f", "rawvideo", "-pix_fmt", "rgb24", "-"],
            check=True,
            capture_output=True,
        ).stdout
        shown = np.frombuffer(out, np.uint8).reshape(-1, height, width, 3)
        return Path(stream).stat().st_size, [np.ascontiguousarray(frame) for frame in shown]


def main() -> None:
    kodak = shared("data/images/kodak")
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 24
    stills(pictures(kodak, count))
    ffmpeg = sys.argv[2] if len(sys.argv) > 2 else shutil.which("ffmpeg")
    if ffmpeg is None:
        print("\nH.264: skipped, no ffmpeg is installed")
    else:
        video(pictures(kodak, max(1, count // 6)), ffmpeg)


if __name__ == "__main__":
    main()
