"""What the figures share: where they go, the colours and lines of the plots, captions beside pictures."""

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

mpl.use("Agg")

from matplotlib import pyplot as plt

IMAGES = Path(__file__).resolve().parents[1] / "images"
BLUE, ORANGE, GREEN, RED, GREY = "#2a6f97", "#d9722e", "#4f8a5b", "#b5405a", "#8a8f98"
INK, FAINT = "#2b2e33", "#666a70"
COLOURS = (BLUE, ORANGE, GREEN, RED, "#7a5aa6", GREY)
STYLE = {
    "axes.edgecolor": FAINT,
    "axes.grid": True,
    "axes.labelcolor": INK,
    "axes.prop_cycle": mpl.cycler(color=COLOURS),
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 10.5,
    "figure.constrained_layout.use": True,
    "figure.facecolor": "white",
    "font.size": 9.5,
    "grid.color": "#e4e6ea",
    "legend.frameon": False,
    "lines.linewidth": 1.8,
    "svg.fonttype": "path",
    "svg.hashsalt": "jnd",  # the same figure twice is the same file
    "xtick.color": FAINT,
    "ytick.color": FAINT,
}


@contextlib.contextmanager
def figure(name: str, width: float, height: float, columns: int = 1, **options: Any) -> Iterator[Any]:
    """Axes to draw on, ``columns`` beside each other; saved as ``name`` (SVG) at the end."""
    with mpl.rc_context(STYLE):
        drawn, axes = plt.subplots(1, columns, figsize=(width, height), **options)
        yield axes
        drawn.savefig(IMAGES / name, metadata={"Date": None})
        plt.close(drawn)


def sheet_of_pictures(
    pictures: Sequence[npt.NDArray[Any]],
    captions: Sequence[str],
    *,
    columns: int | None = None,
    gap: int = 6,
    text: int = 13,
) -> Image.Image:
    """Pictures of one size in rows of ``columns`` (all in one row), pixel by pixel, each over its caption.

    A column of the site is some 690 pixels wide; a sheet of twice that needs ``text`` of 24 and more to be read there.
    """
    height, width = pictures[0].shape[:2]
    columns = columns or len(pictures)
    rows = -(-len(pictures) // columns)
    lines = max(caption.count("\n") + 1 for caption in captions)
    row_height = height + round(lines * 1.25 * text) + gap + 4
    sheet = Image.new("RGB", (columns * (width + gap) - gap, rows * row_height), "white")
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(text)
    for place, (picture, caption) in enumerate(zip(pictures, captions, strict=True)):
        left, top = place % columns * (width + gap), place // columns * row_height
        sheet.paste(Image.fromarray(np.ascontiguousarray(picture)), (left, top))
        for number, line in enumerate(caption.split("\n")):
            below = top + height + 3 + round(number * 1.25 * text)
            draw.text((left, below), line, fill=INK if number == 0 else FAINT, font=font)
    return sheet
