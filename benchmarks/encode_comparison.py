"""What `jnd encode` saves against one quality for all, pip pixiq and `cjxl -d 1`, judged by others than its own observer.

In an environment with jnd[jxl,heic], ``torch==2.13.0 cvvdp==0.5.7 ssimulacra2==0.3.0 pixiq==0.5.0`` and libjxl's C
library of before 0.9 (Debian 12: libjxl0.7), which holds butteraugli:

    JND_SHARED=... OMP_NUM_THREADS=1 python benchmarks/encode_comparison.py

Pictures are Kodak's 24. "One quality" is the smallest file setting at which 95 % of the pictures meet the target. So that
the winner is not only its own judge, both sides are also compared at equal quality of their worst pictures: the setting
for all at which the 5th percentile of SSIMULACRA2 (pip ``ssimulacra2``), or the 95th of butteraugli's 3-norm, is that
of jnd's files; bytes between two settings are interpolated. Writes benchmarks/results/encode_comparison.txt.
"""

import argparse
import ctypes
import io
import math
import platform
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from encode_search import shared_images  # which finds the pictures of JND_SHARED
from PIL import Image

import jnd
from jnd.codecs import CODECS
from jnd.metrics.ssimulacra2 import ssimulacra2
from jnd.picture import Picture, read_picture
from jnd.records import Found
from jnd.search.criterion import SatisfiedUsers
from jnd.search.judge import Judge
from jnd.viewing import viewing_conditions

RESULT_FILE = Path(__file__).resolve().parent / "results" / "encode_comparison.txt"
SHARE = 0.75
FORMATS = ("jpeg", "jpeg:turbo", "webp", "avif", "jpegxl", "heic")
CRITERION = SatisfiedUsers(SHARE, "aic3", viewing_conditions())

Score = Callable[[Picture, bytes], float]
"""Original and file → higher is better."""


class Butteraugli:
    """libjxl's C API (jxl/butteraugli.h), 3-norm of the distance; as a score, its negative."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL("libjxl.so.0.7")
        for name, kind in (
            ("JxlButteraugliApiCreate", ctypes.c_void_p),
            ("JxlButteraugliCompute", ctypes.c_void_p),
            ("JxlButteraugliResultGetDistance", ctypes.c_float),
        ):
            getattr(self._library, name).restype = kind
        self._api = ctypes.c_void_p(self._library.JxlButteraugliApiCreate(None))

    def __call__(self, original: Picture, file: bytes) -> float:
        class PixelFormat(ctypes.Structure):
            _fields_ = (
                ("channels", ctypes.c_uint32),
                ("type", ctypes.c_int),
                ("endianness", ctypes.c_int),
                ("align", ctypes.c_size_t),
            )

        layout = PixelFormat(3, 2, 0, 0)  # three channels of 8 bits
        one, other = original.pixels.tobytes(), read_picture(file).pixels.tobytes()
        height, width = original.pixels.shape[:2]
        result = ctypes.c_void_p(
            self._library.JxlButteraugliCompute(
                self._api,
                ctypes.c_uint32(width),
                ctypes.c_uint32(height),
                *(ctypes.byref(layout), one, ctypes.c_size_t(len(one))),
                *(ctypes.byref(layout), other, ctypes.c_size_t(len(other))),
            )
        )
        distance = self._library.JxlButteraugliResultGetDistance(result, ctypes.c_float(3.0))
        self._library.JxlButteraugliResultDestroy(result)
        return -float(distance)


def own_ssimulacra2(original: Picture, file: bytes) -> float:
    """The same as pip ``ssimulacra2`` to the eight decimals that it prints (a golden test), in a sixtieth of the time."""
    return ssimulacra2(original.pixels, read_picture(file).pixels)


def package_ssimulacra2(original: Picture, file: bytes) -> float:
    from ssimulacra2 import compute_ssimulacra2

    with tempfile.TemporaryDirectory() as folder:
        paths = [f"{folder}/{name}.png" for name in ("original", "file")]
        for path, pixels in zip(paths, (original.pixels, read_picture(file).pixels), strict=True):
            Image.fromarray(pixels).save(path, compress_level=0)
        return float(compute_ssimulacra2(*paths))


@dataclass
class Family:
    """Files of all pictures by one parameter, from best to worst."""

    make: Callable[[Picture, int], bytes]
    steps: int
    pictures: Sequence[Picture]

    def __post_init__(self) -> None:
        self._files: dict[tuple[int, int], bytes] = {}
        self._worst: dict[tuple[int, str], float] = {}

    def file(self, picture: int, step: int) -> bytes:
        key = picture, step
        if key not in self._files:
            self._files[key] = self.make(self.pictures[picture], step)
        return self._files[key]

    def bytes(self, step: int) -> int:
        return sum(len(self.file(i, step)) for i in range(len(self.pictures)))

    def worst(self, step: int, name: str, score: Score) -> float:
        """5th percentile over the pictures."""
        if (step, name) not in self._worst:
            self._worst[step, name] = fifth_percentile(
                [score(picture, self.file(i, step)) for i, picture in enumerate(self.pictures)]
            )
        return self._worst[step, name]

    def bytes_at(self, name: str, score: Score, wanted: float) -> float | None:
        """Bytes at which the 5th percentile is ``wanted``, interpolated between two steps; None if out of reach."""
        low, high = 0, self.steps - 1
        if not self.worst(low, name, score) >= wanted >= self.worst(high, name, score):
            return None
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self.worst(middle, name, score) >= wanted else (low, middle)
        best, worst = self.worst(low, name, score), self.worst(high, name, score)
        part = 0.0 if best == worst else (best - wanted) / (best - worst)
        return math.exp((1 - part) * math.log(self.bytes(low)) + part * math.log(self.bytes(high)))


def fifth_percentile(scores: Sequence[float]) -> float:
    return float(np.percentile(scores, 5))


def satisfied(pictures: Sequence[Picture], judges: Sequence[Judge], files: Sequence[bytes]) -> float:
    """Share of pictures that meet the target by jnd's observer."""
    met = [
        CRITERION.is_met(judge.look(read_picture(file))) for judge, file in zip(judges, files, strict=True)
    ]
    return sum(met) / len(pictures)


