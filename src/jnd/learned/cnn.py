"""Model ``cnn``: patches → band energies → small CNN → weighted pooling → parameters of the JND curve per codec.

Our own network. Its first layer is a bank of learned filters on three scales of which the *logarithm of the energy*
per 8 by 8 block goes on: how much of a distortion is masked depends on the contrast around it, and thresholds follow
contrast by a power law [Legge1980]. A few hundred training pictures are enough for that, not for learning logarithms.

The weighted pooling is that of the patch networks for image quality [Bosse2018]; there a ReLU gives the weights,
here a softplus, which has a gradient everywhere.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from jnd.learned.curve_task import curve_task
from jnd.learned.curves import COMPONENTS
from jnd.learned.patches import SAMPLINGS
from jnd.options import one_of
from jnd.vision.luma import BT601

ENERGY_FLOOR = 1e-3
"""Of filter responses to pixels from -0.5 to 0.5: a quarter of a code value. Keeps the logarithm finite."""

OUTPUTS_PER_CODEC = COMPONENTS + 1
"""Scores of the curve's components, and the logarithm of the spread."""

BACKBONES = ("energy", "plain")


@dataclass(frozen=True, slots=True)
class CnnOptions:
    """``[network]`` of a training configuration."""

    patches: int = 40
    patch_size: int = 64
    sampling: str = "saliency"
    """Of :data:`jnd.learned.patches.SAMPLINGS`."""
    backbone: str = "energy"
    """"energy" as above, or "plain": convolutions, ReLU and max pooling, for comparison."""
    filters: int = 16
    """On each scale."""
    width: int = 32
    """Channels of the convolutions and of a patch's embedding."""
    dropout: float = 0.2
    """Of the features before the last layers, in training."""

    def __post_init__(self) -> None:
        one_of("network.sampling", self.sampling, SAMPLINGS)
        one_of("network.backbone", self.backbone, BACKBONES)


class BandEnergies(nn.Module):
    """Patches → logarithm of the energy of learned filters in each block, on three scales."""

    channels: int

    def __init__(self, filters: int) -> None:
        super().__init__()
        self.filters = nn.ModuleList(
            nn.Conv2d(3, filters, 5, stride=stride, padding=2, bias=False) for stride in (2, 2, 1)
        )
        with torch.no_grad():
            for convolution in self.filters:
                assert isinstance(convolution, nn.Conv2d)
                convolution.weight.copy_(torch.from_numpy(first_filters(filters)))
        self.channels = 3 * filters + 1

    def forward(self, patches: Tensor) -> Tensor:
        """(N, 3, S, S) opponent colours → (N, channels, S / 8, S / 8)."""
        scales = [patches, nn.functional.avg_pool2d(patches, 2), nn.functional.avg_pool2d(patches, 4)]
        energies = []
        for scale, convolution, block in zip(scales, self.filters, (4, 2, 2), strict=True):
            response = convolution(scale)  # (N, filters, S/2, S/2), (…, S/4, S/4), (…, S/4, S/4)
            energies.append(torch.log(nn.functional.avg_pool2d(response.abs(), block) + ENERGY_FLOOR))
        luma = nn.functional.avg_pool2d(patches[:, :1], 8)  # (N, 1, S/8, S/8)
        return torch.cat([*energies, luma], dim=1)


