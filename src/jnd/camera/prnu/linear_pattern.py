"""Takes out of noise what a sensor does not have for itself: patterns of rows and columns, and what repeats.

All cameras of a model share traces of demosaicing, of reading out row by row, and of the 8x8 grid of JPEG. They would make
cameras of one model look like one. In goes a plane of noise, out comes one without them.
References: [Chen2008], [Goljan2009].
"""

import numpy as np
import scipy.fft

from jnd.camera.prnu.daubechies import Plane
from jnd.camera.prnu.noise_residual import attenuation

CFA_PERIOD = 2
"""Rows and columns of the colour filter array (Bayer) before it repeats."""
LEAST_VARIANCE = 1e-30
"""Keeps a plane of zeros from a division by zero."""


def without_linear_pattern(plane: Plane) -> Plane:
    """``plane`` of which every row and every column has the mean 0, in each position of the colour filter array.

    Parameters
    ----------
    plane : (H, W) float32.

    Returns
    -------
    (H, W) float32. [Chen2008] has one mean per row and column; one per position of the array also removes the
    colour filter's own pattern, as in the authors' program.
    """
    result = plane.copy()
    for row in range(CFA_PERIOD):
        for column in range(CFA_PERIOD):
            part = result[row::CFA_PERIOD, column::CFA_PERIOD]
            part -= part.mean(axis=1, keepdims=True, dtype=np.float64).astype(np.float32)
            part -= part.mean(axis=0, keepdims=True, dtype=np.float64).astype(np.float32)
    return result


def without_periodic_pattern(plane: Plane) -> Plane:
    """``plane`` without the frequencies that stand out of their surround, by a Wiener filter of its spectrum.

    Parameters
    ----------
    plane : (H, W) float32.

    Returns
    -------
    (H, W) float32. Each coefficient is weakened as in :func:`~jnd.camera.prnu.noise_residual.attenuation`, with the variance
    of the whole plane as that of the noise [Chen2008]. Only half of the spectrum is kept, as the plane
    is real, and mirrored at its edges.
    """
    spectrum = scipy.fft.rfft2(plane)
    energy = (spectrum.real**2 + spectrum.imag**2) / np.float32(plane.size)
    variance = float(plane.var(dtype=np.float64))
    spectrum *= attenuation(energy, max(variance, LEAST_VARIANCE))
    filtered: Plane = scipy.fft.irfft2(spectrum, s=plane.shape, overwrite_x=True)
    return filtered
