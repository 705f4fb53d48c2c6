"""Structural similarity [Wang2004]: luminance, contrast and structure of 11 by 11 Gaussian windows.

In: two pictures. Out: the mean over the windows of the luma, 1 for equal pictures; or the map.

Equal to scikit-image's ``structural_similarity(..., gaussian_weights=True, sigma=1.5, use_sample_covariance=False,
data_range=255)`` of the luma: windows wholly inside the picture, variances with n in the denominator. The authors'
program first reduces large pictures; this, like most others, does not. Worked out in 32 bits around mid grey, which
changes variances by nothing and keeps their digits.
"""

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from jnd.metrics.planes import luma_pair
from jnd.vision.local_filters import gaussian_weights

Array = npt.NDArray[Any]

TAPS, SIGMA = 11, 1.5
C1, C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
"""(K1 L)² and (K2 L)² of the paper."""
_MIDDLE = 128.0


def ssim(reference: npt.ArrayLike, changed: npt.ArrayLike) -> float:
    """Mean structural similarity of the luma.

    Arguments and errors as :func:`jnd.metrics.planes.checked_pair`; sides of at least 11 pixels.
    """
    similarity, _ = similarity_maps(*luma_pair(reference, changed, TAPS))
    return float(similarity.mean(dtype=np.float64))


def ssim_map(reference: npt.ArrayLike, changed: npt.ArrayLike) -> Array:
    """(H - 10, W - 10) float32: the similarity of every window inside the picture."""
    return similarity_maps(*luma_pair(reference, changed, TAPS))[0]


def similarity_maps(one: Array, other: Array) -> tuple[Array, Array]:
    """SSIM and its contrast-structure part of every window inside two (H, W) planes, 0 to 255, float32 or float64.

    The planes are not modified.
    """
    one, other = one - np.float32(_MIDDLE), other - np.float32(_MIDDLE)
    mean_one, mean_other = blurred(one), blurred(other)
    common = mean_one * mean_other
    power = mean_one * mean_one
    power += mean_other * mean_other
    covariance = blurred(one * other)
    covariance -= common
    # One blur for the sum of both variances: nothing else of them is needed.
    squares = one * one
    squares += other * other
    variances = blurred(squares)
    variances -= power
    covariance *= 2
    covariance += C2
    variances += C2
    contrast = np.divide(covariance, variances, out=covariance)
    # The means themselves with the middle put back: in dark places C1 matters, and digits would be lost otherwise.
    mean_one += _MIDDLE
    mean_other += _MIDDLE
    similarity = mean_one * mean_other
    similarity *= 2
    similarity += C1
    mean_one *= mean_one
    mean_other *= mean_other
    mean_one += mean_other
    mean_one += C1
    similarity /= mean_one
    similarity *= contrast
    return similarity, contrast


def blurred(plane: Array) -> Array:
    """Gaussian mean of every window inside a plane: (H - 10, W - 10)."""
    half = TAPS // 2
    kernel = _KERNEL32 if plane.dtype == np.float32 else _KERNEL64
    everywhere: Array = cv2.sepFilter2D(plane, -1, kernel, kernel, borderType=cv2.BORDER_REFLECT)
    return everywhere[half:-half, half:-half].copy()


_KERNEL64 = gaussian_weights(TAPS, SIGMA)
_KERNEL32 = _KERNEL64.astype(np.float32)
