"""MICHE-I [DeMarsico2015]: irises by telephones; ``002_IP5_IN_F_LI_01_1.jpg``: subject, device, indoor, camera, eye, session, shot.

The front and the rear camera of a device are two sensors. A subject is a scene. (Form of the names from memory.)
"""

import re
from pathlib import Path

from jnd.datasets.camera_picture import CameraPicture
from jnd.picture.files import pictures_in

_NAME = re.compile(r"(?P<subject>\d+)_(?P<device>IP5|GS4|GT2)_(?:IN|OU)_(?P<side>[FR])_")
DEVICES = {"IP5": ("Apple", "iPhone 5"), "GS4": ("Samsung", "Galaxy S4"), "GT2": ("Samsung", "Galaxy Tab 2")}
SIDES = {"F": "front", "R": "rear"}


def load_miche(folder: Path) -> tuple[CameraPicture, ...]:
    """Every picture whose name has the form."""
    found = []
    for path in pictures_in(folder):
        name = _NAME.match(path.stem)
        if name is None:
            continue
        brand, device = DEVICES[name["device"]]
        model = f"{brand} {device} {SIDES[name['side']]}"
        found.append(CameraPicture(path, brand, model, f"{model} 0", name["subject"]))
    return tuple(found)
