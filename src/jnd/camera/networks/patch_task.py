"""What the training machinery of ``jnd.learned`` needs to learn cameras from patches: one task for every network.

Pictures are parted so that nothing leaks (:mod:`jnd.camera.splits`); of each the best patches are kept in memory. The exported model
takes patches of code values and gives logits; what turns these into an answer – temperature, and from which score on a camera is
"unknown" – was fitted on the validation pictures and is in the model's metadata.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from jnd._lookup import lookup
from jnd.camera.networks import CAMERA_NETWORKS, CameraNetwork
from jnd.camera.networks.ding2019 import Ding2019
from jnd.camera.networks.patch_selection import select_patches
from jnd.camera.networks.voting import rejection_threshold, temperature_of, voted
from jnd.camera.sensor_picture import colour_pixels
from jnd.camera.splits import CameraSplit, split_pictures
from jnd.datasets.camera_picture import LEVELS, CameraPicture, Level
from jnd.datasets.camera_pictures import load_camera_pictures, renamed
from jnd.errors import ConfigurationError, JndError
from jnd.learned.task import Batch, ExportedGraph, Metrics, Task, TaskData

EVALUATED_AT_ONCE: Final = 256


@dataclass(frozen=True, slots=True)
class CameraData:
    """``[data]`` of a training configuration."""

    folder: Path
    """Of the pictures."""
    layout: str = "folder"
    """dresden, vision, miche, forchheim, sp-cup or folder."""
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
    """quality, grid or random."""
    false_rejection: float = 0.05
    """Share of validation pictures of known cameras that may be called unknown."""

    def __post_init__(self) -> None:
        """Check the values."""
        for name, choices in (("level", LEVELS), ("split", ("scene", "device", "bondi2017"))):
            if getattr(self, name) not in choices:
                raise ConfigurationError(
                    f"data.{name} must be one of {', '.join(choices)}, got {getattr(self, name)!r}"
                )
        if not 0 < self.false_rejection < 1 or self.patches < 1:
            raise ConfigurationError(
                "data.false_rejection must be between 0 and 1, and data.patches at least 1"
            )


@dataclass(frozen=True, slots=True)
class CameraNetworkOptions:
    """``[network]``."""

    normalised: bool = True
    """huang2018: with batch normalisation."""
    multi_task: bool = True
    """ding2019: brand and model are learned beside the device."""


class PatchExamples:
    """Patches of pictures, in memory."""

    def __init__(self, patches: npt.NDArray[np.uint8], pictures: list[str], owner: npt.NDArray[np.int64],
                 labels: npt.NDArray[np.int64], mean: npt.NDArray[np.float32] | None) -> None:  # fmt: skip
        self.patches, self.pictures, self.owner, self.labels, self.mean = (
            patches,
            pictures,
            owner,
            labels,
            mean,
        )
        """labels: (N, levels), coarsest first; owner: index into pictures."""

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


def task_of(name: str) -> Task:
    """The training task of a network.

    Raises
    ------
    UnknownNameError
        No such network.
    """
    entry = lookup(CAMERA_NETWORKS, name, kind="camera network")

    def load(data: CameraData, network: CameraNetworkOptions) -> TaskData:
        return _load(entry, data)

    def make(options: CameraNetworkOptions, description: dict[str, Any]) -> nn.Module:
        return _network(entry, options, description)

    return Task(
        name=name, summary=entry.summary, data_options=CameraData, network_options=CameraNetworkOptions, load=load,
        network=make, loss=_loss, metrics=_metrics, monitor="validation_loss", export=_export,
    )  # fmt: skip


def _network(entry: CameraNetwork, options: CameraNetworkOptions, description: dict[str, Any]) -> nn.Module:
    classes = description["classes"]
    more: dict[str, Any] = {}
    if entry.name == "huang2018":
        more["normalised"] = options.normalised
    if entry.multi_task and options.multi_task:
        more["coarser"] = tuple(len(names) for names in description["coarser"].values())
    network: nn.Module = entry(classes=len(classes), **more)
    return network


def _load(entry: CameraNetwork, options: CameraData) -> TaskData:
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
    return PatchExamples(
        np.concatenate(patches), files, np.array(owner), np.array(labels, dtype=np.int64), None
    )


def _logits(network: nn.Module, patches: Tensor) -> list[Tensor]:
    return network.levels(patches) if isinstance(network, Ding2019) else [network(patches)]


def _loss(network: nn.Module, batch: Batch) -> Tensor:
    """Cross-entropy of the finest level, and of those above where the network learns them, with equal weights."""
    found = _logits(network, batch["patches"])
    labels = batch["labels"][:, -len(found) :]
    terms = [nn.functional.cross_entropy(logits, labels[:, place]) for place, logits in enumerate(found)]
    return torch.stack(terms).mean()


def _all_logits(network: nn.Module, examples: PatchExamples) -> npt.NDArray[np.float64]:
    device = next(network.parameters()).device
    found = []
    for begin in range(0, len(examples), EVALUATED_AT_ONCE):
        batch = examples.batch(range(begin, min(begin + EVALUATED_AT_ONCE, len(examples))), None)
        found.append(network(batch["patches"].to(device)).double().cpu().numpy())
    return np.concatenate(found)


def _metrics(network: nn.Module, examples: Any) -> Metrics:
    logits = _all_logits(network, examples)
    labels = examples.labels[:, -1]
    pictures, truth = voted(logits, examples.owner), _of_pictures(labels, examples.owner)
    return {
        "validation_loss": float(
            nn.functional.cross_entropy(torch.from_numpy(logits), torch.from_numpy(labels))
        ),
        "patch_accuracy": float((logits.argmax(axis=1) == labels).mean()),
        "voted_accuracy": float((pictures.argmax(axis=1) == truth).mean()),
    }


def _of_pictures(labels: npt.NDArray[np.int64], owner: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    _, first = np.unique(owner, return_index=True)
    return np.asarray(labels[first])


class _WithMean(nn.Module):
    """The network for patches of code values."""

    def __init__(self, network: nn.Module, mean: npt.NDArray[np.float32] | None) -> None:
        super().__init__()
        self.network = network
        self.register_buffer("mean", torch.zeros(1) if mean is None else torch.from_numpy(mean))

    def forward(self, patches: Tensor) -> Tensor:
        """(N, 3, S, S) code values → (N, classes) logits."""
        assert isinstance(self.mean, Tensor)
        logits: Tensor = self.network(patches - self.mean)
        return logits


def _export(network: nn.Module, data: TaskData, options: CameraNetworkOptions) -> ExportedGraph:
    validation, training = data.validation, data.training
    assert isinstance(validation, PatchExamples)
    assert isinstance(training, PatchExamples)
    with torch.no_grad():
        logits = _all_logits(network, validation)
    pictures, truth = (
        voted(logits, validation.owner),
        _of_pictures(validation.labels[:, -1], validation.owner),
    )
    description = data.description
    size = description["patch_size"]
    metadata = description | {
        "temperature": temperature_of(pictures, truth),
        "rejection": {
            "score": "largest mean logit",
            "threshold": rejection_threshold(pictures, description["false_rejection"]),
            "validation_pictures": len(pictures),
        },
    }
    return ExportedGraph(
        module=_WithMean(network, training.mean), example=(torch.zeros(4, 3, size, size),), inputs=("patches",),
        outputs=("logits",), metadata=metadata, dynamic={"patches": {0: "patches"}},
    )  # fmt: skip
