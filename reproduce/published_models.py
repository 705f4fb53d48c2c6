"""Models after the literature, one training of each within a stated budget: a table of what they reach and of trivial answers.

    python reproduce/published_models.py --labels FILE.parquet [FILE.parquet ...] --runs FOLDER [--only NAME ...]

LABELS are observer labels (``jnd datasets label``); four fifths of the source photographs are trained on and the last fifth
is judged. Runs that are finished are not repeated. Writes reproduce/results/published_models.txt. Nothing here can
be set beside figures of the papers: labels, pictures, widths and budgets differ.
"""

import argparse
import csv
import time
from pathlib import Path
from typing import Any

import numpy as np

from jnd.learned import task_named
from jnd.learned.config import TrainConfig, config_from
from jnd.learned.critical_task import CriticalExamples
from jnd.learned.pair_task import PairExamples
from jnd.learned.training import train
from jnd.learned.training_events import Began, Trained

RESULT_FILE = Path(__file__).resolve().parent / "results" / "published_models.txt"

ROWS: dict[str, dict[str, dict[str, Any]]] = {
    "lossless": {
        "training": {"epochs": 12, "batch_size": 16},
        "optimiser": {"learning_rate": 0.02, "weight_decay": 0.0005},
        "network": {"patches": 8},
        "data": {"levels": 6},
    },
    "surnet": {
        "training": {"epochs": 6, "batch_size": 16},
        "optimiser": {"learning_rate": 0.05},
        "network": {"width": 0.5, "patches": 1, "patch_size": 128},
        "data": {"levels": 6},
    },
    "resjnd": {
        "training": {"epochs": 4, "batch_size": 32},
        "optimiser": {"learning_rate": 0.01, "clip_norm": 0.4},
        "network": {"channels": 32, "recursions": 5, "patches": 16},
        "data": {},
    },
    "svl": {
        "training": {"epochs": 6, "batch_size": 20},
        "optimiser": {"learning_rate": 0.002},
        "network": {"patches": 8},
        "data": {},
    },
}
"""Model → what differs from its defaults, so that it fits the budget of minutes on one core."""


def config_of(name: str, labels: list[Path], runs: Path) -> TrainConfig:
    row = ROWS[name]
    data = {
        "labels": [str(path.resolve()) for path in labels],
        "folds": 5,
        "validation_fold": 1,
        "codec": "jpeg",
    }
    return config_from(
        {
            "model": name,
            "output": str(runs / name),
            "seed": 0,
            "data": data | row["data"],
            "training": row["training"] | {"threads": 1, "device": "cpu"},
            "optimiser": row["optimiser"],
            "network": row["network"],
        }
    )


def trivial(name: str, config: TrainConfig) -> str:
    """What costs no network: the commonest answer, the mean, no change."""
    data = task_named(name).load(config.data, config.network)
    training, validation = data.training, data.validation
    if isinstance(training, PairExamples) and isinstance(validation, PairExamples):
        known, asked = np.concatenate(training.satisfied), np.concatenate(validation.satisfied)
        if name == "lossless":
            share = np.mean(asked >= config.data.satisfied)
            return f"always the commoner answer: accuracy {max(share, 1 - share):.3f}"
        # Knows the place of a level among the others, which the network has to see.
        place = [np.linspace(0, 1, len(s)) for s in training.satisfied]
        line = np.polynomial.Polynomial.fit(np.concatenate(place), known, 3)
        guess = line(np.concatenate([np.linspace(0, 1, len(s)) for s in validation.satisfied]))
        return (
            f"mean share: error {np.abs(asked - known.mean()).mean():.3f}; "
            f"told how far the level is from the threshold: {np.abs(asked - guess).mean():.3f}"
        )
    assert isinstance(validation, CriticalExamples)
    return "no change at all: see identity_loss"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--labels", type=Path, nargs="+", required=True)
    parser.add_argument("--runs", type=Path, required=True)
    parser.add_argument("--only", nargs="+", choices=ROWS, default=list(ROWS))
    arguments = parser.parse_args()
    lines = [
        f"One training of each on observer labels of JPEG (jpegli), one core, seed 0, {time.strftime('%Y-%m-%d')}",
        "four fifths of the sources trained on, the last fifth judged at the best epoch",
    ]
    for name in arguments.only:
        config = config_of(name, arguments.labels, arguments.runs)
        began, trained = None, None
        for event in train(config):
            began = event if isinstance(event, Began) else began
            trained = event if isinstance(event, Trained) else trained
        assert trained is not None
        assert began is not None
        log = list(csv.DictReader((config.output / "log.csv").open()))
        best = min(log, key=lambda row: float(row["validation_loss"]))
        shown = ", ".join(
            f"{key} {float(value):.4f}"
            for key, value in best.items()
            if value and key not in ("epoch", "step", "learning_rate", "seconds")
        )
        lines += [
            "",
            (
                f"{name}: budget {trained.seconds / 60:.1f} minutes, {began.training} training and {began.validation} "
                f"judged examples, {began.parameters} parameters; {ROWS[name]['network']}"
            ),
            f"  best of {len(log)} epochs: {shown}",
            f"  {trivial(name, config)}",
        ]
        print("\n".join(lines[-4:]), flush=True)
        RESULT_FILE.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
