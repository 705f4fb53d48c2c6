"""The picture of docs/guides/inspect.md: a photograph whose history shows in its pixels, and the map of its blocks.

The photograph is skimage.data.coffee() (Rachel Michetti, CC0), compressed at quality 30 and cut; only its pixels are looked at.
"""

import io

import cv2
import numpy as np
from _canvas import IMAGES
from PIL import Image
from skimage import data

from jnd.artifacts import ARTIFACTS, Subject
from jnd.models.rendering import render_map

MAKES = ("inspect.webp",)
CUT = (3, 5)


def main() -> None:
    buffer = io.BytesIO()
    Image.fromarray(data.coffee()).save(buffer, "JPEG", quality=30)
    x, y = CUT
    cut = np.ascontiguousarray(np.asarray(Image.open(buffer))[60 + y : 360 + y, 120 + x : 520 + x])
    finding = ARTIFACTS["blockiness"].detect(Subject(cut))
    assert finding.map is not None
    drawn = render_map(finding.map, "Blockiness, grey levels")
    height = drawn.shape[0]
    beside = cv2.copyMakeBorder(
        cut, (height - cut.shape[0]) // 2, height - cut.shape[0] - (height - cut.shape[0]) // 2, 8, 8,
        cv2.BORDER_CONSTANT, value=(255, 255, 255),
    )  # fmt: skip
    Image.fromarray(np.concatenate([beside, drawn], axis=1)).save(IMAGES / MAKES[0], quality=88, method=6)


if __name__ == "__main__":
    main()
