"""The pixel-domain JND models against the authors' programs and the tables of the papers.

    OMP_NUM_THREADS=1 python reproduce/jnd_maps.py > reproduce/results/jnd_maps.txt

Reads the reference maps' statistics (``oracles/jnd-maps/reference.json``) and the 24 Kodak pictures
(``data/images/kodak``) from the folder named by the environment variable JND_SHARED, or ``../shared``.
"""

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import skimage.data
from PIL import Image
from shared_material import shared

from jnd.models import (
    PIXEL_MODELS,
    jnd_chou1995,
    jnd_jiang2022,
    jnd_liu2010,
    jnd_wu2013,
    jnd_wu2017,
    jnd_yang2005,
)
from jnd.models.jiang2022 import critical_picture
from jnd.models.liu2010 import masked_by_parts
from jnd.vision.contrast_masking import largest_gradient
from jnd.vision.free_energy import prediction
from jnd.vision.luma import luma_bt601
from jnd.vision.luminance_adaptation import background_luminance, lifted_luminance_adaptation
from jnd.vision.pattern_complexity import pattern_complexity
from jnd.vision.total_variation import energy, structure

Array = npt.NDArray[Any]
EXACT_ENERGY = {"camera": 1_804_164.2, "astronaut": 2_407_031.0}

MAPS: dict[str, Callable[[Array], Array]] = {
    "bg_zero_border": lambda f: background_luminance(f, "zero"),
    "mg_zero_border": lambda f: largest_gradient(f, "zero"),
    "chou1995_paper": lambda f: jnd_chou1995(f, border="zero"),
    "yang2005_paper_W=1_beta0.117": lambda f: jnd_yang2005(
        f, variant="paper", protect_edges=False, border="zero"
    ),
    "openjnd_chou": lambda f: jnd_yang2005(f, protect_edges=False, clip_masking=False, border="zero"),
    "openjnd_yang[disc]": lambda f: jnd_yang2005(f, clip_masking=False, border="zero"),
    "openjnd_yang[sq]": lambda f: jnd_yang2005(f, clip_masking=False, square_dilation=True, border="zero"),
    "wu2017_LA": lambda f: 0.7 * lifted_luminance_adaptation(f, "zero"),
    "wu2017_Pc": lambda f: pattern_complexity(f, "zero"),
    "wu2017_jnd[disc]": lambda f: jnd_wu2017(f, border="zero"),
    "wu2017_jnd[sq]": lambda f: jnd_wu2017(f, square_dilation=True, border="zero"),
    "wu2013_pred": lambda f: prediction(f, "zero"),
    "wu2013_jnd": lambda f: jnd_wu2013(f, border="zero"),
    "klt_cpl": lambda f: critical_picture(f, border="zero").picture,
    "klt_jnd[disc]": lambda f: jnd_jiang2022(f, border="zero"),
    "klt_jnd[sq]": lambda f: jnd_jiang2022(f, square_dilation=True, border="zero"),
    "liu2010_jnd": lambda f: jnd_liu2010(f, border="zero"),
    "liu2010_paper_We1_Wt3_beta0.117": lambda f: jnd_liu2010(f, variant="paper", border="zero"),
}


def photograph(name: str) -> Array:
    pixels = getattr(skimage.data, name)()
    return pixels if pixels.ndim == 2 else luma_bt601(pixels)


def compare(name: str, key: str, threshold: Array, reference: dict[str, Any], bits: int) -> None:
    differences = [
        abs(float(threshold[tuple(int(k) for k in at.split(","))]) - value)
        for at, value in reference["samples"].items()
    ]
    found = threshold.astype(np.float64)
    print(
        f"{name:10s} {key:34s} {bits} bits  mean {found.mean() - reference['mean']:+.1e}  "
        f"std {found.std() - reference['std']:+.1e}  max {found.max() - reference['max']:+.1e}  "
        f"samples {max(differences):.1e}"
    )


def noise_psnr(threshold: Array) -> float:
    """PSNR, in dB, of a picture changed by plus or minus its threshold everywhere, without clipping."""
    return float(10 * np.log10(255**2 / np.mean(threshold.astype(np.float64) ** 2)))


def main() -> None:
    oracles = shared("oracles/jnd-maps")
    document = json.loads((oracles / "reference.json").read_text("utf-8"))
    print("Difference to the authors' programs run in Octave (border zero). References have 6 decimals.\n")
    for name, picture in document["images"].items():
        references = picture["models"]
        for bits, dtype in ((64, np.float64), (32, np.uint8)):
            luma = photograph(name).astype(dtype)
            for key, make in MAPS.items():
                if key in references:
                    compare(name, key, make(luma), references[key], bits)
        exact = np.asarray(Image.open(oracles / f"{name}_tvl1.png")).astype(np.float64)
        luma = photograph(name).astype(np.float64)
        on_exact = masked_by_parts(background_luminance(luma, "zero"), exact, luma - exact, "code", "zero")
        compare(name, "liu2010_jnd", on_exact, references["liu2010_jnd"], 64)
        print(f"{name:10s} the last on the exact minimiser's structure")
        excess = energy(photograph(name), structure(photograph(name))) / EXACT_ENERGY[name] - 1
        print(f"{name:10s} TV-L1 energy above the exact minimum: {100 * excess:.4f} %")
        point = critical_picture(luma, border="zero").critical_point
        print(f"{name:10s} KLT critical point {point}, program {references['klt_critical_point_L']}\n")

    files = [
        path for path in sorted(shared("data/images/kodak").iterdir()) if path.suffix in {".webp", ".png"}
    ]
    kodak = [np.asarray(Image.open(path).convert("L")) for path in files]
    known = document["kodak24_lena_psnr_pm1_noise"]
    print(f"PSNR of +-1 JND noise, mean of {len(kodak)} Kodak pictures (PIL's luma), dB")
    chou = np.mean([noise_psnr(jnd_chou1995(f, border="zero")) for f in kodak])
    yang = np.mean([noise_psnr(MAPS["yang2005_paper_W=1_beta0.117"](f)) for f in kodak])
    print(f"chou1995, zero border          {chou:.4f}  known {known['chou1995_paper_kodak24_mean']}")
    print(f"yang2005 paper, no edges, zero {yang:.4f}  known {known['yang_W1_kodak24_mean']}")
    print("\nEvery model, default variant, mirrored border: the lower the PSNR, the more noise it allows, dB")
    for model, entry in PIXEL_MODELS.items():
        values = [noise_psnr(entry.function(f)) for f in kodak]
        print(f"{model:14s} mean {np.mean(values):.2f}  from {min(values):.2f} to {max(values):.2f}")
    print("\nPapers, on other pictures: Yang et al. 2005, 30 pictures: NAMM grey 30.37, Chou & Li 31.44;")
    print("Liu et al. 2010, 10 pictures: theirs 31.45, Chou & Li 32.60, Yang et al. 32.58.")


if __name__ == "__main__":
    main()
