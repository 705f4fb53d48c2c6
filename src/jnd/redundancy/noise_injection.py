"""The field's test of a JND map: noise of random sign and the map's amplitude, at a strength or at one energy.

In: luma and a threshold per pixel. Out: luma with noise. Of two maps at equal energy, the better one is the
one whose noise is harder to see. [ChouLi1995, eq. 9; Yang2005, eq. 10; Wu2013, eq. 12; Wu2017, eq. 15]
"""

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from jnd.metrics.pspnr import same_planes

Array = npt.NDArray[np.floating[Any]]

TOLERANCE = 0.002
"""Relative error of the mean square that is aimed at; rounding to whole grey levels may leave more."""
MOST_STEPS = 30


def inject_noise(
    luma: npt.ArrayLike,
    threshold: npt.ArrayLike,
    *,
    strength: float | None = None,
    mean_square: float | None = None,
    seed: int = 0,
) -> npt.NDArray[np.uint8]:
    """Luma plus strength · sign · threshold, rounded and clipped to 0..255.

    Parameters
    ----------
    luma : (H, W) grey levels 0 to 255.
    threshold : (H, W) JND map, grey levels.
    strength : factor on the threshold; 1 if neither this nor ``mean_square`` is given.
    mean_square : the energy that the noise has after rounding and clipping, in squared grey levels: 160 in
        [Wu2013] (26.09 dB), 140.6 in [Wu2017] (26.65 dB). The strength is searched.
    seed : of the signs; the same seed gives the same signs for every map of one size.

    Raises
    ------
    ValueError
        Both or impossible numbers given, planes of different sizes, a map of zeros, or an energy that clipping
        makes unreachable.

    >>> plane = np.full((64, 64), 100.0)
    >>> noisy = inject_noise(plane, np.full((64, 64), 5.0), mean_square=144)
    >>> int(np.abs(noisy - plane).max())
    12
    """
    plane, _, visible = same_planes(luma, luma, threshold)
    if strength is not None and mean_square is not None:
        raise ValueError("give either strength or mean_square, not both: one follows from the other")
    for name, value in (("strength", strength), ("mean_square", mean_square)):
        if value is not None and not (math.isfinite(value) and value > 0):
            raise ValueError(f"{name} must be positive and finite, got {value}")
    signs = np.random.default_rng(seed).integers(0, 2, plane.shape) * 2.0 - 1.0
    noise = signs * visible
    if mean_square is None:
        return _stored(plane + (1.0 if strength is None else strength) * noise)
    return _at_energy(plane, noise, mean_square)


def _at_energy(plane: Array, noise: Array, wanted: float) -> npt.NDArray[np.uint8]:
    power = float(np.mean(noise**2))
    if power == 0:
        raise ValueError("the threshold is 0 everywhere, no strength gives it energy; use another model")
    low, high = 0.0, math.sqrt(wanted / power)
    while _energy(plane, noise, high) < wanted:  # clipping eats some
        low, high = high, 2 * high
        if high > 1e4 * math.sqrt(wanted / power):
            raise ValueError(
                f"clipping to 0..255 leaves less than a mean square of {wanted:g} whatever the strength; ask for less"
            )
    best, nearest = high, math.inf
    for _ in range(MOST_STEPS):
        middle = (low + high) / 2
        found = _energy(plane, noise, middle)
        if abs(found - wanted) < nearest:
            best, nearest = middle, abs(found - wanted)
        if nearest <= TOLERANCE * wanted:
            break
        low, high = (middle, high) if found < wanted else (low, middle)
    return _stored(plane + best * noise)


def _energy(plane: Array, noise: Array, strength: float) -> float:
    return float(np.mean((_stored(plane + strength * noise) - plane) ** 2))


def _stored(plane: Array) -> npt.NDArray[np.uint8]:
    return np.clip(np.rint(plane), 0, 255).astype(np.uint8)
