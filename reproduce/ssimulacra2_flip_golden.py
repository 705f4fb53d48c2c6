"""Golden values of SSIMULACRA2 and FLIP from other people's programs: tests/golden/ssimulacra2_flip.csv.

Run in an environment with ``ssimulacra2==0.3.0 flip-evaluator==1.7 scikit-image pillow`` (jnd is not needed):

    python reproduce/ssimulacra2_flip_golden.py
"""

import csv
import runpy
import tempfile
from pathlib import Path

import flip_evaluator
import numpy as np
from PIL import Image
from ssimulacra2 import compute_ssimulacra2

GOLDEN = Path(__file__).parents[1] / "tests/golden"


def main() -> None:
    rows = []
    for name, (reference, changed) in runpy.run_path(str(GOLDEN / "score_pairs.py"))["pairs"]().items():
        with tempfile.TemporaryDirectory() as folder:
            files = [Path(folder) / side for side in ("reference.png", "changed.png")]
            for file, picture in zip(files, (reference, changed), strict=True):
                Image.fromarray(np.ascontiguousarray(picture)).save(file)
            score = compute_ssimulacra2(files[0], files[1])
        values = [np.ascontiguousarray(picture / 255, dtype=np.float32) for picture in (reference, changed)]
        errors, mean, _ = flip_evaluator.evaluate(*values, "LDR", applyMagma=False)
        errors = np.asarray(errors, dtype=np.float64)
        rows.append([name, f"{score:.8f}", f"{errors.mean():.7f}", f"{mean:.7f}", f"{errors.max():.6f}"])
    with (GOLDEN / "ssimulacra2_flip.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["pair", "ssimulacra2", "flip_mean_of_map", "flip_mean_returned", "flip_largest"])
        writer.writerows(rows)


if __name__ == "__main__":
    main()