def one_quality(family: Family, judges: Sequence[Judge]) -> int:
    """The worst step at which 95 % of the pictures meet the target."""
    count = len(family.pictures)
    low, high = 0, family.steps
    while high - low > 1:
        middle = (low + high) // 2
        files = [family.file(i, middle) for i in range(count)]
        low, high = (middle, high) if satisfied(family.pictures, judges, files) >= 0.95 else (low, middle)
    return low


def compared(ours: float, theirs: float | None) -> str:
    return "out of its range" if theirs is None else f"{100 * (ours / theirs - 1):+.1f} %"


def pixiq_family(name: str, pictures: Sequence[Picture]) -> Family:
    from pixiq import Pixiq

    wanted = np.linspace(1.0, 0.75, 26)

    def make(picture: Picture, step: int) -> bytes:
        buffer = io.BytesIO()
        Pixiq.compress(
            Image.fromarray(picture.pixels),
            buffer,
            perceptual_quality=float(wanted[step]),
            format=name.upper(),
        )
        return buffer.getvalue()

    return Family(make, len(wanted), pictures)


PIXIQ_DEFAULT = 10
"""Its own default, perceptual_quality 0.9."""


def compare_format(
    name: str, pictures: Sequence[Picture], judges: Sequence[Judge], scores: dict[str, Score]
) -> list[str]:
    codec = CODECS[name]
    answers = [list(jnd.encode(picture, format=name, satisfied=SHARE))[-1] for picture in pictures]
    files = [answer.result.data for answer in answers if isinstance(answer, Found)]
    lossless = sum(isinstance(a, Found) and a.result.attempt.distortion_level is None for a in answers)
    if len(files) < len(pictures) or lossless:
        return [f"{name}: {len(pictures) - len(files) + lossless} pictures out of its reach, not compared"]
    ours = sum(map(len, files))
    family = Family(codec.encode, len(codec.levels), pictures)
    step = one_quality(family, judges)
    reached = satisfied(pictures, judges, [family.file(i, step) for i in range(len(pictures))])
    lines = [
        f"{name}: {ours} bytes, target met by {100 * satisfied(pictures, judges, files):.0f} % of pictures",
        (
            f"  one quality for all, {codec.setting(step)}: {family.bytes(step)} bytes, met by {100 * reached:.0f} %: "
            f"jnd {compared(ours, family.bytes(step))}"
        ),
    ]
    worst = {
        judge: fifth_percentile([s(p, f) for p, f in zip(pictures, files, strict=True)])
        for judge, s in scores.items()
    }
    lines += [
        f"  one quality at equal 5th percentile of {judge} ({worst[judge]:.2f}): jnd {compared(ours, family.bytes_at(judge, score, worst[judge]))}"
        for judge, score in scores.items()
    ]
    if name == "jpegxl":
        level = codec.level(distance=1.0)
        met = satisfied(pictures, judges, [family.file(i, level) for i in range(len(pictures))])
        lines.append(
            f"  cjxl -d 1 (distance 1.0): {family.bytes(level)} bytes, met by {100 * met:.0f} %: jnd {compared(ours, family.bytes(level))}"
        )
        lines += [
            f"    its 5th percentile of {judge}: {family.worst(level, judge, score):.2f}, jnd's {worst[judge]:.2f}"
            for judge, score in scores.items()
        ]
    if name in ("jpeg", "webp", "avif"):
        other = pixiq_family(name, pictures)
        met = satisfied(pictures, judges, [other.file(i, PIXIQ_DEFAULT) for i in range(len(pictures))])
        lines.append(
            f"  pixiq at its default: {other.bytes(PIXIQ_DEFAULT)} bytes, met by {100 * met:.0f} %: jnd {compared(ours, other.bytes(PIXIQ_DEFAULT))}"
        )
        lines += [
            f"  pixiq at equal 5th percentile of {judge}: jnd {compared(ours, other.bytes_at(judge, score, worst[judge]))}"
            for judge, score in scores.items()
        ]
    return lines


