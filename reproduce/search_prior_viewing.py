"""How the search prior's curves move with the viewing (the constants of src/jnd/search/prior.py).

    python reproduce/search_prior_viewing.py

13 training pictures of CID22 [Cid22], JPEG and WebP at the 10 better anchor levels, seen at every viewing that
ships with jnd and at half and twice its pixels per degree. Least squares of the change of log(10 - JOD) from
standard_fhd on the octaves of pixels per degree and of peak luminance. Writes results/search_prior_viewing.txt.
"""

from pathlib import Path

import numpy as np
from fit_search_prior import anchors
from level_scans import shared_images

from jnd.codecs import CODECS
from jnd.picture import read_picture
from jnd.search.belief import deficit
from jnd.search.judge import Judge
from jnd.viewing import viewing_condition_names, viewing_conditions

RESULT_FILE = Path(__file__).resolve().parent / "results" / "search_prior_viewing.txt"

EVERY = 12
BETTER_ANCHORS = 10


def main() -> None:
    pictures = sorted((shared_images("cid22") / "CID22-512" / "training").glob("*.webp"))[::EVERY]
    fitted_at = viewing_conditions()
    viewings = [viewing_conditions(name) for name in viewing_condition_names()]
    viewings += [
        viewing_conditions("standard_fhd", fitted_at.pixels_per_degree * factor) for factor in (0.5, 2.0)
    ]
    viewings += [viewing_conditions("standard_phone", fitted_at.pixels_per_degree)]
    rows, changes = [], []
    lines = ["viewing, pixels per degree, peak cd/m2: change of log(10 - JOD) from standard_fhd, mean and sd"]
    references = [read_picture(path) for path in pictures]
    decoded = {
        (codec, i, level): CODECS[codec].decode(CODECS[codec].encode(picture, level))
        for codec in ("jpeg", "webp")
        for i, picture in enumerate(references)
        for level in anchors(codec)[:BETTER_ANCHORS]
    }

    def curves(viewing: object) -> np.ndarray:
        judges = [Judge(picture, viewing, "aic3") for picture in references]
        return np.array([deficit(judges[i].look(candidate).jod) for (_, i, _), candidate in decoded.items()])

    base = curves(fitted_at)
    for viewing in viewings:
        if viewing == fitted_at:
            continue
        change = curves(viewing) - base
        distance = np.log2(viewing.pixels_per_degree / fitted_at.pixels_per_degree)
        peak = np.log2(viewing.display.peak_cd_m2 / fitted_at.display.peak_cd_m2)
        rows += [(distance, peak)] * len(change)
        changes += list(change)
        lines.append(
            f"  {viewing.name:15s} {viewing.pixels_per_degree:6.1f} {viewing.display.peak_cd_m2:5.0f}  "
            f"{change.mean():+.3f}  {change.std():.3f}  ({np.hypot(distance, peak):.2f} octaves)"
        )
    x, y = np.array(rows), np.array(changes)
    slopes, *_ = np.linalg.lstsq(x, y, rcond=None)
    spread = np.sqrt(np.mean((y - x @ slopes) ** 2) / np.mean((x**2).sum(axis=1)))
    lines.append(
        f"per octave of pixels per degree {slopes[0]:+.3f}, per octave of peak {slopes[1]:+.3f}, "
        f"standard deviation per octave {spread:.3f}"
    )
    RESULT_FILE.write_text("\n".join(lines) + "\n")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
