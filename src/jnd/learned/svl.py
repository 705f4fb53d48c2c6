"""Model ``svl``: a JND profile from structural visibility, U-Net on grey patches, after [Shen2021].

A patch is split into luminance, contrast and structure: x = L 1 + C S with the mean L, C = |x - L 1| and a unit vector S.
The network changes the structure as far as people do not notice; the JND patch is then

    (L ± LA(L)) 1 + 0.9474 C S_predicted

with the luminance adaptation LA of [ChouLi1995] and one random sign per picture. A picture is covered by patches that
overlap, and overlaps are averaged.

As in the authors' code: 64 by 64 grey patches in [-1, 1], 7x7 first and last convolutions, batch normalisation,
spectral normalisation, self-attention at the bottleneck, a residual output that is clamped, L1 loss. Where we differ:
the skip connections are gated by attention gates [Oktay2018], because the form of their "global attention" is not
described; patches to learn from come from our codecs at the observer's threshold, not from VVC and people; the default
width is a quarter of theirs; the optimiser is that of the configuration.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize
from torch.nn.utils.parametrizations import spectral_norm

from jnd.learned.coded_levels import CodecDataOptions
from jnd.learned.critical_task import CriticalExamples, load_critical, mean_over
from jnd.learned.task import Batch, ExportedGraph, Metrics, Task, TaskData
from jnd.vision.luma import BT601
from jnd.vision.luminance_adaptation import luminance_adaptation

Array = npt.NDArray[np.float64]

CONTRAST_KEPT = 0.9474
"""Share of the contrast that the JND patch keeps [Shen2021]."""
PATCH = 64
STEP = 50
"""From patch to patch, so that they overlap by 14 pixels [Shen2021]."""


@dataclass(frozen=True, slots=True)
class SvlOptions:
    """``[network]`` of a training configuration."""

    patches: int = 16
    """Of each picture."""
    patch_size: int = PATCH
    channels: int = 8
    """Of the first level; they double four times. 32 (to 512) in the authors' code."""


