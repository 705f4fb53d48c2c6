"""How far a correlation stands out of its surround: the signed peak-to-correlation energy (PCE), and what chance gives.

PCE is the square of the correlation at a peak over the mean square elsewhere, with the sign of the peak. Without a common
sensor correlations are near normal with mean 0, so the root of PCE is a z-score, and a larger one among k shifts has
the probability 1 - (1 - Q(√PCE))^k [Goljan2009, section 4].
References: [Goljan2008], [Goljan2009].
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import log_ndtr, ndtri_exp

from jnd.camera.daubechies import Plane

NEIGHBOURHOOD = 11
"""Rows and columns around the peak that do not count as its surround [Goljan2009]."""


@dataclass(frozen=True, slots=True)
class Peak:
    """The largest correlation among those shifts that were allowed."""

    row: int
    column: int
    """Shift; negative where the correlation wraps around."""
    pce: float
    """Signed peak-to-correlation energy."""


def signed_pce(correlation: Plane, rows: range = range(1), columns: range = range(1)) -> Peak:
    """The peak among the shifts ``rows`` by ``columns`` of a circular correlation, and its signed PCE.

    Parameters
    ----------
    correlation : (H, W), at least 12 a side; shifts are indices, negative ones count from the end.
    rows, columns : which shifts are looked at. One shift alone may be negatively correlated.

    Returns
    -------
    The peak; its PCE is 0 where all correlations are 0.

    Raises
    ------
    ValueError
        A correlation that is too small to have a surround.

    >>> plane = np.ones((20, 20), np.float32)
    >>> plane[3, 4] = -5.0
    >>> signed_pce(plane, range(3, 4), range(4, 5)).pce
    -25.0
    """
    height, width = correlation.shape
    if min(height, width) <= NEIGHBOURHOOD:
        raise ValueError(f"a correlation needs more than {NEIGHBOURHOOD} a side, got {width} x {height}")
    searched = (
        correlation.take(rows, axis=0, mode="wrap").take(columns, axis=1, mode="wrap")
        if len(rows) < height or len(columns) < width
        else correlation
    )
    row, column = (int(index) for index in np.unravel_index(int(searched.argmax()), searched.shape))
    row, column = rows[row], columns[column]
    reach = NEIGHBOURHOOD // 2
    near = correlation.take(range(row - reach, row + reach + 1), axis=0, mode="wrap").take(
        range(column - reach, column + reach + 1), axis=1, mode="wrap"
    )
    # In 64 bits: the peak may hold most of the energy, and is taken away again.
    flat = correlation.ravel()
    energy = max(_energy(flat) - _energy(near.ravel()), 0.0) / (correlation.size - near.size)
    height_of_peak = float(correlation[row % height, column % width])
    pce = height_of_peak * abs(height_of_peak) / energy if energy > 0 else 0.0
    return Peak(row, column, pce)


def score_of(pce: float) -> float:
    """The signed root of PCE: near standard normal between pictures and sensors that do not belong together.

    >>> score_of(-25.0)
    -5.0
    """
    return math.copysign(math.sqrt(abs(pce)), pce)


def log10_false_alarm(pce: float, shifts: int = 1) -> float:
    """Decadic logarithm of the probability that another sensor gives this PCE or more, at the best of ``shifts``.

    >>> round(log10_false_alarm(60.0, 6_000_000), 1)
    -7.5
    """
    log_tail = float(log_ndtr(-score_of(pce)))
    if log_tail < -30:  # then (1 - Q)^k is 1 - k Q
        return min(log_tail + math.log(shifts), 0.0) / math.log(10)
    return math.log(-math.expm1(shifts * math.log1p(-math.exp(log_tail)))) / math.log(10)


def false_alarm_probability(pce: float, shifts: int = 1) -> float:
    """The same as a probability; 0 where it is below the smallest number."""
    return float(10.0 ** log10_false_alarm(pce, shifts))


def pce_threshold(false_alarm: float, shifts: int = 1) -> float:
    """The PCE that another sensor exceeds with the probability ``false_alarm``, at the best of ``shifts``.

    Raises
    ------
    ValueError
        A probability that is not between 0 and 0.5, less than one shift.

    >>> round(pce_threshold(1e-5), 1)
    18.2
    """
    if not 0 < false_alarm < 0.5 or shifts < 1:
        raise ValueError(
            f"false_alarm must lie between 0 and 0.5 and shifts be 1 or more, got {false_alarm} and {shifts}; 1e-5 is usual"
        )
    log_one = math.log(-math.expm1(math.log1p(-false_alarm) / shifts))  # of one shift
    z = -float(ndtri_exp(log_one))
    return float(z * abs(z))


def _energy(values: Plane) -> float:
    """Sum of squares, in parts whose 32-bit sums are exact enough."""
    part = 2**14
    whole = values.size // part * part
    blocks = values[:whole].reshape(-1, part)
    sums = np.einsum("ij,ij->i", blocks, blocks)
    return float(sums.sum(dtype=np.float64) + np.square(values[whole:], dtype=np.float64).sum())
