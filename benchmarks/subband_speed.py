"""Speed and memory of the sub-band JND models, beside a plain reading of the same equations in the same run.

    OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 python benchmarks/subband_speed.py

The plain reading of Zhang et al. (2005) loops over blocks and coefficients as public Python ports do. Both must give
the same thresholds. Writes benchmarks/results/subband_speed.txt.
"""

import platform
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from measuring import peak_planes
from scipy.fft import dctn

from jnd.models.subband import SUBBAND_MODELS
from jnd.models.subband.ahumada1992 import ahumada1992_table

SIZES = {"512x512": (512, 512), "1920x1080": (1080, 1920)}
RESULT = Path(__file__).resolve().parent / "results" / "subband_speed.txt"


def picture(shape: tuple[int, int]) -> np.ndarray:
    """Smooth ground, edges and texture."""
    random = np.random.default_rng(0)
    rough = cv2.resize(random.uniform(0, 255, (9, 12)), shape[::-1], interpolation=cv2.INTER_CUBIC)
    texture = random.normal(0, 25, shape) * (rough > 140)
    return np.clip(rough + texture, 0, 255).astype(np.uint8)


def plain_zhang2005(luma: np.ndarray) -> np.ndarray:
    """Block by block, coefficient by coefficient."""
    base = ahumada1992_table()
    rows, columns = luma.shape[0] // 8, luma.shape[1] // 8
    out = np.zeros((rows, columns, 8, 8))
    low = {(1, 0), (2, 0), (0, 1), (0, 2), (1, 1)}
    medium = {(2, 1), (2, 2), (1, 2), (3, 3)} | {(k, 0) for k in range(3, 7)} | {(0, k) for k in range(3, 7)}
    for row in range(rows):
        for column in range(columns):
            block = dctn(luma[8 * row : 8 * row + 8, 8 * column : 8 * column + 8].astype(float), norm="ortho")
            dc = block[0, 0] / 1024
            lifted = 0.8 * (dc - 1) ** 2 + 1 if dc > 1 else 2 * (1 - dc) ** 3 + 1
            sums = {"low": 0.0, "medium": 0.0, "high": 0.0}
            for i in range(8):
                for j in range(8):
                    if (i, j) != (0, 0):
                        kind = "low" if (i, j) in low else "medium" if (i, j) in medium else "high"
                        sums[kind] += abs(block[i, j])
            energy = sums["medium"] + sums["high"]
            first = (sums["low"] / 5) / (sums["medium"] / 12) if sums["medium"] else np.inf
            second = (sums["low"] / 5 + sums["medium"] / 12) / (sums["high"] / 46) if sums["high"] else np.inf
            alpha, beta, gamma = (1.0, 1.6, 2.0) if energy > 900 else (6.9, 4.8, 16.0)
            edge = energy >= 125 and (
                (first >= alpha and second >= beta) or (first >= beta and second >= alpha) or second >= gamma
            )
            raised = 1.0
            if edge:
                raised = 1.25 if sums["low"] + sums["medium"] > 400 else 1.125
            elif energy > 290:
                raised = 1 + 1.5 * (energy - 290) / 1510
            for i in range(8):
                for j in range(8):
                    threshold = base[i, j] * lifted
                    if (i, j) != (0, 0):
                        spared = edge and (i, j) in low | medium
                        masking = 1.0 if spared else max(1.0, abs(block[i, j] / threshold) ** 0.36)
                        threshold *= masking * raised
                    out[row, column, i, j] = 0.3 * threshold
    return out


def milliseconds(call: Callable[[], object], runs: int) -> float:
    """The fastest run."""
    times = []
    for _ in range(runs):
        begin = time.perf_counter()
        call()
        times.append(time.perf_counter() - begin)
    return 1000 * min(times)


def main() -> None:
    cv2.setNumThreads(1)
    lines = [f"{platform.machine()}, one thread, uint8 in, float32 out, fastest of 9 runs"]
    small = picture(SIZES["512x512"])
    plain = milliseconds(lambda: plain_zhang2005(small), 1)
    same = np.allclose(
        plain_zhang2005(small), SUBBAND_MODELS["zhang2005"].thresholds(small.astype(float)).thresholds
    )
    assert same, "both readings must agree"
    for size, shape in SIZES.items():
        luma = picture(shape)
        lines += ["", f"{size:22s}{'thresholds':>12s}{'pixel map':>12s}{'peak memory':>16s}"]
        for name, entry in SUBBAND_MODELS.items():
            thresholds = milliseconds(lambda entry=entry, luma=luma: entry.thresholds(luma), 9)
            mapped = milliseconds(lambda entry=entry, luma=luma: entry.function(luma), 9)
            planes = peak_planes(lambda entry=entry, luma=luma: entry.function(luma), luma.size)
            lines.append(f"{name:22s}{thresholds:9.1f} ms{mapped:9.1f} ms{planes:9.1f} planes")
            if name == "zhang2005" and size == "512x512":
                ratio = plain / thresholds
    lines += ["", f"zhang2005, plain reading at 512x512: {plain:.0f} ms, {ratio:.0f} times as long"]
    for name in ("jia2006", "wei2009"):
        entry = SUBBAND_MODELS[name]
        before = np.roll(small, 2, axis=1)
        moving = milliseconds(lambda entry=entry, before=before: entry.thresholds(small, previous=before), 3)
        lines.append(f"{name} with the motion of a frame before at 512x512: {moving:.0f} ms")
    text = "\n".join(lines) + "\n"
    print(text)
    RESULT.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
