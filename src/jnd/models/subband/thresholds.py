"""Records of thresholds per coefficient, and what they mean in pixels."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from jnd.vision import dct8, wavelet97

Array = npt.NDArray[np.floating[Any]]

DCT_8X8 = "8x8 DCT, orthonormal"
WAVELET_97 = "9/7 wavelet, low-pass filters summing to sqrt(2)"
UNIFORM_4X4 = "16 equal sub-bands (4x4), energy of coefficients equal to that of pixels"


@dataclass(frozen=True, slots=True, eq=False)
class DctThresholds:
    """Smallest visible change of every coefficient of an 8x8 DCT.

    ``thresholds`` is (R, C, 8, 8): rows and columns of blocks, vertical and horizontal frequency; grey levels times
    the orthonormal basis functions (``jnd.vision.dct8``). ``size`` is the picture's height and width; blocks that
    reach beyond it belong to the padded picture.
    """

    model: str
    variant: str
    size: tuple[int, int]
    thresholds: Array
    transform: str = DCT_8X8

    def in_place(self) -> Array:
        """(8 R, 8 C): each threshold where its coefficient stands when blocks lie side by side. No pixel map."""
        return dct8.in_place(self.thresholds)


@dataclass(frozen=True, slots=True, eq=False)
class WaveletThresholds:
    """Smallest visible change of every coefficient of a 9/7 wavelet decomposition (``jnd.vision.wavelet97``)."""

    model: str
    variant: str
    size: tuple[int, int]
    thresholds: wavelet97.Decomposition
    transform: str = WAVELET_97


@dataclass(frozen=True, slots=True, eq=False)
class UniformBandThresholds:
    """Smallest visible change in 16 equal sub-bands of a 4 by 4 filter bank.

    ``thresholds`` is (4, 4, R, C): vertical and horizontal band from low to high frequency, then the place;
    coefficient (r, c) of each band covers the pixels (4 r .. 4 r + 3, 4 c .. 4 c + 3).
    """

    model: str
    variant: str
    size: tuple[int, int]
    thresholds: Array
    transform: str = UNIFORM_4X4


SubbandThresholds = DctThresholds | WaveletThresholds | UniformBandThresholds


def pixel_map(record: SubbandThresholds) -> Array:
    """Root mean square change of pixels when every coefficient is moved by its threshold, signs at random.

    Independent signs add energies, not amplitudes. A coefficient's energy (its squared threshold times that of its
    basis function) is spread evenly over the pixels that it stands for: 8x8 for the DCT, 2^λ by 2^λ for a wavelet
    band of level λ, 4x4 for the 16 bands. Noise injected in pixels by the map so has the energy of noise
    injected in coefficients, block by block, and a uniform picture has a uniform map.

    Returns
    -------
    (H, W) grey levels, of the thresholds' dtype.
    """
    height, width = record.size
    if isinstance(record, WaveletThresholds):
        return np.sqrt(_wavelet_power(record.thresholds, record.size))
    if isinstance(record, DctThresholds):
        side, power = 8, np.square(record.thresholds).mean(axis=(2, 3))
    else:
        side, power = 4, np.square(record.thresholds).mean(axis=(0, 1))
    amplitude = np.sqrt(power)
    return np.repeat(np.repeat(amplitude, side, axis=0), side, axis=1)[:height, :width]


def _wavelet_power(bands: wavelet97.Decomposition, size: tuple[int, int]) -> Array:
    levels = len(bands.details)
    energies = wavelet97.basis_energies(levels)
    power = np.zeros(size, dtype=bands.approximation.dtype)
    low, _ = energies[-1]
    parts = [(bands.approximation, levels, low * low)]
    for level, (detail, (low, high)) in enumerate(zip(bands.details, energies, strict=True), start=1):
        parts += [(detail.low_high, level, low * high), (detail.high_low, level, low * high)]
        parts += [(detail.high_high, level, high * high)]
    for band, level, energy in parts:
        # Sides that are no multiple of 2^λ: the last coefficient stands for the rest.
        rows, columns = (
            np.minimum(np.arange(length) >> level, count - 1)
            for length, count in zip(size, band.shape, strict=True)
        )
        power += (np.square(band) * (energy / 4**level))[np.ix_(rows, columns)]
    return power
