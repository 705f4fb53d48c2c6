"""Where in a sensor a picture lies: the correlation at every shift, by Fourier transforms."""

import numpy as np
import numpy.typing as npt
import scipy.fft

from jnd.camera.prnu.daubechies import Plane
from jnd.camera.prnu.peak import GRID, Peak, highest_peak


def _correlation(evidence: Plane, spectrum: npt.NDArray[np.complex64], shape: tuple[int, ...]) -> Plane:
    """Circular: at shift (r, c) the evidence is laid on the fingerprint from its row r and column c on."""
    own = scipy.fft.rfft2(evidence, s=shape)
    np.conjugate(own, out=own)
    own *= spectrum
    result: Plane = scipy.fft.irfft2(own, s=shape, overwrite_x=True)
    return result


def best_shift(evidence: Plane, prnu: Plane, slack: int = 0) -> tuple[Peak, int]:
    """The best place of ``evidence`` in ``prnu``, which is at least as large but for ``slack``, and how many there are."""
    rows = range(-slack, prnu.shape[0] - evidence.shape[0] + slack + 1)
    columns = range(-slack, prnu.shape[1] - evidence.shape[1] + slack + 1)
    # Zeros beyond the sensor: sizes that transform quickly and keep the phase of JPEG's grid around the edges.
    shape = tuple(
        GRID * scipy.fft.next_fast_len(-(-(max(*sides) + slack) // GRID), real=True)
        for sides in zip(prnu.shape, evidence.shape, strict=True)
    )
    correlation = _correlation(evidence, scipy.fft.rfft2(prnu, s=shape), shape)
    return highest_peak(correlation, rows, columns), len(rows) * len(columns)


def size_of(shape: tuple[int, ...]) -> str:
    """Width and height, in words."""
    return f"{shape[1]} x {shape[0]}"
