"""What the training machinery of ``jnd.learned`` needs to learn cameras from patches: one task for every network.

Pictures are parted so that nothing leaks (:mod:`jnd.camera.splits`). The exported model takes patches of code values and gives
logits; what turns these into an answer – temperature, and from which score on a camera is "unknown" – was fitted on the
validation pictures and is in the model's metadata.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from jnd._lookup import lookup
from jnd.camera.networks import CAMERA_NETWORKS, CameraNetwork
from jnd.camera.networks.ding2019 import Ding2019
from jnd.camera.networks.patch_examples import CameraData, PatchExamples, load_patches
from jnd.camera.networks.voting import rejection_threshold, temperature_of, voted
from jnd.learned.task import Batch, ExportedGraph, Metrics, Task, TaskData, evaluation_batches

EVALUATED_AT_ONCE: Final = 256


@dataclass(frozen=True, slots=True)
class CameraNetworkOptions:
    """``[network]``."""

    normalised: bool = True
    """huang2018: with batch normalisation."""
    multi_task: bool = True
    """ding2019: brand and model are learned beside the device."""


def task_of(name: str) -> Task:
    """The training task of a network.

    Raises
    ------
    UnknownNameError
        No such network.
    """
    entry = lookup(CAMERA_NETWORKS, name, kind="camera network")

    def load(data: CameraData, network: CameraNetworkOptions) -> TaskData:
        return load_patches(entry, data)

    def make(options: CameraNetworkOptions, description: dict[str, Any]) -> nn.Module:
        return _network(entry, options, description)

    return Task(
        name=name, summary=entry.summary, data_options=CameraData, network_options=CameraNetworkOptions, load=load,
        network=make, loss=_loss, metrics=_metrics, export=_export, bias_rate=entry.bias_rate,
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


def _logits(network: nn.Module, patches: Tensor) -> list[Tensor]:
    return network.levels(patches) if isinstance(network, Ding2019) else [network(patches)]


def _loss(network: nn.Module, batch: Batch) -> Tensor:
    """Cross-entropy of the finest level, and of those above where the network learns them, with equal weights."""
    found = _logits(network, batch["patches"])
    labels = batch["labels"][:, -len(found) :]
    terms = [nn.functional.cross_entropy(logits, labels[:, place]) for place, logits in enumerate(found)]
    return torch.stack(terms).mean()


def _all_logits(network: nn.Module, examples: PatchExamples) -> npt.NDArray[np.float64]:
    batches = evaluation_batches(network, examples, EVALUATED_AT_ONCE)
    return np.concatenate([network(batch["patches"]).double().cpu().numpy() for batch in batches])


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
