"""Which of the cameras that a network has learned, or none of these. ONNX Runtime only, no PyTorch."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from jnd.camera.networks.patch_selection import select_patches
from jnd.camera.networks.voting import log_probabilities, majority
from jnd.errors import ModelFileError
from jnd.learned.model_file import ModelFile, read_model


@dataclass(frozen=True, slots=True)
class NetworkAnswer:
    """What a network says of a picture."""

    level: str
    """brand, model or device."""
    classes: tuple[str, ...]
    log_probabilities: tuple[float, ...]
    """Of each class, given that it is one of them; calibrated by temperature on validation pictures."""
    votes: tuple[int, ...]
    """Patches whose largest score is this class."""
    patches: int
    score: float
    """Largest mean logit."""
    threshold: float
    """Below it the camera is called unknown."""

    @property
    def unknown(self) -> bool:
        """Whether the camera is probably none of those learned."""
        return self.score < self.threshold

    @property
    def best(self) -> str:
        """The class with the largest probability."""
        return self.classes[int(np.argmax(self.log_probabilities))]

    @property
    def probability(self) -> float:
        """Of the best class, given that it is one of them."""
        return float(np.exp(max(self.log_probabilities)))


class CameraModel:
    """A trained network.

    Raises
    ------
    ModelFileError
        The file is no model of cameras.
    """

    def __init__(self, model: ModelFile | Path) -> None:
        self.file = read_model(model) if isinstance(model, Path) else model
        about: dict[str, Any] = self.file.metadata
        if about.get("kind") != "camera":
            raise ModelFileError(
                f'{self.file.name} is a model of kind "{about.get("kind")}", not of cameras; jnd camera train makes those'
            )
        self.about = about
        self.classes: tuple[str, ...] = tuple(about["classes"])

    def logits(self, patches: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
        """(N, S, S, 3) code values → (N, classes)."""
        x = np.ascontiguousarray(patches.transpose(0, 3, 1, 2), dtype=np.float32)
        (found,) = self.file.session.run(["logits"], {"patches": x})
        return np.asarray(found, dtype=np.float64)


def identify_by_network(pixels: npt.NDArray[np.uint8], model: CameraModel) -> NetworkAnswer:
    """Which camera, from patches of a picture that are chosen as those were that the model was calibrated on.

    Parameters
    ----------
    pixels : (H, W, 3) uint8 as the sensor stored them.

    Raises
    ------
    UnusablePictureError
        Smaller than a patch, or no patch is usable.
    """
    about = model.about
    chosen = select_patches(
        pixels, about["patch_size"], about["patches"], stride=about["stride"], method=about["selection"]
    )
    logits = model.logits(chosen.patches)
    mean = logits.mean(axis=0)
    return NetworkAnswer(
        level=about["level"],
        classes=model.classes,
        log_probabilities=tuple(float(p) for p in log_probabilities(mean, about["temperature"])),
        votes=tuple(int(count) for count in majority(logits)),
        patches=len(logits),
        score=float(mean.max()),
        threshold=float(about["rejection"]["threshold"]),
    )
