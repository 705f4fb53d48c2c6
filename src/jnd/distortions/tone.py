"""What changes each pixel by its own value alone: brightness, contrast, colour, saturation, banding."""

import math

import numpy as np

from jnd.distortions.distortion import Distortion, LevelAxis, Pixels, Planes
from jnd.vision.luma import BT601, RGB_OF_CHROMA

OFFSET = LevelAxis("change of R, G and B, code values", 0.0, 100.0, exponent=1.5)
CONTRAST = LevelAxis("factor of contrast, or 1 over it", 1.0, 4.0, exponent=1.5, logarithmic=True)
CHROMA_OFFSET = LevelAxis("distance in the plane of Cb and Cr, code values", 0.0, 80.0, exponent=1.5)
SATURATION = LevelAxis("share of chroma that is taken away or added", 0.0, 1.0)
STEP = LevelAxis("quantisation step, code values", 1.0, 85.0, exponent=1.0, logarithmic=True)

MAX_ADDED_CHROMA = 3.0
"""A share of chroma that is added counts this much more than one taken away: at level 1 it is 4 times as before."""


def _brightness(pixels: Pixels, offset: float, random: np.random.Generator) -> Planes:
    sign = 1.0 if random.uniform() < 0.5 else -1.0
    return pixels.astype(np.float64) + sign * offset


def _contrast(pixels: Pixels, factor: float, random: np.random.Generator) -> Planes:
    gain = factor if random.uniform() < 0.5 else 1.0 / factor
    values = pixels.astype(np.float64)
    middle = float((values @ BT601).mean())
    return middle + gain * (values - middle)


def _colour_shift(pixels: Pixels, distance: float, random: np.random.Generator) -> Planes:
    hue = random.uniform(0, 2 * math.pi)
    blue, red = distance * math.cos(hue), distance * math.sin(hue)
    change = np.array([of_cb * blue + of_cr * red for of_cb, of_cr in RGB_OF_CHROMA])
    return np.asarray(pixels + change, dtype=np.float64)


def _saturation(pixels: Pixels, share: float, random: np.random.Generator) -> Planes:
    gain = 1.0 - share if random.uniform() < 0.5 else 1.0 + MAX_ADDED_CHROMA * share
    values = pixels.astype(np.float64)
    luma = (values @ BT601)[:, :, np.newaxis]
    return np.asarray(luma + gain * (values - luma), dtype=np.float64)


def _banding(pixels: Pixels, step: float, random: np.random.Generator) -> Planes:
    return np.asarray(np.rint(pixels / step) * step, dtype=np.float64)


SIGN = "up or down"
BRIGHTNESS = Distortion(
    "brightness", "Brightness shift", "tone", OFFSET, _brightness, SIGN, "lightness shift"
)
CONTRAST_CHANGE = Distortion("contrast", "Contrast change", "tone", CONTRAST, _contrast, SIGN, "contrast")
COLOUR_SHIFT = Distortion(
    "colour_shift", "Colour shift", "colour", CHROMA_OFFSET, _colour_shift, "hue", "colour shift"
)
SATURATION_CHANGE = Distortion(
    "saturation", "Saturation change", "colour", SATURATION, _saturation, SIGN, "saturation"
)
BANDING = Distortion("banding", "Banding", "tone", STEP, _banding, "nothing")
