"""Model ``resjnd``: the critical perceptually lossless picture by a recursive residual network, and from it a JND map.

After the network of that name, as its public code has it: one convolution to many channels, the same two convolutions over and
over with the first features added each time, one convolution back, and the picture added to the result. The JND of a pixel is the
root mean square over the colours of what the critical picture differs by.

Where we differ: the critical pictures come from our codecs at the observer's threshold, not from the authors' CPL-Set,
which is not public; weights begin near the identity, without which 25 recursions do not train at their learning rate.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from jnd.learned.coded_levels import CodecDataOptions
from jnd.learned.critical_task import CriticalExamples, load_critical, mean_over
from jnd.learned.task import Batch, ExportedGraph, Metrics, Task, TaskData


@dataclass(frozen=True, slots=True)
class ResJndOptions:
    """``[network]`` of a training configuration."""

    patches: int = 24
    """Of each picture."""
    patch_size: int = 48
    channels: int = 128
    recursions: int = 25


class ResJnd(nn.Module):
    """A picture → the worst picture that is still perceptually lossless."""

    def __init__(self, options: ResJndOptions) -> None:
        super().__init__()
        channels = options.channels
        self.recursions = options.recursions
        self.first = nn.Conv2d(3, channels, 3, padding=1)
        self.one = nn.Conv2d(channels, channels, 3, padding=1)
        self.two = nn.Conv2d(channels, channels, 3, padding=1)
        self.last = nn.Conv2d(channels, 3, 3, padding=1)
        for layer in (self.first, self.one, self.two):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
        with torch.no_grad():
            self.two.weight.mul_(0.1)
            self.last.weight.mul_(0.1)
            for layer in (self.first, self.one, self.two, self.last):
                assert layer.bias is not None
                layer.bias.zero_()

    def forward(self, pictures: Tensor) -> Tensor:
        """(B, H, W, 3) code values 0 to 255 → the same shape, in code values, not rounded."""
        values = pictures.permute(0, 3, 1, 2) / 255.0
        first = self.first(values)  # (B, channels, H, W)
        features = first
        for _ in range(self.recursions):
            features = first + self.two(torch.relu(self.one(torch.relu(features))))
        critical: Tensor = values + self.last(torch.relu(features))  # (B, 3, H, W)
        return critical.permute(0, 2, 3, 1) * 255.0


def critical_jnd_map(reference: npt.ArrayLike, critical: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """The JND of each pixel: root mean square over the colours of the difference to the critical picture.

    Parameters
    ----------
    reference, critical : (H, W, 3) code values.

    Returns
    -------
    (H, W) code values, 0 and more.
    """
    difference = np.asarray(critical, dtype=np.float64) - np.asarray(reference, dtype=np.float64)
    if difference.ndim != 3 or difference.shape[2] != 3:
        raise ValueError(f"both pictures must be (H, W, 3), got a difference of {difference.shape}")
    return np.asarray(np.sqrt(np.mean(difference**2, axis=2)))


def _loss(network: nn.Module, batch: Batch) -> Tensor:
    """Mean squared error in units of the whole range, times 1000 so that gradients have a usual size."""
    return 1000 * nn.functional.mse_loss(network(batch["reference"]) / 255.0, batch["critical"] / 255.0)


def _measure(network: nn.Module, batch: Batch) -> dict[str, Tensor]:
    reference, critical = batch["reference"], batch["critical"]
    predicted = network(reference)

    def squared(one: Tensor, other: Tensor) -> Tensor:
        return ((one - other) ** 2).mean(dim=(1, 2, 3))

    def height(picture: Tensor) -> Tensor:
        """(B,) mean JND of each patch."""
        return (picture - reference).square().mean(dim=3).sqrt().mean(dim=(1, 2))

    return {
        "validation_loss": squared(predicted, critical) / 65.025,
        "identity_loss": squared(reference, critical) / 65.025,
        "jnd_error": (height(predicted) - height(critical)).abs(),
        "jnd": height(critical),
    }


def _metrics(network: nn.Module, examples: Any) -> Metrics:
    """The loss, that of no change at all, and the mean error of a patch's mean JND beside that JND, in code values."""
    assert isinstance(examples, CriticalExamples)
    return mean_over(network, examples, _measure)


def _network(options: ResJndOptions, description: dict[str, Any]) -> nn.Module:
    return ResJnd(options)


def _export(network: nn.Module, data: TaskData, options: Any) -> ExportedGraph:
    example = torch.zeros(1, options.patch_size, options.patch_size + 8, 3)
    sizes = {0: "pictures", 1: "height", 2: "width"}
    return ExportedGraph(
        network,
        (example.repeat(2, 1, 1, 1),),
        ("picture",),
        ("critical",),
        data.description,
        {"picture": sizes},
    )


TASK = Task(
    name="resjnd",
    summary="critical perceptually lossless picture and JND map, recursive residual network, after ResJND",
    data_options=CodecDataOptions,
    network_options=ResJndOptions,
    load=load_critical,
    network=_network,
    loss=_loss,
    metrics=_metrics,
    export=_export,
)
