"""How well the kind of a change is named on Kodak pictures, which the classifier has never seen.

    python benchmarks/change_kinds.py [--features FILE] > benchmarks/results/change_kinds.txt

Every kind on every picture at 1 to 8 JND, sequences of two kinds of which each alone is 1 to 8 JND, and untouched
pictures. ``--features`` keeps the measured features between runs; making them takes some minutes.
"""

import argparse
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "reproduce"))
from change_kind_pairs import CLASS_OF, WAYS, KnownChange, double_change, pictures, single_change, untouched

from jnd.difference.kinds.classes import CHANGE_CLASSES
from jnd.difference.kinds.description import ROUNDING
from jnd.difference.kinds.features import change_features
from jnd.difference.kinds.network import fitted_network, named_rows

KINDS = list(CHANGE_CLASSES)
DOUBLES = 8
"""Per picture."""
SEED = 20
BANDS = ((1.0, 2.0), (2.0, 4.0), (4.0, 8.0))


def changes(every: int) -> Iterator[KnownChange]:
    random = np.random.default_rng(SEED)
    for number, reference in enumerate(pictures("kodak")[::every]):
        for kind in CHANGE_CLASSES.values():
            name = kind.distortions[number % len(kind.distortions)]
            for _ in range(3):
                change = single_change(reference, name, random, lowest=1.0)
                if change is not None:
                    yield change
                    break
        doubles = 0
        while doubles < DOUBLES:
            change = double_change(reference, random, lowest=1.0)
            if change is not None:
                yield change
                doubles += 1
        for way in range(WAYS):
            yield untouched(reference, random, way)
        print(f"{number + 1} pictures", file=sys.stderr, flush=True)


def load(path: Path | None, every: int) -> dict[str, np.ndarray]:
    if path is not None and path.is_file():
        return dict(np.load(path, allow_pickle=False))
    cv2.setNumThreads(1)
    rows: dict[str, list] = {"features": [], "labels": [], "levels": [], "jnd": [], "largest": []}
    for change in changes(every):
        measured = change_features(change.reference, change.changed)
        label, level = np.zeros(len(KINDS)), np.full(len(KINDS), np.nan)
        for name, strength in change.steps:
            label[KINDS.index(CLASS_OF[name])] = 1
            level[KINDS.index(CLASS_OF[name])] = strength
        largest = int(np.abs(change.changed.astype(int) - change.reference).max())
        for key, value in zip(
            rows, (list(measured.values()), label, level, change.jnd, largest), strict=True
        ):
            rows[key].append(value)
    found = {key: np.array(values) for key, values in rows.items()} | {"names": np.array(list(measured))}
    if path is not None:
        np.savez_compressed(path, **found)
    return found


def report(made: dict[str, np.ndarray]) -> None:
    fitted = fitted_network()
    assert list(made["names"]) == list(fitted.features), "the features have changed; measure them anew"
    probability, level = fitted.network(made["features"])
    labels, jnd = made["labels"], made["jnd"]
    # As describe_change does: what is nowhere more than rounding has no kind.
    named = [
        named_rows(row) if largest > ROUNDING else []
        for row, largest in zip(probability, made["largest"], strict=True)
    ]
    count = labels.sum(axis=1)
    singles, doubles, plain = (np.flatnonzero(count == number) for number in (1, 2, 0))
    truth = labels.argmax(axis=1)
    nothing = len(KINDS)
    first = np.array([found[0] if found else nothing for found in named])
    recall = np.array([(first[singles][truth[singles] == kind] == kind).mean() for kind in range(len(KINDS))])
    print(f"Training pairs: {', '.join(fitted.provenance['pairs'])}")
    print(
        f"Test: Kodak, {len(singles)} single changes, {len(doubles)} sequences of two, {len(plain)} untouched pictures"
    )
    print("Single changes of 1 to 8 JND; in a sequence each alone on the reference is 1 to 8 JND.\n")
    print(f"Balanced accuracy, single kinds       {recall.mean():.3f}   (goal 0.85)")
    alone = np.mean([len(named[row]) == 1 for row in singles])
    print(f"  a second kind named beside          {1 - alone:.3f}")
    for low, high in BANDS:
        rows = singles[(jnd[singles] >= low) & (jnd[singles] < high)]
        print(
            f"  accuracy at {low:g} to {high:g} JND            {(first[rows] == truth[rows]).mean():.3f}   n = {len(rows)}"
        )
    both = np.array([set(np.flatnonzero(labels[row])) == set(named[row]) for row in doubles])
    some = np.array([bool(set(np.flatnonzero(labels[row])) & set(named[row])) for row in doubles])
    likely = np.array(
        [set(np.flatnonzero(labels[row])) == set(np.argsort(-probability[row])[:2]) for row in doubles]
    )
    print(f"Both kinds of a sequence named        {both.mean():.3f}   (goal 0.60)")
    print(f"  at least one of them                {some.mean():.3f}")
    print(f"  the two are the two likeliest       {likely.mean():.3f}")
    alarms = np.mean([bool(named[row]) for row in plain])
    print(f"False alarms on untouched pictures    {alarms:.3f}   (goal 0.02)")
    error = np.abs(level - made["levels"])[singles, truth[singles]]
    print(
        f"Error of the level, single changes    median {np.median(error):.3f}, 90 % within {np.quantile(error, 0.9):.3f}\n"
    )
    print("Recall of each kind, and what the others were taken for:")
    for kind, name in enumerate(KINDS):
        rows = singles[truth[singles] == kind]
        wrong = [[*KINDS, "nothing"][index] for index in first[rows] if index != kind]
        taken = ", ".join(f"{other} {wrong.count(other)}" for other in sorted(set(wrong)))
        print(f"  {name:22s} {recall[kind]:.2f} of {len(rows):3d}   {taken}")
    print("\nSequences in which a kind was part, and was named:")
    for kind, name in enumerate(KINDS):
        rows = doubles[labels[doubles, kind] == 1]
        print(f"  {name:22s} {np.mean([kind in named[row] for row in rows]):.2f} of {len(rows):3d}")


def speed() -> None:
    """One core: features of one pair of 768 x 512 pixels."""
    cv2.setNumThreads(1)
    reference = np.asarray(pictures("kodak")[0])
    changed = np.clip(reference.astype(int) + 3, 0, 255).astype(np.uint8)
    times = []
    for _ in range(7):
        began = time.process_time()
        change_features(reference, changed)
        times.append(time.process_time() - began)
    print(
        f"\nFeatures of {reference.shape[1]}x{reference.shape[0]} pixels: {1000 * min(times):.0f} ms of one core"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--features", type=Path)
    parser.add_argument("--every", type=int, default=1, help="of the pictures, to be done sooner")
    given = parser.parse_args()
    report(load(given.features, given.every))
    speed()
