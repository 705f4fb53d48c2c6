"""Pieces of networks that several papers share, and how their weights begin."""

import math

from torch import Tensor, nn


class Scaled(nn.Module):
    """Code values brought to what a network was designed for: (x − mean) · factor."""

    def __init__(self, mean: float, factor: float) -> None:
        super().__init__()
        self.mean, self.factor = mean, factor

    def forward(self, patches: Tensor) -> Tensor:
        """(N, 3, S, S) → the same, scaled."""
        return (patches - self.mean) * self.factor


class SamePadding(nn.Module):
    """As TensorFlow pads for "SAME": the output has ⌈side / stride⌉, the odd pixel below and right."""

    def __init__(self, kernel: int, stride: int) -> None:
        super().__init__()
        self.kernel, self.stride = kernel, stride

    def forward(self, x: Tensor) -> Tensor:
        """Padded with zeros."""
        pads: list[int] = []
        for side in (x.shape[-1], x.shape[-2]):
            needed = max((math.ceil(side / self.stride) - 1) * self.stride + self.kernel - side, 0)
            pads += [needed // 2, needed - needed // 2]
        return nn.functional.pad(x, pads)


def same_convolution(before: int, after: int, kernel: int, stride: int = 1) -> list[nn.Module]:
    """A convolution whose output has ⌈side / stride⌉."""
    return [SamePadding(kernel, stride), nn.Conv2d(before, after, kernel, stride)]


def xavier(network: nn.Module) -> None:
    """Weights after Glorot & Bengio, biases 0."""
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            nn.init.xavier_uniform_(layer.weight)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)


def he(network: nn.Module) -> None:
    """Weights after He et al., biases 0: for rectifiers."""
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
