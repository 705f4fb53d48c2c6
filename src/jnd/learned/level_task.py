"""What the models share that read distortion levels as a sequence: examples, loss, metrics, export.

One example is a picture with one codec: patches of the reference and of the same places at each level, and whether
people notice at each.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from jnd.datasets.labelled import LabelledPicture
from jnd.errors import ConfigurationError
from jnd.learned.coded_levels import (
    CodecDataOptions,
    axis_levels,
    level_patches,
    pictures_of_codec,
    shares_at,
)
from jnd.learned.curve_labels import CurvePicture, labels_provenance
from jnd.learned.patches import turned_alike
from jnd.learned.recurrence import Cell, LevelOptions, LevelSequence
from jnd.learned.task import Batch, ExportedGraph, Metrics, Task, TaskData, evaluation_batches


class LevelExamples:
    """Examples of :mod:`jnd.learned.task`: sequences of levels, made once and kept as patches."""

    def __init__(self, pictures: Sequence[CurvePicture], options: CodecDataOptions, network: Any) -> None:
        self.pictures, self.codec, self.flips = pictures, options.codec, options.flips
        entries = [picture.curves[options.codec] for picture in pictures]
        self.levels = sequence_levels(entries, network.levels, network.last_share)
        shares = np.stack([shares_at(entry, self.levels) for entry in entries])
        self.noticed = (shares < options.satisfied).astype(np.float32)
        sequences = [
            level_patches(entry, self.levels, network.patches, network.patch_size) for entry in entries
        ]
        self.reference = np.stack([reference for reference, _ in sequences])
        self.distorted = np.stack([distorted for _, distorted in sequences])

    def __len__(self) -> int:
        return len(self.pictures)

    def names(self, indices: Sequence[int]) -> list[str]:
        """Of the pictures."""
        return [self.pictures[i].name for i in indices]

    def batch(self, indices: Sequence[int], generator: np.random.Generator | None) -> Batch:
        """``reference`` (B, P, S, S, 3), ``distorted`` (B, T, P, S, S, 3), ``noticed`` (B, T) 0 or 1."""
        chosen = list(indices)
        reference, distorted = self.reference[chosen], self.distorted[chosen]
        if generator is not None and self.flips:
            reference, distorted = turned_alike(generator, reference, distorted)
        return {
            "reference": torch.from_numpy(reference).float(),
            "distorted": torch.from_numpy(distorted).float(),
            "noticed": torch.from_numpy(self.noticed[chosen]),
        }


def sequence_levels(entries: Sequence[LabelledPicture], count: int, last_share: float) -> list[int]:
    """``count`` of the levels that all pictures can be had at, from the best on."""
    levels = sorted(set.intersection(*(set(axis_levels(entry)) for entry in entries)))
    if len(levels) < 2:
        raise ConfigurationError(f"the pictures of {entries[0].codec} share fewer than two labelled levels")
    last = last_share * (len(levels) - 1)
    return sorted({levels[round(place)] for place in np.linspace(0, last, count)})


def load_levels(options: CodecDataOptions, network: Any) -> TaskData:
    """Pictures that have labels of the codec, split by source."""
    parts, skipped = pictures_of_codec(options)
    training, validation = (LevelExamples(part, options, network) for part in parts)
    description = {
        "kind": "level-sequence",
        "codec": options.codec,
        "levels": training.levels,
        "patches": network.patches,
        "patch_size": network.patch_size,
        "satisfied": options.satisfied,
        "labels": labels_provenance(options),
    }
    return TaskData(training, validation, description, skipped)


def level_loss(network: nn.Module, batch: Batch) -> Tensor:
    """Binary cross-entropy per level, of the probability 1 - exp(-hazard so far)."""
    hazard = network.cumulative_hazard(batch["reference"], batch["distorted"]).float()  # type: ignore[operator]
    # log(1 - exp(-x)) without loss of digits at either end.
    log_noticed = torch.log(-torch.expm1(-hazard.clamp(min=1e-6)))
    noticed = batch["noticed"]
    loss: Tensor = -(noticed * log_noticed - (1 - noticed) * hazard).mean()
    return loss


def level_metrics(network: nn.Module, examples: Any) -> Metrics:
    """Cross-entropy, share of right answers, and error of the first noticed level, in steps of the sequence."""
    losses, right, errors = [], [], []
    for batch in evaluation_batches(network, examples, 8):
        losses.append(float(level_loss(network, batch)) * len(batch["noticed"]))
        said = (network(batch["reference"], batch["distorted"]) > 0.5).float()
        right.append((said == batch["noticed"]).float().mean(dim=1))
        errors.append((said.sum(dim=1) - batch["noticed"].sum(dim=1)).abs())
    return {
        "validation_loss": sum(losses) / len(examples),
        "accuracy": float(torch.cat(right).mean()),
        "step_error": float(torch.cat(errors).mean()),
    }


def export_levels(network: nn.Module, data: TaskData, options: Any) -> ExportedGraph:
    """The graph: patches of the reference and of each level → probability that people notice."""
    steps = len(data.description["levels"])
    patch = options.patches, options.patch_size, options.patch_size, 3
    example = torch.zeros(2, *patch), torch.zeros(2, steps, *patch)
    sizes = {0: "pictures"}
    return ExportedGraph(
        network,
        example,
        ("reference", "distorted"),
        ("noticed",),
        data.description,
        {"reference": sizes, "distorted": sizes},
    )


def level_task(name: str, summary: str, cell: Callable[[int, int], Cell]) -> Task:
    """The task of a recurrent cell, made by ``cell(features, hidden)``, that reads levels."""

    def network(options: LevelOptions, description: dict[str, Any]) -> nn.Module:
        return LevelSequence(options, cell(options.width, options.hidden))

    return Task(
        name=name,
        summary=summary,
        data_options=CodecDataOptions,
        network_options=LevelOptions,
        load=load_levels,
        network=network,
        loss=level_loss,
        metrics=level_metrics,
        export=export_levels,
    )
