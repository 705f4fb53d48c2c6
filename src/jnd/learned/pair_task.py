"""What the models share that judge one reference and one changed picture: examples, and where people begin to notice.

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

from jnd.codecs import CODECS
from jnd.datasets.labelled import LabelledPicture
from jnd.errors import ConfigurationError
from jnd.learned.curve_labels import (
    CurveDataOptions,
    CurvePicture,
    labels_provenance,
    picture_pixels,
    read_labels,
    split_by_source,
)
from jnd.learned.patches import patch_corners, patches_at
from jnd.learned.task import Batch, ExportedGraph, TaskData
from jnd.observer import satisfied_users
from jnd.picture import read_picture, seen

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PairDataOptions(CurveDataOptions):
    """``[data]`` of a training configuration."""

    codec: str = "jpeg"
    satisfied: float = 0.75
    """People notice at a level when a smaller share than this is satisfied."""
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
            reference, changed = pair_patches(entry, levels, network.patches, network.patch_size)
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
            if generator.random() < 0.5:
                reference, changed = reference[..., ::-1, :], changed[..., ::-1, :]
            if generator.random() < 0.5:
                reference, changed = reference.swapaxes(-3, -2), changed.swapaxes(-3, -2)
        shares = np.array([self.satisfied[number][i] for number, i in places], dtype=np.float32)
        return {
            "reference": torch.from_numpy(np.ascontiguousarray(reference)).float(),
            "changed": torch.from_numpy(np.ascontiguousarray(changed)).float(),
            "satisfied": torch.from_numpy(shares),
        }


def shares_at(entry: LabelledPicture, levels: Sequence[int]) -> Array:
    """(levels,) share of people who notice nothing, never rising with the level."""
    if entry.jod is not None:
        shares = satisfied_users(np.minimum.accumulate(entry.jod))
    else:
        known = entry.satisfied.get(1)
        shares = entry.satisfied_users(1) if known is None else known
    return np.asarray(np.interp(levels, entry.level, shares), dtype=np.float64)


def axis_levels(entry: LabelledPicture) -> list[int]:
    """The levels at which a changed picture can be had, ascending: the data set's own, or those of our codec.

    Raises
    ------
    ConfigurationError
        Neither is there.
    """
    if entry.distorted:
        return [int(level) for level in entry.level]
    if entry.codec not in CODECS:
        raise ConfigurationError(
            f'data.codec: there are no pictures of "{entry.codec}" and jnd cannot make them; it has {", ".join(CODECS)}'
        )
    return list(CODECS[entry.codec].levels)


def first_noticed(entry: LabelledPicture, satisfied: float) -> int:
    """The first level at which a smaller share than ``satisfied`` notices nothing; the last one where there is none."""
    levels = axis_levels(entry)
    noticed = shares_at(entry, levels) < satisfied
    return levels[int(np.argmax(noticed)) if noticed.any() else -1]


def levels_around(entry: LabelledPicture, options: PairDataOptions) -> list[int]:
    """Levels to learn from: half of them invisible, half visible, where the axis has room."""
    levels = axis_levels(entry)
    centre = levels.index(first_noticed(entry, options.satisfied)) - 0.5
    half = options.span / 2
    places = np.linspace(centre - half, centre + half, options.levels)
    return sorted({levels[int(np.clip(round(place), 0, len(levels) - 1))] for place in places})


def pair_patches(
    entry: LabelledPicture, levels: Sequence[int], count: int, size: int
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """(P, S, S, 3) of the reference, and (levels, P, S, S, 3) of the same places at each level."""
    pixels = picture_pixels(entry.path)
    corners = patch_corners(pixels, count, size)
    files = dict(zip((int(level) for level in entry.level), entry.distorted, strict=False))
    picture = None if files else read_picture(entry.path)
    changed = []
    for level in levels:
        if picture is None:
            shown = picture_pixels(files[level])
        else:
            codec = CODECS[entry.codec]
            shown = seen(codec.decode(codec.encode(picture, level)))
        changed.append(patches_at(shown, corners, size))
    return patches_at(pixels, corners, size), np.stack(changed)


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


def pictures_of_codec(
    options: PairDataOptions,
) -> tuple[tuple[list[CurvePicture], list[CurvePicture]], tuple[str, ...]]:
    """Pictures to train on and to validate with that have labels of ``options.codec``; and those left out.

    Raises
    ------
    ConfigurationError
        No picture has such labels.
    """
    pictures, skipped = read_labels(options)
    some = [picture for picture in pictures if options.codec in picture.curves]
    if not some:
        known = sorted({codec for picture in pictures for codec in picture.curves})
        raise ConfigurationError(f'data.codec: no labels of "{options.codec}"; there are {", ".join(known)}')
    return split_by_source(some, options), skipped


def judged(
    network: nn.Module, examples: PairExamples, judge: Callable[[Batch], Tensor], at_once: int = 16
) -> list[Array]:
    """Per picture, (levels,) what ``judge`` gives for each of its levels."""
    device = next(network.parameters()).device
    values: list[float] = []
    for start in range(0, len(examples), at_once):
        batch = examples.batch(range(start, min(start + at_once, len(examples))), None)
        judged_now = judge({name: tensor.to(device) for name, tensor in batch.items()})
        values += judged_now.detach().double().cpu().tolist()
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
