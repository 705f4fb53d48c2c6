"""Model ``lossless``: is a compressed picture perceptually lossless? After [Liu2020], with sliding-window search.

Liu et al. turn the choice of a level into one binary question per level and search along the axis. Their network is not
published; this is the two-stream patch network that the same group's later code shares with them (as far as we can tell),
at a quarter of its width: 3x3 convolutions in pairs with max pooling, shared by both streams; of a patch's features
f_r and f_c the triple (f_r, f_c, f_r - f_c) goes on; two small networks give each patch a score and a weight, and the
weighted mean of the scores is the logit.

Where we differ: the fused features are normalised over the batch, because differences near the threshold are tiny beside the
features and would hardly be learned from; patches are chosen by saliency, not at random; labels are the observer's unless a data set of people's
answers is named; the exponential moving average of weights is left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from jnd.learned.pair_task import PairDataOptions, PairExamples, export_pairs, judged, load_pairs
from jnd.learned.task import Batch, Metrics, Task

SMALLEST_WEIGHT = 1e-6
"""Added to the rectified weights, so that their sum is never 0."""


@dataclass(frozen=True, slots=True)
class LosslessOptions:
    """``[network]`` of a training configuration."""

    patches: int = 16
    """32 in the group's code."""
    patch_size: int = 64
    widths: tuple[int, ...] = (8, 16, 32, 64, 128)
    """Channels of each pair of convolutions; 32 to 512 in the group's code."""
    hidden: int = 128
    """Of the two last networks; 512 in the group's code."""


class PatchStream(nn.Module):
    """(N, 3, S, S) → (N, features): pairs of 3x3 convolutions, each halved by max pooling."""

    def __init__(self, widths: Sequence[int]) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        before = 3
        for width in widths:
            layers += [
                *(nn.Conv2d(before, width, 3, padding=1), nn.ReLU()),
                *(nn.Conv2d(width, width, 3, padding=1), nn.ReLU()),
                nn.MaxPool2d(2),
            ]
            before = width
        self.layers = nn.Sequential(*layers)
        for layer in self.layers:
            if isinstance(layer, nn.Conv2d):
                nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
                nn.init.zeros_(layer.bias)  # type: ignore[arg-type]

    def forward(self, patches: Tensor) -> Tensor:
        """(N, 3, S, S) → (N, widths[-1] (S / 2^pairs)^2)."""
        features: Tensor = self.layers(patches).flatten(1)
        return features


class Lossless(nn.Module):
    """Patches of both pictures → logit of "nobody notices"."""

    def __init__(self, options: LosslessOptions) -> None:
        super().__init__()
        self.stream = PatchStream(options.widths)
        side = options.patch_size // 2 ** len(options.widths)
        fused = 3 * options.widths[-1] * side * side
        self.normalise = nn.BatchNorm1d(fused)
        self.score = _two_layers(fused, options.hidden)
        self.weight = _two_layers(fused, options.hidden)

    def logit(self, reference: Tensor, changed: Tensor) -> Tensor:
        """(B, P, S, S, 3) code values of both → (B,)."""
        batch, count, size = reference.shape[:3]
        both = torch.cat([reference, changed]).reshape(2 * batch * count, size, size, 3)
        features = self.stream(both.permute(0, 3, 1, 2) / 255.0 - 0.5)  # (2 B P, features)
        one, other = features.reshape(2, batch * count, -1)
        fused = self.normalise(torch.cat([one, other, one - other], dim=1))  # (B P, 3 features)
        score = self.score(fused).reshape(batch, count)
        weight = torch.relu(self.weight(fused)).reshape(batch, count) + SMALLEST_WEIGHT
        logit: Tensor = (weight * score).sum(dim=1) / weight.sum(dim=1)
        return logit

    def forward(self, reference: Tensor, changed: Tensor) -> Tensor:
        """(B, P, S, S, 3) code values of both → (B,) probability that the change is not noticed."""
        return torch.sigmoid(self.logit(reference, changed))


def _two_layers(features: int, hidden: int) -> nn.Sequential:
    return nn.Sequential(nn.Linear(features, hidden), nn.ReLU(), nn.Linear(hidden, 1))


def sliding_window_jnd(lossy: npt.ArrayLike, window: int = 3) -> int | None:
    """Index of the first level at which people notice, from answers that may contradict each other.

    The window slides from the best level on; the answer is the first level of the first window in which more than half
    of the levels are called lossy, where the window begins with such a level.

    Parameters
    ----------
    lossy : (levels,) booleans, or probabilities of which more than 0.5 counts as lossy; best level first.
    window : levels, at least 1. At the end of the axis it is cut.

    Returns
    -------
    The index, or None if no window has a majority.

    >>> sliding_window_jnd([0, 1, 0, 0, 1, 1, 0, 1])
    4
    >>> sliding_window_jnd([0, 0, 0]) is None
    True
    """
    said = np.asarray(lossy, dtype=float) > 0.5
    if window < 1:
        raise ValueError(f"the window must hold at least 1 level, got {window}")
    for start in range(len(said)):
        seen_here = said[start : start + window]
        if said[start] and 2 * seen_here.sum() > len(seen_here):
            return start
    return None


def _targets(batch: Batch, satisfied: float) -> Tensor:
    return (batch["satisfied"] >= satisfied).float()


def _loss(network: nn.Module, batch: Batch) -> Tensor:
    logit = network.logit(batch["reference"], batch["changed"]).float()  # type: ignore[operator]
    satisfied = float(network.satisfied)  # type: ignore[arg-type]
    return nn.functional.binary_cross_entropy_with_logits(logit, _targets(batch, satisfied))


def _metrics(network: nn.Module, examples: Any) -> Metrics:
    """Cross-entropy, share of right answers, and error of the level that the search ends at, in steps of its levels."""
    assert isinstance(examples, PairExamples)
    satisfied = float(network.satisfied)  # type: ignore[arg-type]
    logits = judged(network, examples, lambda b: network.logit(b["reference"], b["changed"]))  # type: ignore[operator]
    truth = [shares >= satisfied for shares in examples.satisfied]
    every, right = np.concatenate(logits), np.concatenate(truth)
    steps = [
        abs(_step(logit < 0) - _step(~is_lossless)) for logit, is_lossless in zip(logits, truth, strict=True)
    ]
    return {
        "validation_loss": float(np.mean(np.logaddexp(0, np.where(right, -every, every)))),
        "accuracy": float(np.mean((every >= 0) == right)),
        "step_error": float(np.mean(steps)),
    }


def _step(lossy: npt.NDArray[np.bool_]) -> int:
    found = sliding_window_jnd(lossy)
    return len(lossy) if found is None else found


def _network(options: LosslessOptions, description: dict[str, Any]) -> nn.Module:
    network = Lossless(options)
    network.register_buffer("satisfied", torch.tensor(float(description["satisfied"])))
    return network


TASK = Task(
    name="lossless",
    summary="perceptually lossless or not, patch pairs in two streams, sliding-window search, after Liu 2020",
    data_options=PairDataOptions,
    network_options=LosslessOptions,
    load=load_pairs,
    network=_network,
    loss=_loss,
    metrics=_metrics,
    export=export_pairs,
)
