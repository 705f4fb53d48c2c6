"""Peak signal-to-noise ratio: 10 log10(255² / mean squared error), of the luma or of all three channels.

In: two pictures. Out: decibels, infinite for equal pictures. Knows nothing of eyes; every other metric is measured
against it.
"""

import math

import numpy as np
import numpy.typing as npt

from jnd.metrics.planes import checked_pair, in_255, luma_pair

PEAK = 255.0


def psnr_y(reference: npt.ArrayLike, changed: npt.ArrayLike) -> float:
    """PSNR of the luma (BT.601, full range, not rounded), dB.

    Arguments and errors as :func:`jnd.metrics.planes.checked_pair`.
    """
    one, other = luma_pair(reference, changed, dtype=np.float64)
    return decibels(float(np.mean((one - other) ** 2)))


def psnr_rgb(reference: npt.ArrayLike, changed: npt.ArrayLike) -> float:
    """PSNR over red, green and blue together, dB; scikit-image's ``peak_signal_noise_ratio``.

    Arguments and errors as :func:`jnd.metrics.planes.checked_pair`.
    """
    one, other = checked_pair(reference, changed)
    return decibels(float(np.mean((in_255(one, np.float64) - in_255(other, np.float64)) ** 2)))


def decibels(mean_square: float) -> float:
    """Of a mean squared error in grey levels; infinite for 0."""
    return math.inf if mean_square == 0 else 10 * math.log10(PEAK**2 / mean_square)
