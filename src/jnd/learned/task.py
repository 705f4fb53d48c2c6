"""What the training machinery needs to know of a model: one record, one per model.

A new model is a file with a network, and an entry in :data:`jnd.learned.TASKS`; the loop, checkpoints, logs, several
processes and the export come with it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from torch import Tensor, nn

Batch = dict[str, Tensor]
Metrics = dict[str, float]


class Examples(Protocol):
    """Pictures with what is to be learned of them."""

    def __len__(self) -> int:
        """How many there are."""
        ...

    def names(self, indices: Sequence[int]) -> list[str]:
        """What to call them in messages."""
        ...

    def batch(self, indices: Sequence[int], generator: np.random.Generator | None) -> Batch:
        """Tensors of these examples, on the CPU.

        ``generator`` decides everything that is random (patches, flips); None is for evaluation, the same each
        time. So a run that was stopped and continued sees what it would have seen.
        """
        ...


@dataclass(frozen=True, slots=True)
class TaskData:
    """Examples for training and for choosing, from different source pictures."""

    training: Examples
    validation: Examples
    description: dict[str, Any]
    """What the network's outputs mean; goes into the exported file as it is, and to :attr:`Task.network`."""
    skipped: tuple[str, ...] = field(default=())
    """Pictures that were left out, and why."""


@dataclass(frozen=True, slots=True)
class ExportedGraph:
    """What is written as ONNX: a module and how it is called."""

    module: nn.Module
    example: tuple[Tensor, ...]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    metadata: dict[str, Any]
    """As JSON holds it; what inference needs to know beside the graph."""
    dynamic: dict[str, dict[int, str]] = field(default_factory=dict)
    """Input → axis → name of its size, for axes of any size."""


@dataclass(frozen=True, slots=True)
class Task:
    """A model with everything around it."""

    name: str
    summary: str
    data_options: type[Any]
    """Record of the keys of ``[data]``."""
    network_options: type[Any]
    """Record of the keys of ``[network]``."""
    load: Callable[[Any, Any], TaskData]
    """(data options, network options) → examples."""
    network: Callable[[Any, dict[str, Any]], nn.Module]
    """(network options, ``TaskData.description``) → a network, its weights drawn from torch's generator."""
    loss: Callable[[nn.Module, Batch], Tensor]
    """A scalar, the mean over the examples of the batch."""
    metrics: Callable[[nn.Module, Examples], Metrics]
    """Of examples that were not trained on; the network is in evaluation mode, without gradients."""
    export: Callable[[nn.Module, TaskData, Any], ExportedGraph]
    """(network, data, network options) → graph."""
    monitor: str = "validation_loss"
    """The metric that decides which weights are kept; smaller is better."""
    bias_rate: float = 1.0
    """By what the learning rate is multiplied for biases."""


def evaluation_batches(network: nn.Module, examples: Examples, at_once: int) -> Iterator[Batch]:
    """All examples in order, ``at_once`` in a batch, on the network's device; nothing in them is random."""
    device = next(network.parameters()).device
    for start in range(0, len(examples), at_once):
        batch = examples.batch(range(start, min(start + at_once, len(examples))), None)
        yield {name: tensor.to(device) for name, tensor in batch.items()}
