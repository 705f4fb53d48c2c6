"""The biorthogonal 9/7 wavelet of Cohen, Daubechies and Feauveau, as lifting steps with mirrored borders.

In: (H, W) grey levels 0 to 255. Out: bands per level, level 1 the finest. Low-pass filters sum to sqrt(2), as in
[Watson1997] and in PyWavelets' ``bior4.4``; JPEG 2000 normalises otherwise.
"""

from functools import cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.floating[Any]]

# Lifting factors of the 9/7 pair: Daubechies & Sweldens (1998), "Factoring wavelet transforms into lifting steps".
PREDICT_1 = -1.586134342059924
UPDATE_1 = -0.052980118572961
PREDICT_2 = 0.882911075530934
UPDATE_2 = 0.443506852043971
SCALE = 1.149604398860241


class WaveletBands(NamedTuple):
    """Detail bands of one level: the first word is the horizontal, the second the vertical frequency."""

    low_high: Array
    high_low: Array
    high_high: Array


class Decomposition(NamedTuple):
    """A picture in 9/7 wavelet bands."""

    approximation: Array
    """Low-pass band of the coarsest level."""
    details: tuple[WaveletBands, ...]
    """Per level, the finest first."""


def decompose(plane: Array, levels: int) -> Decomposition:
    """Bands of ``plane`` over ``levels`` levels; a band of a side n has sides ceil(n/2) (low) and floor(n/2)."""
    details = []
    low = plane
    for _ in range(levels):
        upper, lower = _analyse(low)  # rows: vertical frequency
        low, high_low = (part.T for part in _analyse(upper.T))
        low_high, high_high = (part.T for part in _analyse(lower.T))
        details.append(WaveletBands(low_high, high_low, high_high))
    return Decomposition(low, tuple(details))


def reconstruct(bands: Decomposition) -> Array:
    """The plane of :func:`decompose`, exact but for rounding."""
    low = bands.approximation
    for low_high, high_low, high_high in reversed(bands.details):
        upper = _synthesise(low.T, high_low.T).T
        lower = _synthesise(low_high.T, high_high.T).T
        low = _synthesise(upper, lower)
    return low


def synthesis_matrices(length: int, levels: int) -> list[tuple[Array, Array]]:
    """Per level, the signals (length, n) that unit low-pass and high-pass coefficients of that level make.

    >>> low, high = synthesis_matrices(64, 1)[0]
    >>> round(float(low[:, 16].max()), 6), round(float(high[:, 16].max()), 6)
    (0.788486, 0.852699)
    """
    matrices: list[tuple[Array, Array]] = []
    to_pixels: Array = np.eye(length)
    for _ in range(levels):
        side = to_pixels.shape[1]
        low_count, high_count = side - side // 2, side // 2
        low = _synthesise(np.eye(low_count), np.zeros((high_count, low_count)))
        high = _synthesise(np.zeros((low_count, high_count)), np.eye(high_count))
        matrices.append((to_pixels @ low, to_pixels @ high))
        to_pixels = matrices[-1][0]
    return matrices


@cache
def basis_energies(levels: int) -> tuple[tuple[float, float], ...]:
    """Per level, the sum of squares of a one-dimensional low-pass and high-pass basis function far from borders.

    >>> [round(energy, 4) for energy in basis_energies(1)[0]]
    [0.983, 1.0404]
    """
    energies = []
    for low, high in synthesis_matrices(32 * 2**levels, levels):
        middle = low.shape[1] // 2
        energies.append((float((low[:, middle] ** 2).sum()), float((high[:, middle] ** 2).sum())))
    return tuple(energies)


def _analyse(signal: Array) -> tuple[Array, Array]:
    """Low-pass and high-pass half of ``signal`` along axis 0."""
    if signal.shape[0] == 1:
        return signal * np.sqrt(2), signal[:0]
    even, odd = signal[0::2].copy(), signal[1::2].copy()
    _add_to_odd(odd, even, PREDICT_1)
    _add_to_even(even, odd, UPDATE_1)
    _add_to_odd(odd, even, PREDICT_2)
    _add_to_even(even, odd, UPDATE_2)
    even *= SCALE
    odd /= SCALE
    return even, odd


def _synthesise(low: Array, high: Array) -> Array:
    if high.shape[0] == 0:
        single: Array = low / np.sqrt(2)
        return single
    even, odd = low / SCALE, high * SCALE
    _add_to_even(even, odd, -UPDATE_2)
    _add_to_odd(odd, even, -PREDICT_2)
    _add_to_even(even, odd, -UPDATE_1)
    _add_to_odd(odd, even, -PREDICT_1)
    signal = np.empty((even.shape[0] + odd.shape[0], *even.shape[1:]), even.dtype)
    signal[0::2] = even
    signal[1::2] = odd
    return signal


def _add_to_odd(odd: Array, even: Array, factor: float) -> None:
    """Each odd sample += factor * (even before + even after); the last one mirrors."""
    odd += factor * even[: odd.shape[0]]
    odd[: even.shape[0] - 1] += factor * even[1:]
    if odd.shape[0] == even.shape[0]:
        odd[-1] += factor * even[-1]


def _add_to_even(even: Array, odd: Array, factor: float) -> None:
    """Each even sample += factor * (odd before + odd after); both ends mirror."""
    even[: odd.shape[0]] += factor * odd
    even[1:] += factor * odd[: even.shape[0] - 1]
    even[0] += factor * odd[0]
    if even.shape[0] > odd.shape[0]:
        even[-1] += factor * odd[-1]
