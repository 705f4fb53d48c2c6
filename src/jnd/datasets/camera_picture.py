"""A picture and the camera that took it."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Level = Literal["brand", "model", "device"]
LEVELS: tuple[Level, ...] = ("brand", "model", "device")
_DEVICE = re.compile(r"(?P<id>D\d+)_(?P<brand>[^_]+)_(?P<model>.+)$")


@dataclass(frozen=True, slots=True)
class CameraPicture:
    """One picture. Names are whole: a model holds its brand, a device its model, so that each is unique by itself."""

    path: Path
    brand: str
    model: str
    device: str
    scene: str | None = None
    """What was photographed, the same for all cameras that photographed it; None where that is not known."""
    kind: str = "natural"
    """natural, or "flat" (a wall, the sky), or how it was processed: "natFBH", "facebook", …"""

    def label(self, level: Level) -> str:
        """Its brand, model or device."""
        return str(getattr(self, level))


def device_folder(path: Path) -> re.Match[str] | None:
    """The folder such as ``D01_Samsung_GalaxyS3Mini`` above a picture of VISION or Forchheim: id, brand and model."""
    return next((match for part in path.parts if (match := _DEVICE.match(part))), None)
