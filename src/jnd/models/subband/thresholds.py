"""Records of thresholds per coefficient, and what they mean in pixels."""

from collections.abc import Mapping
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
    """Root mean square change of each pixel when every coefficient is moved by its threshold, signs at random.

    The signs are independent, so the squares of the basis functions add up, weighted with the squared
    thresholds. Over a picture (over every block, for the DCT) the mean square of the map is that of the
    thresholds: noise injected in pixels by the map has the energy of noise injected in coefficients. The 4x4 bands
    have no printed filters; there the energy is spread evenly over the 16 pixels.

    Returns
    -------
    (H, W) grey levels, of the thresholds' dtype. A uniform picture gives a pattern with the period of the
    transform, not a constant.
    """
    height, width = record.size
    if isinstance(record, DctThresholds):
        power = dct8.noise_power(np.square(record.thresholds))
    elif isinstance(record, WaveletThresholds):
        squared = wavelet97.Decomposition(
            np.square(record.thresholds.approximation),
            tuple(
                wavelet97.WaveletBands(*(np.square(band) for band in bands))
                for bands in record.thresholds.details
            ),
        )
        power = wavelet97.noise_power(squared, record.size)
        power = power.astype(record.thresholds.approximation.dtype)
    else:
        mean = np.square(record.thresholds).sum(axis=(0, 1)) / 16
        power = np.repeat(np.repeat(mean, 4, axis=0), 4, axis=1)
    return np.sqrt(power[:height, :width])


def summary(record: SubbandThresholds) -> Mapping[str, object]:
    """What a record is, without its arrays: for reports and JSON."""
    return {
        "model": record.model,
        "variant": record.variant,
        "transform": record.transform,
        "size": list(record.size),
    }
