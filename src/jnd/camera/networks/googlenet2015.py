"""Baseline: GoogLeNet of Szegedy et al. (2015), for patches of 64x64.

Where we differ: the first stage halves once in place of four times, modules 3a to 4b only, widths halved, no auxiliary heads.
References: [Szegedy2015].
"""

import torch
from torch import Tensor, nn

from jnd.camera.networks.layers import Scaled, he

MODULES = (
    (32, 48, 64, 8, 16, 16),
    (64, 64, 96, 16, 48, 32),
    (96, 48, 104, 8, 24, 32),
    (80, 56, 112, 12, 32, 32),
)
"""Widths of 3a, 3b, 4a and 4b, halved: 1x1; 1x1 before 3x3, 3x3; 1x1 before 5x5, 5x5; 1x1 after pooling."""


class Inception(nn.Module):
    """Four ways side by side."""

    def __init__(self, before: int, widths: tuple[int, ...]) -> None:
        super().__init__()
        one, before_three, three, before_five, five, pooled = widths
        self.ways = nn.ModuleList([
            nn.Sequential(nn.Conv2d(before, one, 1), nn.ReLU()),
            nn.Sequential(nn.Conv2d(before, before_three, 1), nn.ReLU(), nn.Conv2d(before_three, three, 3, padding=1), nn.ReLU()),
            nn.Sequential(nn.Conv2d(before, before_five, 1), nn.ReLU(), nn.Conv2d(before_five, five, 5, padding=2), nn.ReLU()),
            nn.Sequential(nn.MaxPool2d(3, 1, 1), nn.Conv2d(before, pooled, 1), nn.ReLU()),
        ])  # fmt: skip
        self.width = one + three + five + pooled

    def forward(self, x: Tensor) -> Tensor:
        """The ways' maps joined."""
        return torch.cat([way(x) for way in self.ways], dim=1)


class GoogLeNet2015(nn.Module):
    """(N, 3, 64, 64) code values → (N, classes) logits."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        layers: list[nn.Module] = [
            Scaled(127.5, 1 / 127.5),
            nn.Conv2d(3, 32, 7, 2, 3), nn.ReLU(),
            nn.Conv2d(32, 96, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2, 1),
        ]  # fmt: skip
        before = 96
        for number, widths in enumerate(MODULES):
            module = Inception(before, widths)
            layers.append(module)
            before = module.width
            if number == 1:
                layers.append(nn.MaxPool2d(3, 2, 1))
        self.layers = nn.Sequential(
            *layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.4), nn.Linear(before, classes)
        )
        he(self)

    def forward(self, patches: Tensor) -> Tensor:
        """Logits."""
        logits: Tensor = self.layers(patches)
        return logits
