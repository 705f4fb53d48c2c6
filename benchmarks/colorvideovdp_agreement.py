"""Our ColorVideoVDP against pip ``cvvdp`` 0.5.7 on whole photographs of Kodak and CLIC.

Run in an environment with jnd, ``torch==2.13.0 cvvdp==0.5.7``; the pictures are found in the folder that
JND_SHARED names (data/images/kodak, data/images/clic2025/validation):

    JND_SHARED=FOLDER python benchmarks/colorvideovdp_agreement.py
"""

import io
import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "reproduce"))
from shared_material import shared

from jnd.metrics.colorvideovdp import Reference, heat_map
from jnd.viewing import viewing_conditions


def changes(reference: npt.NDArray[np.uint8]) -> dict[str, npt.NDArray[np.uint8]]:
    picture = Image.fromarray(reference)
    noise = np.random.default_rng(7).normal(0, 3, reference.shape)
    return {
        "JPEG 40": through(picture, "JPEG", quality=40),
        "JPEG 85": through(picture, "JPEG", quality=85),
        "WebP 75": through(picture, "WEBP", quality=75),
        "blur": np.asarray(picture.filter(ImageFilter.GaussianBlur(0.6))),
        "noise": np.clip(reference + noise, 0, 255).round().astype(np.uint8),
        "colour": np.clip(reference * [1.03, 1.0, 0.96], 0, 255).round().astype(np.uint8),
    }


def through(picture: Image.Image, file_format: str, **options: int) -> npt.NDArray[np.uint8]:
    file = io.BytesIO()
    picture.save(file, file_format, **options)
    return np.asarray(Image.open(file).convert("RGB"))


def main() -> None:
    images = shared("data/images")
    from cvvdp_package import package_colorvideovdp

    viewing = viewing_conditions("standard_fhd")
    plain = package_colorvideovdp("standard_fhd", viewing.pixels_per_degree)
    with_map = package_colorvideovdp("standard_fhd", viewing.pixels_per_degree, heat_map=True)
    for name, files in (
        ("Kodak", sorted((images / "kodak").glob("*.webp"))),
        ("CLIC 2025", sorted((images / "clic2025" / "validation").glob("*.*"))),
    ):
        errors, map_errors = [], []
        for i, file in enumerate(files):
            reference = np.asarray(Image.open(file).convert("RGB"))
            ours = Reference(reference, viewing)
            for kind, changed in list(changes(reference).items())[:: 1 if name == "Kodak" else 3]:
                map_wanted = name == "Kodak" and i % 6 == 0
                jod, raw = (with_map if map_wanted else plain)(reference, changed)
                errors.append(abs(ours.compare(changed).jod - jod))
                if raw is not None:
                    map_errors.append(np.quantile(np.abs(heat_map(ours, changed) - raw), 0.999))
                print(f"{file.name} {kind}: {jod:.4f} JOD, we differ by {errors[-1]:.6f}", file=sys.stderr)
        print(f"{name}: {len(files)} pictures, {len(errors)} pairs, largest difference {max(errors):.6f} JOD")
        if map_errors:
            print(f"  heat map, {len(map_errors)} pairs: 99.9 % of pixels within {max(map_errors):.4f} JOD")


if __name__ == "__main__":
    main()
