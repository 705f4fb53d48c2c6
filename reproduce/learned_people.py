"""The shipped model against people: KonJND-1k's accepted ranges of three JPEG pictures.

    JND_SHARED=... python reproduce/learned_people.py

The ranges are those of answers that the authors of KonJND-1k accept for training pictures of their public interface: not
a sample of observers. The model speaks of standard_fhd; its curve is moved to 24.3 pixels per degree as the search's
prior is. Three more pictures of that set are BPG, which the model does not know. The constant is the mean of the other
two pictures' middles. Also: the setting at 75 % satisfied, beside the population of MCL-JCI's first JND (other pictures,
side by side, quality factors of libjpeg: mean 33.4, standard deviation 9.8 over 50 pictures). Writes
reproduce/results/learned_people.txt.
"""

from pathlib import Path

import numpy as np
from shared_material import shared

from jnd.learned.curve_labels import picture_pixels
from jnd.learned.curves import crossing
from jnd.learned.predictor import Predictor
from jnd.observer import protocol_named
from jnd.search.prior import viewing_shift
from jnd.viewing import viewing_conditions

RESULT_FILE = Path(__file__).resolve().parent / "results" / "learned_people.txt"
RANGES = {"SRC01": (47, 78), "SRC02": (25, 64), "SRC03": (29, 65)}
"""Accepted levels; quality = 101 - level [Lin2022]."""
PIXELS_PER_DEGREE = 24.3


def main() -> None:
    predictor = Predictor()
    shift = viewing_shift(viewing_conditions("standard_fhd", PIXELS_PER_DEGREE))
    threshold = protocol_named("konjnd-flicker").threshold_jod
    lines = [
        f"KonJND-1k, accepted ranges of {len(RANGES)} JPEG pictures, flicker protocol, {PIXELS_PER_DEGREE} pixels per degree",
        "picture  accepted quality  middle  model (90 %)      inside",
    ]
    errors, constants = [], []
    middles = {name: 101 - sum(levels) / 2 for name, levels in RANGES.items()}
    for name, (low, high) in RANGES.items():
        curve = predictor.predict(picture_pixels(shared("data/konjnd-quiz") / f"Quiz_{name}.png")).curves[
            "jpeg:turbo"
        ]
        spread = float(np.hypot(curve.spread, shift.spread))
        worse, said, better = (
            curve.setting_at(
                crossing(curve.basis.levels, curve.deficit + shift.deficit + k * spread, threshold)
            )
            for k in (-1.645, 0, 1.645)
        )
        others = [middle for other, middle in middles.items() if other != name]
        errors.append(abs(said - middles[name]))
        constants.append(abs(float(np.mean(others)) - middles[name]))
        lines.append(
            f"{name}    {101 - high:3d} to {101 - low:3d}        {middles[name]:5.1f}   {said:3.0f} ({worse:.0f} to {better:.0f})"
            f"{'':6s}{101 - high <= said <= 101 - low}"
        )
    lines.append(
        f"mean error against the middles: model {np.mean(errors):.1f}, constant of the other two {np.mean(constants):.1f} "
        "quality steps; three pictures show nothing but that nothing is absurd"
    )
    print("\n".join(lines))
    RESULT_FILE.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
