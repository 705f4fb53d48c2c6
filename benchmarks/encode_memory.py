"""How much memory `jnd encode` needs per picture, by megapixels and format.

    python benchmarks/encode_memory.py

Each picture (scikit-image's astronaut, tiled) is encoded by a process of its own; printed is that process's peak
resident memory, and what it takes per megapixel beyond the smallest picture. Writes benchmarks/results/encode_memory.txt.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image
from skimage import data

RESULT_FILE = Path(__file__).resolve().parent / "results" / "encode_memory.txt"
SIDES = {
    "jpeg": (1024, 3584, 7168),
    "webp": (1024, 3584),
    "avif": (1024, 3584),
    "jpegxl": (1024, 3584),
}
"""Pixels of both sides of the pictures: 1, 13 and 51 megapixels."""

MEASURED = """
import resource, sys
from jnd.cli import main
try:
    main()
finally:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)
"""


def peak_mebibytes(picture: Path, format_name: str, out: Path) -> tuple[float, float]:
    begin = time.perf_counter()
    command = [
        sys.executable,
        "-c",
        MEASURED,
        "encode",
        str(picture),
        "-o",
        str(out),
        "--format",
        format_name,
        "-q",
    ]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return int(done.stderr.split()[-1]) / 1024, time.perf_counter() - begin


def main() -> None:
    lines = [f"peak memory of jnd encode, one picture per process, {time.strftime('%Y-%m-%d')}"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for format_name, sides in SIDES.items():
            first = None
            for side in sides:
                tiles = (-(-side // 512), -(-side // 512), 1)
                source = folder / f"{side}.png"
                if not source.exists():
                    pixels = np.tile(data.astronaut(), tiles)[:side, :side]
                    Image.fromarray(pixels).save(source, compress_level=1)
                mebibytes, seconds = peak_mebibytes(source, format_name, folder / format_name)
                first = first or mebibytes
                megapixels = side * side / 1e6
                more = (
                    ""
                    if side == sides[0]
                    else f", {(mebibytes - first) / (megapixels - sides[0] ** 2 / 1e6):.0f} MiB per further megapixel"
                )
                lines.append(
                    f"{format_name:7} {megapixels:6.1f} MP {mebibytes:7.0f} MiB in {seconds:6.1f} s{more}"
                )
                print(lines[-1], flush=True)
    RESULT_FILE.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
