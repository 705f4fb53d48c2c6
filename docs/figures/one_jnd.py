"""What so many JND look like: the same crop, compressed with JPEG, at 1:1 and without loss from there on."""

import numpy as np
from _canvas import IMAGES, sheet_of_pictures
from skimage import data

from jnd.distortions import distort, level_of_jnd
from jnd.observer import Observer

MAKES = ("one-jnd.webp",)
SIDE = 168
"""Four of them fill a column of the site at 1:1."""


def main() -> None:
    picture = np.ascontiguousarray(data.chelsea())
    observer = Observer(picture)
    crop = np.s_[60 : 60 + SIDE, 130 : 130 + SIDE]
    pictures, captions = [picture[crop]], ["original"]
    for jnd in (1.0, 2.0, 4.0):
        found = level_of_jnd(lambda level: distort(picture, "jpeg", level), observer, jnd)
        changed = distort(picture, "jpeg", found.level)
        pictures.append(changed[crop])
        captions.append(f"{found.jnd:.1f} JND\n{100 * observer.look(changed).satisfied:.0f} % see no change")
    sheet_of_pictures(pictures, captions).save(IMAGES / MAKES[0], lossless=True, method=6)


if __name__ == "__main__":
    main()
