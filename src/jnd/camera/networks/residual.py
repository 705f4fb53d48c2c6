"""The residual block of He et al. (2016), of which the camera networks of Chen and Ding are made."""

from torch import Tensor, nn


class ResidualBlock(nn.Module):
    """Two 3x3 convolutions with batch normalisation, and the input added."""

    def __init__(self, before: int, after: int, stride: int = 1) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(before, after, 3, stride, 1, bias=False), nn.BatchNorm2d(after), nn.ReLU(),
            nn.Conv2d(after, after, 3, 1, 1, bias=False), nn.BatchNorm2d(after),
        )  # fmt: skip
        self.shortcut: nn.Module = nn.Identity()
        if stride != 1 or before != after:
            self.shortcut = nn.Sequential(
                nn.Conv2d(before, after, 1, stride, bias=False), nn.BatchNorm2d(after)
            )
        self.rectified = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        """(N, before, H, W) → (N, after, H / stride, W / stride)."""
        summed: Tensor = self.rectified(self.body(x) + self.shortcut(x))
        return summed


def stages(widths: tuple[int, ...], blocks: int, before: int) -> nn.Sequential:
    """So many blocks of each width; every stage but the first halves the side."""
    layers: list[nn.Module] = []
    for number, width in enumerate(widths):
        for place in range(blocks):
            layers.append(ResidualBlock(before, width, 2 if number and not place else 1))
            before = width
    return nn.Sequential(*layers)
