"""After Freire-Obregón et al. (2019): a small network on patches of 32x32 of telephones (MICHE-I).

The paper's abstract and our notes give patches of 32x32, two convolutions of 3x3 with leaky rectifiers, pooling, dropout, one dense
layer; widths (32 and 64, dense 128), slope 0.3 and dropout 0.25 and 0.5 are our choice.
References: [FreireObregon2019].
"""

from torch import Tensor, nn

from jnd.camera.networks.layers import Scaled, he


class FreireObregon2019(nn.Module):
    """(N, 3, 32, 32) code values → (N, classes) logits."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            Scaled(127.5, 1 / 127.5),
            nn.Conv2d(3, 32, 3), nn.LeakyReLU(0.3),
            nn.Conv2d(32, 64, 3), nn.LeakyReLU(0.3),
            nn.MaxPool2d(2), nn.Dropout(0.25),
            nn.Flatten(), nn.Linear(64 * 14 * 14, 128), nn.LeakyReLU(0.3), nn.Dropout(0.5),
            nn.Linear(128, classes),
        )  # fmt: skip
        he(self)

    def forward(self, patches: Tensor) -> Tensor:
        """Logits."""
        logits: Tensor = self.layers(patches)
        return logits