def first_filters(count: int) -> npt.NDArray[np.float32]:
    """(count, 3, 5, 5) where training begins: cosine waves, half of them on luma, a quarter on each colour.

    Random filters have nearly the same energy everywhere, and would take long to part.
    """
    position = (np.arange(5) + 0.5) * np.pi / 5
    waves = sorted(
        ((v, u) for v in range(5) for u in range(5) if v + u > 0), key=lambda w: (max(w), sum(w), w)
    )
    planes = np.zeros((count, 3, 5, 5), dtype=np.float32)
    shares = (0,) * (count - 2 * (count // 4)) + (1,) * (count // 4) + (2,) * (count // 4)
    for i, plane in enumerate(shares):
        place = i - shares.index(plane)
        # Every second wave on luma, so that the finest is among them.
        v, u = waves[(place * len(waves) // shares.count(plane)) if plane == 0 else place % len(waves)]
        wave = np.outer(np.cos(v * position), np.cos(u * position))
        planes[i, plane] = wave / np.linalg.norm(wave)
    return planes


class PlainConvolutions(nn.Module):
    """The usual start: convolution, ReLU, max pooling, three times. Same shapes as :class:`BandEnergies`."""

    channels: int

    def __init__(self, filters: int) -> None:
        super().__init__()
        self.channels = 3 * filters + 1
        self.layers = nn.Sequential(
            nn.Conv2d(3, filters, 5, stride=2, padding=2),
            nn.ReLU(),
            nn.Conv2d(filters, 2 * filters, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(2 * filters, self.channels, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
        )

    def forward(self, patches: Tensor) -> Tensor:
        """(N, 3, S, S) → (N, channels, S / 8, S / 8)."""
        features: Tensor = self.layers(patches)
        return features


class PatchFeatures(nn.Module):
    """Patches of code values → an embedding of each, and the mean of its block features."""

    channels: int
    width: int

    def __init__(self, options: CnnOptions) -> None:
        super().__init__()
        self.backbone: BandEnergies | PlainConvolutions = (
            BandEnergies(options.filters)
            if options.backbone == "energy"
            else PlainConvolutions(options.filters)
        )
        channels = self.backbone.channels
        self.normalise = nn.BatchNorm2d(channels)
        self.convolutions = nn.Sequential(
            nn.Conv2d(channels, options.width, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(options.width, options.width, 3, padding=1),
            nn.ReLU(),
        )
        self.channels, self.width = channels, options.width

    def forward(self, patches: Tensor) -> tuple[Tensor, Tensor]:
        """(N, S, S, 3) code values 0 to 255 → (N, width) embeddings, (N, channels) block features."""
        blocks = self.normalise(self.backbone(opponent(patches)))  # (N, channels, S/8, S/8)
        embedding = self.convolutions(blocks).mean(dim=(2, 3))
        return embedding, blocks.mean(dim=(2, 3))


def opponent(patches: Tensor) -> Tensor:
    """(N, S, S, 3) sRGB code values 0 to 255 → (N, 3, S, S): luma, blue minus luma, red minus luma; ±0.5."""
    rgb = patches.permute(0, 3, 1, 2) / 255.0
    red, green, blue = rgb[:, 0:1], rgb[:, 1:2], rgb[:, 2:3]
    luma = BT601[0] * red + BT601[1] * green + BT601[2] * blue
    return torch.cat([luma - 0.5, 0.564 * (blue - luma), 0.713 * (red - luma)], dim=1)


class CurveHead(nn.Module):
    """A picture's features → the parameters of its JND curves: (B, codecs, components + 1)."""

    def __init__(self, features: int, hidden: int, codecs: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.codecs = codecs
        self.dropout = nn.Dropout(dropout)
        self.hidden = nn.Sequential(nn.Linear(features, hidden), nn.ReLU())
        # A straight way beside the hidden layer: most of what can be known is linear in log energies.
        self.output = nn.Linear(hidden + features, codecs * OUTPUTS_PER_CODEC)

    def forward(self, features: Tensor) -> Tensor:
        """(B, features) → (B, codecs, components + 1)."""
        features = self.dropout(features)
        output: Tensor = self.output(torch.cat([self.hidden(features), features], dim=1))
        return output.reshape(-1, self.codecs, OUTPUTS_PER_CODEC)


class Cnn(nn.Module):
    """The whole network; ``codecs`` is how many curves it predicts."""

    def __init__(self, options: CnnOptions, codecs: int) -> None:
        super().__init__()
        self.options = options
        self.patch_features = PatchFeatures(options)
        width, channels = self.patch_features.width, self.patch_features.channels
        self.weight = nn.Linear(width, 1)
        self.head = CurveHead(width + 4 * channels, 2 * width, codecs, options.dropout)

    def forward(self, patches: Tensor) -> tuple[Tensor, Tensor]:
        """Patches of pictures → parameters of their curves, and what the pictures are like.

        Parameters
        ----------
        patches : (B, P, S, S, 3) sRGB code values, 0 to 255.

        Returns
        -------
        (B, codecs, components + 1), and (B, channels) mean block features: how far they lie from the training
        pictures' says whether the picture is out of distribution.
        """
        batch, count, size = patches.shape[0], patches.shape[1], patches.shape[2]
        flat = patches.reshape(batch * count, size, size, 3)
        embedding, blocks = self.patch_features(flat)  # (B P, width), (B P, channels)
        weight = nn.functional.softplus(self.weight(embedding)).reshape(batch, count, 1) + 1e-6
        weight = weight / weight.sum(dim=1, keepdim=True)  # (B, P, 1), sum 1 over the patches
        pooled = (weight * embedding.reshape(batch, count, -1)).sum(dim=1)  # (B, width)
        statistics, mean = block_statistics(blocks.reshape(batch, count, -1))
        return self.head(torch.cat([pooled, statistics], dim=1)), mean


def block_statistics(blocks: Tensor) -> tuple[Tensor, Tensor]:
    """(B, P, C) block features of patches → (B, 4 C) of the picture, and their mean (B, C) alone."""
    mean = blocks.mean(dim=1)
    spread = ((blocks - mean[:, None]) ** 2).mean(dim=1).add(1e-4).sqrt()
    # Features are logarithms: this is the logarithm of the mean energy, in which a few busy places weigh most ...
    count = math.log(blocks.shape[1])
    most = torch.logsumexp(blocks, dim=1) - count
    # ... and this that of the harmonic mean: the calmest places, where distortions show first.
    least = count - torch.logsumexp(-blocks, dim=1)
    return torch.cat([mean, spread, most, least], dim=1), mean


TASK = curve_task(
    "cnn",
    "patches sampled by saliency, a small CNN, weighted pooling, parameters of the JND curve per codec",
    CnnOptions,
    Cnn,
)
