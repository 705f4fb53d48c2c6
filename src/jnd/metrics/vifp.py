"""Visual information fidelity in the pixel domain [SheikhBovik2006]: what an eye can still learn from the changed picture.

In: two pictures. Out: the share of the reference's information that is left: 1 for equal pictures, 0 for nothing; more
than 1 where contrast was raised.

Equal to ``piq.vif_p``, and so to the authors' later program (the paper itself works on wavelets): four scales, Gaussian
windows of 17, 9, 5 and 3 pixels, visual noise of variance 2.
"""

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from jnd.metrics.planes import luma_pair
from jnd.vision.local_filters import gaussian_weights

Array = npt.NDArray[Any]

NOISE = 2.0
"""Variance of the visual noise in the authors' program."""
EPSILON = 1e-8
SMALLEST_SIDE = 41


def vifp(reference: npt.ArrayLike, changed: npt.ArrayLike) -> float:
    """Visual information fidelity of the luma.

    Arguments and errors as :func:`jnd.metrics.planes.checked_pair`; sides of at least 41 pixels. Not symmetric.
    """
    one, other = luma_pair(reference, changed, SMALLEST_SIDE, np.float64)
    left = known = 0.0
    for scale in range(4):
        taps = 2 ** (4 - scale) + 1
        kernel = gaussian_weights(taps, taps / 5)
        if scale:
            one, other = _inside(one, kernel)[::2, ::2], _inside(other, kernel)[::2, ::2]
        mean_one, mean_other = _inside(one, kernel), _inside(other, kernel)
        variance_one = np.maximum(_inside(one * one, kernel) - mean_one**2, 0)
        variance_other = np.maximum(_inside(other * other, kernel) - mean_other**2, 0)
        covariance = _inside(one * other, kernel) - mean_one * mean_other
        gain, noise = _channel(variance_one, variance_other, covariance)
        variance_other = np.where(variance_other >= EPSILON, variance_other, 0)
        left += float(np.log10(1 + gain**2 * variance_other / (noise + NOISE)).sum())
        known += float(np.log10(1 + variance_other / NOISE).sum())
    return (left + EPSILON) / (known + EPSILON)


def _channel(variance_one: Array, variance_other: Array, covariance: Array) -> tuple[Array, Array]:
    """Gain and noise variance of the channel that made one of the other, where they are known."""
    gain = covariance / (variance_other + EPSILON)
    noise = variance_one - gain * covariance
    flat = variance_other < EPSILON
    gain, noise = np.where(flat, 0, gain), np.where(flat, variance_one, noise)
    flat = variance_one < EPSILON
    gain, noise = np.where(flat, 0, gain), np.where(flat, 0, noise)
    noise = np.where(gain >= 0, noise, variance_one)
    return np.maximum(gain, 0), np.maximum(noise, EPSILON)


def _inside(plane: Array, kernel: Array) -> Array:
    """Windows wholly inside the plane."""
    half = len(kernel) // 2
    plane = np.ascontiguousarray(plane)
    return np.asarray(cv2.sepFilter2D(plane, -1, kernel, kernel))[half:-half, half:-half]
