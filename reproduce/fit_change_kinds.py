"""Fit the classifier of changes (``jnd.difference.kinds``) to changes that we made.

    python reproduce/fit_change_kinds.py pairs --source clic --count 3000 --seed 1 --to clic.npz
    python reproduce/fit_change_kinds.py fit clic.npz free.npz

The first measures features of pairs (feature values and levels only; no pixels are kept); the second trains the network
(needs torch) and writes ``src/jnd/difference/kinds/network.npz``. Kodak pictures are never used here.
"""

import argparse
import itertools
import json
import time
from pathlib import Path

import cv2
import numpy as np
from change_kind_pairs import CLASS_OF, training_changes

from jnd.difference.kinds.classes import CHANGE_CLASSES
from jnd.difference.kinds.features import change_features
from jnd.difference.kinds.network import CLIP, Network, named_rows

ROOT = Path(__file__).parents[1]
NETWORK = ROOT / "src/jnd/difference/kinds/network.npz"
SIDE = 256
SAVE_EVERY = 100
KINDS = list(CHANGE_CLASSES)


def pairs(source: str, count: int, seed: int, target: Path, sequences: float) -> None:
    cv2.setNumThreads(1)
    began = time.perf_counter()
    features, labels, levels, distances = [], [], [], []
    for number, change in enumerate(training_changes(source, SIDE, seed, sequences), start=1):
        measured = change_features(change.reference, change.changed)
        features.append(list(measured.values()))
        label, level = np.zeros(len(KINDS)), np.full(len(KINDS), np.nan)
        for name, strength in change.steps:
            label[KINDS.index(CLASS_OF[name])] = 1
            level[KINDS.index(CLASS_OF[name])] = strength
        labels.append(label)
        levels.append(level)
        distances.append(change.jnd)
        if number % SAVE_EVERY == 0 or number == count:
            np.savez_compressed(
                target,
                features=np.array(features, dtype=np.float32),
                labels=np.array(labels, dtype=np.float32),
                levels=np.array(levels, dtype=np.float32),
                jnd=np.array(distances, dtype=np.float32),
                names=np.array(list(measured)),
                source=source,
            )
            print(f"{source}: {number} pairs, {time.perf_counter() - began:.0f} s", flush=True)
        if number == count:
            return


def read(paths: list[Path]) -> dict[str, np.ndarray]:
    parts = [dict(np.load(path, allow_pickle=False)) for path in paths]
    for part in parts:
        assert list(part["names"]) == list(parts[0]["names"]), "made by different versions of the features"
    joined = {
        key: np.concatenate([part[key] for part in parts]) for key in ("features", "labels", "levels", "jnd")
    }
    joined["names"] = parts[0]["names"]
    joined["sources"] = np.array([f"{part['source']}: {len(part['labels'])} pairs" for part in parts])
    return joined


def fit(paths: list[Path], target: Path, *, check: bool) -> None:
    made = read(paths)
    if check:
        # Pairs alternate over all pictures and kinds, so the last tenth is like the rest, of the same photographs.
        rows = np.arange(len(made["labels"]))
        held = rows % 10 == 9
        weights = trained(*(made[key][~held] for key in ("features", "labels", "levels")))
        report(weights, *(made[key][held] for key in ("features", "labels", "levels")), "held-out pairs")
        for further in (0.1, 0.15, 0.2, 0.25, 0.3, 0.35):
            compare_threshold(weights, made["features"][held], made["labels"][held], further)
    weights = trained(made["features"], made["labels"], made["levels"])
    provenance = {
        "script": "reproduce/fit_change_kinds.py",
        "pairs": made["sources"].tolist(),
        "what": "numbers fitted to features of pairs; no picture and no part of one is in this file",
        "networks": NETWORKS,
        "hidden": HIDDEN,
        "epochs": EPOCHS,
    }
    np.savez_compressed(
        target,
        names=made["names"],
        kinds=np.array(KINDS),
        provenance=np.array(json.dumps(provenance)),
        **weights,
    )
    print(f"{target}: {target.stat().st_size / 1000:.0f} kB, from {', '.join(made['sources'])}")


NETWORKS = 3
HIDDEN = (128, 64)
EPOCHS = 50
BATCH = 128
LEARNING_RATE = 2e-3
WEIGHT_DECAY = 0.03
LEVEL_WEIGHT = 4.0
"""Of the squared error of levels beside the cross-entropy of kinds."""


