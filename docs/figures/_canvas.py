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
COLOURS = (BLUE, ORANGE, GREEN, RED, "#7a5aa6", GREY)
STYLE = {
    "axes.edgecolor": "#666a70",
    "axes.grid": True,
    "axes.labelcolor": "#2b2e33",
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
    "xtick.color": "#666a70",
    "ytick.color": "#666a70",
}


@contextlib.contextmanager
def figure(name: str, width: float, height: float, columns: int = 1, **options: Any) -> Iterator[Any]:
    """Axes to draw on, ``columns`` beside each other; saved as ``name`` (SVG) at the end."""
    with mpl.rc_context(STYLE):
        drawn, axes = plt.subplots(1, columns, figsize=(width, height), **options)
        yield axes
        drawn.savefig(IMAGES / name, metadata={"Date": None})
        plt.close(drawn)


def row_of_pictures(
    pictures: Sequence[npt.NDArray[Any]], captions: Sequence[str], *, gap: int = 6, caption_height: int = 24
) -> Image.Image:
    """Pictures of one size beside each other at 1:1, each over its caption."""
    height, width = pictures[0].shape[:2]
    sheet = Image.new("RGB", (len(pictures) * (width + gap) - gap, height + caption_height), "white")
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(13)
    for place, (picture, caption) in enumerate(zip(pictures, captions, strict=True)):
        sheet.paste(Image.fromarray(np.ascontiguousarray(picture)), (place * (width + gap), 0))
        draw.text((place * (width + gap), height + 5), caption, fill="#2b2e33", font=font)
    return sheet
