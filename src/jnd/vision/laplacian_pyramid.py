"""The normalised Laplacian pyramid: bands of a picture divided by the local strength of each [Laparra2016]."""

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

LOW_PASS = np.array([0.05, 0.25, 0.4, 0.25, 0.05])
"""Taps of the smoothing between levels [Laparra2016, program]."""
BANDS = 5
"""Band-pass levels; the program's sixth is the low-pass remainder."""
SIGMA = (0.0248, 0.0185, 0.0179, 0.0191, 0.0220)
"""Strength below which a band is not normalised, picture in 0..1 [Laparra2016, program]."""
NEIGHBOURS = (
    # Up, left, right, down as convolution weights [Laparra2016, program]; the first band's fifth weight of 0.0072 two
    # pixels away is left out.
    (0.1011, 0.1493, 0.1460, 0.1015),
    (0.0757, 0.1986, 0.1846, 0.0837),
    (0.0477, 0.2138, 0.2243, 0.0467),
    (0.0, 0.2503, 0.2616, 0.0),
    (0.0, 0.2598, 0.2552, 0.0),
)


def reduced(plane: Array) -> Array:
    """Every other pixel of every other row after smoothing; borders mirrored."""
    taps = LOW_PASS.astype(plane.dtype)
    smooth = cv2.sepFilter2D(plane, -1, taps, taps, borderType=cv2.BORDER_REFLECT)
    return np.ascontiguousarray(smooth[::2, ::2])


def expanded(plane: Array, shape: tuple[int, int]) -> Array:
    """``plane`` at twice its size, cut to ``shape``: zeros between the pixels, smoothed, times 4."""
    padded = cv2.copyMakeBorder(plane, 1, 1, 1, 1, cv2.BORDER_REPLICATE)
    sparse = np.zeros((2 * padded.shape[0], 2 * padded.shape[1]), dtype=plane.dtype)
    sparse[::2, ::2] = padded
    taps = (2 * LOW_PASS).astype(plane.dtype)
    smooth = cv2.sepFilter2D(sparse, -1, taps, taps, borderType=cv2.BORDER_CONSTANT)
    return smooth[2 : 2 + shape[0], 2 : 2 + shape[1]]


def laplacian_bands(plane: Array, count: int = BANDS) -> list[Array]:
    """Band-pass levels, the finest first: (H, W), (H/2, W/2), …, rounded up."""
    bands: list[Array] = []
    for _ in range(count):
        coarse = reduced(plane)
        bands.append(plane - expanded(coarse, plane.shape))
        plane = coarse
    return bands


def normalisers(bands: list[Array]) -> list[Array]:
    """What each coefficient is divided by: σ + a weighted mean of its neighbours' absolute values.

    ``bands`` are those of a picture in 0..1.
    """
    result: list[Array] = []
    for band, sigma, (up, left, right, down) in zip(bands, SIGMA, NEIGHBOURS, strict=True):
        # A convolution: what is to the left counts with the weight written on the right.
        kernel = np.array([[0, down, 0], [right, 0, left], [0, up, 0]], dtype=band.dtype)
        strength: Array = cv2.filter2D(np.abs(band), -1, kernel, borderType=cv2.BORDER_REFLECT)
        strength += sigma
        result.append(strength)
    return result
