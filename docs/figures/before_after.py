"""The picture of README: crops of scikit-image's photographs beside what `jnd encode` makes of them, at 1:1.

Written without loss, so that every pixel is as the file that is shown has it.
"""

import io

import numpy as np
from _canvas import IMAGES
from PIL import Image, ImageDraw, ImageFont
from skimage import data

import jnd

MAKES = ("before-after.webp",)
CROPS = {  # name: picture, left and top of the crop
    "astronaut": (data.astronaut, 100, 30),
    "coffee": (data.coffee, 180, 110),
    "cat": (data.chelsea, 100, 60),
}
WIDTH, HEIGHT, GAP, CAPTION = 252, 164, 6, 22


def main() -> None:
    sheet = Image.new("RGB", (len(CROPS) * (WIDTH + GAP) - GAP, 2 * (HEIGHT + CAPTION)), "white")
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(13)
    for column, (name, (picture, x, y)) in enumerate(CROPS.items()):
        original = picture()
        png = io.BytesIO()
        Image.fromarray(original).save(png, "PNG")
        *_, last = jnd.encode(jnd.Picture(original), format="auto", satisfied=0.75)
        assert isinstance(last, jnd.Found)
        result = last.result
        decoded = np.asarray(Image.open(io.BytesIO(result.data)).convert("RGB"))
        kind = result.file_format.upper()
        captions = (
            f"{name}: original, PNG {len(png.getvalue()) / 1000:.0f} kB",
            f"{kind} {len(result.data) / 1000:.0f} kB: {100 * result.attempt.satisfied:.0f} % see no difference",
        )
        for row, (pixels, caption) in enumerate(zip((original, decoded), captions, strict=True)):
            left, top = column * (WIDTH + GAP), row * (HEIGHT + CAPTION)
            sheet.paste(Image.fromarray(pixels[y : y + HEIGHT, x : x + WIDTH]), (left, top))
            draw.text((left, top + HEIGHT + 3), caption, fill="black", font=font)
    sheet.save(IMAGES / MAKES[0], lossless=True, method=6)


if __name__ == "__main__":
    main()
