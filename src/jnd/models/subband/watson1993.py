"""Watson (1993), DCTune: base thresholds with luminance and contrast masking of each DCT coefficient.

Reproduces: its equations; the base table is that of Ahumada & Peterson, golden values in the tests.
Differs: equations and exponents are known to us from later papers that print them (the paper itself was not at
hand); blocks darker than grey level 1 count as grey level 1, for the printed power law makes every change of
black visible.
References: [Watson1993], [AhumadaPeterson1992]
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from jnd.models.luma_input import check_border, luma_plane, working_dtype
from jnd.models.model_entry import Border, chosen_variant
from jnd.models.subband.ahumada1992 import base_thresholds
from jnd.models.subband.thresholds import DctThresholds, pixel_map
from jnd.viewing import ViewingConditions
from jnd.vision.dct8 import block_dct, padded_to_blocks

Array = npt.NDArray[np.floating[Any]]

VARIANTS = ("paper",)
SMALLEST_SIZE = (1, 1)

LUMINANCE_EXPONENT = 0.649
"""a_T: thresholds grow with the block's luminance [AhumadaPeterson1992]."""
MASKING_EXPONENT = 0.7
"""w: thresholds grow with the coefficient's own contrast; 0 for the DC [Watson1993]."""
MEAN_DC = 1024.0
"""DC of the middle grey level 128."""
POOLING_EXPONENT = 4.0
"""Minkowski exponent of the perceptual error, over blocks and over frequencies [Watson1993]."""


def subband_watson1993(
    luma: npt.ArrayLike,
    *,
    variant: str | None = None,
    border: Border = "reflect",
    viewing: ViewingConditions | None = None,
) -> DctThresholds:
    """Thresholds of DCTune: t (c00/1024)^0.649, raised to |c|^0.7 t^0.3 where the coefficient is larger.

    Parameters
    ----------
    luma : (H, W) grey levels 0 to 255, uint8, float32 or float64.
    variant : "paper" is the only one.
    border : how blocks that reach beyond the picture are filled: "reflect" or "zero".
    viewing : display and distance; None: 130 cd/m², 33.6 pixels per degree, as in [Zhang2005].
    """
    chosen_variant(variant, VARIANTS, model="watson1993")
    check_border(border)
    plane = luma_plane(luma, smallest_size=SMALLEST_SIZE, model="watson1993")
    dtype = working_dtype(plane)
    coefficients: Array = block_dct(padded_to_blocks(plane, border).astype(dtype, copy=False))
    luminance = np.maximum(coefficients[:, :, :1, :1], 8.0) / MEAN_DC
    base: Array = base_thresholds(viewing).astype(dtype)
    adapted = base * luminance**LUMINANCE_EXPONENT
    ratio = np.abs(coefficients)
    ratio /= adapted
    ratio[:, :, 0, 0] = 1
    np.maximum(ratio, 1, out=ratio)
    np.power(ratio, MASKING_EXPONENT, out=ratio)
    ratio *= adapted
    return DctThresholds("watson1993", "paper", (plane.shape[0], plane.shape[1]), ratio)


def perceptual_error(difference: Array, thresholds: Array) -> float:
    """DCTune's total perceptual error of changed coefficients: 1 is just noticeable.

    Parameters
    ----------
    difference, thresholds : (R, C, 8, 8), changes of the coefficients and what is just visible of them.

    Returns
    -------
    Minkowski sum with exponent 4 of change over threshold, over all blocks and frequencies.
    """
    ratio = np.abs(difference) / thresholds
    return float((ratio**POOLING_EXPONENT).sum() ** (1 / POOLING_EXPONENT))


def jnd_watson1993(luma: npt.ArrayLike, **options: Any) -> Array:
    """Pixel map of :func:`subband_watson1993`, with its options."""
    return pixel_map(subband_watson1993(luma, **options))
