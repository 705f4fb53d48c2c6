"""The Dresden Image Database [Gloe2010]: names such as ``Nikon_D70_0_19593.JPG``: brand, model, device, number.

Scenes are in a table of the authors. Where a CSV file with the columns ``filename`` and ``position`` lies in the folder, it gives
them; else they are not known. Flat fields lie in a folder whose name holds "flat". (Names of columns from memory.)
"""

import csv
import re
from pathlib import Path

from jnd.datasets.camera_picture import CameraPicture
from jnd.picture.files import pictures_in

_NAME = re.compile(r"(?P<brand>[^_]+)_(?P<model>.+)_(?P<device>\d+)_(?P<number>\d+)$")


def load_dresden(folder: Path) -> tuple[CameraPicture, ...]:
    """Every picture whose name has the form."""
    scenes = _scenes(folder)
    found = []
    for path in pictures_in(folder):
        name = _NAME.match(path.stem)
        if name is None:
            continue
        model = f"{name['brand']} {name['model']}"
        flat = any("flat" in part.lower() for part in path.relative_to(folder).parts[:-1])
        found.append(
            CameraPicture(
                path, name["brand"], model, f"{model} {name['device']}", scenes.get(path.name.lower()),
                "flat" if flat else "natural",
            )
        )  # fmt: skip
    return tuple(found)


def _scenes(folder: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    for table in sorted(folder.glob("*.csv")):
        with table.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                low = {str(key).lower(): value for key, value in row.items()}
                if low.get("filename") and low.get("position"):
                    found[str(low["filename"]).lower()] = str(low["position"])
    return found
