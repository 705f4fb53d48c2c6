"""EfficientNet-Lite0: the backbone that goes without squeeze-and-excitation and swish, so that it runs anywhere.

[Tan2019] with the changes that its authors published for "Lite": ReLU6, no squeeze-and-excitation, stem and head not
scaled. 3,371,008 parameters without the classifier, 4,652,008 with one of 1000 classes.
"""

from torch import Tensor, nn

BLOCKS = (
    # expansion, kernel, channels, repeats, stride of the first
    (1, 3, 16, 1, 1),
    (6, 3, 24, 2, 2),
    (6, 5, 40, 2, 2),
    (6, 3, 80, 3, 2),
    (6, 5, 112, 3, 1),
    (6, 5, 192, 4, 2),
    (6, 3, 320, 1, 1),
)
"""Of EfficientNet-B0 [Tan2019, table 1]."""

STEM, HEAD = 32, 1280


def convolution(
    before: int, after: int, kernel: int, stride: int = 1, groups: int = 1, *, act: bool = True
) -> nn.Sequential:
    """Convolution without bias, batch normalisation, and ReLU6 unless ``act`` is off."""
    layers: list[nn.Module] = [
        nn.Conv2d(before, after, kernel, stride, padding=kernel // 2, groups=groups, bias=False),
        nn.BatchNorm2d(after, eps=1e-3),
    ]
    return nn.Sequential(*layers, nn.ReLU6()) if act else nn.Sequential(*layers)


class InvertedBottleneck(nn.Module):
    """Widen by 1x1, filter each channel, narrow by 1x1; the input is added where shapes allow."""

    def __init__(self, before: int, after: int, kernel: int, stride: int, expansion: int) -> None:
        super().__init__()
        wide = before * expansion
        widen = [convolution(before, wide, 1)] if expansion != 1 else []
        self.layers = nn.Sequential(
            *widen,
            convolution(wide, wide, kernel, stride, groups=wide),
            convolution(wide, after, 1, act=False),
        )
        self.adds_input = stride == 1 and before == after

    def forward(self, features: Tensor) -> Tensor:
        """(N, before, H, W) → (N, after, H / stride, W / stride)."""
        out: Tensor = self.layers(features)
        return features + out if self.adds_input else out


class EfficientNetLite0(nn.Module):
    """Pictures → (N, 1280, H / 32, W / 32); ``width`` scales all channels, 1 is Lite0 itself."""

    def __init__(self, width: float = 1.0) -> None:
        super().__init__()

        def scaled(channels: int) -> int:
            return channels if width == 1.0 else max(8, round(channels * width / 8) * 8)

        layers: list[nn.Module] = [convolution(3, scaled(STEM), 3, 2)]
        before = scaled(STEM)
        for expansion, kernel, channels, repeats, stride in BLOCKS:
            for repeat in range(repeats):
                after = scaled(channels)
                layers.append(
                    InvertedBottleneck(before, after, kernel, stride if repeat == 0 else 1, expansion)
                )
                before = after
        self.channels = scaled(HEAD)
        layers.append(convolution(before, self.channels, 1))
        self.layers = nn.Sequential(*layers)

    def forward(self, pictures: Tensor) -> Tensor:
        """(N, 3, H, W), about -1 to 1 → (N, channels, H / 32, W / 32)."""
        features: Tensor = self.layers(pictures)
        return features
