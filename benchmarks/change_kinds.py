"""How well the kind of a change is named on Kodak pictures, which the classifier has never seen.

    python benchmarks/change_kinds.py [--features FILE] > benchmarks/results/change_kinds.txt

Every kind on every picture at 1 to 8 JND, sequences of two kinds of which each alone is 1 to 8 JND, and untouched
pictures. ``--features`` keeps the measured features between runs; making them takes some minutes.
"""

import argparse
import sys
import time
from pathlib import Path

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "reproduce"))
from change_kind_pairs import CLASS_OF, KnownChange, double_change, pictures, single_change, untouched

from jnd.difference.kinds.classes import CHANGE_CLASSES
from jnd.difference.kinds.features import change_features

KINDS = list(CHANGE_CLASSES)
DOUBLES = 8
"""Per picture."""
SEED = 20
BANDS = ((1.0, 2.0), (2.0, 4.0), (4.0, 8.0))


def changes(every: int) -> list[tuple[KnownChange, dict[str, float]]]:
    cv2.setNumThreads(1)
    random = np.random.default_rng(SEED)
    made = []
    for number, reference in enumerate(pictures("kodak")[::every]):
        for kind in CHANGE_CLASSES.values():
            name = kind.distortions[number % len(kind.distortions)]
            change = None
            for _ in range(3):
                change = change or single_change(reference, name, random, lowest=1.0)
            if change is not None:
                made.append(change)
        doubles = 0
        while doubles < DOUBLES:
            change = double_change(reference, random, lowest=1.0)
            if change is not None:
                made.append(change)
                doubles += 1
        made += [untouched(reference, random) for _ in range(4)]
        print(f"{number + 1} pictures", file=sys.stderr, flush=True)
        made = [
            change
            if isinstance(change, tuple)
            else (change, change_features(change.reference, change.changed))
            for change in made
        ]
        for change, _ in made:
            object.__setattr__(change, "reference", None)
            object.__setattr__(change, "changed", None)
    return made


def load(path: Path | None, every: int) -> dict[str, np.ndarray]:
    if path is not None and path.is_file():
        return dict(np.load(path, allow_pickle=False))
    made = changes(every)
    labels = np.zeros((len(made), len(KINDS)))
    levels = np.full((len(made), len(KINDS)), np.nan)
    for row, (change, _) in enumerate(made):
        for name, level in change.steps:
            labels[row, KINDS.index(CLASS_OF[name])] = 1
            levels[row, KINDS.index(CLASS_OF[name])] = level
    found = {
        "features": np.array([list(features.values()) for _, features in made], dtype=np.float32),
        "labels": labels,
        "levels": levels,
        "jnd": np.array([change.jnd for change, _ in made]),
        "names": np.array(list(made[0][1])),
    }
    if path is not None:
        np.savez_compressed(path, **found)
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--features", type=Path)
    parser.add_argument("--every", type=int, default=1, help="of the pictures, to be done sooner")
    given = parser.parse_args()
    load(given.features, given.every)
