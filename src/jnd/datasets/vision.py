"""VISION [Shullani2017]: ``D01_Samsung_GalaxyS3Mini/images/nat/D01_I_nat_0001.jpg``; kinds flat, nat, natFBH, natFBL, natWA.

The versions from social networks are of the same shots: they share the scene.
"""

import re
from pathlib import Path

from jnd.datasets.camera_picture import CameraPicture, device_folder
from jnd.picture.files import pictures_in

_NAME = re.compile(r"D\d+_I_(?P<kind>[A-Za-z]+)_(?P<number>\d+)$")
NATIVE = "nat"


def load_vision(folder: Path) -> tuple[CameraPicture, ...]:
    """Every picture below a folder of a device."""
    found = []
    for path in pictures_in(folder):
        device = device_folder(path)
        name = _NAME.match(path.stem)
        if device is None or name is None:
            continue
        model = f"{device['brand']} {device['model']}"
        flat = name["kind"] == "flat"
        kind = "flat" if flat else "natural" if name["kind"] == NATIVE else name["kind"]
        scene = (
            f"{device['id']} {'flat ' if flat else ''}{name['number']}"  # every device photographed others
        )
        found.append(CameraPicture(path, device["brand"], model, f"{model} {device['id']}", scene, kind))
    return tuple(found)