def trained(features: np.ndarray, labels: np.ndarray, levels: np.ndarray) -> dict[str, np.ndarray]:
    """Weights of an ensemble: one network per seed; features are standardised and clipped."""
    import torch

    torch.set_num_threads(1)
    mean, deviation = features.mean(axis=0), features.std(axis=0) + 1e-3
    inputs = torch.tensor(np.clip((features - mean) / deviation, -CLIP, CLIP))
    wanted, known = torch.tensor(labels), torch.tensor(~np.isnan(levels))
    strength = torch.tensor(np.nan_to_num(levels))
    collected: dict[str, list[np.ndarray]] = {}
    for seed in range(NETWORKS):
        torch.manual_seed(seed)
        sizes = (inputs.shape[1], *HIDDEN)
        layers: list[torch.nn.Module] = []
        for before, after in itertools.pairwise(sizes):
            layers += [torch.nn.Linear(before, after), torch.nn.ReLU(), torch.nn.Dropout(0.15)]
        network = torch.nn.Sequential(*layers, torch.nn.Linear(sizes[-1], 2 * len(KINDS)))
        optimiser = torch.optim.AdamW(network.parameters(), lr=LEARNING_RATE, weight_decay=WEIGHT_DECAY)
        steps = EPOCHS * (len(inputs) // BATCH + 1)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, LEARNING_RATE, total_steps=steps)
        for _ in range(EPOCHS):
            for rows in torch.randperm(len(inputs)).split(BATCH):
                noisy = inputs[rows] + 0.05 * torch.randn(len(rows), inputs.shape[1])
                kinds, level = network(noisy).split(len(KINDS), dim=1)
                loss = (
                    torch.nn.functional.binary_cross_entropy_with_logits(
                        kinds, wanted[rows], reduction="none"
                    )
                    .sum(1)
                    .mean()
                )
                error = ((torch.sigmoid(level) - strength[rows]) ** 2 * known[rows]).sum(1).mean()
                optimiser.zero_grad()
                (loss + LEVEL_WEIGHT * error).backward()
                optimiser.step()
                schedule.step()
        linear = [layer for layer in network if isinstance(layer, torch.nn.Linear)]
        for number, layer in enumerate(linear):
            collected.setdefault(f"weight {number}", []).append(layer.weight.detach().numpy().T)
            collected.setdefault(f"bias {number}", []).append(layer.bias.detach().numpy())
    stacked = {name: np.stack(parts).astype(np.float16) for name, parts in collected.items()}
    return {"mean": mean, "deviation": deviation, **stacked}


def report(
    weights: dict[str, np.ndarray], features: np.ndarray, labels: np.ndarray, levels: np.ndarray, what: str
) -> None:
    network = Network.of(weights)
    probability, level = network(features)
    count = labels.sum(axis=1)
    single = count == 1
    truth = labels.argmax(axis=1)
    recall = [
        (probability[rows].argmax(axis=1) == kind).mean()
        for kind in range(len(KINDS))
        if (rows := single & (truth == kind)).any()
    ]
    named = [set(named_rows(row)) for row in probability]
    both = [
        set(np.flatnonzero(row)) <= found for row, found in zip(labels, named, strict=True) if row.sum() == 2
    ]
    alone = [len(found) == 1 for found, one in zip(named, single, strict=True) if one]
    alarms = [bool(found) for found, number in zip(named, count, strict=True) if number == 0]
    error = np.abs(level - levels)[labels == 1]
    print(
        f"{what}: balanced accuracy {np.mean(recall):.3f} over {single.sum()} single changes; both named in "
        f"{np.mean(both):.3f} of {len(both)} sequences; nothing beside the kind in {np.mean(alone):.3f}; "
        f"false alarms {sum(alarms)} of {len(alarms)}; median error of level {np.nanmedian(error):.3f}"
    )


def compare_threshold(
    weights: dict[str, np.ndarray], features: np.ndarray, labels: np.ndarray, further: float
) -> None:
    """What another probability for naming a second kind would give; ``network.FURTHER`` is chosen here."""
    probability, _ = Network.of(weights)(features)
    named = [set(named_rows(row, further)) for row in probability]
    count = labels.sum(axis=1)
    both = np.mean([named[row] == set(np.flatnonzero(labels[row])) for row in np.flatnonzero(count == 2)])
    extra = np.mean([len(named[row]) > 1 for row in np.flatnonzero(count == 1)])
    print(
        f"  a second kind from {further:.2f}: both named {both:.3f}, a second beside a single one {extra:.3f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    made = verbs.add_parser("pairs")
    made.add_argument("--source", choices=("clic", "cid22", "free"), required=True)
    made.add_argument("--count", type=int, default=3000)
    made.add_argument("--seed", type=int, default=1)
    made.add_argument("--sequences", type=float, default=1.0, help="of two kinds, per single change")
    made.add_argument("--to", type=Path, required=True)
    fitted = verbs.add_parser("fit")
    fitted.add_argument("pairs", type=Path, nargs="+")
    fitted.add_argument("--to", type=Path, default=NETWORK)
    fitted.add_argument(
        "--no-check", action="store_true", help="leave out the fit without a tenth of the pairs"
    )
    given = parser.parse_args()
    if given.verb == "pairs":
        pairs(given.source, given.count, given.seed, given.to, given.sequences)
    else:
        fit(given.pairs, given.to, check=not given.no_check)


if __name__ == "__main__":
    main()
