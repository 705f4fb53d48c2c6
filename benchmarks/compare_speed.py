"""Speed of `jnd.difference.compare` as a ratio to scikit-image's SSIM on the same pair in the same run, one thread.

Usage: OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 python benchmarks/compare_speed.py
Median of interleaved runs, so that both see the same load. Writes benchmarks/results/compare_speed.txt.
"""

from functools import partial
from pathlib import Path

import cv2
import numpy as np
from measuring import median_seconds
from skimage import data
from skimage.metrics import structural_similarity

from jnd.difference import compare

RESULTS = Path(__file__).with_name("results") / "compare_speed.txt"
SIZES = {"1 MP": (1000, 1000, 5), "12 MP": (3000, 4000, 3)}


def main() -> None:
    cv2.setNumThreads(1)
    lines = [
        "Command: OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 python benchmarks/compare_speed.py",
        "Times relative to skimage.metrics.structural_similarity (channel_axis=2) of the same pair in the same run;",
        "below 1 is faster. compare makes the verdict, the map, the regions and the search for misregistration.",
    ]
    for name, (height, width, repeats) in SIZES.items():
        tile = data.coffee()
        picture = np.ascontiguousarray(
            np.tile(tile, (-(-height // tile.shape[0]), -(-width // tile.shape[1]), 1))[:height, :width]
        )
        noise = np.random.default_rng(1).normal(0, 4, picture.shape)
        spot = picture.copy()
        spot[100:140, 100:160] = 255 - spot[100:140, 100:160]
        cases = {
            "one place changed": spot,
            "every pixel changed": np.clip(picture + noise, 0, 255).astype(np.uint8),
            "identical": picture.copy(),
        }
        for case, changed in cases.items():
            ssim, ours = median_seconds(
                repeats,
                partial(structural_similarity, picture, changed, channel_axis=2),
                partial(compare, picture, changed),
            )
            lines.append(f"{name:<6} {case:<20} {ours / ssim:5.2f} times SSIM's ({ours:.2f} s, {ssim:.2f} s)")
            print(lines[-1], flush=True)
    RESULTS.write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
