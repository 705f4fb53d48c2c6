"""Where changes of different kinds can be seen: maps of visible difference, all on one scale."""

import numpy as np
from _canvas import IMAGES, sheet_of_pictures
from PIL import ImageColor
from skimage import data

from jnd.distortions import distort, level_of_jnd
from jnd.metrics.colorvideovdp.heat_map import heat_map
from jnd.observer import Observer
from jnd.report.heat_picture import COLOUR_STOPS, SCALE_TOP_JOD

MAKES = ("heat-maps.webp",)
JND = 3.0
KINDS = ("jpeg", "gaussian_blur", "noise_gaussian", "chroma_subsampling")
SEED = 3
CROP = np.s_[:320, 100:420]


def coloured(lost: np.ndarray) -> np.ndarray:
    """JOD lost in the colours of the report."""
    stops = np.array([ImageColor.getrgb(stop) for stop in COLOUR_STOPS])
    place = np.clip(lost / SCALE_TOP_JOD, 0, 1) * (len(stops) - 1)
    channels = [np.interp(place, np.arange(len(stops)), stops[:, channel]) for channel in range(3)]
    return np.rint(np.stack(channels, axis=-1)).astype(np.uint8)


def main() -> None:
    picture = np.ascontiguousarray(data.astronaut())
    observer = Observer(picture)
    above, below = [], []
    for kind in KINDS:
        found = level_of_jnd(lambda level, kind=kind: distort(picture, kind, level, SEED), observer, JND)
        above.append((found.pixels[CROP], f"{kind}, {found.jnd:.1f} JND"))
        lost = heat_map(picture, found.pixels)
        below.append((coloured(lost[CROP]), f"99th percentile {np.percentile(lost, 99):.1f} JOD"))
    pictures, captions = zip(*above, *below, strict=True)
    sheet = sheet_of_pictures(pictures, captions, columns=len(KINDS), gap=8, text=22)
    sheet.save(IMAGES / MAKES[0], quality=72, method=6)


if __name__ == "__main__":
    main()
