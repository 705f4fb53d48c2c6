"""Uniform shifts of luminance and colour, which ColorVideoVDP cannot see.

ColorVideoVDP divides each picture's contrast by that picture's own luminance, so flat black and flat white
are the same picture to it. This is the guard: the mean light of both pictures, over the whole and over
tiles of 4 degrees, compared in multiples of the contrast threshold at the lowest spatial frequencies.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from jnd.metrics.colorvideovdp.parameters import BASE_BAND_FREQUENCY_CPD, DKL_FROM_RGB
from jnd.picture import CodeValues
from jnd.viewing import Display, ViewingConditions, viewing_conditions
from jnd.vision.castle_csf import contrast_sensitivity

Array = npt.NDArray[np.float64]

TILE_DEGREES = 4.0
"""Side of a tile: the half period of 0.125 cycles per degree, next to the lowest frequency of the CSF table."""

SUBTHRESHOLD_EXPONENT = 2.4
"""Below threshold the response grows with this power of contrast [LeggeFoley1980, equation 6, p = 2.4]."""

SAMPLING_STEP = 5
"""Every fifth pixel of every fifth row is enough for a mean; 5 shares no factor with the blocks of codecs."""

SMALLEST_SAMPLED_SIDE = 160
"""Pictures with a shorter side are read whole."""


class CoarseLight(NamedTuple):
    """Mean light of a picture in DKL coordinates (cd/m²), last axis: achromatic, red-green, violet-yellow."""

    whole: Array  # (3,)
    tiles: Array  # (rows, columns, 3)


def uniform_shift(
    reference: CodeValues, changed: CodeValues, viewing: ViewingConditions | None = None
) -> float:
    """How far a shift of luminance and colour is from being seen, in just noticeable differences.

    Parameters
    ----------
    reference, changed : (H, W, 3) or (H, W) uint8 or uint16 sRGB code values, full range; one size.
    viewing : display and distance; ``standard_fhd`` by default.

    Returns
    -------
    0 and more; 1 is the contrast threshold. The larger of the whole picture's and of any tile's.

    The threshold is that of castleCSF at 0.1 cycles per degree, the frequency that ColorVideoVDP gives to
    its own last band. Luminance is counted in threshold steps from one level to the other (the integral of
    sensitivity over log luminance, as in a perceptually uniform encoding [Mantiuk2021]), colour in steps at
    the mean luminance; the three are added as vectors. Up to one step the response grows with the power 2.4 of
    contrast, beyond it linearly.

    It speaks of a steady change. A whole screen that flickers is seen at about a quarter of this contrast
    [deLange1958].

    >>> grey = np.full((64, 64, 3), 128, np.uint8)
    >>> uniform_shift(grey, grey), uniform_shift(grey, grey + 1) < 0.1, uniform_shift(grey, grey + 8) > 1
    (0.0, True, True)
    """
    viewing = viewing or viewing_conditions()
    return shift_between(coarse_light(reference, viewing), coarse_light(changed, viewing))


def coarse_light(pixels: CodeValues, viewing: ViewingConditions) -> CoarseLight:
    """Mean light of the picture and of its tiles, for `shift_between`."""
    height, width = pixels.shape[:2]
    step = SAMPLING_STEP if min(height, width) >= SMALLEST_SAMPLED_SIDE else 1
    table = _light_table(viewing.display, np.iinfo(pixels.dtype).max)
    sampled = pixels[step // 2 :: step, step // 2 :: step]
    light = table[sampled if sampled.ndim == 3 else np.repeat(sampled[..., np.newaxis], 3, axis=2)]
    tile = TILE_DEGREES * viewing.pixels_per_degree / step
    sums = light
    counts = np.ones(())
    for axis in (0, 1):
        size = sums.shape[axis]
        edges = np.linspace(0, size, max(1, round(size / tile)) + 1).astype(np.intp)
        sums = np.add.reduceat(sums, edges[:-1], axis=axis, dtype=np.float64)
        counts = np.multiply.outer(counts, np.diff(edges))
    tiles = sums / counts[..., np.newaxis] @ DKL_FROM_RGB.T
    whole = sums.sum(axis=(0, 1)) / counts.sum() @ DKL_FROM_RGB.T
    return CoarseLight(whole, tiles)


def shift_between(reference: CoarseLight, changed: CoarseLight) -> float:
    """The larger shift, in JND, of the whole picture's and of any tile's; pictures of one shape."""
    whole = _steps(reference.whole, changed.whole)
    tiles = _steps(reference.tiles, changed.tiles)
    steps = max(float(whole), float(tiles.max()))
    return steps**SUBTHRESHOLD_EXPONENT if steps < 1 else steps


def _steps(reference: Array, changed: Array) -> Array:
    """Contrast thresholds between two lights; symmetric."""
    levels, steps_at = _luminance_steps()
    log_reference, log_changed = np.log(reference[..., 0]), np.log(changed[..., 0])
    luminance = np.interp(log_changed, levels, steps_at) - np.interp(log_reference, levels, steps_at)
    mean = np.exp((log_reference + log_changed) / 2)
    sensitivity = contrast_sensitivity(mean, BASE_BAND_FREQUENCY_CPD)[1:]
    colour = sensitivity * np.moveaxis(changed - reference, -1, 0)[1:] / mean
    steps: Array = np.sqrt(luminance**2 + (colour**2).sum(axis=0))
    return steps


@lru_cache(maxsize=1)
def _luminance_steps() -> tuple[Array, Array]:
    """Log luminance, and the number of threshold steps up to it: the integral of S d(log L)."""
    levels = np.linspace(np.log(1e-3), np.log(2e4), 2000)
    sensitivity = contrast_sensitivity(np.exp(levels), BASE_BAND_FREQUENCY_CPD)[0]
    areas = (sensitivity[1:] + sensitivity[:-1]) / 2 * np.diff(levels)
    return levels, np.concatenate([[0.0], np.cumsum(areas)])


@lru_cache(maxsize=8)
def _light_table(display: Display, largest: int) -> npt.NDArray[np.float32]:
    return display.luminance(np.arange(largest + 1) / largest).astype(np.float32)
