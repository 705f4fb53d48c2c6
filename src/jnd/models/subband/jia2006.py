"""Jia, Lin & Kassim (2006): DCT thresholds of video from the contrast sensitivity to moving gratings.

Reproduces: the equations and constants of the program in OpenJND. Its sample output was made from frames that
are not public, so no whole map was compared; its threshold table at rest is a golden value in the tests.
Differs: the program's motion search is a stub that returns no motion, ours is a full search over 7 pixels
(``jnd.vision.motion``). Eyes that follow an object at 1.875 degrees per second would have no retinal motion in
the program, and its thresholds grow without bound or become NaN; here retinal motion never falls below the
drift of 0.15 degrees per second, at which the program's rule for slow motion aims. Sides that are no multiples of
8 are padded; the program crops.
References: [Jia2006], [Daly1998], [Zhang2005]
"""

import math
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from jnd.models.luma_input import check_border, check_frame_rate, luma_plane, working_dtype
from jnd.models.model_entry import Border, chosen_variant
from jnd.models.subband.ahumada1992 import (
    GREY_LEVELS,
    OBLIQUE,
    DctViewing,
    normalisation,
    spatial_frequencies,
    squared_cosine_of_obliqueness,
)
from jnd.models.subband.thresholds import DctThresholds, pixel_map
from jnd.models.subband.zhang2005 import RULES, classify, luminance_elevation, masked
from jnd.viewing import ViewingConditions
from jnd.vision.dct8 import block_dct, padded_to_blocks
from jnd.vision.motion import block_motion

Array = npt.NDArray[np.floating[Any]]

VARIANTS = ("code",)
SMALLEST_SIZE = (1, 1)

C0, C1, C2 = 1.14, 0.67, 1.7
"""Of the spatio-temporal contrast sensitivity [Daly1998]."""
C3, C4 = 1.186, 3.677
"""Adjustments of the program."""
DEGREES_PER_PIXEL = 0.0342
"""Of the program."""
PURSUIT_GAIN, DRIFT, SACCADE = 0.92, 0.15, 80.0
"""Eyes follow at 0.92 of the speed, drift at 0.15 and follow up to 80 degrees per second [Daly1998]."""
SCALE = 0.4
"""Factor on every threshold in the program."""
LEAST_SENSITIVITY = 0.08
"""Of the DC's, for high frequencies of moving blocks (program)."""


def retinal_speed(speed: Array) -> Array:
    """Speed on the retina in degrees per second, at least the drift, of objects moving at ``speed``.

    >>> retinal_speed(np.array([0.0, 1.875, 10.0])).round(3)
    array([0.15, 0.15, 0.65])
    """
    eye = np.minimum(PURSUIT_GAIN * speed + DRIFT, SACCADE)
    retinal: Array = np.maximum(np.abs(speed - eye), DRIFT)
    return retinal


def sensitivity(speed: Array, frequency: Array) -> Array:
    """Contrast sensitivity to gratings of ``frequency`` (cycles/degree) moving at ``speed`` (degrees/second)."""
    scaled = C2 * speed
    gain = 6.1 + 7.3 * np.abs(np.log10(scaled / 3)) ** 3
    highest = 45.9 / (scaled + 2)
    shape = (2 * math.pi * frequency * C1) ** 2 * np.exp(-4 * math.pi * C1 * frequency / (C3 * highest))
    return C4 * gain * C0 * scaled * shape  # type: ignore[no-any-return]


def moving_thresholds(speed: Array, conditions: DctViewing) -> Array:
    """(R, C, 8, 8) base thresholds, in grey levels of DCT coefficients, of blocks with retinal ``speed`` (R, C)."""
    frequency = spatial_frequencies(conditions.degrees_per_pixel)
    # Few different speeds occur in whole pixels per frame, so a table serves.
    speeds, where = np.unique(speed, return_inverse=True)
    seen = sensitivity(speeds[:, None, None], frequency)
    seen[:, 0, 0] = seen[:, 1, 0]
    floor = np.where(speeds > DRIFT, LEAST_SENSITIVITY, 0.0) * seen[:, 0, 0]
    np.maximum(seen, floor[:, None, None], out=seen)
    # The highest sensitivity at rest, without the program's adjustments c3 and c4.
    scaled = C2 * DRIFT
    peak = (45.9 / (scaled + 2)) ** 2 * math.exp(-2)
    best = (6.1 + 7.3 * abs(math.log10(scaled / 3)) ** 3) * C0 * scaled * peak
    angle = OBLIQUE + (1 - OBLIQUE) * squared_cosine_of_obliqueness()
    luminance_range = conditions.peak_cd_m2 - conditions.black_cd_m2
    table = best / seen / angle * (GREY_LEVELS / luminance_range) / normalisation()
    table[:, 0, 0] = np.minimum(table[:, 1, 0], table[:, 0, 1])
    return table[where.reshape(speed.shape)]


