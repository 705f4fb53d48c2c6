"""Watson, Yang, Solomon & Villasenor (1997): visibility of wavelet quantisation noise, 9/7 wavelet, Y, Cb and Cr.

Reproduces: the quantisation matrices of 32 pixels per degree (golden values in the tests), all six levels.
Differs: nothing known. There is no masking: a picture changes nothing.
References: [Watson1997]
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from jnd._lookup import lookup
from jnd.models.luma_input import check_border, luma_plane, working_dtype
from jnd.models.model_entry import Border, chosen_variant
from jnd.models.subband.thresholds import WaveletThresholds, pixel_map
from jnd.viewing import ViewingConditions
from jnd.vision.wavelet97 import Decomposition, WaveletBands

Array = npt.NDArray[np.floating[Any]]

VARIANTS = ("paper",)
LEVELS = 4
"""Of the paper's experiments."""
MOST_LEVELS = 6
SMALLEST_SIZE = (2**LEVELS, 2**LEVELS)
PIXELS_PER_DEGREE = 32.0
"""Of the paper's printed matrices."""


@dataclass(frozen=True, slots=True)
class ChannelFit:
    """Threshold of a channel: a 10^(k log10(2^λ f0 g / r)²), [Watson1997, table 1]."""

    a: float
    k: float
    f0: float
    low_low: float
    """g of the low-pass band; of the two mixed bands it is 1."""
    high_high: float


CHANNELS = {
    "Y": ChannelFit(0.495, 0.466, 0.401, 1.501, 0.534),
    "Cb": ChannelFit(1.633, 0.353, 0.209, 1.520, 0.502),
    "Cr": ChannelFit(0.944, 0.521, 0.404, 1.868, 0.516),
}


AMPLITUDES = (
    (0.62171, 0.67234, 0.72709),
    (0.34537, 0.41317, 0.49428),
    (0.18004, 0.22727, 0.28688),
    (0.091401, 0.11792, 0.15214),
    (0.045943, 0.059758, 0.077727),
    (0.023013, 0.030018, 0.039156),
)
"""Per level from the finest: the largest value of a unit basis function of the bands LL, HL (and LH), and HH
[Watson1997, table 5]. Those of ``jnd.vision.wavelet97`` are the same to these digits (tested)."""


def watson1997_table(
    channel: str = "Y", pixels_per_degree: float = PIXELS_PER_DEGREE, levels: int = LEVELS
) -> Array:
    """(levels, 3) smallest visible amplitude of coefficients in the bands LL, HL (and LH), HH; level 1 first.

    Half of the paper's quantisation steps Q. Grey levels (of Y, Cb or Cr).

    Raises
    ------
    UnknownNameError, ValueError
        No such channel; the pixels per degree are not positive; levels outside 1..6.

    >>> (2 * watson1997_table()[0]).round(2)
    array([14.05, 23.04, 58.83])
    """
    fit = lookup(CHANNELS, channel, kind="channel")
    if not (math.isfinite(pixels_per_degree) and pixels_per_degree > 0):
        raise ValueError(f"pixels per degree must be positive, got {pixels_per_degree}; the paper has 32")
    if not 1 <= levels <= MOST_LEVELS:
        raise ValueError(f"levels must be from 1 to {MOST_LEVELS}, got {levels}; the paper has {LEVELS}")
    level = np.arange(1, levels + 1)[:, None]
    factor = np.array([fit.low_low, 1.0, fit.high_high])
    # The paper's frequency of level λ is r / 2^λ.
    visible = fit.a * 10 ** (fit.k * np.log10(2.0**level * fit.f0 * factor / pixels_per_degree) ** 2)
    return visible / np.array(AMPLITUDES[:levels])  # type: ignore[no-any-return]


def subband_watson1997(
    luma: npt.ArrayLike,
    *,
    variant: str | None = None,
    border: Border = "reflect",
    viewing: ViewingConditions | None = None,
    channel: str = "Y",
    levels: int = LEVELS,
) -> WaveletThresholds:
    """Thresholds of every 9/7 wavelet coefficient of a picture; see :func:`watson1997_table`.

    Parameters
    ----------
    luma : (H, W) grey levels 0 to 255, uint8, float32 or float64; only its size and dtype matter.
    variant : "paper" is the only one.
    border : has no effect here.
    viewing : distance (the display's light has no part here); None: 32 pixels per degree.
    channel : "Y", "Cb" or "Cr".
    levels : of the decomposition, 1 to 6; the picture must be at least 2**levels on a side.
    """
    chosen_variant(variant, VARIANTS, model="watson1997")
    check_border(border)
    pixels_per_degree = PIXELS_PER_DEGREE if viewing is None else viewing.pixels_per_degree
    table = watson1997_table(channel, pixels_per_degree, levels)
    plane = luma_plane(luma, smallest_size=(2**levels, 2**levels), model="watson1997")
    dtype = working_dtype(plane)
    details = []
    height, width = plane.shape
    for _, mixed, high in table:
        low_height, low_width = height - height // 2, width - width // 2
        details.append(
            WaveletBands(
                np.full((height // 2, low_width), mixed, dtype),
                np.full((low_height, width // 2), mixed, dtype),
                np.full((height // 2, width // 2), high, dtype),
            )
        )
        height, width = low_height, low_width
    bands = Decomposition(np.full((height, width), table[-1, 0], dtype), tuple(details))
    return WaveletThresholds("watson1997", "paper", (plane.shape[0], plane.shape[1]), bands)


def jnd_watson1997(luma: npt.ArrayLike, **options: Any) -> Array:
    """Pixel map of :func:`subband_watson1997`, with its options."""
    return pixel_map(subband_watson1997(luma, **options))
