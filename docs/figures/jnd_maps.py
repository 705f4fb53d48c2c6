"""The maps of all JND models on one photograph: of pixels, and of sub-bands taken back to pixels."""

from collections.abc import Iterable

import cv2
import numpy as np
from _canvas import IMAGES, INK, sheet_of_pictures
from PIL import Image, ImageDraw, ImageFont
from skimage import data

from jnd.models import PIXEL_MODELS, SUBBAND_MODELS, jnd_map
from jnd.models.rendering import painted
from jnd.vision.luma import luma_bt601

SHEETS = {"jnd-maps-pixel.webp": PIXEL_MODELS, "jnd-maps-subband.webp": SUBBAND_MODELS}
MAKES = tuple(SHEETS)
TOP = 20.0
"""Grey levels that the last colour stands for, in both sheets."""
COLUMNS, WIDTH, BAR, TEXT = 4, 340, 22, 23


def tile(pixels: np.ndarray) -> np.ndarray:
    """As wide as a column, twice the pixels that the site shows."""
    height = round(WIDTH * pixels.shape[0] / pixels.shape[1])
    return cv2.resize(pixels, (WIDTH, height), interpolation=cv2.INTER_AREA)


def with_scale(sheet: Image.Image) -> Image.Image:
    """The sheet over its colours, from 0 to the top."""
    bar = painted(np.broadcast_to(np.linspace(0, TOP, sheet.width), (BAR, sheet.width)), TOP)
    longer = Image.new("RGB", (sheet.width, sheet.height + BAR + 36), "white")
    longer.paste(sheet, (0, 0))
    longer.paste(Image.fromarray(bar), (0, sheet.height + 4))
    draw, font = ImageDraw.Draw(longer), ImageFont.load_default(TEXT)
    for share, anchor, words in (
        (0, "l", "0"),
        (0.5, "m", f"{TOP / 2:g} grey levels"),
        (1, "r", f"{TOP:g} and more"),
    ):
        at = (share * (sheet.width - 1), sheet.height + BAR + 8)
        draw.text(at, words, fill=INK, font=font, anchor=f"{anchor}a")
    return longer


def maps_of(photograph: np.ndarray, models: Iterable[str]) -> dict[str, np.ndarray]:
    """Name → map in grey levels, of the photograph's luma."""
    luma = np.rint(luma_bt601(photograph)).astype(np.uint8)
    return {model: jnd_map(luma, model=model) for model in models}


def main() -> None:
    photograph = np.ascontiguousarray(data.coffee()[:, 40:560])
    for name, models in SHEETS.items():
        maps = maps_of(photograph, models)
        pictures = [tile(photograph), *(tile(painted(threshold, TOP)) for threshold in maps.values())]
        captions = ["the photograph", *(f"{model}, mean {maps[model].mean():.1f}" for model in maps)]
        sheet = sheet_of_pictures(pictures, captions, columns=COLUMNS, gap=8, text=TEXT)
        with_scale(sheet).save(IMAGES / name, quality=80, method=6)


if __name__ == "__main__":
    main()
