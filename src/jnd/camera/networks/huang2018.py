"""After Huang et al. (2018): three convolutions with batch normalisation on patches of 36x36, majority vote.

Known: small patches, three convolutions each with pooling and normalisation, two dense layers, a vote over patches. Patches of 36x36,
widths 32, 64 and 128, kernels of 5, 5 and 3, dense 256 are our choice. ``normalised`` False leaves the normalisation out, for
comparison. Their variant with a support vector machine on features is left out.
References: [Huang2018].
"""

from torch import Tensor, nn

from jnd.camera.networks.layers import Scaled, he


class Huang2018(nn.Module):
    """(N, 3, 36, 36) code values → (N, classes) logits."""

    def __init__(self, classes: int, *, normalised: bool = True) -> None:
        super().__init__()
        layers: list[nn.Module] = [Scaled(127.5, 1 / 127.5)]
        before = 3
        for width, kernel in ((32, 5), (64, 5), (128, 3)):
            layers += [nn.Conv2d(before, width, kernel, padding=kernel // 2), nn.MaxPool2d(2)]
            layers += [nn.BatchNorm2d(width)] if normalised else []
            layers.append(nn.ReLU())
            before = width
        self.layers = nn.Sequential(
            *layers, nn.Flatten(), nn.Linear(128 * 4 * 4, 256), nn.ReLU(), nn.Linear(256, classes)
        )
        he(self)

    def forward(self, patches: Tensor) -> Tensor:
        """Logits."""
        logits: Tensor = self.layers(patches)
        return logits
