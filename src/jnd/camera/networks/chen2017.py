"""After Chen et al. (2017): a residual network of 26 layers for brand, model or device.

Known: 26 layers with residual blocks, and its accuracies (brand 99.12, model 94.73, device 45.81 %). Ours: one convolution, four
stages of three blocks of two convolutions (24), one dense layer: 26 with weights on the main path; widths 16, 32, 64 and 128,
patches of 64x64, mean over the last map.
References: [Chen2017].
"""

from torch import Tensor, nn

from jnd.camera.networks.layers import Scaled, he
from jnd.camera.networks.residual import stages

WIDTHS = (16, 32, 64, 128)
BLOCKS = 3


class Chen2017(nn.Module):
    """(N, 3, 64, 64) code values → (N, classes) logits."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            Scaled(127.5, 1 / 127.5),
            nn.Conv2d(3, WIDTHS[0], 3, padding=1, bias=False), nn.BatchNorm2d(WIDTHS[0]), nn.ReLU(),
            stages(WIDTHS, BLOCKS, WIDTHS[0]),
            nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(WIDTHS[-1], classes),
        )  # fmt: skip
        he(self)

    def forward(self, patches: Tensor) -> Tensor:
        """Logits."""
        logits: Tensor = self.layers(patches)
        return logits
