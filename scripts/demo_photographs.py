"""Writes the photographs inside the scikit-image package as PNG files: demo_photographs.py FOLDER.

Nothing is downloaded: these are the pictures that the package itself carries.
"""

import sys
from pathlib import Path

from PIL import Image
from skimage import data

PHOTOGRAPHS = {
    "astronaut": data.astronaut,
    "camera": data.camera,
    "cat": data.chelsea,
    "coffee": data.coffee,
    "galaxies": data.hubble_deep_field,
    "moon": data.moon,
    "motorcycle": lambda: data.stereo_motorcycle()[0],
    "retina": data.retina,
    "rocket": data.rocket,
}


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, photograph in PHOTOGRAPHS.items():
        path = folder / f"{name}.png"
        if not path.exists():
            Image.fromarray(photograph()).save(path)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
