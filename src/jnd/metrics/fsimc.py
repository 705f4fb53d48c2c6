"""FSIMc [Zhang2011]: similarity of phase congruency, gradient and colour, weighted by phase congruency.

In: two pictures. Out: up to 1, 1 for equal pictures.

Equal to ``piq.fsim`` (``chromatic=True`` for colour, False for grey): pictures reduced so that the shorter side has about
256 pixels, four scales and four directions of log-Gabor filters [Kovesi1999], Scharr gradients with zeros beyond the edge.
"""

import math
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from scipy import fft

from jnd.metrics.planes import checked_pair, in_255, similarity, yiq

Array = npt.NDArray[Any]

T1, T2, T3, T4 = 0.85, 160.0, 200.0, 200.0
"""Constants of the similarities of phase congruency, gradient, I and Q: section III of the paper."""
LAMBDA = 0.03
SCALES, DIRECTIONS = 4, 4
SHORTEST_WAVE, FACTOR = 6.0, 2.0
"""Pixels, and from scale to scale."""
SIGMA_F, DELTA_THETA = 0.55, 1.2
"""Bandwidth of a filter, and the ratio of directions' distance to their spread, of Kovesi's program."""
NOISE_DEVIATIONS = 2.0
CUTOFF, SHARPNESS = 0.45, 15
"""Of the low-pass that takes the corners off."""
OVERESTIMATED = 1.7
"""By which noise is overestimated for this measure, of Kovesi's program."""
EPSILON = float(np.finfo(np.float64).eps)


def fsimc(reference: npt.ArrayLike, changed: npt.ArrayLike) -> float:
    """Feature similarity with colour; of grey pictures without.

    Arguments and errors as :func:`jnd.metrics.planes.checked_pair`; sides of at least 4 pixels.
    """
    one, other = (_planes(picture) for picture in checked_pair(reference, changed, 4))
    congruency_one, congruency_other = phase_congruency(one[0]), phase_congruency(other[0])
    weight = np.maximum(congruency_one, congruency_other)
    score = (
        similarity(congruency_one, congruency_other, T1)
        * similarity(_gradient(one[0]), _gradient(other[0]), T2)
        * weight
    )
    if len(one) == 3:
        colour = similarity(one[1], other[1], T3) * similarity(one[2], other[2], T4)
        score = score * np.abs(colour) ** LAMBDA
    return float(score.sum() / weight.sum())


def phase_congruency(plane: Array) -> Array:
    """(H, W) how far the waves of all scales are in step, 0 to 1 [Kovesi1999]."""
    spectrum = fft.fft2(plane)
    energies, amplitudes = np.zeros(plane.shape), np.zeros(plane.shape)
    for filters, of_noise in _filters(*plane.shape):
        responses = [fft.ifft2(spectrum * filter_) for filter_ in filters]
        amplitudes += sum(np.abs(response) for response in responses)
        together: Array = np.sum(responses, axis=0)
        mean = together / (np.abs(together) + EPSILON)
        energy = sum(
            (r.real * mean.real + r.imag * mean.imag) - np.abs(r.real * mean.imag - r.imag * mean.real)
            for r in responses
        )
        # The finest scale is mostly noise, whose squared amplitude has an exponential distribution.
        squares = np.abs(responses[0]) ** 2
        middle = float(np.sort(squares, axis=None)[(squares.size - 1) // 2])
        noise_energy = middle / math.log(2) * of_noise
        spread = math.sqrt(noise_energy / 2)
        floor = spread * (math.sqrt(math.pi / 2) + NOISE_DEVIATIONS * math.sqrt(2 - math.pi / 2))
        energies += np.maximum(energy - floor / OVERESTIMATED, 0)
    return np.asarray((energies + EPSILON) / (amplitudes + EPSILON))


@lru_cache(maxsize=4)
def _filters(height: int, width: int) -> list[tuple[list[Array], float]]:
    """Per direction: the filters of all scales in the frequency domain, and the energy that noise of power 1 gives."""
    y, x = np.meshgrid(_frequencies(height), _frequencies(width), indexing="ij")
    radius = fft.ifftshift(np.hypot(x, y))
    # piq's axes: its first grid runs down the picture.
    theta = fft.ifftshift(np.arctan2(-x, y))
    low_pass = 1 / (1 + (radius / CUTOFF) ** (2 * SHARPNESS))
    radius[0, 0] = 1
    radial = []
    for scale in range(SCALES):
        frequency = 1 / (SHORTEST_WAVE * FACTOR**scale)
        gabor = np.exp(-(np.log(radius / frequency) ** 2) / (2 * math.log(SIGMA_F) ** 2)) * low_pass
        gabor[0, 0] = 0
        radial.append(gabor)
    spread = math.pi / (DIRECTIONS * DELTA_THETA)
    found = []
    for number in range(DIRECTIONS):
        angle = number * math.pi / DIRECTIONS
        sine = np.sin(theta) * math.cos(angle) - np.cos(theta) * math.sin(angle)
        cosine = np.cos(theta) * math.cos(angle) + np.sin(theta) * math.sin(angle)
        angular = np.exp(-(np.arctan2(sine, cosine) ** 2) / (2 * spread**2))
        filters = [gabor * angular for gabor in radial]
        found.append((filters, _noise_energy(filters)))
    return found


def _noise_energy(filters: list[Array]) -> float:
    waves = [fft.ifft2(filter_).real * math.sqrt(filter_.size) for filter_ in filters]
    squares = sum(float((wave**2).sum()) for wave in waves)
    products = sum(float((a * b).sum()) for i, a in enumerate(waves) for b in waves[i + 1 :])
    return (2 * squares + 4 * products) / float((filters[0] ** 2).sum())


def _frequencies(side: int) -> Array:
    if side % 2:
        return np.asarray(np.arange(-(side - 1) / 2, side / 2) / (side - 1))
    return np.asarray(np.arange(-side / 2, side / 2) / side)


def _planes(picture: Array) -> list[Array]:
    shrink = max(1, round(min(picture.shape[:2]) / 256))
    rows, columns = (side // shrink * shrink for side in picture.shape[:2])
    values = in_255(picture, np.float64)[:rows, :columns]
    blocks = values.reshape(rows // shrink, shrink, columns // shrink, shrink, *values.shape[2:])
    reduced = blocks.mean(axis=(1, 3))
    return [reduced] if reduced.ndim == 2 else list(yiq(reduced / 255))


def _gradient(plane: Array) -> Array:
    smooth, edge = np.array([3.0, 10.0, 3.0]) / 16, np.array([-1.0, 0.0, 1.0])
    plane = np.ascontiguousarray(plane)
    across = cv2.sepFilter2D(plane, -1, edge, smooth, borderType=cv2.BORDER_CONSTANT)
    down = cv2.sepFilter2D(plane, -1, smooth, edge, borderType=cv2.BORDER_CONSTANT)
    return np.asarray(cv2.magnitude(across, down))
