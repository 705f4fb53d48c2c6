"""Small pictures for tests of the search, with real codecs."""

import numpy as np
from skimage import data

from jnd.picture import Picture


def photograph(height: int = 128, width: int = 192) -> np.ndarray:
    """A crop of scikit-image's astronaut: face and texture."""
    crop: np.ndarray = np.ascontiguousarray(data.astronaut()[20 : 20 + height, 130 : 130 + width])
    return crop


def colour_confetti(height: int = 96, width: int = 128) -> np.ndarray:
    """Saturated colours that change with every pixel at one luma: what 4:2:0 chroma cannot hold."""
    random = np.random.default_rng(3)
    red = random.random((height, width)) < 0.5
    return np.where(red[..., None], np.array([255, 0, 90]), np.array([0, 105, 255])).astype(np.uint8)


def transparent() -> Picture:
    """The photograph, fading out to the right."""
    pixels = photograph()
    fade = np.linspace(255, 0, pixels.shape[1]).astype(np.uint8)
    return Picture(pixels, alpha=np.broadcast_to(fade, pixels.shape[:2]).copy())
