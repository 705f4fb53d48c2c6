"""The picture of all distortions in the guide, from scikit-image's astronaut (NASA, public domain).

Each is at the level at which the observer says 6 JND of the tile, or its strongest.
"""

import numpy as np
from _canvas import IMAGES, sheet_of_pictures
from skimage import data

from jnd.distortions import DISTORTIONS, distort, level_of_jnd
from jnd.observer import Observer

MAKES = ("distortions.webp",)
JND = 6.0
COLUMNS = 5
SEED = 3


def main() -> None:
    tile = np.ascontiguousarray(data.astronaut()[16:208, 128:320])
    observer = Observer(tile)
    pictures, captions = [tile], ["original\n"]
    for name in DISTORTIONS:
        found = level_of_jnd(lambda level, name=name: distort(tile, name, level, SEED), observer, JND)
        pictures.append(found.pixels)
        captions.append(f"{name}\nat {found.level:.2f}: {found.jnd:.1f} JND")
    sheet = sheet_of_pictures(pictures, captions, columns=COLUMNS, gap=10, text=18)
    sheet.save(IMAGES / MAKES[0], quality=72, method=6)


if __name__ == "__main__":
    main()
