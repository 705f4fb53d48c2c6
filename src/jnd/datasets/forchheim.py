"""Forchheim Image Database [Hadwiger2020]: ``D01_Motorola_E3/orig/D01_img_orig_0001.jpg``; every device has every scene.

Kinds beside orig: facebook, instagram, telegram, twitter, whatsapp. (Form of the names from memory.)
"""

import re
from pathlib import Path

from jnd.datasets.camera_picture import CameraPicture, device_folder
from jnd.picture.files import pictures_in

_NAME = re.compile(r"D\d+_img_(?P<kind>[a-z]+)_(?P<scene>\d+)$")


def load_forchheim(folder: Path) -> tuple[CameraPicture, ...]:
    """Every picture below a folder of a device."""
    found = []
    for path in pictures_in(folder):
        device = device_folder(path)
        name = _NAME.match(path.stem)
        if device is None or name is None:
            continue
        model = f"{device['brand']} {device['model']}"
        kind = "natural" if name["kind"] == "orig" else name["kind"]
        found.append(
            CameraPicture(path, device["brand"], model, f"{model} {device['id']}", name["scene"], kind)
        )
    return tuple(found)
