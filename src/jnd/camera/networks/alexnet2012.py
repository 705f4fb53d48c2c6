"""Baseline: AlexNet of Krizhevsky et al. (2012), for patches of 64x64 in place of pictures of 224x224.

Where we differ: the first kernel is 5x5 with stride 2 (11x11, stride 4), so that 64 pixels are enough; one column; dense layers of 512
(4096); no local response normalisation.
References: [Krizhevsky2012].
"""

from torch import Tensor, nn

from jnd.camera.networks.layers import Scaled, he


class AlexNet2012(nn.Module):
    """(N, 3, 64, 64) code values → (N, classes) logits."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            Scaled(127.5, 1 / 127.5),
            nn.Conv2d(3, 96, 5, 2, 2), nn.ReLU(), nn.MaxPool2d(3, 2),
            nn.Conv2d(96, 256, 5, padding=2), nn.ReLU(), nn.MaxPool2d(3, 2),
            nn.Conv2d(256, 384, 3, padding=1), nn.ReLU(),
            nn.Conv2d(384, 384, 3, padding=1), nn.ReLU(),
            nn.Conv2d(384, 256, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2),
            nn.Flatten(), nn.Dropout(0.5), nn.Linear(256 * 3 * 3, 512), nn.ReLU(),
            nn.Dropout(0.5), nn.Linear(512, 512), nn.ReLU(), nn.Linear(512, classes),
        )  # fmt: skip
        he(self)

    def forward(self, patches: Tensor) -> Tensor:
        """Logits."""
        logits: Tensor = self.layers(patches)
        return logits
