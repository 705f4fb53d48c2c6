"""What is done to edges: sharpening with halos, ringing."""

import numpy as np
from scipy import fft

from jnd.distortions.blur import gaussian_filtered
from jnd.distortions.distortion import Distortion, LevelAxis, Pixels, Planes

AMOUNT = LevelAxis("amount of the unsharp mask", 0.0, 6.0, exponent=1.5)
GAIN = LevelAxis("gain of the ringing frequency above 1", 0.0, 20.0, exponent=1.5)

UNSHARP_RADIUS = 1.0
"""Standard deviation of the mask, pixels."""
RINGING_FREQUENCY = 0.2
"""Cycles per pixel: an oscillation of 5 pixels."""
RINGING_BANDWIDTH = 0.025
"""Standard deviation in cycles per pixel: the oscillation falls to 1/e within 9 pixels of an edge."""


def _sharpening(pixels: Pixels, amount: float, random: np.random.Generator) -> Planes:
    values = pixels.astype(np.float64)
    return values + amount * (values - gaussian_filtered(values, UNSHARP_RADIUS))


def _ringing(pixels: Pixels, gain: float, random: np.random.Generator) -> Planes:
    """A resonance: one band of frequencies is amplified, in all directions, so every edge gets oscillations."""
    values = pixels.astype(np.float64)
    height, width = values.shape[:2]
    margin = 32  # the oscillation must not come round from the opposite edge
    wide = np.pad(values, ((margin, margin), (margin, margin), (0, 0)), mode="symmetric")
    size = wide.shape[:2]
    frequency = np.hypot(fft.fftfreq(size[0])[:, np.newaxis], fft.rfftfreq(size[1])[np.newaxis, :])
    band = np.exp(-0.5 * ((frequency - RINGING_FREQUENCY) / RINGING_BANDWIDTH) ** 2)
    spectrum = fft.rfft2(wide, axes=(0, 1)) * band[:, :, np.newaxis]
    oscillation = fft.irfft2(spectrum, s=size, axes=(0, 1))[margin : margin + height, margin : margin + width]
    return np.asarray(values + gain * oscillation, dtype=np.float64)


SHARPENING = Distortion("sharpening", "Sharpening", "edges", AMOUNT, _sharpening, "nothing")
RINGING = Distortion("ringing", "Ringing", "edges", GAIN, _ringing, "nothing")
