"""The maps of all JND models on one photograph."""

import numpy as np
from _canvas import IMAGES
from PIL import Image
from skimage import data

from jnd.models import JND_MODELS, jnd_map
from jnd.models.rendering import render_comparison
from jnd.vision.luma import luma_bt601

MAKES = ("jnd-maps.webp",)


def main() -> None:
    photograph = np.ascontiguousarray(data.coffee()[:, 40:560])
    luma = np.rint(luma_bt601(photograph)).astype(np.uint8)
    maps = {name: jnd_map(luma, model=name) for name in JND_MODELS}
    sheet = render_comparison(
        photograph, maps, title="Smallest visible change, grey levels, one scale for all"
    )
    Image.fromarray(sheet).save(IMAGES / MAKES[0], quality=82, method=6)


if __name__ == "__main__":
    main()
