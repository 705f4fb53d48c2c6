"""JND maps as pictures that people can read: colours with a bar in grey levels, and a sheet that compares models.

In: maps in grey levels. Out: (H, W, 3) uint8 sRGB code values.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.floating[Any]]
Pixels = npt.NDArray[np.uint8]

# From dark blue over violet and orange to pale yellow: lightness rises evenly, so the map also reads in grey.
ANCHORS = ((10, 10, 40), (70, 20, 110), (150, 45, 115), (225, 95, 60), (250, 170, 50), (250, 245, 170))
PAPER, INK = (255, 255, 255), (20, 20, 20)
TOP_PERCENTILE = 99.5
"""The bar ends here unless told otherwise, so that a few strong pixels do not darken all others."""
BAR_WIDTH, MARGIN, TEXT_SIZE = 22, 14, 15
LABEL_WIDTH = 58
SHEET_COLUMNS = 4
TILE_WIDTH = 300


@cache
def colours() -> Pixels:
    """(256, 3) sRGB code values from low to high thresholds."""
    anchors = np.array([ANCHORS], dtype=np.uint8)
    lab = cv2.cvtColor(anchors, cv2.COLOR_RGB2LAB).astype(np.float32)
    place = np.linspace(0, len(ANCHORS) - 1, 256)
    mixed = np.stack(
        [np.interp(place, np.arange(len(ANCHORS)), lab[0, :, axis]) for axis in range(3)], axis=-1
    )
    return np.asarray(cv2.cvtColor(np.rint(mixed)[None].astype(np.uint8), cv2.COLOR_LAB2RGB)[0])


def nice_top(maximum: float) -> float:
    """The end of a bar that holds ``maximum``: 1, 2 or 5 times a power of ten, or a half or quarter between.

    >>> nice_top(17.3), nice_top(0.0), nice_top(0.8)
    (20.0, 1.0, 0.8)
    """
    if maximum <= 0:
        return 1.0
    unit = 10.0 ** np.floor(np.log10(maximum))
    steps = (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)
    return float(min(step * unit for step in steps if step * unit >= maximum * (1 - 1e-9)))


def painted(threshold: Array, top: float) -> Pixels:
    """``threshold`` in colours, 0 to ``top`` grey levels and everything above in the last one."""
    index = np.clip(threshold * (255 / top), 0, 255).astype(np.uint8)
    colour: Pixels = colours()[index]
    return colour


def render_map(threshold: Array, title: str, *, top: float | None = None) -> Pixels:
    """A map with its title above and a bar in grey levels to the right.

    Parameters
    ----------
    threshold : (H, W) grey levels.
    title : a line of text.
    top : end of the bar, grey levels; None: a round number above the 99.5th percentile.
    """
    top = _top(top, [threshold])
    height, width = threshold.shape
    bar_height = max(height, 120)
    sheet_width = max(width + 3 * MARGIN + BAR_WIDTH + LABEL_WIDTH, 420)
    sheet = _blank(bar_height + 3 * MARGIN + TEXT_SIZE, sheet_width)
    left, upper = MARGIN, 2 * MARGIN + TEXT_SIZE
    sheet[upper : upper + height, left : left + width] = painted(threshold, top)
    _bar(sheet, upper, left + width + MARGIN, bar_height, top)
    return _written(sheet, [(MARGIN, MARGIN, title), *_ticks(upper, left + width + MARGIN, bar_height, top)])


def render_comparison(
    pixels: npt.NDArray[Any], maps: Mapping[str, Array], *, title: str, top: float | None = None
) -> Pixels:
    """The picture and its maps by several models, side by side on one scale.

    Parameters
    ----------
    pixels : (H, W) or (H, W, 3) uint8, shown first.
    maps : name → (H, W) grey levels.
    title : a line of text.
    top : end of the bar, grey levels; None: a round number above the maps' median 99.5th percentile.
    """
    top = _top(top, list(maps.values()))
    height, width = pixels.shape[:2]
    shrink = min(1.0, TILE_WIDTH / width)
    tile = (max(1, round(width * shrink)), max(1, round(height * shrink)))
    colour = pixels if pixels.ndim == 3 else np.repeat(pixels[:, :, None], 3, axis=2)
    # Maps are averaged before they are coloured: a mean of thresholds, not of colours.
    tiles = [("picture", _resized(colour, tile))]
    for name, threshold in maps.items():
        small = np.asarray(_resized(threshold.astype(np.float32), tile))
        tiles.append((f"{name}   mean {threshold.mean():.1f}", painted(small, top)))
    columns = min(SHEET_COLUMNS, len(tiles))
    rows = -(-len(tiles) // columns)
    step_x, step_y = max(tile[0], 190) + MARGIN, tile[1] + MARGIN + TEXT_SIZE + 6
    upper = 2 * MARGIN + TEXT_SIZE
    bar_left = MARGIN + columns * step_x
    bar_height = rows * step_y - MARGIN
    sheet = _blank(upper + rows * step_y + MARGIN, bar_left + BAR_WIDTH + LABEL_WIDTH + MARGIN)
    texts = [(MARGIN, MARGIN, title)]
    for number, (name, image) in enumerate(tiles):
        row, column = divmod(number, columns)
        x, y = MARGIN + column * step_x, upper + row * step_y
        texts.append((x, y, name))
        y += TEXT_SIZE + 6
        sheet[y : y + tile[1], x : x + tile[0]] = image
    _bar(sheet, upper, bar_left, bar_height, top)
    return _written(sheet, texts + _ticks(upper, bar_left, bar_height, top))


def _top(top: float | None, maps: list[Array]) -> float:
    if top is not None:
        if not (np.isfinite(top) and top > 0):
            raise ValueError(
                f"the end of the scale must be positive and finite, got {top}; 20 suits most maps"
            )
        return float(top)
    return nice_top(float(np.median([np.percentile(threshold, TOP_PERCENTILE) for threshold in maps])))


def _resized(image: npt.NDArray[Any], size: tuple[int, int]) -> npt.NDArray[Any]:
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA)


def _blank(height: int, width: int) -> Pixels:
    return np.full((height, width, 3), PAPER, np.uint8)


def _bar(sheet: Pixels, upper: int, left: int, height: int, top: float) -> None:
    ramp = painted(np.linspace(top, 0, height)[:, None], top)
    sheet[upper : upper + height, left : left + BAR_WIDTH] = ramp


def _ticks(upper: int, left: int, height: int, top: float) -> list[tuple[int, int, str]]:
    x = left + BAR_WIDTH + 6
    marks = []
    count = _intervals(top)
    for number in range(count + 1):
        share = number / count
        y = upper + round((1 - share) * (height - TEXT_SIZE - 2))
        above = " +" if number == count else ""
        marks.append((x, y, f"{top * share:.3g}{above}"))
    return marks


def _intervals(top: float) -> int:
    """Of the bar: 3 to 5 that are 1, 2, 2.5 or 5 times a power of ten long, else 4.

    >>> [_intervals(top) for top in (20, 25, 15, 8, 1, 7)]
    [4, 5, 3, 4, 4, 4]
    """
    for count in (4, 5, 3):
        length = top / count
        digits = length / 10 ** np.floor(np.log10(length))
        if any(abs(digits - round_length) < 1e-9 for round_length in (1, 2, 2.5, 5)):
            return count
    return 4


def _written(sheet: Pixels, texts: list[tuple[int, int, str]]) -> Pixels:
    from PIL import Image, ImageDraw, ImageFont

    image = Image.fromarray(sheet)
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(TEXT_SIZE)
    for x, y, text in texts:
        draw.text((x, y), text, fill=INK, font=font)
    return np.asarray(image)
