"""Sub-band models against the reference numbers: the authors' programs in Octave, and tables computed apart.

    JND_SHARED=... python reproduce/subband_oracles.py

Reads oracles/jnd-maps/reference.json below $JND_SHARED (or a folder "shared" beside the checkout) and writes the
largest differences to reproduce/results/subband_oracles.txt.
"""

import json
from pathlib import Path

import numpy as np
from shared_material import shared
from skimage import data

from jnd.models.subband import pixel_map
from jnd.models.subband.ahumada1992 import ahumada1992_table, parabola
from jnd.models.subband.watson1997 import watson1997_table
from jnd.models.subband.wei2009 import wei2009_table
from jnd.models.subband.zhang2005 import subband_zhang2005

RESULT = Path(__file__).resolve().parent / "results" / "subband_oracles.txt"
GREY = np.array([0.298936021293775, 0.587043074451121, 0.114020904255103])


def grey(name: str) -> np.ndarray:
    picture = getattr(data, name)()
    return np.floor(picture @ GREY + 0.5) if picture.ndim == 3 else picture.astype(float)


def largest(found: object, expected: object) -> float:
    return float(np.abs(np.asarray(found, float) - np.asarray(expected, float)).max())


def map_lines(name: str, reference: dict) -> list[str]:
    lines = []
    for dtype in (np.float64, np.float32):
        record = subband_zhang2005(grey(name).astype(dtype), border="zero")
        found = record.in_place().astype(np.float64)
        statistics = [found.mean(), found.std(), found.min(), found.max()]
        expected = [reference[key] for key in ("mean", "std", "min", "max")]
        percentiles = [np.percentile(found, float(key[1:])) for key in reference["percentiles"]]
        places = [tuple(int(part) for part in key.split(",")) for key in reference["samples"]]
        noise = 10 * np.log10(255**2 / np.mean(pixel_map(record).astype(float) ** 2))
        lines.append(
            f"zhang2005, {name}, {np.dtype(dtype).name}: statistics {largest(statistics, expected):.1e}, "
            f"percentiles {largest(percentiles, list(reference['percentiles'].values())):.1e}, "
            f"samples {largest([found[place] for place in places], list(reference['samples'].values())):.1e}, "
            f"PSNR of noise {largest(noise, reference['psnr_pm1_noise_dB']):.1e} dB"
        )
    return lines


def main() -> None:
    reference = json.loads(shared("oracles/jnd-maps/reference.json").read_text("utf-8"))
    lines = ["Largest absolute differences; tables are given to four decimals (a rounding of 5.0e-05)."]
    base = reference["zhang2005_base_t_ij"]
    lines.append(f"ahumada1992, 8x8 table: {largest(ahumada1992_table(), base['t']):.1e}")
    constants = [base["Tmin"], base["fmin"], base["K"]]
    lines.append(f"ahumada1992, T_min, f_p and K (six decimals): {largest(parabola(65.0), constants):.1e}")
    lines.append(
        f"wei2009, 8x8 table: {largest(wei2009_table(), reference['wei_ngan2009_T_basic']['T']):.1e}"
    )
    for distance in ("32", "56.55"):
        for channel, steps in reference[f"watson1997_Q_r{distance}"].items():
            found = 2 * watson1997_table(channel, float(distance), levels=6)
            expected = np.array(steps)[:, :3]
            lines.append(
                f"watson1997, {channel} at {distance} pixels per degree, six levels: {largest(found, expected):.1e}"
            )
    for name, picture in reference["images"].items():
        lines += map_lines(name, picture["models"]["zhang2005_jnd"])
    text = "\n".join(lines) + "\n"
    print(text)
    RESULT.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
