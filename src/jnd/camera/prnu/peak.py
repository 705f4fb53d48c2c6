"""How far a correlation stands out of its surround: the signed peak-to-correlation energy (PCE), and what chance gives.

PCE is the square of the correlation at a peak over the mean square elsewhere, with the sign of the peak. Without a common
sensor correlations are near normal with mean 0, so the root of PCE would be a z-score, and a larger one among k shifts
have the probability 1 - (1 - Q(z))^k [Goljan2009].

It is not quite: pictures and fingerprints that were JPEG files share the grid of 8x8 blocks, and at shifts by multiples of 8
correlations of different cameras have some two times the energy that they have on average
(reproduce/camera_prnu.py). The score is therefore the peak over the root of the mean square at shifts of the same phase of the
grid, or at all shifts where that is larger. PCE is kept as the literature has it; chances are those of the score.
References: [Goljan2008], [Goljan2009].
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import log_ndtr, ndtri_exp

from jnd.camera.prnu.daubechies import Plane

NEIGHBOURHOOD = 11
"""Rows and columns around the peak that do not count as its surround [Goljan2009]."""
GRID = 8
"""Rows and columns of JPEG's blocks."""


@dataclass(frozen=True, slots=True)
class Peak:
    """The correlation that stands out most among those shifts that were allowed."""

    row: int
    column: int
    """Shift; negative where the correlation wraps around."""
    pce: float
    """Signed peak-to-correlation energy."""
    score: float
    """The peak over its standard deviation by chance, on this phase of the grid; near standard normal without a common
    sensor."""


def highest_peak(correlation: Plane, rows: range = range(1), columns: range = range(1)) -> Peak:
    """The peak among the shifts ``rows`` by ``columns`` of a circular correlation.

    Parameters
    ----------
    correlation : (H, W), multiples of 8 and at least 16; shifts are indices, negative ones count from the end.
    rows, columns : which shifts are looked at. One shift alone may be negatively correlated.

    Returns
    -------
    The peak; its PCE and score are 0 where all correlations are 0.

    Raises
    ------
    ValueError
        A correlation that is too small to have a surround, or whose sides are no multiples of 8.

    >>> plane = np.ones((24, 24), np.float32)
    >>> plane[3, 4] = -5.0
    >>> highest_peak(plane, range(3, 4), range(4, 5))
    Peak(row=3, column=4, pce=-25.0, score=-5.0)
    """
    height, width = correlation.shape
    if height % GRID or width % GRID or min(height, width) < 2 * GRID:
        raise ValueError(
            f"a correlation needs sides of multiples of {GRID} from {2 * GRID} on, got {width} x {height}; pad with zeros"
        )
    phases = _energy_of_phases(correlation)
    deviation = np.sqrt(np.maximum(phases / (correlation.size / GRID**2), phases.sum() / correlation.size))
    if not deviation.any():
        return Peak(rows[0], columns[0], 0.0, 0.0)
    row, column = rows[0], columns[0]
    if len(rows) > 1 or len(columns) > 1:
        searched = _in_blocks(correlation) / deviation[:, None, :].astype(np.float32)
        among = _shifted(searched.reshape(height, width), rows, columns)
        index = np.unravel_index(int(among.argmax()), among.shape)
        row, column = rows[int(index[0])], columns[int(index[1])]
    return _peak_at(correlation, phases, row, column)


def _peak_at(correlation: Plane, phases: npt.NDArray[np.float64], row: int, column: int) -> Peak:
    """Energies of all phases less what is near the peak, which would count as its own surround."""
    reach = NEIGHBOURHOOD // 2
    around = range(row - reach, row + reach + 1), range(column - reach, column + reach + 1)
    near = np.square(_shifted(correlation, *around), dtype=np.float64)
    place = np.ix_(np.array(around[0]) % GRID, np.array(around[1]) % GRID)
    energy, count = phases.copy(), np.full((GRID, GRID), correlation.size / GRID**2)
    np.subtract.at(energy, place, near)
    np.subtract.at(count, place, 1.0)
    energy = energy.clip(0)
    everywhere = float(energy.sum() / count.sum())
    if everywhere == 0:
        return Peak(row, column, 0.0, 0.0)
    here = max(everywhere, float(energy[row % GRID, column % GRID] / count[row % GRID, column % GRID]))
    height, width = correlation.shape
    peak = float(correlation[row % height, column % width])
    return Peak(row, column, peak * abs(peak) / everywhere, peak / math.sqrt(here))


def _energy_of_phases(correlation: Plane) -> npt.NDArray[np.float64]:
    """(8, 8) sums of squares over the shifts of each phase."""
    rows = np.square(correlation).reshape(-1, GRID, correlation.shape[1]).sum(axis=0)
    sums: npt.NDArray[np.float64] = rows.reshape(GRID, -1, GRID).sum(axis=1, dtype=np.float64)
    return sums


def _in_blocks(plane: Plane) -> Plane:
    height, width = plane.shape
    return plane.reshape(height // GRID, GRID, width // GRID, GRID)


def _shifted(plane: Plane, rows: range, columns: range) -> Plane:
    """Those rows and columns, around the edges where they lie beyond."""
    part: Any = plane
    for axis, wanted in enumerate((rows, columns)):
        if wanted != range(plane.shape[axis]):
            part = part.take(wanted, axis=axis, mode="wrap")
    found: Plane = part
    return found


def log10_false_alarm(score: float, shifts: int = 1) -> float:
    """Decadic logarithm of the probability that another sensor gives this score or more, at the best of ``shifts``.

    >>> round(log10_false_alarm(60.0**0.5, 6_000_000), 1)
    -7.5
    """
    log_tail = float(log_ndtr(-score))
    if log_tail < -30:  # then (1 - Q)^k is 1 - k Q
        return min(log_tail + math.log(shifts), 0.0) / math.log(10)
    return math.log(-math.expm1(shifts * float(log_ndtr(score)))) / math.log(10)


def score_threshold(false_alarm: float, shifts: int = 1) -> float:
    """The score that another sensor exceeds with the probability ``false_alarm``, at the best of ``shifts``.

    Its square is the PCE where the phase of the grid makes no difference.

    Raises
    ------
    ValueError
        A probability that is not between 0 and 0.5, less than one shift.

    >>> round(score_threshold(1e-5) ** 2, 1)
    18.2
    """
    if not 0 < false_alarm < 0.5 or shifts < 1:
        raise ValueError(
            f"false_alarm must lie between 0 and 0.5 and shifts be 1 or more, got {false_alarm} and {shifts}; 1e-5 is usual"
        )
    log_one = math.log(-math.expm1(math.log1p(-false_alarm) / shifts))  # of one shift
    return -float(ndtri_exp(log_one))
