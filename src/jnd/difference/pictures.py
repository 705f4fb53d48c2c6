"""A comparison as a picture: the map of visible difference, and both sides with it.

In goes a :class:`~jnd.difference.comparison.Compared`, out come (H, W, 3) uint8 sRGB code values.
"""

from functools import cache
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from jnd.difference.comparison import Compared
from jnd.picture import CodeValues, seen
from jnd.picture.colour import in_8_bits
from jnd.report.heat_picture import COLOUR_STOPS, SCALE_TOP_JOD

Pixels = npt.NDArray[np.uint8]
Float32 = npt.NDArray[np.float32]

UNDERLAY = 0.35
"""How strongly the reference shows through where nothing can be seen, so that places are found again."""

OPAQUE_FROM_JOD = 0.3
"""JOD lost, about 1 JND by ``aic3``, where the map hides the reference."""

TEXT_SIZE = 15
MARGIN = 10
SMALLEST_WIDTH = 240
LONGEST_PANEL = 900
"""Pixels of a panel of :func:`comparison_picture`; longer sides are reduced."""

PAPER, INK, QUIET, FRAME = (255, 255, 255), (22, 25, 29), (83, 91, 102), (0, 140, 255)


def heat_map_picture(compared: Compared) -> Pixels:
    """The map over a faded reference, at its size, with a colour bar below."""
    return _with_bar(_painted(compared))


def comparison_picture(compared: Compared, title: str) -> Pixels:
    """Reference, changed picture and map beside each other, the regions framed; for failures of tests.

    Parameters
    ----------
    title : a line above the pictures.
    """
    panels = [
        ("expected", in_8_bits(seen(compared.reference))),
        ("actual", in_8_bits(seen(compared.changed))),
        ("visible difference", _painted(compared)),
    ]
    height, width = panels[0][1].shape[:2]
    factor = min(1.0, LONGEST_PANEL / max(height, width))
    size = max(1, round(width * factor)), max(1, round(height * factor))
    columns = []
    for name, pixels in panels:
        panel = np.asarray(cv2.resize(np.ascontiguousarray(pixels), size, interpolation=cv2.INTER_AREA))
        panel = _framed(panel, compared, factor)
        if size[0] < SMALLEST_WIDTH:
            panel = _padded(panel, SMALLEST_WIDTH)
        columns.append(np.vstack([_line(name, panel.shape[1]), panel]))
    gap = np.full((columns[0].shape[0], MARGIN, 3), PAPER, np.uint8)
    row = np.hstack([columns[0], gap, columns[1], gap, columns[2]])
    return _bordered(_with_bar(np.vstack([_line(title, row.shape[1]), row])))


def _painted(compared: Compared) -> Pixels:
    reference = in_8_bits(seen(compared.reference)).astype(np.float32)
    grey = reference.mean(axis=2, keepdims=True) * UNDERLAY
    if compared.jod_lost is None:
        return np.repeat(np.rint(grey).astype(np.uint8), 3, axis=2)
    lost = compared.jod_lost
    codes = np.clip(lost * (255 / SCALE_TOP_JOD), 0, 255).astype(np.uint8)
    weight = np.clip(lost / OPAQUE_FROM_JOD, 0, 1)[..., np.newaxis]
    painted: Pixels = np.rint(colours()[codes] * weight + grey * (1 - weight)).astype(np.uint8)
    return painted


@cache
def colours() -> Pixels:
    """(256, 3): the colours of the report's map, from nothing to ``SCALE_TOP_JOD``."""
    stops = np.array([[int(stop[at : at + 2], 16) for at in (1, 3, 5)] for stop in COLOUR_STOPS], np.float64)
    place = np.linspace(0, len(stops) - 1, 256)
    mixed = [np.interp(place, np.arange(len(stops)), stops[:, channel]) for channel in range(3)]
    return np.rint(np.stack(mixed, axis=-1)).astype(np.uint8)


def _framed(panel: npt.NDArray[Any], compared: Compared, factor: float) -> Pixels:
    image = Image.fromarray(panel)
    draw = ImageDraw.Draw(image)
    for region in compared.record.regions[:20]:
        x, y, width, height = (value * factor for value in region.box)
        draw.rectangle((x - 4, y - 4, x + width + 3, y + height + 3), outline=FRAME, width=2)
    return np.asarray(image)


def _with_bar(pixels: Pixels) -> Pixels:
    width = max(pixels.shape[1], SMALLEST_WIDTH)
    length = min(320, width - 2 * MARGIN)
    image = Image.new("RGB", (width, 52), PAPER)
    bar = colours()[np.linspace(0, 255, length).astype(np.uint8)][np.newaxis].repeat(12, axis=0)
    image.paste(Image.fromarray(bar), (MARGIN, 8))
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(12)
    ends = ("0", f"{SCALE_TOP_JOD:g} JOD lost or more")
    draw.text((MARGIN, 26), ends[0], INK, font)
    draw.text((MARGIN + length - draw.textlength(ends[1], font), 26), ends[1], INK, font)
    return np.vstack([_padded(pixels, width), np.asarray(image)])


def _line(text: str, width: int) -> Pixels:
    image = Image.new("RGB", (width, TEXT_SIZE + 9), PAPER)
    font = ImageFont.load_default(TEXT_SIZE)
    draw = ImageDraw.Draw(image)
    while len(text) > 1 and draw.textlength(text, font) > width:
        text = text[:-2].rstrip() + "…"
    draw.text((0, 3), text, INK, font)
    return np.asarray(image)


def _padded(pixels: CodeValues, width: int) -> Pixels:
    missing = max(0, width - pixels.shape[1])
    return np.pad(pixels, ((0, 0), (0, missing), (0, 0)), constant_values=255).astype(np.uint8)


def _bordered(pixels: Pixels) -> Pixels:
    return np.pad(pixels, ((MARGIN, 0), (MARGIN, MARGIN), (0, 0)), constant_values=255)
