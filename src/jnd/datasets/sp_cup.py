"""IEEE Signal Processing Cup 2018 [Stamm2018]: ``train/HTC-1-M7/(HTC-1-M7)1.jpg``, one device of each of ten models.

The test set has no labels and is left out; ``_manip`` in a name says that a picture was processed.
"""

import re
from pathlib import Path

from jnd.datasets.camera_picture import CameraPicture
from jnd.picture.files import pictures_in

_NAME = re.compile(r"\((?P<model>[^)]+)\)(?P<number>\d+)(?P<manip>_manip)?$")


def load_sp_cup(folder: Path) -> tuple[CameraPicture, ...]:
    """Every picture whose name says its camera."""
    found = []
    for path in pictures_in(folder):
        name = _NAME.match(path.stem)
        if name is None:
            continue
        brand, _, rest = name["model"].partition("-")
        model = f"{brand} {rest}" if rest else brand
        kind = "manipulated" if name["manip"] else "natural"
        found.append(CameraPicture(path, brand, model, f"{model} 0", None, kind))
    return tuple(found)
