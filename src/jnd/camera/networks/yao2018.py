"""Yao et al. (2018): 13 convolutions on patches of 64x64, scaled to [−1, 1).

Layers as the published code: 8x8-16/2, 8x8-32, 6x6-48, 6x6-64/2, 3x3-128, 3x3-256, pool, 3x3-512/2, 3x3-1024, 1x1-512, pool,
1x1-512/2, 1x1-256, 1x1-128/2, 1x1-64/2, dense 32 and 64 with dropout 0.25. Where we differ: their start of N(0, 0.1) does not
train with the SGD that we use by default, so weights begin after He et al.
References: [Yao2018].
"""

from torch import Tensor, nn

from jnd.camera.networks.layers import SamePadding, Scaled, he, same_convolution

CONVOLUTIONS = (
    (8, 16, 2), (8, 32, 1), (6, 48, 1), (6, 64, 2), (3, 128, 1), (3, 256, 1), (3, 512, 2), (3, 1024, 1), (1, 512, 1),
    (1, 512, 2), (1, 256, 1), (1, 128, 2), (1, 64, 2),
)  # fmt: skip
"""Kernel, width, stride."""
POOLED_AFTER = (6, 9)


class Yao2018(nn.Module):
    """(N, 3, 64, 64) code values → (N, classes) logits."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        layers: list[nn.Module] = [Scaled(128.0, 1 / 128)]
        before = 3
        for number, (kernel, width, stride) in enumerate(CONVOLUTIONS, 1):
            layers += [*same_convolution(before, width, kernel, stride), nn.ReLU()]
            if number in POOLED_AFTER:
                layers += [SamePadding(2, 2), nn.MaxPool2d(2)]
            before = width
        self.layers = nn.Sequential(
            *layers, nn.Flatten(), nn.Linear(64, 32), nn.ReLU(), nn.Dropout(0.25), nn.Linear(32, 64), nn.ReLU(),
            nn.Dropout(0.25), nn.Linear(64, classes),
        )  # fmt: skip
        he(self)

    def forward(self, patches: Tensor) -> Tensor:
        """Logits."""
        logits: Tensor = self.layers(patches)
        return logits
