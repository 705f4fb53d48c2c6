"""How much memory the commands that look at pictures need for one, by megapixels.

    python benchmarks/memory.py

Each picture (scikit-image's astronaut, tiled; compared is a JPEG of quality 85 of it, with what takes most beside) goes
through a process of its own; printed is that process's peak resident memory, and what it takes per megapixel beyond
the smallest picture. The limits of time and memory (`docs/reference/limits.md`) must allow it: they are read from
`FileLimits` and printed beside. Writes benchmarks/results/memory.txt.
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

from jnd.picture.file_limits import FileLimits

RESULT_FILE = Path(__file__).resolve().parent / "results" / "memory.txt"
COMMANDS = {
    "encode jpeg": ("encode {picture} -o {folder}/jpeg --format jpeg -q", (1024, 3584, 7168)),
    "encode webp": ("encode {picture} -o {folder}/webp --format webp -q", (1024, 3584)),
    "encode avif": ("encode {picture} -o {folder}/avif --format avif -q", (1024, 3584)),
    "encode jpegxl": ("encode {picture} -o {folder}/jpegxl --format jpegxl -q", (1024, 3584)),
    "compare": ("compare {picture} {changed} -q", (1024, 3584, 7168)),
    "compare, all": (
        "compare {picture} {changed} --align --direction --report {folder}/page.html -q",
        (1024, 3584),
    ),
    "inspect": ("inspect {changed} -q", (1024, 3584, 7168)),
    "predict": ("predict {changed} --json", (1024, 3584, 7168)),
}
"""Command lines, and pixels of both sides of the pictures: 1, 13 and 51 megapixels."""

MEASURED = """
import re, sys
from pathlib import Path
from jnd.cli import main
try:
    main()
finally:
    print(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1], file=sys.stderr)
"""
"""Linux. The peak that ``getrusage`` gives counts what the parent had when it started the process."""


def peak_mebibytes(arguments: list[str]) -> tuple[float, float]:
    begin = time.perf_counter()
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-c", MEASURED, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if done.returncode not in (0, 1):
        raise RuntimeError(done.stderr)
    return int(done.stderr.split()[-1]) / 1024, time.perf_counter() - begin


def pictures(folder: Path, side: int) -> tuple[Path, Path]:
    picture, changed = folder / f"{side}.png", folder / f"{side}.jpg"
    if not picture.exists():
        tiles = (-(-side // 512), -(-side // 512), 1)
        image = Image.fromarray(np.tile(data.astronaut(), tiles)[:side, :side])
        image.save(picture, compress_level=1)
        image.save(changed, quality=85)
    return picture, changed


def main() -> None:
    lines = [f"peak memory of one picture or pair per process, {time.strftime('%Y-%m-%d')}"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for command, (template, sides) in COMMANDS.items():
            first = None
            for side in sides:
                picture, changed = pictures(folder, side)
                arguments = template.format(picture=picture, changed=changed, folder=folder).split()
                mebibytes, seconds = peak_mebibytes(arguments)
                first = first or mebibytes
                megapixels = side * side / 1e6
                files = (picture, changed) if command.startswith("compare") else (picture,)
                limits = FileLimits().of_files(*files)
                assert limits.memory_bytes is not None
                more = (
                    ""
                    if side == sides[0]
                    else f", {(mebibytes - first) / (megapixels - sides[0] ** 2 / 1e6):.0f} MiB per further megapixel"
                )
                lines.append(
                    f"{command:13} {megapixels:5.1f} MP {mebibytes:6.0f} MiB in {seconds:5.1f} s (limits "
                    f"{limits.memory_bytes / 2**20:.0f} MiB, {limits.seconds} s){more}"
                )
                print(lines[-1], flush=True)
    RESULT_FILE.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
