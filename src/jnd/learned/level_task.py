"""What the models share that read distortion levels as a sequence: examples, loss, metrics, export.

One example is a picture with one codec: patches of the reference and of the same places at each level, and whether
people notice at each. Levels are made with our codecs, or taken from a data set that brings its distorted pictures.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from jnd.codecs import CODECS
from jnd.datasets.labelled import LabelledPicture
from jnd.errors import ConfigurationError
from jnd.learned.curve_labels import (
    CurveDataOptions,
    CurvePicture,
    picture_pixels,
    read_labels,
    split_by_source,
)
from jnd.learned.patches import patch_corners, patches_at
from jnd.learned.task import Batch, ExportedGraph, Metrics, TaskData
from jnd.observer import jod_of_satisfied
from jnd.picture import read_picture, seen


@dataclass(frozen=True, slots=True)
class LevelDataOptions(CurveDataOptions):
    """``[data]`` of a training configuration."""

    codec: str = "jpeg"
    satisfied: float = 0.75
    """People notice at a level when a smaller share than this is satisfied."""


class LevelExamples:
    """Examples of :mod:`jnd.learned.task`: sequences of levels, made once and kept as patches."""

    def __init__(self, pictures: Sequence[CurvePicture], options: LevelDataOptions, network: Any) -> None:
        self.pictures, self.codec, self.flips = pictures, options.codec, options.flips
        entries = [picture.curves[options.codec] for picture in pictures]
        self.levels = sequence_levels(entries, network.levels, network.last_share)
        self.noticed = np.stack([_noticed(entry, self.levels, options.satisfied) for entry in entries])
        sequences = [_sequence(entry, self.levels, network) for entry in entries]
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
            if generator.random() < 0.5:
                reference, distorted = reference[..., ::-1, :], distorted[..., ::-1, :]
            if generator.random() < 0.5:
                reference, distorted = reference.swapaxes(-3, -2), distorted.swapaxes(-3, -2)
        return {
            "reference": torch.from_numpy(np.ascontiguousarray(reference)).float(),
            "distorted": torch.from_numpy(np.ascontiguousarray(distorted)).float(),
            "noticed": torch.from_numpy(self.noticed[chosen]),
        }


def sequence_levels(entries: Sequence[LabelledPicture], count: int, last_share: float) -> list[int]:
    """``count`` levels of the codec's axis (or of those that the data set has), from the best on."""
    known = CODECS.get(entries[0].codec)
    if entries[0].distorted or known is None:
        shared = set.intersection(*({int(level) for level in entry.level} for entry in entries))
        levels = sorted(shared)
    else:
        levels = list(known.levels)
    if len(levels) < 2:
        raise ConfigurationError(f"the pictures of {entries[0].codec} share fewer than two labelled levels")
    last = last_share * (len(levels) - 1)
    return sorted({levels[round(place)] for place in np.linspace(0, last, count)})


def _noticed(entry: LabelledPicture, levels: Sequence[int], satisfied: float) -> npt.NDArray[np.float32]:
    """(T,) 1 where fewer people than ``satisfied`` notice nothing."""
    if entry.jod is not None:
        worst = np.minimum.accumulate(entry.jod)
        return (np.interp(levels, entry.level, worst) < float(jod_of_satisfied(satisfied))).astype(np.float32)
    return (np.interp(levels, entry.level, entry.satisfied_users(1)) < satisfied).astype(np.float32)


def _sequence(
    entry: LabelledPicture, levels: Sequence[int], network: Any
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """(P, S, S, 3) of the reference and (T, P, S, S, 3) of the levels."""
    pixels = picture_pixels(entry.path)
    corners = patch_corners(pixels, network.patches, network.patch_size)
    files = dict(zip((int(level) for level in entry.level), entry.distorted, strict=False))
    distorted = []
    picture = None if files else read_picture(entry.path)
    for level in levels:
        if picture is None:
            changed = picture_pixels(files[level])
        else:
            codec = CODECS[entry.codec]
            changed = seen(codec.decode(codec.encode(picture, level)))
        distorted.append(patches_at(changed, corners, network.patch_size))
    return patches_at(pixels, corners, network.patch_size), np.stack(distorted)


def load_levels(options: LevelDataOptions, network: Any) -> TaskData:
    """Pictures that have labels of the codec, split by source."""
    pictures, skipped = read_labels(options)
    some = [picture for picture in pictures if options.codec in picture.curves]
    if not some:
        known = sorted({codec for picture in pictures for codec in picture.curves})
        raise ConfigurationError(f'data.codec: no labels of "{options.codec}"; there are {", ".join(known)}')
    parts = split_by_source(some, options)
    training, validation = (LevelExamples(part, options, network) for part in parts)
    description = {
        "kind": "level-sequence",
        "codec": options.codec,
        "levels": training.levels,
        "patches": network.patches,
        "patch_size": network.patch_size,
        "satisfied": options.satisfied,
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
    device = next(network.parameters()).device
    losses, right, errors = [], [], []
    for start in range(0, len(examples), 8):
        batch = examples.batch(range(start, min(start + 8, len(examples))), None)
        batch = {name: tensor.to(device) for name, tensor in batch.items()}
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
