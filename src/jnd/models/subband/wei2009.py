"""Wei & Ngan (2009): DCT thresholds from contrast sensitivity, block luminance, edge density and motion.

Reproduces: the base table of an independent reading of the equations (golden values in the tests). No program of
the authors is public. The public reading by another person was not followed where it errs: it passes degrees to
``cos``, computes the bright branch from the wrong variable, takes frequency indices over the whole picture, and
decides the temporal factor by the coefficient in place of its frequency.
Differs: the edge detector is MATLAB's Canny with its automatic threshold (the weakest 70 % of gradients are no
edges), as Octave computes it; the paper says "Canny" only. Eye movements that leave less than nothing of the
motion count by their absolute value.
References: [WeiNgan2009]
"""

import math
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from jnd.models.luma_input import check_border, check_frame_rate, luma_plane, working_dtype
from jnd.models.model_entry import Border, chosen_variant
from jnd.models.subband.ahumada1992 import normalisation, spatial_frequencies, squared_cosine_of_obliqueness
from jnd.models.subband.thresholds import DctThresholds, pixel_map
from jnd.viewing import ViewingConditions
from jnd.vision.dct8 import block_dct, padded_to_blocks
from jnd.vision.edges import canny
from jnd.vision.motion import block_motion

Array = npt.NDArray[np.floating[Any]]

VARIANTS = ("paper",)
SMALLEST_SIZE = (3, 3)

SUMMATION, OBLIQUE = 0.25, 0.6
"""s and r [WeiNgan2009]."""
A, B, C = 1.33, 0.11, 0.18
"""Of the contrast sensitivity (a + b ω) exp(-c ω) [WeiNgan2009]."""
DEGREES_PER_PIXEL = 2 * math.degrees(math.atan(1 / (2 * 3 * 768)))
"""A picture of 768 rows seen from three times its height [WeiNgan2009]."""
PURSUIT_GAIN, DRIFT, SACCADE = 0.98, 0.15, 80.0
"""Of eye movements, the last two in degrees per second [WeiNgan2009]."""
MASKING_EXPONENT, LARGEST_MASKING = 0.36, 4.0
EDGE_DENSITY = 0.2
"""Edge pixels per pixel beyond which a block is texture. Up to 0.1 it is plane, and edge between: these two mask
alike [WeiNgan2009]."""
NO_EDGES_SHARE = 0.7
"""Share of pixels below MATLAB's automatic Canny threshold."""


def wei2009_table(degrees_per_pixel: float = DEGREES_PER_PIXEL) -> Array:
    """(8, 8) base thresholds of orthonormal DCT coefficients, grey levels.

    >>> wei2009_table()[0, 0].round(4), wei2009_table()[7, 7].round(4)
    (np.float64(1.5038), np.float64(36.1036))
    """
    frequency = spatial_frequencies(degrees_per_pixel)
    angle = OBLIQUE + (1 - OBLIQUE) * squared_cosine_of_obliqueness()
    table: Array = SUMMATION * np.exp(C * frequency) / (A + B * frequency) / angle / normalisation()
    return table


def luminance_elevation(mean: Array) -> Array:
    """Factor by the block's mean grey level.

    >>> luminance_elevation(np.array([0.0, 60.0, 128.0, 170.0, 255.0]))
    array([1.4, 1. , 1. , 1. , 1.2])
    """
    return 1 + np.maximum(60 - mean, 0) / 150 + np.maximum(mean - 170, 0) / 425


def automatic_threshold(plane: npt.NDArray[Any]) -> float:
    """Upper Canny threshold as a share of the strongest gradient: 70 % of the pixels lie below (64 classes)."""
    smooth = cv2.GaussianBlur(
        plane.astype(np.float32), (15, 15), math.sqrt(2), borderType=cv2.BORDER_REPLICATE
    )
    strength = cv2.magnitude(cv2.Sobel(smooth, -1, 1, 0, ksize=1), cv2.Sobel(smooth, -1, 0, 1, ksize=1))
    strongest = float(strength.max())
    if strongest == 0:
        return 1.0
    counts = np.bincount(np.minimum((strength * (64 / strongest)).astype(np.intp), 63).ravel(), minlength=64)
    above = np.flatnonzero(np.cumsum(counts) > NO_EDGES_SHARE * plane.size)
    return float(above[0] + 1) / 64


