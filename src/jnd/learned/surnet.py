"""Model ``surnet``: the satisfied-user ratio of a reference and a changed picture, by Siamese regression.

After SUR-Net [Fan2019]: one backbone sees both pictures, its pooled features are fused, and small layers regress the
share of people who notice nothing. Where we differ: the backbone is EfficientNet-Lite0 from random weights, in place
of Inception-v3 from ImageNet's, because pretrained weights rest on pictures whose licences are unclear; a picture is seen
through a few large patches, the fused features are (f_r, |f_r - f_c|), and their order of levels is not enforced.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from jnd.learned.efficientnet_lite import EfficientNetLite0
from jnd.learned.pair_task import PairDataOptions, PairExamples, export_pairs, judged, load_pairs
from jnd.learned.task import Batch, Metrics, Task


@dataclass(frozen=True, slots=True)
class SurNetOptions:
    """``[network]`` of a training configuration."""

    patches: int = 2
    patch_size: int = 160
    width: float = 1.0
    """Of the backbone's channels; 1 is EfficientNet-Lite0."""
    hidden: int = 128
    dropout: float = 0.2


class SurNet(nn.Module):
    """Patches of both pictures → share of people who notice nothing."""

    def __init__(self, options: SurNetOptions) -> None:
        super().__init__()
        self.backbone = EfficientNetLite0(options.width)
        features = 2 * self.backbone.channels
        self.head = nn.Sequential(
            nn.Dropout(options.dropout),
            nn.Linear(features, options.hidden),
            nn.ReLU(),
            nn.Linear(options.hidden, 1),
        )

    def forward(self, reference: Tensor, changed: Tensor) -> Tensor:
        """(B, P, S, S, 3) code values of both → (B,) share, 0 to 1."""
        batch, count, size = reference.shape[:3]
        both = torch.cat([reference, changed]).reshape(2 * batch * count, size, size, 3)
        features = self.backbone(both.permute(0, 3, 1, 2) / 127.5 - 1.0)  # (2 B P, C, S / 32, S / 32)
        one, other = features.reshape(2, batch, count, features.shape[1], -1)
        # The difference where it is, before the mean: what changes sign from place to place would cancel.
        difference = (one - other).abs().mean(dim=(1, 3))
        fused = torch.cat([one.mean(dim=(1, 3)), difference], dim=1)  # (B, 2 C)
        return torch.sigmoid(self.head(fused).reshape(batch))


def _loss(network: nn.Module, batch: Batch) -> Tensor:
    """Mean squared error of the share."""
    share = network(batch["reference"], batch["changed"]).float()
    return nn.functional.mse_loss(share, batch["satisfied"])


def _metrics(network: nn.Module, examples: Any) -> Metrics:
    """Mean squared and mean absolute error of the share."""
    assert isinstance(examples, PairExamples)
    shares = judged(network, examples, lambda b: network(b["reference"], b["changed"]))
    error = np.concatenate(shares) - np.concatenate(examples.satisfied)
    return {"validation_loss": float(np.mean(error**2)), "share_error": float(np.mean(np.abs(error)))}


def _network(options: SurNetOptions, description: dict[str, Any]) -> nn.Module:
    return SurNet(options)


TASK = Task(
    name="surnet",
    summary="satisfied-user ratio of a picture pair, Siamese EfficientNet-Lite0, after SUR-Net 2019",
    data_options=PairDataOptions,
    network_options=SurNetOptions,
    load=load_pairs,
    network=_network,
    loss=_loss,
    metrics=_metrics,
    export=export_pairs,
)
