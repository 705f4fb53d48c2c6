"""How fast SSIMULACRA2 and FLIP are against pip ``ssimulacra2`` and ``flip-evaluator``, on one core, in the same run.

The peers may live in another Python with ``ssimulacra2==0.3.0 flip-evaluator==1.7``: name it.

    OMP_NUM_THREADS=1 python benchmarks/ssimulacra2_flip_speed.py --peers /path/to/python   # or JND_PEERS
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image
from skimage import data

from jnd.metrics.flip import flip
from jnd.metrics.ssimulacra2 import ssimulacra2

RESULTS = Path(__file__).parent / "results/ssimulacra2_flip_speed.txt"

PEER = """
import sys, time
import numpy as np, flip_evaluator
from PIL import Image
from ssimulacra2 import compute_ssimulacra2
files = sys.argv[1:]
values = [np.asarray(Image.open(f), dtype=np.float32) / 255 for f in files]
work = {"ssimulacra2": lambda: compute_ssimulacra2(*files),
        "flip": lambda: flip_evaluator.evaluate(*values, "LDR", applyMagma=False)}
for line in sys.stdin:
    start = time.process_time()
    work[line.strip()]()
    print(time.process_time() - start, flush=True)
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peers", default=os.environ.get("JND_PEERS", sys.executable), metavar="PYTHON")
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    reference = data.astronaut()
    noise = np.random.default_rng(0).normal(0, 4, reference.shape)
    changed = np.clip(reference + noise, 0, 255).astype(np.uint8)
    ours = {"ssimulacra2": lambda: ssimulacra2(reference, changed), "flip": lambda: flip(reference, changed)}
    lines = [
        "512x512 (astronaut, noise of 4 code values); medians of processor time on one core, interleaved"
    ]
    with tempfile.TemporaryDirectory() as folder:
        files = [str(Path(folder) / name) for name in ("reference.bmp", "changed.bmp")]
        for file, picture in zip(files, (reference, changed), strict=True):
            Image.fromarray(picture).save(file)
        environment = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        with subprocess.Popen(
            [arguments.peers, "-c", PEER, *files],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        ) as peer:
            for name, work in ours.items():
                mine, theirs = [], []
                for _ in range(arguments.runs + 1):
                    peer.stdin.write(f"{name}\n")
                    peer.stdin.flush()
                    theirs.append(float(peer.stdout.readline()))
                    for _ in range(3):
                        start = time.process_time()
                        work()
                        mine.append(time.process_time() - start)
                a, b = statistics.median(mine[3:]), statistics.median(theirs[1:])
                lines.append(f"{name:12} {a * 1e3:7.1f} ms   peer {b * 1e3:7.1f} ms   ratio {b / a:5.1f}")
            peer.stdin.close()
    RESULTS.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