class Block(nn.Module):
    """Convolution with spectral normalisation, batch normalisation, leaky ReLU."""

    def __init__(self, before: int, after: int, kernel: int = 3) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            spectral_norm(nn.Conv2d(before, after, kernel, padding=kernel // 2, bias=False)),
            nn.BatchNorm2d(after),
            nn.LeakyReLU(0.2),
        )

    def forward(self, features: Tensor) -> Tensor:
        """(B, before, H, W) → (B, after, H, W)."""
        out: Tensor = self.layers(features)
        return out


class SelfAttention(nn.Module):
    """Every place looks at every other [Zhang2019]; its share of the result begins at 0."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.query = nn.Conv2d(channels, max(1, channels // 8), 1)
        self.key = nn.Conv2d(channels, max(1, channels // 8), 1)
        self.value = nn.Conv2d(channels, channels, 1)
        self.share = nn.Parameter(torch.zeros(()))

    def forward(self, features: Tensor) -> Tensor:
        """(B, C, H, W) → (B, C, H, W)."""
        batch, channels, height, width = features.shape
        query = self.query(features).flatten(2).transpose(1, 2)  # (B, H W, C / 8)
        attention = torch.softmax(query @ self.key(features).flatten(2), dim=2)  # (B, H W, H W)
        looked_at = self.value(features).flatten(2) @ attention.transpose(1, 2)  # (B, C, H W)
        attended: Tensor = features + self.share * looked_at.reshape(batch, channels, height, width)
        return attended


class AttentionGate(nn.Module):
    """What of a skip connection matters, as seen from below [Oktay2018]."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.from_skip = nn.Conv2d(channels, channels, 1)
        self.from_below = nn.Conv2d(channels, channels, 1)
        self.gate = nn.Conv2d(channels, 1, 1)

    def forward(self, skip: Tensor, below: Tensor) -> Tensor:
        """(B, C, H, W) both → (B, C, H, W)."""
        gate = torch.sigmoid(self.gate(torch.relu(self.from_skip(skip) + self.from_below(below))))
        return skip * gate


class Svl(nn.Module):
    """Grey patches → the same patches with their structure changed as far as people do not notice."""

    def __init__(self, options: SvlOptions) -> None:
        super().__init__()
        widths = [options.channels * 2**level for level in range(5)]
        self.first = Block(1, widths[0], 7)
        self.down = nn.ModuleList(Block(a, b) for a, b in pairwise(widths))
        self.attention = SelfAttention(widths[-1])
        self.up = nn.ModuleList(Block(b, a) for a, b in pairwise(widths))
        self.gates = nn.ModuleList(AttentionGate(width) for width in widths[:-1])
        self.merge = nn.ModuleList(Block(2 * width, width) for width in widths[:-1])
        self.last = nn.Conv2d(widths[0], 1, 7, padding=3)
        nn.init.zeros_(self.last.weight)  # training begins at no change
        assert self.last.bias is not None
        nn.init.zeros_(self.last.bias)

    def forward(self, patches: Tensor) -> Tensor:
        """(B, S, S) grey levels 0 to 255 → (B, S, S); S a multiple of 16."""
        grey = patches[:, None] / 127.5 - 1.0  # (B, 1, S, S)
        features = self.first(grey)
        skips = []
        for down in self.down:
            skips.append(features)
            features = down(nn.functional.avg_pool2d(features, 2))  # (B, 2 C, H / 2, W / 2)
        features = self.attention(features)
        for level in reversed(range(len(skips))):
            below = self.up[level](nn.functional.interpolate(features, scale_factor=2.0, mode="nearest"))
            skip = self.gates[level](skips[level], below)
            features = self.merge[level](torch.cat([skip, below], dim=1))
        changed = torch.clamp(grey + self.last(features), -1.0, 1.0)
        levels: Tensor = (changed[:, 0] + 1.0) * 127.5
        return levels


def grey(patches: Tensor) -> Tensor:
    """(B, S, S, 3) code values → (B, S, S) luma of BT.601."""
    return patches @ patches.new_tensor(BT601)


def split_structure(patch: Array) -> tuple[float, float, Array]:
    """L, C and S of a patch: x = L 1 + C S, where S has mean 0 and norm 1 (0 everywhere in a flat patch)."""
    luminance = float(patch.mean())
    rest = patch - luminance
    contrast = float(np.linalg.norm(rest))
    return luminance, contrast, rest / contrast if contrast > 0 else rest


def jnd_patch(patch: Array, predicted: Array, sign: int) -> Array:
    """The JND patch of ``patch`` with the structure of ``predicted``, both (S, S) grey levels; ``sign`` ±1."""
    luminance, contrast, _ = split_structure(patch)
    _, _, structure = split_structure(predicted)
    shifted = luminance + sign * float(luminance_adaptation(np.array([[luminance]]))[0, 0])
    return shifted + CONTRAST_KEPT * contrast * structure


def jnd_profile(plane: npt.ArrayLike, predict: Callable[[Array], Array], seed: int = 0) -> Array:
    """A grey picture at its JND: every patch changed as far as ``predict`` says, overlaps averaged.

    Parameters
    ----------
    plane : (H, W) grey levels 0 to 255; smaller sides than a patch are continued by reflection.
    predict : (N, 64, 64) grey levels → the same with changed structure, as the network does.
    seed : of the one random sign.

    Returns
    -------
    (H, W) grey levels, 0 to 255, not rounded. The authors average in 8 bits, pair by pair; we average all at once.
    """
    picture = np.asarray(plane, dtype=np.float64)
    if picture.ndim != 2:
        raise ValueError(f"the picture must be (H, W) grey levels, got {picture.shape}")
    height, width = picture.shape
    padded = np.pad(picture, [(0, max(0, PATCH - height)), (0, max(0, PATCH - width))], mode="symmetric")
    corners = [(y, x) for y in _starts(padded.shape[0]) for x in _starts(padded.shape[1])]
    patches = np.stack([padded[y : y + PATCH, x : x + PATCH] for y, x in corners])
    sign = 1 if np.random.default_rng(seed).random() < 0.5 else -1
    total, count = np.zeros_like(padded), np.zeros_like(padded)
    for (y, x), patch, predicted in zip(corners, patches, predict(patches), strict=True):
        total[y : y + PATCH, x : x + PATCH] += jnd_patch(patch, np.asarray(predicted, dtype=np.float64), sign)
        count[y : y + PATCH, x : x + PATCH] += 1
    return np.clip(total / count, 0, 255)[:height, :width]


def _starts(side: int) -> list[int]:
    return sorted({*range(0, side - PATCH + 1, STEP), side - PATCH})


def _loss(network: nn.Module, batch: Batch) -> Tensor:
    """Mean absolute error, grey levels."""
    error: Tensor = network(grey(batch["reference"])) - grey(batch["critical"])
    return error.abs().mean()


def _measure(network: nn.Module, batch: Batch) -> dict[str, Tensor]:
    reference, critical = grey(batch["reference"]), grey(batch["critical"])
    return {
        "validation_loss": (network(reference) - critical).abs().mean(dim=(1, 2)),
        "identity_loss": (reference - critical).abs().mean(dim=(1, 2)),
    }


def _metrics(network: nn.Module, examples: Any) -> Metrics:
    """The loss, and that of no change at all."""
    assert isinstance(examples, CriticalExamples)
    return mean_over(network, examples, _measure)


def _network(options: SvlOptions, description: dict[str, Any]) -> nn.Module:
    return Svl(options)


def _without_parametrisation(network: nn.Module, options: SvlOptions) -> nn.Module:
    """The same network with its normalised weights as plain ones.

    A new one: copies of a parametrised module share its class, so that undoing it in a copy breaks the original.
    """
    plain = Svl(options).eval()
    for name, original in network.eval().named_modules():
        if parametrize.is_parametrized(original, "weight"):
            module = plain.get_submodule(name)
            parametrize.remove_parametrizations(module, "weight")
            with torch.no_grad():
                module.get_parameter("weight").copy_(original.weight)
    known = {key: value for key, value in network.state_dict().items() if "parametrizations" not in key}
    plain.load_state_dict(known, strict=False)
    return plain


def _export(network: nn.Module, data: TaskData, options: Any) -> ExportedGraph:
    plain = _without_parametrisation(network, options)
    example = torch.zeros(2, options.patch_size, options.patch_size)
    return ExportedGraph(
        plain, (example,), ("patches",), ("critical",), data.description, {"patches": {0: "count"}}
    )


TASK = Task(
    name="svl",
    summary="JND profile from structural visibility, U-Net with attention, after Shen 2021",
    data_options=CodecDataOptions,
    network_options=SvlOptions,
    load=load_critical,
    network=_network,
    loss=_loss,
    metrics=_metrics,
    export=_export,
)
