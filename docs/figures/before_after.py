"""The picture of README: crops of scikit-image's photographs over what `jnd encode` makes of them, at 1:1.

Written without loss, so that every pixel is as the file that is shown has it.
"""

import io

import numpy as np
from _canvas import IMAGES, sheet_of_pictures
from PIL import Image
from skimage import data

import jnd

MAKES = ("before-after.webp",)
CROPS = {  # name: picture, left and top of the crop
    "astronaut": (data.astronaut, 100, 30),
    "coffee": (data.coffee, 180, 110),
    "cat": (data.chelsea, 100, 60),
}
WIDTH, HEIGHT = 252, 164


def main() -> None:
    originals, results = [], []
    for name, (picture, x, y) in CROPS.items():
        original = picture()
        png = io.BytesIO()
        Image.fromarray(original).save(png, "PNG")
        *_, last = jnd.encode(jnd.Picture(original), format="auto", satisfied=0.75)
        assert isinstance(last, jnd.Found)
        result = last.result
        decoded = np.asarray(Image.open(io.BytesIO(result.data)).convert("RGB"))
        crop = np.s_[y : y + HEIGHT, x : x + WIDTH]
        originals.append((original[crop], f"{name}: original, PNG {len(png.getvalue()) / 1000:.0f} kB"))
        said = f"{100 * result.attempt.satisfied:.0f} % see no difference"
        results.append(
            (decoded[crop], f"{result.file_format.upper()} {len(result.data) / 1000:.0f} kB: {said}")
        )
    sheet = sheet_of_pictures(*zip(*originals, *results, strict=True), columns=len(CROPS))
    sheet.save(IMAGES / MAKES[0], lossless=True, method=6)


if __name__ == "__main__":
    main()
