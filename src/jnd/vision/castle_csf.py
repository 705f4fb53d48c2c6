"""castleCSF: how small a contrast the eye can see, by colour direction, luminance and spatial frequency.

The published model [Ashraf2024] is read from the table that ColorVideoVDP ships (``castle_csf.json``):
log10 sensitivity on 32 luminances by 32 frequencies, for a stimulus of fixed size and 0 Hz.
"""

import json
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

CHANNELS = ("achromatic", "red_green", "violet_yellow")


class _Table(NamedTuple):
    log_luminance: Array  # (32,)
    log_frequency: Array  # (32,)
    log_sensitivity: Array  # (3 channels, 32 luminances, 32 frequencies)


@cache
def _table() -> _Table:
    entries = json.loads(files("jnd.vision").joinpath("castle_csf.json").read_text("utf-8"))
    return _Table(
        np.log10(entries["luminance_cd_m2"]),
        np.log10(entries["frequency_cpd"]),
        np.array([entries["log10_sensitivity"][channel] for channel in CHANNELS]),
    )


def contrast_sensitivity(luminance_cd_m2: npt.ArrayLike, frequency_cpd: float) -> Array:
    """Sensitivity (1 / threshold contrast) of the three colour channels.

    Parameters
    ----------
    luminance_cd_m2 : array of any shape, luminance of the background in cd/m², greater than 0.
    frequency_cpd : spatial frequency in cycles per degree, greater than 0.

    Returns
    -------
    (3, *shape) sensitivity of the achromatic, red-green and violet-yellow channel of the DKL space.

    Linear in the logarithm of frequency (continued past the table's ends, 0.1 and 64 cycles per
    degree), then linear in the logarithm of luminance (constant past 0.005 and 10,000 cd/m²), as
    ColorVideoVDP 0.5.7 reads the same table.

    >>> contrast_sensitivity(100.0, 4.0).round(1)
    array([312. , 190.7,  40.4])
    """
    table = _table()
    x = np.log10(frequency_cpd)
    left = int(np.clip(np.searchsorted(table.log_frequency, x) - 1, 0, len(table.log_frequency) - 2))
    step = (x - table.log_frequency[left]) / (table.log_frequency[left + 1] - table.log_frequency[left])
    lower, upper = table.log_sensitivity[:, :, left], table.log_sensitivity[:, :, left + 1]
    at_frequency = lower + step * (upper - lower)
    log_luminance = np.log10(np.asarray(luminance_cd_m2, dtype=np.float64))
    return np.stack([10 ** np.interp(log_luminance, table.log_luminance, row) for row in at_frequency])
