"""Sizes and spatial frequencies of the levels of the contrast pyramid."""

import math
from dataclasses import dataclass

from jnd.metrics.colorvideovdp.parameters import (
    BAND_FREQUENCY,
    BASE_BAND_FREQUENCY_CPD,
    LOWEST_FREQUENCY_CPD,
)


@dataclass(frozen=True, slots=True)
class Level:
    """One band: its size in pixels of its own, and the spatial frequency it stands for."""

    height: int
    width: int
    frequency_cpd: float
    gain: float  # band-pass levels between the first and the last are doubled (lpyr_dec.py, get_band)


def pyramid_levels(height: int, width: int, pixels_per_degree: float) -> tuple[Level, ...]:
    """Levels from the finest to the base band, at least the base band.

    The base band is the last whose frequency would lie above 0.2 cycles per degree, or the last that
    keeps two pixels on a side. Differs from ColorVideoVDP 0.5.7: a side of one pixel gives the base band
    alone (the package fails).

    >>> [(level.height, round(level.frequency_cpd, 2)) for level in pyramid_levels(64, 96, 20.0)]
    [(64, 10.0), (32, 3.23), (16, 1.61), (8, 0.81), (4, 0.4), (2, 0.1)]
    """
    nyquist = pixels_per_degree / 2
    frequencies = [nyquist, *(nyquist * BAND_FREQUENCY * 2.0**-k for k in range(14))]
    first_too_low = next(
        (i for i, f in enumerate(frequencies) if f <= LOWEST_FREQUENCY_CPD), len(frequencies)
    )
    halvings = max(0, min(first_too_low + 1, math.floor(math.log2(min(height, width))) - 1))

    levels = []
    for i in range(halvings + 1):
        base = i == halvings
        frequency = BASE_BAND_FREQUENCY_CPD if base else frequencies[i]
        levels.append(Level(height, width, frequency, 1.0 if i == 0 or base else 2.0))
        height, width = -(-height // 2), -(-width // 2)
    return tuple(levels)
