"""Single stimulus against quality ruler, as in Redi et al. (2010), with simulated observers: a simulation, no people.

    python reproduce/redi2010.py

Redi et al. let people judge blurred pictures by single stimulus (ACR) and by quality ruler. Here the same simulated
observers do, through the real server of `jnd study`: 20 of them, 2 pictures, one set with blur over 5 JND and one with
its lower half. Their ratings contract to the set that is shown; beside a ruler that context does not matter. What the
observers are made of is stated below, so the result shows what the methods make of such observers, not what people are.
Writes reproduce/results/redi2010.txt. About two minutes on two cores.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image
from skimage import data

RESULTS = Path(__file__).parent / "results/redi2010.txt"

OBSERVERS = 20
JND = 0.05
"""Levels of gaussian_blur per JND, of every observer."""
FULL = tuple(round(0.5 * JND * step, 4) for step in range(1, 11))
HALF = FULL[:5]
RATING_NOISE = 0.6
"""Standard deviation of a rating, in categories."""
MATCH_SPREAD = 0.8
"""Standard deviation of a match with the ruler, in JND."""
CONTRACTIONS = (0.0, 0.7)
"""0 judges every picture alone; 0.7 stretches most of the set that is shown over the scale (Poulton 1979)."""


def main() -> None:
    lines = [__doc__.splitlines()[0], ""]
    lines.append(
        f"{OBSERVERS} simulated observers; full range {FULL[-1] / JND:g} JND in {len(FULL)} levels, half range {HALF[-1] / JND:g} JND"
        f" in {len(HALF)}; rating noise {RATING_NOISE} categories, match spread {MATCH_SPREAD} JND."
    )
    with tempfile.TemporaryDirectory() as folder:
        pictures = Path(folder) / "pictures"
        pictures.mkdir()
        for name, pixels in (
            ("cat", data.chelsea()[60:188, 100:292]),
            ("rocket", data.rocket()[100:228, 200:392]),
        ):
            Image.fromarray(pixels).save(pictures / f"{name}.png")
        for contraction in CONTRACTIONS:
            lines += [
                "",
                f"Contextual contraction of ratings {contraction:g}",
                *run(Path(folder), pictures, contraction),
            ]
    lines += [
        "",
        "Interval widths follow from the noise that was put in, which nobody measured here; the shift is what the methods differ in.",
    ]
    print("\n".join(lines))
    RESULTS.write_text("\n".join(lines) + "\n", encoding="utf-8")


def run(folder: Path, pictures: Path, contraction: float) -> list[str]:
    studies, trials = [], 0
    for method, short in (("acr", "acr"), ("quality-ruler", "ruler")):
        for name, levels in (("full", FULL), ("half", HALF)):
            study = folder / f"{short}-{name}-{contraction:g}"
            jnd("init", study, "--method", method, "--pictures", pictures, "--distortion", "gaussian_blur",
                "--levels", ",".join(f"{level:g}" for level in levels), "--quiet")  # fmt: skip
            done = json.loads(
                jnd("simulate", study, "--observers", OBSERVERS, "--threshold", JND, "--width", 3.29 * MATCH_SPREAD * JND,
                    "--noise", RATING_NOISE, "--contraction", contraction, "--lapse", 0, "--seed", 7, "--json", "--quiet")
            )  # fmt: skip
            assert done["completed"] == OBSERVERS
            trials += done["answers"]
            studies.append(study)
    result = json.loads(jnd("analyze", *studies, "--json"))
    assert result["simulated"] is True
    comparison = result["comparison"]
    head = ("", "interval, JND", "shift full to half", "mean |shift|", "trials per interval of 1 JND")
    rows = [head]
    for key, word in (("single_stimulus", "single stimulus"), ("quality_ruler", "quality ruler")):
        found = comparison[key]
        shift = found["shift_of_shared_pictures_jnd"]
        rows.append(
            (word, f"{found['interval_width_jnd']:.2f}", f"{shift['mean']:+.2f}", f"{shift['mean_absolute']:.2f}",
             f"{found['trials_per_interval_of_1_jnd']:.1f}")
        )  # fmt: skip
    widths = [max(len(row[i]) for row in rows) for i in range(len(head))]
    table = [
        "  "
        + "  ".join(c.rjust(w) if i else c.ljust(w) for i, (c, w) in enumerate(zip(row, widths, strict=True)))
        for row in rows
    ]
    shared = comparison["single_stimulus"]["shift_of_shared_pictures_jnd"]["pictures"]
    slope = comparison["single_stimulus"]["rating_per_jnd"]
    return [
        *table,
        f"  {shared} shared pictures; {slope:.2f} categories per JND; {trials} answers through the server",
    ]


def jnd(*arguments: object) -> str:
    command = [sys.executable, "-m", "jnd", "study", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    main()