def edge_density(plane: npt.NDArray[Any]) -> Array:
    """(R, C) share of edge pixels in each 8x8 block."""
    edges = canny(plane, automatic_threshold(plane))
    rows, columns = plane.shape[0] // 8, plane.shape[1] // 8
    density: Array = edges.reshape(rows, 8, columns, 8).mean(axis=(1, 3))
    return density


def temporal_elevation(motion: Array, frames_per_second: float, degrees_per_pixel: float) -> Array:
    """(R, C, 8, 8) factor by the temporal frequency that each basis function has on the retina.

    ``motion`` is (R, C, 2), pixels to the right and down per frame. Below 5 cycles per degree: 1 up to 10 Hz, then
    1.07^(f - 10); above: 1.07^f.
    """
    speed = np.abs(motion) * (frames_per_second * degrees_per_pixel)
    retinal = (speed - np.minimum(PURSUIT_GAIN * speed + DRIFT, SACCADE)) * np.where(motion < 0, -1, 1)
    index = np.arange(8) / (16 * degrees_per_pixel)
    temporal = np.abs(
        retinal[..., 0, None, None] * index[None, :] + retinal[..., 1, None, None] * index[:, None]
    )
    slow = spatial_frequencies(degrees_per_pixel) < 5
    return 1.07 ** np.where(slow, np.maximum(temporal - 10, 0), temporal)


def subband_wei2009(
    luma: npt.ArrayLike,
    *,
    previous: npt.ArrayLike | None = None,
    frames_per_second: float = 30.0,
    variant: str | None = None,
    border: Border = "reflect",
    viewing: ViewingConditions | None = None,
) -> DctThresholds:
    """Thresholds per DCT coefficient; with a previous frame, of video.

    Parameters
    ----------
    luma : (H, W) grey levels 0 to 255, uint8, float32 or float64.
    previous : the frame before, of the same size; None: the spatial threshold.
    frames_per_second : of the sequence.
    variant : "paper" is the only one.
    border : how blocks that reach beyond the picture are filled: "reflect" or "zero".
    viewing : distance (the display's light has no part here); None: 40.2 pixels per degree.

    Raises
    ------
    ValueError
        ``previous`` has another size, or ``frames_per_second`` is not positive.
    """
    chosen_variant(variant, VARIANTS, model="wei2009")
    check_border(border)
    check_frame_rate(frames_per_second)
    plane = luma_plane(luma, smallest_size=SMALLEST_SIZE, model="wei2009")
    dtype = working_dtype(plane)
    degrees_per_pixel = DEGREES_PER_PIXEL if viewing is None else 1 / viewing.pixels_per_degree
    padded: Array = padded_to_blocks(plane, border).astype(dtype, copy=False)
    coefficients = block_dct(padded)
    thresholds = luminance_elevation(coefficients[:, :, :1, :1] / 8).astype(dtype)
    thresholds = thresholds * wei2009_table(degrees_per_pixel).astype(dtype)
    thresholds *= _contrast_masking(coefficients, thresholds, edge_density(padded))
    if previous is not None:
        before = luma_plane(previous, smallest_size=SMALLEST_SIZE, model="wei2009").astype(dtype, copy=False)
        motion = block_motion(padded, padded_to_blocks(before, border))
        thresholds *= temporal_elevation(motion, frames_per_second, degrees_per_pixel).astype(dtype)
    return DctThresholds("wei2009", "paper", (plane.shape[0], plane.shape[1]), thresholds)


def _contrast_masking(coefficients: Array, adapted: Array, density: Array) -> Array:
    index = np.arange(8)
    low = index[:, None] ** 2 + index**2 <= 16
    texture = (density > EDGE_DENSITY)[:, :, None, None]
    ratio = np.abs(coefficients)
    ratio /= adapted
    np.clip(ratio, 1, LARGEST_MASKING ** (1 / MASKING_EXPONENT), out=ratio)
    np.power(ratio, MASKING_EXPONENT, out=ratio)
    # Plane and edge blocks: low frequencies are not masked, for there the eye is least forgiving.
    ratio[~texture & low] = 1
    ratio *= np.where(texture, np.where(low, 2.25, 1.25), 1.0).astype(ratio.dtype)
    return ratio


def jnd_wei2009(luma: npt.ArrayLike, **options: Any) -> Array:
    """Pixel map of :func:`subband_wei2009`, with its options."""
    return pixel_map(subband_wei2009(luma, **options))
