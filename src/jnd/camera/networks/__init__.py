"""Networks that learned cameras: a paper per file, how they are trained, and what they say of a picture.

In go patches of pictures, out come scores of brands, models or devices. :data:`CAMERA_NETWORKS` says what each network is
and makes it; PyTorch is imported then and not before.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final

from jnd.errors import needing


@dataclass(frozen=True, slots=True)
class CameraNetwork:
    """A network. Called with ``classes=N`` it gives a new one, its weights drawn from PyTorch's generator."""

    name: str
    home: str
    """module:Class."""
    summary: str
    patch_size: int
    reported: str
    """What its paper says of it."""
    subtracts_mean: bool = False
    """Whether the mean patch of the training pictures is subtracted first."""
    multi_task: bool = False
    """Whether the levels above are learned too."""
    bias_rate: float = 1.0
    """By what the learning rate is multiplied for biases."""

    def __call__(self, classes: int, **options: Any) -> Any:
        """A ``torch.nn.Module``: (N, 3, S, S) code values → (N, classes) logits.

        Raises
        ------
        MissingExtraError
            PyTorch is not installed.
        """
        module, _, name = self.home.partition(":")
        with needing("train", "a network"):
            constructor: Callable[..., Any] = getattr(import_module(f"jnd.camera.networks.{module}"), name)
        return constructor(classes, **options)


CAMERA_NETWORKS: Final[dict[str, CameraNetwork]] = {
    "bondi2017": CameraNetwork(
        "bondi2017", "bondi2017:Bondi2017", "four convolutions on 64x64", 64, "about 93 to 94 % of 18 models (Dresden)",
        subtracts_mean=True, bias_rate=2.0,
    ),
    "freire_obregon2019": CameraNetwork(
        "freire_obregon2019", "freire_obregon2019:FreireObregon2019", "two convolutions on 32x32", 32, "98 % (MICHE-I)"
    ),
    "huang2018": CameraNetwork(
        "huang2018", "huang2018:Huang2018", "three convolutions with batch normalisation on 36x36", 36,
        "up to 99.8 % with a vote",
    ),
    "yao2018": CameraNetwork(
        "yao2018", "yao2018:Yao2018", "13 convolutions on 64x64", 64, "nearly 100 % with a vote (25 models)"
    ),
    "chen2017": CameraNetwork(
        "chen2017", "chen2017:Chen2017", "residual, 26 layers, on 64x64", 64,
        "brand 99.12, model 94.73, device 45.81 % (Dresden)",
    ),
    "ding2019": CameraNetwork(
        "ding2019", "ding2019:Ding2019", "residuals of prediction, residual network, brand → model → device", 64,
        "84.3 % of telephones as devices", multi_task=True,
    ),
    "alexnet2012": CameraNetwork(
        "alexnet2012", "alexnet2012:AlexNet2012", "baseline: AlexNet, reduced, on 64x64", 64, "a baseline"
    ),
    "googlenet2015": CameraNetwork(
        "googlenet2015", "googlenet2015:GoogLeNet2015", "baseline: GoogLeNet, reduced, on 64x64", 64, "a baseline"
    ),
}  # fmt: skip
"""Every network, by the name that commands and configurations take."""
