"""Ahumada & Peterson (1992): the smallest visible amplitude of each 8x8 DCT basis function on uniform grey.

Reproduces: the table that the program of [Zhang2005] computes for its display (golden values in the tests).
Differs: constants and equations are those printed in [Zhang2005] (equations 2 to 9); the original report was
not at hand. A picture changes nothing: the table is for uniform grey of mean luminance.
References: [AhumadaPeterson1992], [Zhang2005]
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from jnd.models.luma_input import check_border, luma_plane, working_dtype
from jnd.models.model_entry import Border, chosen_variant
from jnd.models.subband.thresholds import DctThresholds, pixel_map
from jnd.viewing import ViewingConditions

Array = npt.NDArray[np.floating[Any]]

VARIANTS = ("paper",)
SMALLEST_SIZE = (1, 1)

SUMMATION = 0.25
"""s: a basis function is one of many, spread over the picture [Zhang2005]."""
OBLIQUE = 0.6
"""r: sensitivity to oblique gratings relative to upright ones [Zhang2005]."""
GREY_LEVELS = 256


@dataclass(frozen=True, slots=True)
class DctViewing:
    """What the DCT models need to know of a display whose luminance is linear in the grey level."""

    degrees_per_pixel: float = 0.0298
    """Of the program of [Zhang2005]."""
    black_cd_m2: float = 0.0
    peak_cd_m2: float = 130.0

    @property
    def mean_cd_m2(self) -> float:
        """Luminance of the middle grey level."""
        return (self.black_cd_m2 + self.peak_cd_m2) / 2

    @classmethod
    def of(cls, viewing: ViewingConditions | None) -> "DctViewing":
        """Those of ``viewing``, or the papers' own for None.

        The papers' displays are linear; of ours only black, peak and pixels per degree are taken.
        """
        if viewing is None:
            return cls()
        black, peak = viewing.display.luminance([0.0, 1.0])
        return cls(1 / viewing.pixels_per_degree, float(black), float(peak))


def spatial_frequencies(degrees_per_pixel: float) -> Array:
    """(8, 8) cycles per degree of the basis functions; index 0 is the vertical frequency."""
    index = np.arange(8)
    return np.hypot(index[:, None], index) / (16 * degrees_per_pixel)


def squared_cosine_of_obliqueness() -> Array:
    """(8, 8) cos²θ, where θ is 0 for upright and 90 degrees for diagonal basis functions."""
    index = np.arange(8.0)
    square = index[:, None] ** 2 + index**2
    square[0, 0] = 1
    return 1 - (2 * index[:, None] * index / square) ** 2


def normalisation() -> Array:
    """(8, 8) a_i a_j: a basis function's peak factor; divides a pixel amplitude into one of a coefficient."""
    factor = np.full(8, math.sqrt(2 / 8))
    factor[0] = math.sqrt(1 / 8)
    return np.outer(factor, factor)


def ahumada1992_table(
    degrees_per_pixel: float = 0.0298,
    mean_cd_m2: float = 65.0,
    luminance_range_cd_m2: float = 130.0,
    *,
    summation: float = SUMMATION,
    oblique: float = OBLIQUE,
) -> Array:
    """(8, 8) thresholds of orthonormal DCT coefficients in grey levels; DC is the lower of its two neighbours.

    Parameters
    ----------
    degrees_per_pixel : ω; the paper's formula gives 2 atan(pixel / (2 distance)) in degrees.
    mean_cd_m2 : L, luminance of the background.
    luminance_range_cd_m2 : Lmax - Lmin of the 256 grey levels.
    summation, oblique : s and r.

    Raises
    ------
    ValueError
        A number is not positive and finite.

    >>> ahumada1992_table()[0, 1].round(4), ahumada1992_table()[7, 7].round(4)
    (np.float64(5.0717), np.float64(24.3241))
    """
    given = {
        "degrees_per_pixel": degrees_per_pixel,
        "mean_cd_m2": mean_cd_m2,
        "luminance_range_cd_m2": luminance_range_cd_m2,
    }
    for name, value in given.items():
        if not (math.isfinite(value) and value > 0):
            raise ValueError(f"{name} must be positive and finite, got {value}; an office monitor has 0.026")
    least, peak_frequency, steepness = parabola(mean_cd_m2)
    frequency = spatial_frequencies(degrees_per_pixel)
    frequency[0, 0] = frequency[0, 1]
    log_distance = np.log10(frequency / peak_frequency)
    angle = oblique + (1 - oblique) * squared_cosine_of_obliqueness()
    luminance = summation * least / angle * 10 ** (steepness * log_distance**2)
    table: Array = luminance * (GREY_LEVELS / luminance_range_cd_m2) / normalisation()
    table[0, 0] = min(table[0, 1], table[1, 0])
    return table


def parabola(mean_cd_m2: float) -> tuple[float, float, float]:
    """T_min in cd/m², f_p in cycles per degree, and steepness K of log threshold over log frequency.

    >>> [round(value, 6) for value in parabola(65.0)]
    [0.686378, 5.132676, 2.805156]
    """
    least = 0.142 * (mean_cd_m2 / 13.45) ** 0.649 if mean_cd_m2 <= 13.45 else mean_cd_m2 / 94.7
    adapted = min(mean_cd_m2 / 300, 1.0)
    return least, 6.78 * adapted**0.182, 3.125 * adapted**0.0706


def base_thresholds(viewing: ViewingConditions | None) -> Array:
    """The table for ``viewing``; for None, for the display of [Zhang2005]."""
    conditions = DctViewing.of(viewing)
    return ahumada1992_table(
        conditions.degrees_per_pixel, conditions.mean_cd_m2, conditions.peak_cd_m2 - conditions.black_cd_m2
    )


def subband_ahumada1992(
    luma: npt.ArrayLike,
    *,
    variant: str | None = None,
    border: Border = "reflect",
    viewing: ViewingConditions | None = None,
) -> DctThresholds:
    """The table for every block of a picture; see :func:`ahumada1992_table`.

    Parameters
    ----------
    luma : (H, W) grey levels 0 to 255, uint8, float32 or float64; only its size and dtype matter.
    variant : "paper" is the only one.
    border : has no effect here.
    viewing : display and distance; None: 130 cd/m², 33.6 pixels per degree, as in [Zhang2005].
    """
    chosen_variant(variant, VARIANTS, model="ahumada1992")
    check_border(border)
    plane = luma_plane(luma, smallest_size=SMALLEST_SIZE, model="ahumada1992")
    table = base_thresholds(viewing).astype(working_dtype(plane))
    blocks = (-(-plane.shape[0] // 8), -(-plane.shape[1] // 8))
    thresholds = np.broadcast_to(table, (*blocks, 8, 8)).copy()
    return DctThresholds("ahumada1992", "paper", (plane.shape[0], plane.shape[1]), thresholds)


def jnd_ahumada1992(luma: npt.ArrayLike, **options: Any) -> Array:
    """Pixel map of :func:`subband_ahumada1992`, with its options."""
    return pixel_map(subband_ahumada1992(luma, **options))
