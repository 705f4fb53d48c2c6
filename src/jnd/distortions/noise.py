"""Noise: white, coloured by its spectrum, impulses, and the checkerboard.

The random field is drawn once and scaled, so that a stronger level is the same noise, larger.
"""

import math
from functools import partial

import numpy as np
from scipy import fft

from jnd.distortions.distortion import Distortion, LevelAxis, Pixels, Planes

DEVIATION = LevelAxis("standard deviation, code values", 0.0, 80.0, exponent=1.5)
DENSITY = LevelAxis("share of pixels that are set to black or white", 0.0, 0.5, exponent=3.0)
AMPLITUDE = LevelAxis("half of the difference between the cells, code values", 0.0, 60.0, exponent=1.5)

EXPONENTS = {"brown": 2.0, "pink": 1.0, "blue": -1.0, "violet": -2.0}
"""Power spectral density goes with frequency to the minus this."""


def _uniform(pixels: Pixels, deviation: float, random: np.random.Generator) -> Planes:
    half_width = math.sqrt(3) * deviation
    return pixels + half_width * random.uniform(-1, 1, pixels.shape)


def _gaussian(pixels: Pixels, deviation: float, random: np.random.Generator) -> Planes:
    return pixels + deviation * random.standard_normal(pixels.shape)


def _of_colour(
    pixels: Pixels, deviation: float, random: np.random.Generator, exponent: float | None = None
) -> Planes:
    if exponent is None:
        exponent = random.uniform(EXPONENTS["violet"], EXPONENTS["brown"])
    return pixels + deviation * _coloured_field(pixels.shape, exponent, random)


_pink, _brown, _blue, _violet = (
    partial(_of_colour, exponent=EXPONENTS[colour]) for colour in ("pink", "brown", "blue", "violet")
)


def _coloured_field(shape: tuple[int, ...], exponent: float, random: np.random.Generator) -> Planes:
    """(H, W, 3) Gaussian noise of this spectrum, each channel with mean 0 and standard deviation 1."""
    height, width, _ = shape
    frequency = np.hypot(fft.fftfreq(height)[:, np.newaxis], fft.rfftfreq(width)[np.newaxis, :])
    frequency[0, 0] = np.inf if exponent >= 0 else 0.0
    amplitude = frequency ** (-exponent / 2)
    white = random.standard_normal(shape)
    spectrum = fft.rfft2(white, axes=(0, 1)) * amplitude[:, :, np.newaxis]
    spectrum[0, 0] = 0.0
    field = np.asarray(fft.irfft2(spectrum, s=(height, width), axes=(0, 1)), dtype=np.float64)
    deviation = field.std(axis=(0, 1))
    return np.asarray(field / np.where(deviation > 0, deviation, 1.0), dtype=np.float64)


def _impulse(pixels: Pixels, density: float, random: np.random.Generator) -> Planes:
    hit = random.uniform(size=pixels.shape[:2]) < density
    value = np.where(random.uniform(size=pixels.shape[:2]) < 0.5, 0.0, 255.0)
    return np.where(hit[:, :, np.newaxis], value[:, :, np.newaxis], pixels)


CELLS = (1, 2, 4)
"""Sides of the checkerboard's cells, pixels; the seed takes one."""


def _checkerboard(pixels: Pixels, amplitude: float, random: np.random.Generator) -> Planes:
    cell = int(random.choice(CELLS))
    height, width = pixels.shape[:2]
    row, column = (
        np.arange(height)[:, np.newaxis, np.newaxis] // cell,
        np.arange(width)[:, np.newaxis] // cell,
    )
    sign = 1.0 - 2.0 * ((row + column) % 2)
    return np.asarray(pixels + amplitude * sign, dtype=np.float64)


FIELD = "the noise"
NOISE_UNIFORM = Distortion(
    "noise_uniform", "White noise, uniform", "noise", DEVIATION, _uniform, FIELD, "uniform white noise"
)
NOISE_GAUSSIAN = Distortion(
    "noise_gaussian", "White noise, Gaussian", "noise", DEVIATION, _gaussian, FIELD, "Gaussian white noise"
)
NOISE_PINK = Distortion("noise_pink", "Pink noise", "noise", DEVIATION, _pink, FIELD, "pink noise")
NOISE_BROWN = Distortion("noise_brown", "Brown noise", "noise", DEVIATION, _brown, FIELD)
NOISE_BLUE = Distortion("noise_blue", "Blue noise", "noise", DEVIATION, _blue, FIELD, "blue noise")
NOISE_VIOLET = Distortion("noise_violet", "Violet noise", "noise", DEVIATION, _violet, FIELD)
NOISE_COLOURED = Distortion(
    "noise_coloured",
    "Noise of a drawn colour, violet to brown",
    "noise",
    DEVIATION,
    _of_colour,
    "exponent of the spectrum, -2 to 2, and the noise",
    "coloured noise",
)
NOISE_IMPULSE = Distortion(
    "noise_impulse",
    "Impulse noise (salt and pepper)",
    "noise",
    DENSITY,
    _impulse,
    "where, and black or white",
)
CHECKERBOARD = Distortion(
    "checkerboard",
    "Checkerboard",
    "noise",
    AMPLITUDE,
    _checkerboard,
    "cells of 1, 2 or 4 pixels",
    "checkerboard",
)