def against_bisection(pictures: Sequence[Picture], names: Sequence[str]) -> list[str]:
    """Plain bisection over the codec's levels with pip cvvdp, and jnd, on the same pictures in the same run."""
    from cvvdp_package import package_colorvideovdp

    package = package_colorvideovdp("standard_fhd", CRITERION.viewing.pixels_per_degree)
    lines = []
    for name in names:
        codec = CODECS[name]
        seconds, bytes_, trials = [0.0, 0.0], [0, 0], [0, 0]
        for picture in pictures:
            begin = time.process_time()
            low, high, data = -1, len(codec.levels), b""
            while high - low > 1:
                middle = (low + high) // 2
                tried = codec.encode(picture, middle)
                trials[0] += 1
                if package(picture.pixels, read_picture(tried).pixels)[0] >= CRITERION.threshold_jod:
                    low, data = middle, tried
                else:
                    high = middle
            seconds[0] += time.process_time() - begin
            bytes_[0] += len(data)
            begin = time.process_time()
            *_, answer = jnd.encode(picture, format=name, satisfied=SHARE)
            seconds[1] += time.process_time() - begin
            if isinstance(answer, Found):
                bytes_[1] += len(answer.result.data)
                trials[1] += len(answer.result.attempts)
        count = len(pictures)
        lines.append(
            f"{name}: bisection with pip cvvdp {seconds[0] / count:.2f} s and {trials[0] / count:.1f} trials per picture, "
            f"jnd {seconds[1] / count:.2f} s and {trials[1] / count:.1f}: {seconds[0] / seconds[1]:.0f} times faster, "
            f"bytes {compared(bytes_[1], bytes_[0])}"
        )
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--formats", nargs="+", default=[n for n in FORMATS if CODECS[n].installed])
    parser.add_argument("--pictures", type=int, default=24, help="the first so many of Kodak")
    arguments = parser.parse_args()
    paths = sorted(shared_images("kodak").glob("*.webp"), key=lambda path: int(path.stem))
    pictures = [read_picture(path) for path in paths[: arguments.pictures]]
    judges = [Judge(picture, CRITERION.viewing, CRITERION.protocol) for picture in pictures]
    lines = [
        f"jnd encode against others, the first {len(pictures)} Kodak pictures, at least {SHARE} satisfied, {time.strftime('%Y-%m-%d')}",
        f"Python {platform.python_version()}; less is better: jnd's bytes against theirs",
    ]
    picture, file = pictures[0], CODECS["jpeg"].encode(pictures[0], 20)
    both = own_ssimulacra2(picture, file), package_ssimulacra2(picture, file)
    lines.append(f"SSIMULACRA2 by jnd {both[0]:.8f}, by pip ssimulacra2 {both[1]:.8f}: by jnd from here on")
    scores: dict[str, Score] = {"ssimulacra2": own_ssimulacra2, "butteraugli (negative)": Butteraugli()}
    for name in arguments.formats:
        lines += compare_format(name, pictures, judges, scores)
        print("\n".join(lines), flush=True)
        RESULT_FILE.write_text("\n".join(lines) + "\n")
    lines += [
        "",
        *against_bisection(pictures[::4], [n for n in ("jpeg", "webp", "avif") if n in arguments.formats]),
    ]
    print("\n".join(lines))
    RESULT_FILE.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
