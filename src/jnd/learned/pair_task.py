"""What the models share that judge one reference and one changed picture: examples, how they are judged, export.

One example is a picture with one codec at one level: patches of the reference, of the same places in the changed
picture, and the share of people who notice nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from jnd.datasets.labelled import LabelledPicture
from jnd.learned.coded_levels import (
    Array,
    CodecDataOptions,
    axis_levels,
    first_noticed,
    level_patches,
    pictures_of_codec,
    shares_at,
)
from jnd.learned.curve_labels import CurvePicture, labels_provenance
from jnd.learned.patches import turned_alike
from jnd.learned.task import Batch, ExportedGraph, TaskData, evaluation_batches


@dataclass(frozen=True, slots=True)
class PairDataOptions(CodecDataOptions):
    """``[data]`` of a training configuration."""

    levels: int = 8
    """Of each picture, spread evenly over :attr:`span` around the one where people begin to notice."""
    span: int = 40
    """Levels of the codec's axis."""


class PairExamples:
    """Examples of :mod:`jnd.learned.task`, made once and kept as patches.

    ``network`` has ``patches`` and ``patch_size``.
    """

    def __init__(self, pictures: Sequence[CurvePicture], options: PairDataOptions, network: Any) -> None:
        self.pictures, self.flips = pictures, options.flips
        self.levels: list[list[int]] = []
        self.satisfied: list[Array] = []
        self.reference: list[npt.NDArray[np.uint8]] = []
        self.changed: list[npt.NDArray[np.uint8]] = []
        self.place: list[tuple[int, int]] = []
        """Of each example: its picture and its place among that picture's levels."""
        for number, picture in enumerate(pictures):
            entry = picture.curves[options.codec]
            levels = levels_around(entry, options)
            reference, changed = level_patches(entry, levels, network.patches, network.patch_size)
            self.levels.append(levels)
            self.satisfied.append(shares_at(entry, levels))
            self.reference.append(reference)
            self.changed.append(changed)
            self.place += [(number, i) for i in range(len(levels))]

    def __len__(self) -> int:
        return len(self.place)

    def names(self, indices: Sequence[int]) -> list[str]:
        """Of the pictures, with the level."""
        places = [self.place[index] for index in indices]
        return [f"{self.pictures[number].name} at level {self.levels[number][i]}" for number, i in places]

    def batch(self, indices: Sequence[int], generator: np.random.Generator | None) -> Batch:
        """``reference`` and ``changed`` (B, P, S, S, 3), 0 to 255; ``satisfied`` (B,) share of people."""
        places = [self.place[index] for index in indices]
        reference = np.stack([self.reference[number] for number, _ in places])
        changed = np.stack([self.changed[number][i] for number, i in places])
        if generator is not None and self.flips:
            reference, changed = turned_alike(generator, reference, changed)
        shares = np.array([self.satisfied[number][i] for number, i in places], dtype=np.float32)
        return {
            "reference": torch.from_numpy(reference).float(),
            "changed": torch.from_numpy(changed).float(),
            "satisfied": torch.from_numpy(shares),
        }


def levels_around(entry: LabelledPicture, options: PairDataOptions) -> list[int]:
    """Levels to learn from: half of them invisible, half visible, where the axis has room."""
    levels = axis_levels(entry)
    centre = levels.index(first_noticed(entry, options.satisfied)) - 0.5
    half = options.span / 2
    places = np.linspace(centre - half, centre + half, options.levels)
    return sorted({levels[int(np.clip(round(place), 0, len(levels) - 1))] for place in places})


def load_pairs(options: PairDataOptions, network: Any) -> TaskData:
    """Pictures that have labels of the codec, split by source."""
    parts, skipped = pictures_of_codec(options)
    training, validation = (PairExamples(part, options, network) for part in parts)
    description = {
        "kind": "pair",
        "codec": options.codec,
        "patches": network.patches,
        "patch_size": network.patch_size,
        "satisfied": options.satisfied,
        "labels": labels_provenance(options),
    }
    return TaskData(training, validation, description, skipped)


def judged(
    network: nn.Module, examples: PairExamples, judge: Callable[[Batch], Tensor], at_once: int = 16
) -> list[Array]:
    """Per picture, (levels,) what ``judge`` gives for each of its levels."""
    values: list[float] = []
    for batch in evaluation_batches(network, examples, at_once):
        values += judge(batch).detach().double().cpu().tolist()
    ends = np.cumsum([len(levels) for levels in examples.levels])
    return np.split(np.array(values), ends[:-1])


def export_pairs(network: nn.Module, data: TaskData, options: Any) -> ExportedGraph:
    """The graph: patches of the reference and of the changed picture → a share of people."""
    example = torch.zeros(2, options.patches, options.patch_size, options.patch_size, 3)
    sizes = {0: "pictures"}
    return ExportedGraph(
        network,
        (example, example + 1),
        ("reference", "changed"),
        ("satisfied",),
        data.description,
        {"reference": sizes, "changed": sizes},
    )