def _calmed(speed: Array, border: str) -> Array:
    """Blocks more than 1.5 times as fast as the mean of the 5x5 blocks around get the median of those.

    The program leaves a frame of two blocks at rest; so does ``border`` "zero".
    """
    if min(speed.shape) < 5:
        return speed
    single = speed.astype(np.float32)
    edge = cv2.BORDER_REPLICATE  # as medianBlur has it
    mean = cv2.blur(single, (5, 5), borderType=edge)
    calmed = np.where(single > 1.5 * mean, cv2.medianBlur(single, 5), single).astype(np.float64)
    if border == "zero":
        inner = calmed[2:-2, 2:-2].copy()
        calmed[:] = 0
        calmed[2:-2, 2:-2] = inner
    return calmed


def subband_jia2006(
    luma: npt.ArrayLike,
    *,
    previous: npt.ArrayLike | None = None,
    frames_per_second: float = 30.0,
    variant: str | None = None,
    border: Border = "reflect",
    viewing: ViewingConditions | None = None,
) -> DctThresholds:
    """Thresholds per DCT coefficient of a frame, by how fast its blocks move.

    Parameters
    ----------
    luma : (H, W) grey levels 0 to 255, uint8, float32 or float64.
    previous : the frame before, of the same size; None: everything rests.
    frames_per_second : of the sequence.
    variant : "code" is the only one.
    border : how blocks that reach beyond the picture are filled, "reflect" or "zero"; "zero" also holds the outer
        two blocks at rest, as the program does.
    viewing : display and distance; None: the program's (130 cd/m², 29.2 pixels per degree).

    Raises
    ------
    ValueError
        ``previous`` has another size, or ``frames_per_second`` is not positive.
    """
    chosen_variant(variant, VARIANTS, model="jia2006")
    check_border(border)
    check_frame_rate(frames_per_second)
    plane = luma_plane(luma, smallest_size=SMALLEST_SIZE, model="jia2006")
    dtype = working_dtype(plane)
    conditions = DctViewing(DEGREES_PER_PIXEL) if viewing is None else DctViewing.of(viewing)
    padded = padded_to_blocks(plane, border)
    blocks = (padded.shape[0] // 8, padded.shape[1] // 8)
    speed = np.zeros(blocks)
    if previous is not None:
        before = luma_plane(previous, smallest_size=SMALLEST_SIZE, model="jia2006")
        motion = block_motion(padded, padded_to_blocks(before, border))
        pixels = _calmed(np.hypot(motion[..., 0], motion[..., 1]), border)
        # The program rounds pixels per degree up.
        pixels_per_degree = (
            math.ceil(1 / conditions.degrees_per_pixel) if viewing is None else viewing.pixels_per_degree
        )
        speed = pixels * frames_per_second / pixels_per_degree
    base: Array = moving_thresholds(retinal_speed(speed), conditions).astype(dtype)
    coefficients = block_dct(padded.astype(dtype, copy=False))
    base *= luminance_elevation(coefficients[:, :, :1, :1]).astype(dtype)
    kinds = classify(coefficients, RULES["code"])
    thresholds = masked(coefficients, base, kinds, ~kinds.texture)
    thresholds *= SCALE
    return DctThresholds("jia2006", "code", (plane.shape[0], plane.shape[1]), thresholds)


def jnd_jia2006(luma: npt.ArrayLike, **options: Any) -> Array:
    """Pixel map of :func:`subband_jia2006`, with its options."""
    return pixel_map(subband_jia2006(luma, **options))
