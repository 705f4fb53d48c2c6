"""Chou & Li (1995), second half: the energy of the pixel thresholds shared out among 16 equal sub-bands.

Reproduces: the weights of the paper's table I.
Differs: the table is used as printed. The sensitivity curve in the form of Mannos and Sakrison with the paper's
constants does not give its digits (0.0158 for 0.0211 in the lowest band, 0.2193 for 0.1865 in the highest).
References: [ChouLi1995]
"""

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from jnd.models.chou1995 import jnd_chou1995
from jnd.models.luma_input import luma_plane
from jnd.models.model_entry import Border, chosen_variant
from jnd.models.subband.thresholds import UniformBandThresholds, pixel_map
from jnd.vision.dct8 import padded_to_blocks

Array = npt.NDArray[np.floating[Any]]

VARIANTS = ("paper",)
SMALLEST_SIZE = (4, 4)

BAND_WEIGHTS: npt.NDArray[np.float64] = np.array(
    [
        [0.0211, 0.0197, 0.0273, 0.0445],
        [0.0221, 0.0261, 0.0365, 0.0581],
        [0.0396, 0.0464, 0.0626, 0.0954],
        [0.0865, 0.0990, 0.1286, 0.1865],
    ]
)
"""Share of the energy that each band may carry; rows from low to high vertical frequency [ChouLi1995, table I]."""


def subband_chou1995(
    luma: npt.ArrayLike, *, variant: str | None = None, border: Border = "reflect"
) -> UniformBandThresholds:
    """Thresholds of 16 equal sub-bands: JND_q² = ω_q times the sum of JND² over 4x4 pixels.

    Parameters
    ----------
    luma : (H, W) grey levels 0 to 255, uint8, float32 or float64.
    variant : "paper" is the only one.
    border : of the pixel thresholds, see ``jnd_chou1995``. Groups of pixels that reach beyond the picture are
        filled by mirroring the thresholds.
    """
    chosen_variant(variant, VARIANTS, model="chou1995_bands")
    plane = luma_plane(luma, smallest_size=SMALLEST_SIZE, model="chou1995_bands")
    energy = padded_to_blocks(np.square(jnd_chou1995(plane, border=border)), "reflect", side=4)
    rows, columns = energy.shape[0] // 4, energy.shape[1] // 4
    total = cv2.resize(energy, (columns, rows), interpolation=cv2.INTER_AREA) * 16
    weights = BAND_WEIGHTS.astype(total.dtype)[:, :, None, None]
    size = (plane.shape[0], plane.shape[1])
    return UniformBandThresholds("chou1995_bands", "paper", size, np.sqrt(weights * total))


def jnd_chou1995_bands(luma: npt.ArrayLike, **options: Any) -> Array:
    """Pixel map of :func:`subband_chou1995`, with its options."""
    return pixel_map(subband_chou1995(luma, **options))
