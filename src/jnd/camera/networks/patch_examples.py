"""Patches of pictures as examples to learn cameras from: read, parted, the best of each picture kept in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from jnd.camera.networks import CameraNetwork
from jnd.camera.networks.patch_selection import SELECTIONS, select_patches
from jnd.camera.sensor_picture import colour_pixels
from jnd.camera.splits import SPLITS, CameraSplit, split_pictures
from jnd.datasets.camera_picture import LEVELS, CameraPicture, Level
from jnd.datasets.camera_pictures import load_camera_pictures, renamed
from jnd.errors import ConfigurationError, JndError
from jnd.learned.task import Batch, TaskData
from jnd.options import one_of


@dataclass(frozen=True, slots=True)
class CameraData:
    """``[data]`` of a training configuration."""

    folder: Path
    """Of the pictures."""
    layout: str = "folder"
    """A key of :data:`jnd.datasets.camera_pictures.CAMERA_LAYOUTS`."""
    level: str = "model"
    """brand, model or device."""
    kinds: tuple[str, ...] = ("natural",)
    merged: dict[str, str] = field(default_factory=dict)
    """Name → name that it counts as, for example "Nikon D70s" as "Nikon D70" [Bondi2017]."""
    split: str = "scene"
    """scene, device or bondi2017."""
    validation_share: float = 0.2
    test_share: float = 0.2
    split_seed: int = 0
    patches: int = 32
    """Per picture."""
    stride: int = 0
    """Between candidates; 0 is the patch size."""
    selection: str = "quality"
    """quality, grid or random: which patches; the trained model looks at new pictures in the same way."""
    false_rejection: float = 0.05
    """Share of validation pictures of known cameras that may be called unknown."""

    def __post_init__(self) -> None:
        for name, choices in (("level", LEVELS), ("split", SPLITS), ("selection", SELECTIONS)):
            one_of(f"data.{name}", getattr(self, name), choices)
        if not 0 < self.false_rejection < 1 or self.patches < 1 or self.stride < 0:
            raise ConfigurationError(
                "data.false_rejection must be between 0 and 1, data.patches at least 1 and data.stride at least 0, "
                f"got {self.false_rejection:g}, {self.patches} and {self.stride}"
            )


class PatchExamples:
    """Patches of pictures, in memory."""

    def __init__(
        self,
        patches: npt.NDArray[np.uint8],
        pictures: Sequence[str],
        owner: npt.NDArray[np.int64],
        labels: npt.NDArray[np.int64],
    ) -> None:
        self.patches = patches
        self.pictures = pictures
        self.owner = owner
        """(N,) index into ``pictures``."""
        self.labels = labels
        """(N, levels), coarsest first."""
        self.mean: npt.NDArray[np.float32] | None = None
        """(3, S, S) what is subtracted."""

    def __len__(self) -> int:
        return len(self.patches)

    def names(self, indices: Sequence[int]) -> list[str]:
        """Files that the patches are of."""
        return [self.pictures[self.owner[index]] for index in indices]

    def batch(self, indices: Sequence[int], generator: np.random.Generator | None) -> Batch:
        """Patches (N, 3, S, S) and labels (N, levels)."""
        chosen = np.asarray(indices)
        x = self.patches[chosen].transpose(0, 3, 1, 2).astype(np.float32)
        if self.mean is not None:
            x -= self.mean
        return {"patches": torch.from_numpy(x), "labels": torch.from_numpy(self.labels[chosen])}


def load_split(options: CameraData) -> CameraSplit:
    """The pictures of a configuration, parted.

    Raises
    ------
    UnusableDatasetError, UnknownNameError
        See :func:`load_camera_pictures` and :func:`split_pictures`.
    """
    found = [
        renamed(picture, options.merged)
        for picture in load_camera_pictures(options.folder, options.layout)
        if picture.kind in options.kinds
    ]
    if not found:
        raise ConfigurationError(f"data.kinds {list(options.kinds)}: {options.folder} holds no such pictures")
    return split_pictures(
        found, by=options.split, level=options.level,  # type: ignore[arg-type]  # checked above
        shares=(options.validation_share, options.test_share), seed=options.split_seed,
    )  # fmt: skip


def load_patches(entry: CameraNetwork, options: CameraData) -> TaskData:
    """Patches of the training and validation pictures; the mean of the former is subtracted where ``entry`` says so."""
    split = load_split(options)
    levels: tuple[Level, ...] = LEVELS[: [*LEVELS].index(options.level) + 1]  # type: ignore[arg-type]  # checked
    above = levels[:-1]
    names = {level: sorted({p.label(level) for p in split.training}) for level in levels}
    skipped: list[str] = []
    parts = [
        _patches(pictures, entry.patch_size, options, names, skipped)
        for pictures in (split.training, split.validation)
    ]
    mean = parts[0].patches.mean(axis=0, dtype=np.float64).transpose(2, 0, 1).astype(np.float32)
    for part in parts:
        part.mean = mean if entry.subtracts_mean else None
    description = {
        "kind": "camera", "network": entry.name, "level": options.level, "classes": names[levels[-1]],
        "coarser": {level: names[level] for level in above}, "patch_size": entry.patch_size,
        "patches": options.patches, "stride": options.stride or entry.patch_size, "selection": options.selection,
        "false_rejection": options.false_rejection, "training_pictures": len(parts[0].pictures),
        "devices": sorted({picture.device for picture in split.training}),
    }  # fmt: skip
    return TaskData(parts[0], parts[1], description, tuple(skipped))


def _patches(
    pictures: Sequence[CameraPicture], size: int, options: CameraData, names: dict[Any, list[str]], skipped: list[str]
) -> PatchExamples:  # fmt: skip
    rng = np.random.default_rng(options.split_seed)
    files: list[str] = []
    patches, owner, labels = [], [], []
    for picture in pictures:
        if any(picture.label(level) not in known for level, known in names.items()):
            skipped.append(f"{picture.path}: its camera is not among those to learn")
            continue
        try:
            pixels = colour_pixels(picture.path)
            chosen = select_patches(
                pixels, size, options.patches, stride=options.stride or None,
                method=options.selection, generator=rng,  # type: ignore[arg-type]
            )  # fmt: skip
        except JndError as error:
            skipped.append(f"{picture.path}: {error}")
            continue
        label = [known.index(picture.label(level)) for level, known in names.items()]
        patches.append(chosen.patches)
        labels += [label] * len(chosen.patches)
        owner += [len(files)] * len(chosen.patches)
        files.append(str(picture.path))
    if not patches:
        raise ConfigurationError(f"no picture is usable: {'; '.join(skipped[:3])}")
    return PatchExamples(np.concatenate(patches), files, np.array(owner), np.array(labels, dtype=np.int64))
