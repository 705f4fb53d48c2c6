"""Uniform shifts of luminance and colour, which ColorVideoVDP cannot see.

ColorVideoVDP divides each picture's contrast by that picture's own luminance, so flat black and flat white
are the same picture to it. This is the guard: the CIELAB difference of the mean light of both pictures,
over the whole and over tiles of 4 degrees, in multiples of the difference that people see in photographs.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from jnd.metrics.colorvideovdp.parameters import XYZ_FROM_RGB
from jnd.picture import CodeValues
from jnd.viewing import Display, ViewingConditions, viewing_conditions

Array = npt.NDArray[np.float64]

THRESHOLD_DELTA_E = 2.5
"""CIELAB units: observers see a transform of a whole photograph's lightness, chroma or hue when the mean
ΔE*ab is greater than this [SongLuo2001, abstract]."""

SILENT_BELOW = 0.5
"""Share of the threshold under which nothing is said. Codecs leave shifts of up to 1.2 ΔE*ab in a tile by
rounding alone (reproduce/results/observer_calibration.txt), and the answers that ColorVideoVDP's scale
was calibrated on already contain them."""

TILE_DEGREES = 4.0
"""Side of a tile. ColorVideoVDP's lowest band lies at 0.2 to 0.4 cycles per degree: half periods of 1 to 3
degrees. What is wider than this is left to the guard."""

SAMPLING_STEP = 5
"""Every fifth pixel of every fifth row is enough for a mean; 5 shares no factor with the blocks of codecs."""

SMALLEST_SAMPLED_SIDE = 160
"""Pictures with a shorter side are read whole."""


class CoarseColour(NamedTuple):
    """CIELAB of the mean light of a picture and of its tiles; white is the display's."""

    whole: Array  # (3,)
    tiles: Array  # (rows, columns, 3)


def uniform_shift(
    reference: CodeValues, changed: CodeValues, viewing: ViewingConditions | None = None
) -> float:
    """A shift of luminance or colour in just noticeable differences: 0 where nobody sees it, 1 at threshold.

    Parameters
    ----------
    reference, changed : (H, W, 3) or (H, W) uint8 or uint16 sRGB code values, full range; one size.
    viewing : display and distance; ``standard_fhd`` by default.

    Returns
    -------
    0 and more: the larger of the whole picture's and of any tile's. With c the CIELAB difference of mean
    light over ``THRESHOLD_DELTA_E`` it is max(0, 2 c - 1): nothing below half the threshold, 1 at it.

    The threshold comes from printed photographs side by side. People who switch two pictures in place can see
    a smaller shift of the whole: castleCSF [Ashraf2024] puts a steady luminance step at 0.1 cycles per
    degree at about four code values of mid grey, where this function says 0.2 JND.

    Raises
    ------
    ValueError
        The pictures differ in size.

    >>> grey = np.full((64, 64, 3), 128, np.uint8)
    >>> uniform_shift(grey, grey), uniform_shift(grey, grey + 1), uniform_shift(grey, grey + 8) > 1
    (0.0, 0.0, True)
    """
    if reference.shape[:2] != changed.shape[:2]:
        raise ValueError(
            f"both pictures must have one size, got heights and widths {reference.shape[:2]} "
            f"and {changed.shape[:2]}"
        )
    viewing = viewing or viewing_conditions()
    return shift_between(coarse_colour(reference, viewing), coarse_colour(changed, viewing))


def coarse_colour(pixels: CodeValues, viewing: ViewingConditions) -> CoarseColour:
    """Colour of the picture and of its tiles, for :func:`shift_between`."""
    height, width = pixels.shape[:2]
    step = SAMPLING_STEP if min(height, width) >= SMALLEST_SAMPLED_SIDE else 1
    sampled = pixels[step // 2 :: step, step // 2 :: step]
    table = _light_table(viewing.display, int(np.iinfo(pixels.dtype).max))
    sums: npt.NDArray[np.floating] = table[
        sampled if sampled.ndim == 3 else np.repeat(sampled[..., np.newaxis], 3, axis=2)
    ]
    tile = TILE_DEGREES * viewing.pixels_per_degree / step
    counts = np.ones(())
    for axis in (0, 1):
        size = sums.shape[axis]
        edges = np.linspace(0, size, max(1, round(size / tile)) + 1).astype(np.intp)
        sums = np.add.reduceat(sums, edges[:-1], axis=axis, dtype=np.float64)
        counts = np.multiply.outer(counts, np.diff(edges))
    white = float(table[-1])
    return CoarseColour(
        _lab(sums.sum(axis=(0, 1)) / counts.sum(), white), _lab(sums / counts[..., np.newaxis], white)
    )


def shift_between(reference: CoarseColour, changed: CoarseColour) -> float:
    """The larger shift, in JND, of the whole picture's and of any tile's; pictures of one shape."""
    largest = max(
        float(np.linalg.norm(changed.whole - reference.whole)),
        float(np.linalg.norm(changed.tiles - reference.tiles, axis=-1).max()),
    )
    in_thresholds = largest / THRESHOLD_DELTA_E
    return max(0.0, (in_thresholds - SILENT_BELOW) / (1 - SILENT_BELOW))


def _lab(light: Array, white: float) -> Array:
    """CIELAB (CIE 15) of linear light (..., 3), relative to equal primaries at ``white`` cd/m²."""
    ratio = light @ XYZ_FROM_RGB.T / (XYZ_FROM_RGB.sum(axis=1) * white)
    # 216/24389 and 24389/27: the exact fractions behind 0.008856 and 903.3.
    f = np.where(ratio > 216 / 24389, np.cbrt(ratio), (24389 / 27 * ratio + 16) / 116)
    x, y, z = f[..., 0], f[..., 1], f[..., 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


@lru_cache(maxsize=8)
def _light_table(display: Display, largest: int) -> npt.NDArray[np.float32]:
    return display.luminance(np.arange(largest + 1) / largest).astype(np.float32)
