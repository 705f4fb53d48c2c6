"""How fast the metrics are against scikit-image and piq, on one core, in the same run.

The peers may live in another Python with ``scikit-image piq==0.8.0 torch``: name it.

    OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 python benchmarks/metrics_speed.py --peers /path/to/python   # or JND_PEERS

One megapixel; arrays in, float out: 8-bit code values for jnd, what they ask for (floating tensors or planes) for
the peers. Medians of processor time, interleaved. Writes benchmarks/results/metrics_speed.txt.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np
from skimage import data

from jnd.metrics import METRICS

RESULTS = Path(__file__).parent / "results/metrics_speed.txt"
GOALS = {"ssim": 4, "ms-ssim": 10, "gmsd": 20}

PEER = """
import sys, time
import numpy as np, piq, torch
from skimage.metrics import peak_signal_noise_ratio, structural_similarity
torch.set_num_threads(1)
one, other = (np.load(f) for f in sys.argv[1:])
luma = [x.astype(np.float32) @ np.array([.299, .587, .114], np.float32) for x in (one, other)]
colour = [torch.from_numpy(x.astype(np.float32)).permute(2, 0, 1)[None].contiguous() for x in (one, other)]
grey = [torch.from_numpy(x)[None, None] for x in luma]
work = {
    "psnr-rgb": lambda: peak_signal_noise_ratio(one, other),
    "ssim": lambda: structural_similarity(*luma, gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=255),
    "ms-ssim": lambda: piq.multi_scale_ssim(*grey, data_range=255),
    "iw-ssim": lambda: piq.information_weighted_ssim(*colour, data_range=255),
    "gmsd": lambda: piq.gmsd(*colour, data_range=255),
    "vifp": lambda: piq.vif_p(*colour, data_range=255),
    "fsimc": lambda: piq.fsim(*colour, data_range=255),
    "haarpsi": lambda: piq.haarpsi(*colour, data_range=255),
}
for name in work:
    work[name]()
for line in sys.stdin:
    begin = time.process_time()
    work[line.strip()]()
    print(time.process_time() - begin, flush=True)
"""
NAMES = ("psnr-rgb", "ssim", "ms-ssim", "iw-ssim", "gmsd", "vifp", "fsimc", "haarpsi")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--peers", default=os.environ.get("JND_PEERS", sys.executable), metavar="PYTHON")
    parser.add_argument("--runs", type=int, default=7)
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    reference = np.tile(data.astronaut(), (2, 2, 1))
    noise = np.random.default_rng(0).normal(0, 6, reference.shape).round()
    changed = np.clip(reference + noise, 0, 255).astype(np.uint8)
    lines = [
        "1024x1024 (astronaut, noise of 6 code values); medians of processor time on one core, interleaved"
    ]
    with tempfile.TemporaryDirectory() as folder:
        files = [str(Path(folder) / name) for name in ("reference.npy", "changed.npy")]
        for file, picture in zip(files, (reference, changed), strict=True):
            np.save(file, picture)
        environment = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        with subprocess.Popen(
            [arguments.peers, "-W", "ignore", "-c", PEER, *files],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        ) as peer:
            assert peer.stdin is not None
            assert peer.stdout is not None
            for name in NAMES:
                function = METRICS[name].function
                function(reference, changed)
                ours, theirs = [], []
                for _ in range(arguments.runs):
                    peer.stdin.write(name + "\n")
                    peer.stdin.flush()
                    theirs.append(1000 * float(peer.stdout.readline()))
                    begin = time.process_time()
                    function(reference, changed)
                    ours.append(1000 * (time.process_time() - begin))
                mine, other = statistics.median(ours), statistics.median(theirs)
                goal = f", goal {GOALS[name]}" if name in GOALS else ""
                lines.append(
                    f"{name:9} {mine:7.1f} ms, {METRICS[name].equal_to} {other:7.1f} ms: {other / mine:.1f} times{goal}"
                )
                print(lines[-1], flush=True)
            peer.stdin.close()
    RESULTS.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
