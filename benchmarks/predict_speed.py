"""Speed of `jnd predict` against one Gaussian blur of the same picture in the same run, on one core.

    python benchmarks/predict_speed.py

Array in, decoding of files excluded, all codecs of the model that ships with jnd. Goals: 1 megapixel at most 10 times
one 11x11 float32 Gaussian blur by OpenCV, 12 megapixels at most 2.5 times the 1-megapixel figure, loading the model
under 150 ms. Writes benchmarks/results/predict_speed.txt.
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import statistics
import subprocess
import sys
import time
from pathlib import Path

import cv2
import numpy as np
from measuring import median_seconds
from skimage import data

from jnd.learned.predictor import Predictor

RESULT_FILE = Path(__file__).resolve().parent / "results" / "predict_speed.txt"
RUNS = 31
LOAD = """
import time
begin = time.perf_counter(); import onnxruntime; imported = time.perf_counter()
from jnd.learned.model_file import default_model
ours = time.perf_counter(); default_model(); print(imported - begin, time.perf_counter() - ours)
"""


def main() -> None:
    cv2.setNumThreads(1)
    photograph = data.astronaut()
    one = np.ascontiguousarray(np.tile(photograph, (2, 2, 1)))
    twelve = np.ascontiguousarray(np.tile(photograph, (6, 8, 1)))
    as_float = one.astype(np.float32)
    predictor = Predictor()
    seconds = median_seconds(
        RUNS,
        lambda: cv2.GaussianBlur(as_float, (11, 11), 1.5),
        lambda: predictor.predict(one),
        lambda: predictor.predict(twelve),
    )
    blur, small, large = (1000 * value for value in seconds)
    loads = [
        [1000 * float(v) for v in subprocess.run([sys.executable, "-c", LOAD], capture_output=True, text=True, check=True).stdout.split()]
        for _ in range(5)
    ]  # fmt: skip
    imported, loaded = (statistics.median(entry[i] for entry in loads) for i in (0, 1))
    lines = [
        f"jnd predict, {len(predictor.codecs)} codecs, {time.strftime('%Y-%m-%d')}, median of {RUNS} interleaved runs, one core",
        f"11x11 Gaussian blur, {one.shape[1]}x{one.shape[0]}, 3 channels, float32: {blur:.1f} ms",
        f"prediction, {one.shape[1]}x{one.shape[0]}: {small:.1f} ms, {small / blur:.1f} blurs (goal: at most 10)",
        f"prediction, {twelve.shape[1]}x{twelve.shape[0]}: {large:.1f} ms, {large / small:.2f} times that (goal: at most 2.5)",
        f"model: loaded in {loaded:.0f} ms (goal: under 150), after {imported:.0f} ms for importing ONNX Runtime",
    ]
    print("\n".join(lines))
    RESULT_FILE.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
