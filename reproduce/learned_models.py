"""Models and ablations of jnd.learned on CID22's training pictures, folds by source: a table and a figure.

    python reproduce/learned_models.py --labels LABELS.parquet --runs FOLDER [--epochs 8] [--seeds 0 1 2] [--only NAME ...]

LABELS are observer labels of CID22's training pictures. Every row is trained on four fifths of the sources and judged
on the fifth that it has not seen, by the same number of steps. Runs that are finished are not repeated. Writes
reproduce/results/learned_models.txt and docs/images/learned-ablations.png.
"""

import argparse
import csv
import statistics
import time
from pathlib import Path
from typing import Any

import torch
from torch import nn

from jnd.learned.config import TrainConfig, config_from
from jnd.learned.lstm import LstmCell
from jnd.learned.recurrence import unroll
from jnd.learned.rnn import RnnCell
from jnd.learned.training import train

ROOT = Path(__file__).resolve().parents[1]
RESULT_FILE = ROOT / "reproduce" / "results" / "learned_models.txt"
FIGURE = ROOT / "docs" / "images" / "learned-ablations.png"

BASE: dict[str, Any] = {
    "optimiser": {"learning_rate": 0.02, "weight_decay": 0.001},
    "network": {},  # of the patch readers: see PATCHES
    "training": {"batch_size": 8, "threads": 1, "device": "cpu"},
}
PATCHES = 16
"""Fewer than the shipped model's 40, so that all rows together take minutes."""
ROWS: dict[str, tuple[str, str, dict[str, dict[str, Any]]]] = {
    "cnn": ("models", "cnn", {}),
    "rnn": ("models", "rnn", {}),
    "lstm": ("models", "lstm", {}),
    "4 patches": ("patches", "cnn", {"network": {"patches": 4}}),
    "uniform": ("sampling", "cnn", {"network": {"sampling": "uniform"}}),
    "random": ("sampling", "cnn", {"network": {"sampling": "random"}}),
    "plain convolutions": ("backbone", "cnn", {"network": {"backbone": "plain"}}),
    "sgd without momentum": ("optimiser", "cnn", {"optimiser": {"momentum": 0.0}}),
    "adamw": ("optimiser", "cnn", {"optimiser": {"name": "adamw", "learning_rate": 0.002}}),
    "rnn-levels": ("levels", "rnn-levels", {}),
    "lstm-levels": ("levels", "lstm-levels", {}),
}
"""Name → what it is compared in, model, and what differs from :data:`BASE`."""


def config_of(name: str, labels: Path, runs: Path, epochs: int, seed: int) -> TrainConfig:
    _, model, changes = ROWS[name]
    content: dict[str, Any] = {table: dict(values) for table, values in BASE.items()}
    if not model.endswith("levels"):
        content["network"]["patches"] = PATCHES
    for table, values in changes.items():
        content[table] |= values
    content["training"]["epochs"] = epochs
    folder = runs / f"{name.replace(' ', '-')}-{epochs}-{seed}"
    data: dict[str, Any] = {"labels": [str(labels.resolve())], "folds": 5, "validation_fold": 1}
    if model.endswith("levels"):
        data["codec"] = "jpeg"
    return config_from(content | {"model": model, "output": str(folder), "seed": seed, "data": data})


def result(config: TrainConfig) -> dict[str, float]:
    """The last row of the log; trained now where there is none."""
    log = config.output / "log.csv"
    if not (config.output / "model.onnx").exists():
        for _ in train(config):
            pass
    with log.open() as file:
        return {key: float(value) for key, value in list(csv.DictReader(file))[-1].items() if value}


def gradient_norms(steps: int = 40, features: int = 32, hidden: int = 32) -> dict[str, list[float]]:
    """‖∂ last state / ∂ input at step t‖, mean over 20 random networks at their first weights."""
    norms: dict[str, list[float]] = {}
    for name, cell_type in (("rnn", RnnCell), ("lstm", LstmCell)):
        total = torch.zeros(steps)
        for seed in range(20):
            torch.manual_seed(seed)
            cell: nn.Module = cell_type(features, hidden)
            given = torch.randn(steps, 1, features, requires_grad=True)
            unroll(cell, given)[-1].square().sum().backward()
            assert given.grad is not None
            total += given.grad.norm(dim=(1, 2)) / 20
        norms[name] = total.tolist()
    return norms


def draw(found: dict[str, list[float]], norms: dict[str, list[float]]) -> None:
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, (bars, lines) = plt.subplots(1, 2, figsize=(10, 3.8), layout="constrained", width_ratios=(3, 2))
    names = [name for name in ROWS if name in found and not name.endswith("levels")]
    means = [statistics.mean(found[name]) for name in names]
    bars.barh(names[::-1], means[::-1], color=["#1f4e8c" if n in ("cnn", "rnn", "lstm") else "#8fb1d9" for n in names[::-1]])  # fmt: skip
    for row, name in enumerate(names[::-1]):
        bars.plot(found[name], [row] * len(found[name]), "o", color="#c0392b", markersize=4)
    bars.set_xlabel("error of the level at 75 % satisfied (levels; dots are seeds)")
    for name, values in norms.items():
        lines.semilogy(range(len(values)), values, label=name)
    lines.set_xlabel("time step of the input")
    lines.set_ylabel("gradient of the last state")
    lines.legend()
    FIGURE.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(FIGURE, dpi=110)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument("--labels", type=Path, required=True)
    parser.add_argument("--runs", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--only", nargs="+", choices=ROWS, default=list(ROWS))
    arguments = parser.parse_args()
    lines = [
        f"Trained on 4 of 5 folds of CID22's training pictures (observer labels), judged on fold 1, {time.strftime('%Y-%m-%d')}.",
        f"{arguments.epochs} epochs of 15 steps, {PATCHES} patches: a small budget, the same for every row; seeds {arguments.seeds}.",
        "compared in  row                    error at 75 % satisfied, levels (mean of codecs; per seed)   minutes",
    ]
    found: dict[str, list[float]] = {}
    for name in arguments.only:
        # Ablations are run with the first seed alone; compare them with the first number of "cnn".
        seeds = arguments.seeds if ROWS[name][0] in ("models", "levels") else arguments.seeds[:1]
        rows = [result(config_of(name, arguments.labels, arguments.runs, arguments.epochs, s)) for s in seeds]
        unit = "step_error" if "step_error" in rows[0] else "level_error"
        found[name] = [row[unit] for row in rows]
        each = ", ".join(f"{value:.2f}" for value in found[name])
        extra = f"  accuracy per level {statistics.mean(r['accuracy'] for r in rows):.3f}; error in steps of the sequence" if "accuracy" in rows[0] else ""  # fmt: skip
        lines.append(
            f"{ROWS[name][0]:12s} {name:22s} {statistics.mean(found[name]):5.2f}  ({each})  "
            f"{sum(row['seconds'] for row in rows) / 60:.1f}{extra}"
        )
        print(lines[-1], flush=True)
    norms = gradient_norms()
    lines.append("gradient of the last state with respect to the input, steps 39, 29, 19, 9, 0:")
    for name, values in norms.items():
        lines.append(f"  {name:5s} " + "  ".join(f"{values[i]:.1e}" for i in (39, 29, 19, 9, 0)))
    print("\n".join(lines[-2:]))
    RESULT_FILE.write_text("\n".join(lines) + "\n")
    draw(found, norms)


if __name__ == "__main__":
    main()
