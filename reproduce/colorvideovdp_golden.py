"""Make the golden pairs of tests/metrics/test_colorvideovdp.py with pip ``cvvdp`` 0.5.7.

Run in an environment with jnd, ``torch==2.13.0 cvvdp==0.5.7 scikit-image pyjpegxl``:

    python reproduce/colorvideovdp_golden.py

Writes small lossless crops of scikit-image's photographs, what codecs and other changes made of them, and
the package's JOD for each pair, so that no later version of a codec can move the test.
"""

import csv
import io
import sys
from pathlib import Path

import numpy as np
import pyjpegli
import pyjpegxl
from PIL import Image, ImageFilter
from skimage import data

sys.path.insert(0, str(Path(__file__).parent.parent / "benchmarks"))
from cvvdp_package import package_colorvideovdp

FOLDER = Path(__file__).parent.parent / "tests" / "golden" / "colorvideovdp"
VIEWINGS = [
    ("standard_fhd", 24.0),
    ("standard_fhd", 75.0),
    ("standard_phone", 24.0),
    ("standard_phone", 75.0),
]
HEAT_MAPS = [("coffee", "jpeg_turbo", "standard_fhd", 24.0), ("astronaut", "noise", "standard_phone", 75.0)]


def references() -> dict[str, np.ndarray]:
    astronaut, coffee, cat = data.astronaut(), data.coffee(), data.cat()
    return {
        "astronaut": astronaut[40:160, 150:310],
        "coffee": coffee[150:247, 230:351],  # odd both ways
        "cat": cat[90:154, 150:215],  # even rows, odd columns
        "small": astronaut[100:123, 200:241],
        "strip": coffee[100:105, 100:160],
        "tiny": cat[100:108, 200:208],
    }


def through(reference: np.ndarray, file_format: str, **options: object) -> np.ndarray:
    file = io.BytesIO()
    Image.fromarray(reference).save(file, file_format, **options)
    return np.asarray(Image.open(file).convert("RGB"))


def changes(reference: np.ndarray) -> dict[str, np.ndarray]:
    height, width = reference.shape[:2]
    noise = np.random.default_rng(2024).normal(0, 4, reference.shape)
    jpegli = pyjpegli.encode(reference.tobytes(), width, height, 60)
    jpegxl = pyjpegxl.encode(reference.tobytes(), width, height, quality=2.0, num_channels=3)  # distance 2
    _, decoded = pyjpegxl.decode_to_numpy(jpegxl)
    return {
        "jpeg_turbo": through(reference, "JPEG", quality=50),
        "jpegli": np.asarray(Image.open(io.BytesIO(jpegli)).convert("RGB")),
        "webp": through(reference, "WEBP", quality=60),
        "avif": through(reference, "AVIF", quality=60),
        "jpegxl": np.asarray(decoded, np.uint8)[..., :3],
        "blur": np.asarray(Image.fromarray(reference).filter(ImageFilter.GaussianBlur(0.8))),
        "noise": np.clip(reference + noise, 0, 255).round().astype(np.uint8),
        "colour": np.clip(reference * [1.04, 1.0, 0.94], 0, 255).round().astype(np.uint8),
        "local": local(reference),
    }


def local(reference: np.ndarray) -> np.ndarray:
    """A patch in the middle, lighter by 12 code values."""
    changed = reference.copy()
    height, width = reference.shape[:2]
    patch = changed[height // 3 : height // 2, width // 3 : width // 2]
    patch[:] = np.clip(patch.astype(int) + 12, 0, 255)
    return changed


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.iterdir():
        old.unlink()
    rows = []
    for name, reference in references().items():
        Image.fromarray(reference).save(FOLDER / f"{name}.png", optimize=True)
        large = min(reference.shape[:2]) >= 64
        for kind, changed in changes(reference).items():
            if not large and kind not in {"jpeg_turbo", "blur", "colour", "local"}:
                continue
            Image.fromarray(changed).save(FOLDER / f"{name}-{kind}.png", optimize=True)
            for display, pixels_per_degree in VIEWINGS:
                heat = (name, kind, display, pixels_per_degree) in HEAT_MAPS
                predict = package_colorvideovdp(display, pixels_per_degree, heat_map=heat)
                jod, raw = predict(reference, changed)
                rows.append([name, kind, display, pixels_per_degree, f"{jod:.6f}"])
                if raw is not None:
                    np.savez_compressed(
                        FOLDER / f"{name}-{kind}-heat-map.npz", jod_lost=raw.astype(np.float16)
                    )
    with (FOLDER / "jod.csv").open("w", newline="") as file:
        file.write(
            "# pip cvvdp 0.5.7, torch 2.13.0 CPU, one thread; made by reproduce/colorvideovdp_golden.py\n"
        )
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["reference", "change", "display", "pixels_per_degree", "jod"])
        writer.writerows(rows)
    print(f"{len(rows)} pairs in {FOLDER}")


if __name__ == "__main__":
    main()
