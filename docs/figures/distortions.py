"""The picture of all distortions in the guide, from scikit-image's astronaut (NASA, public domain).

Each is at the level at which the observer says 6 JND of the tile, or its strongest.
"""

import numpy as np
from _canvas import IMAGES
from PIL import Image, ImageDraw, ImageFont
from skimage import data

from jnd.distortions import DISTORTIONS, distort, level_of_jnd
from jnd.observer import Observer

MAKES = ("distortions.webp",)
JND = 6.0
COLUMNS = 6
TEXT = 34
GAP = 8
SEED = 3


def main() -> None:
    tile = np.ascontiguousarray(data.astronaut()[16:208, 128:320])
    observer = Observer(tile)
    side = tile.shape[0]
    rows = -(-(len(DISTORTIONS) + 1) // COLUMNS)
    sheet = Image.new("RGB", (COLUMNS * (side + GAP) + GAP, rows * (side + TEXT + GAP) + GAP), "white")
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(13)
    entries = [("original", "", tile)]
    for name in DISTORTIONS:
        found = level_of_jnd(lambda level, name=name: distort(tile, name, level, SEED), observer, JND)
        entries.append((name, f"level {found.level:.2f}, {found.jnd:.1f} JND", found.pixels))
    for place, (name, line, pixels) in enumerate(entries):
        x = GAP + place % COLUMNS * (side + GAP)
        y = GAP + place // COLUMNS * (side + TEXT + GAP)
        sheet.paste(Image.fromarray(pixels), (x, y))
        draw.text((x, y + side + 1), name, fill="black", font=font)
        draw.text((x, y + side + 16), line, fill=(90, 90, 90), font=font)
    sheet.save(IMAGES / MAKES[0], quality=82, method=6)


if __name__ == "__main__":
    main()
