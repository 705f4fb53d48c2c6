"""`jnd study analyze` on a long table as Hoffman & Stolitzka's: 35 observers, 18 pictures, 250,000 answers.

    python benchmarks/study_analysis.py

The answers are simulated: each observer and picture has a threshold, one answer in a hundred is a lapse. Writes
benchmarks/results/study_analysis.txt. Half a minute on one core.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from jnd.psychometrics.psychometric_function import psychometric_function

RESULTS = Path(__file__).parent / "results/study_analysis.txt"
OBSERVERS, PICTURES, ANSWERS = 35, 18, 250_000
LEVELS = np.arange(4.0, 45.0, 4.0)
WIDTH, LAPSE = 12.0, 0.01


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answers.csv"
        truth = write_answers(path)
        began = time.perf_counter()
        arguments = [
            sys.executable,
            "-m",
            "jnd",
            "study",
            "analyze",
            str(path),
            "--json",
            "--report",
            f"{folder}/page.html",
        ]
        done = subprocess.run(
            arguments, check=True, capture_output=True, text=True, env=os.environ | {"OMP_NUM_THREADS": "1"}
        )
        seconds = time.perf_counter() - began
        page = (Path(folder) / "page.html").stat().st_size
        megabytes = path.stat().st_size / 1e6
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    pictures = json.loads(done.stdout)["pictures"]
    inside = sum(p["low"] <= truth[p["name"]] <= p["high"] for p in pictures)
    widths = [p["high"] - p["low"] for p in pictures]
    lines = [
        __doc__.splitlines()[0],
        "",
        f"table                {megabytes:.1f} MB of CSV",
        f"time                 {seconds:.1f} s, with the page of {page / 1e6:.1f} MB (goal: 30 s)",
        f"memory               {memory:.0f} MiB at most (goal: 1024 MiB)",
        f"thresholds           {len(pictures)}, {inside} of the 95 % intervals hold the mean threshold of the 35 observers",
        f"intervals            {np.median(widths):.2f} levels wide in the median",
        f"own thresholds       {sum(len(p['per_observer']) for p in pictures)} of observers",
    ]
    print("\n".join(lines))
    RESULTS.write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_answers(path: Path) -> dict[str, float]:
    """Write the table; the mean threshold of each picture."""
    rng = np.random.default_rng(2014)
    person, picture = rng.integers(0, OBSERVERS, ANSWERS), rng.integers(0, PICTURES, ANSWERS)
    level = rng.choice(LEVELS, ANSWERS)
    own = rng.normal(0.0, 2.0, OBSERVERS)
    of_picture = rng.uniform(14.0, 30.0, PICTURES)
    distance = level - (own[person] + of_picture[picture])
    seen = psychometric_function(distance, 0.0, WIDTH)
    right = rng.random(ANSWERS) < 0.5 + (0.5 - LAPSE / 2) * seen
    time_ms = rng.gamma(6.0, 200.0, ANSWERS)
    with path.open("w") as file:
        file.write("observer,picture,level,trial,correct,response_time\n")
        for i in range(ANSWERS):
            file.write(f"o{person[i]},p{picture[i]},{level[i]:g},{i},{int(right[i])},{time_ms[i]:.0f}\n")
    return {f"p{i}": float(of_picture[i] + own.mean()) for i in range(PICTURES)}


if __name__ == "__main__":
    main()
