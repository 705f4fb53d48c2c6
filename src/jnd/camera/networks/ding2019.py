"""After Ding et al. (2019): domain knowledge first, a residual extractor, then brand → model → device with shared weights.

Known: a pre-processing module from domain knowledge, a residual network, hierarchical multi-task heads; its filter bank is not
published. Ours: the picture itself beside its residuals to three fixed predictors (horizontal, vertical and the 3x3 predictor of
steganalysis [Fridrich2012]), which show noise and demosaicking; three stages of two residual blocks, widths 16, 32 and 64; each head
sees the features and the logits of the level above. ``multi_task`` False keeps the last head alone, for comparison.
References: [Ding2019].
"""

import torch
from torch import Tensor, nn

from jnd.camera.networks.layers import Scaled, he
from jnd.camera.networks.residual import stages

WIDTHS = (16, 32, 64)
BLOCKS = 2

PREDICTORS = (
    ((0.0, 0.0, 0.0), (1.0, -2.0, 1.0), (0.0, 0.0, 0.0)),
    ((0.0, 1.0, 0.0), (0.0, -2.0, 0.0), (0.0, 1.0, 0.0)),
    ((-0.25, 0.5, -0.25), (0.5, -1.0, 0.5), (-0.25, 0.5, -0.25)),
)
"""Residuals of linear prediction, per colour channel [Fridrich2012]."""


class Ding2019(nn.Module):
    """(N, 3, 64, 64) code values → logits of each level.

    Parameters
    ----------
    classes : of the finest level.
    coarser : labels of the levels above, coarsest first: (brands, models) for devices; () for one level.
    """

    def __init__(self, classes: int, coarser: tuple[int, ...] = (), *, multi_task: bool = True) -> None:
        super().__init__()
        kernel = torch.tensor(PREDICTORS)[:, None].repeat(3, 1, 1, 1)
        self.register_buffer("kernel", kernel)
        self.scaled = Scaled(127.5, 1 / 127.5)
        self.features = nn.Sequential(
            nn.Conv2d(3 + 9, WIDTHS[0], 3, padding=1, bias=False), nn.BatchNorm2d(WIDTHS[0]), nn.ReLU(),
            stages(WIDTHS, BLOCKS, WIDTHS[0]), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
        )  # fmt: skip
        self.heads = nn.ModuleList()
        above = 0
        for count in (*(coarser if multi_task else ()), classes):
            self.heads.append(nn.Linear(WIDTHS[-1] + above, count))
            above = count
        he(self.features)

    def levels(self, patches: Tensor) -> list[Tensor]:
        """Logits of every level, coarsest first."""
        kernel = self.kernel
        assert isinstance(kernel, Tensor)
        residuals = nn.functional.conv2d(patches, kernel, padding=1, groups=3) / 8
        features = self.features(torch.cat([self.scaled(patches), residuals], dim=1))
        found: list[Tensor] = []
        for head in self.heads:
            seen = features if not found else torch.cat([features, found[-1]], dim=1)
            found.append(head(seen))
        return found

    def forward(self, patches: Tensor) -> Tensor:
        """Logits of the finest level."""
        return self.levels(patches)[-1]
