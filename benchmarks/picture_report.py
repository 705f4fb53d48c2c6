"""Pictures of a set as pixels, and a report that is printed line by line and kept: what detectors' benchmarks share."""

import sys
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "reproduce"))
from shared_material import shared

Pixels = npt.NDArray[np.uint8]


def pictures(name: str) -> list[Pixels]:
    """Every WebP picture of the set ``name`` below data/images, (H, W, 3)."""
    folder = shared(f"data/images/{name}")
    return [np.asarray(Image.open(path).convert("RGB")) for path in sorted(folder.glob("*.webp"))]


def clic_middles() -> list[Pixels]:
    """Parts of 1024 by 768 of CLIC's pictures, near the size of Kodak's."""
    return [picture[200:968, 200:1224] for picture in pictures("clic2025/validation")]


def write_report(title: str, parts: Iterable[Iterable[str]], path: Path) -> None:
    """Print each line when it is known, an empty one behind each part, and write all of them."""
    report = [title, ""]
    for line in chain.from_iterable(chain(part, [""]) for part in parts):
        print(line, flush=True)
        report.append(line)
    path.write_text("\n".join(report) + "\n", encoding="utf-8")
