"""Bondi et al. (2017): four convolutions and two dense layers on patches of 64x64; 340,642 parameters for 18 models.

Layer by layer as the authors' published network: convolutions without padding and without rectifiers, pooling that rounds up
(61 → 31, 27 → 14, 10 → 5); the mean picture is subtracted and the rest multiplied by 0.0125; biases learn at twice the rate of
weights. Where we differ: the mean is one
number per position of the training patches, as in theirs, but kept in the exported model; a picture's answer is the mean of its
patches' scores where they put a support vector machine on features.
References: [Bondi2017].
"""

from torch import Tensor, nn

from jnd.camera.networks.layers import Scaled, xavier


class Bondi2017(nn.Module):
    """(N, 3, 64, 64) code values minus the mean picture → (N, classes) logits."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.features = nn.Sequential(
            Scaled(0.0, 0.0125),
            nn.Conv2d(3, 32, 4), nn.MaxPool2d(2, ceil_mode=True),
            nn.Conv2d(32, 48, 5), nn.MaxPool2d(2, ceil_mode=True),
            nn.Conv2d(48, 64, 5), nn.MaxPool2d(2, ceil_mode=True),
            nn.Conv2d(64, 128, 5),
            nn.Flatten(), nn.Linear(128, 128), nn.ReLU(),
        )  # fmt: skip
        self.last = nn.Linear(128, classes)
        xavier(self)

    def forward(self, patches: Tensor) -> Tensor:
        """Logits."""
        logits: Tensor = self.last(self.features(patches))
        return logits
