"""Edits of one place: something pasted over it, or taken out and the gap filled.

The place grows with the level around the same centre, and the pasted content comes from the same other place.
"""

import math

import cv2
import numpy as np

from jnd.distortions.distortion import Distortion, LevelAxis, Pixels, Planes

AREA = LevelAxis("share of the picture's area that is edited", 0.0, 0.2, exponent=2.0)


def _paste(pixels: Pixels, area: float, random: np.random.Generator) -> Planes:
    height, width = pixels.shape[:2]
    place = _place(pixels, area, random)
    down = round(random.uniform(0.25, 0.75) * height)
    across = round(random.uniform(0.25, 0.75) * width)
    source = np.roll(pixels, (down, across), axis=(0, 1))
    return np.where(place[:, :, np.newaxis], source, pixels).astype(np.float64)


def _removal(pixels: Pixels, area: float, random: np.random.Generator) -> Planes:
    place = _place(pixels, area, random)
    values = pixels.astype(np.float64)
    if not place.any() or place.all():
        return values
    return np.where(place[:, :, np.newaxis], _filled(values, ~place), values)


def _place(
    pixels: Pixels, area: float, random: np.random.Generator
) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    """(H, W): an ellipse of this share of the area, inside of the picture."""
    height, width = pixels.shape[:2]
    ratio = math.exp(random.uniform(-0.5, 0.5))
    centre = random.uniform(0.3, 0.7, 2)
    row, column = np.indices((height, width), dtype=np.float64)
    y, x = (row + 0.5) / height - centre[0], (column + 0.5) / width - centre[1]
    return np.asarray(x**2 * ratio + y**2 / ratio < area / math.pi)


def _filled(values: Planes, known: np.ndarray[tuple[int, int], np.dtype[np.bool_]]) -> Planes:
    """Unknown pixels from the known around them: averages of ever larger areas, laid under what is known."""
    height, width = known.shape
    weight = known.astype(np.float64)
    if min(height, width) < 2 or weight.all():
        return values
    small = ((width + 1) // 2, (height + 1) // 2)
    below = cv2.resize(weight, small, interpolation=cv2.INTER_AREA)
    total = cv2.resize(values * weight[:, :, np.newaxis], small, interpolation=cv2.INTER_AREA)
    average = total / np.maximum(below, 1e-9)[:, :, np.newaxis]
    under = cv2.resize(_filled(average, below > 0), (width, height), interpolation=cv2.INTER_LINEAR)
    return np.where(known[:, :, np.newaxis], values, under)


PLACE = "where, of which shape"
PASTE = Distortion("paste", "Pasted patch", "local", AREA, _paste, f"{PLACE}, and from where")
REMOVAL = Distortion("removal", "Removed and filled", "local", AREA, _removal, PLACE)
