"""How fast and how large the observer is, against pip ``cvvdp`` in the same run, on one core.

Run in an environment with jnd, scikit-image, ``torch==2.13.0 cvvdp==0.5.7``:

    OMP_NUM_THREADS=1 python benchmarks/colorvideovdp_speed.py
    python benchmarks/colorvideovdp_speed.py --memory 100      # peak memory of a 100-megapixel pair

File decoding is excluded. Runs are interleaved; medians of processor time
and their ratios are printed.
"""

import argparse
import resource
import statistics
import time
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from skimage import data

from jnd.metrics.colorvideovdp import Reference, colorvideovdp
from jnd.metrics.colorvideovdp.bands import band_path
from jnd.viewing import viewing_conditions

VIEWING = viewing_conditions("standard_fhd")


def pair(height: int, width: int) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """A photograph tiled to size, and the same with noise of 4 code values."""
    photograph = data.astronaut()
    tiles = (-(-height // 512), -(-width // 512), 1)
    reference = np.ascontiguousarray(np.tile(photograph, tiles)[:height, :width])
    noise = np.random.default_rng(0).normal(0, 4, photograph.shape).round().astype(np.int16)
    changed = np.clip(photograph + noise, 0, 255).astype(np.uint8)
    return reference, np.ascontiguousarray(np.tile(changed, tiles)[:height, :width])


def milliseconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return (time.process_time() - start) * 1e3


def speed(runs: int) -> None:
    from cvvdp_package import package_colorvideovdp

    reference, changed = pair(1024, 1024)
    package = package_colorvideovdp("standard_fhd", VIEWING.pixels_per_degree)
    kept = Reference(reference, VIEWING)
    kept.compare(changed)
    package(reference, changed)
    theirs, cold, following = [], [], []
    for _ in range(runs):
        theirs.append(milliseconds(lambda: package(reference, changed)))
        for _ in range(3):
            cold.append(milliseconds(lambda: colorvideovdp(reference, changed, VIEWING)))
            following.append(milliseconds(lambda: kept.compare(changed)))
    megapixels = reference.shape[0] * reference.shape[1] / 1e6
    base = statistics.median(theirs)
    print("1024x1024, one core, median processor ms per megapixel, and times faster than pip cvvdp 0.5.7")
    for name, times in (("pip cvvdp", theirs), ("cold pair", cold), ("next candidate", following)):
        middle = statistics.median(times)
        print(f"  {name:15} {middle / megapixels:8.1f}   {base / middle:6.1f}x   (asked for: {ASKED[name]})")


ASKED = {"pip cvvdp": "1x", "cold pair": "25x", "next candidate": "40x"}


def linearity() -> None:
    print("cost by size, median of 5, ms per megapixel (cold pair)")
    for side in (256, 512, 1024, 2048, 4096):
        reference, changed = pair(side, side)
        times = [milliseconds(lambda r=reference, c=changed: colorvideovdp(r, c, VIEWING)) for _ in range(5)]
        print(f"  {side:5} x {side:<5} {statistics.median(times) / (side * side / 1e6):6.1f}")


def memory(megapixels: int) -> None:
    side = round(1000 * megapixels**0.5 / 512) * 512  # whole tiles, so that every size has one texture
    reference, changed = pair(side, side)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    jod = colorvideovdp(reference, changed, VIEWING)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    # The borders weigh in with 1 / side, so two smaller corners tell what the large picture must give.
    two, four = (colorvideovdp(reference[:n, :n], changed[:n, :n], VIEWING) for n in (2048, 4096))
    without_borders = 2 * four - two
    expected = without_borders - (without_borders - two) * 2048 / side
    print(f"{side} x {side}: peak {peak:.2f} GiB (the two pictures and Python: {before:.2f} GiB)")
    print(f"{jod:.5f} JOD; from corners of 2048 and 4096 pixels, same texture: {expected:.5f} JOD")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--memory", type=int, metavar="MEGAPIXELS")
    arguments = parser.parse_args()
    print(f"path: {type(band_path()).__name__}")
    if arguments.memory:
        memory(arguments.memory)
    else:
        speed(arguments.runs)
        linearity()
