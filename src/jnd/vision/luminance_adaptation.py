"""How much a change must stand out from a uniform background: Weber's law with a raised dark end [ChouLi1995]."""

from functools import cache
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from jnd.vision.local_filters import BORDERS, floating

Plane = npt.NDArray[Any]
Array = npt.NDArray[Any]

T0 = 17.0
"""Threshold at background 0 above the 3 of mid grey, grey levels [ChouLi1995]."""
GAMMA = 3 / 128
"""Slope of the bright branch [ChouLi1995]."""
TURN = 127.0
"""Background where the dark branch ends, grey levels [ChouLi1995]."""
LEAST = 3.0
"""Threshold at mid grey, grey levels [ChouLi1995]."""
BACKGROUND_WEIGHT = 32
"""Sum of the 5x5 background kernel."""


def background_sum(plane: Plane, border: str) -> Array:
    """32 times the background luminance, in the dtype of a floating plane; int16 (exact) for uint8.

    The 5x5 kernel 11111 / 12221 / 12021 / 12221 / 11111 of [ChouLi1995] is a 5x5 box and a 3x3 box less twice
    the centre.
    """
    depth, centre = (cv2.CV_16S, plane.astype(np.int16)) if plane.dtype == np.uint8 else (-1, plane)
    edge = BORDERS[border]
    total: Array = cv2.boxFilter(plane, depth, (5, 5), normalize=False, borderType=edge)
    inner: Array = cv2.boxFilter(plane, depth, (3, 3), normalize=False, borderType=edge)
    total += inner
    total -= centre
    total -= centre
    return total


def background_luminance(plane: Plane, border: str) -> Array:
    """Weighted mean of the 5x5 surround without the pixel itself, grey levels [ChouLi1995].

    Parameters
    ----------
    plane : (H, W) grey levels 0 to 255, uint8, float32 or float64.
    border : "reflect" or "zero".

    Returns
    -------
    (H, W) float32, or float64 for float64 planes, 0 to 255.
    """
    background = floating(background_sum(plane, border))
    background *= background.dtype.type(1 / BACKGROUND_WEIGHT)
    # Running sums of floats may leave the range by a rounding error; the square root below minds.
    return np.clip(background, 0, 255, out=background)


def luminance_adaptation(background: Array) -> Array:
    """Visibility threshold on a uniform background, grey levels [ChouLi1995].

    Parameters
    ----------
    background : mean luma around each pixel, any shape, floating, 0 to 255.

    >>> luminance_adaptation(np.array([0.0, 127.0, 255.0]))
    array([20.,  3.,  6.])
    """
    dark = np.minimum(background, TURN)
    dark *= 1 / TURN
    np.sqrt(dark, out=dark)
    dark *= -T0
    dark += T0 + LEAST
    # Beyond 127 the dark branch stands at 3, to which the bright one adds.
    bright = np.maximum(background, TURN)
    bright -= TURN
    bright *= GAMMA
    dark += bright
    return dark


@cache
def lifted_table() -> npt.NDArray[np.float64]:
    """(256,) thresholds for whole background grey levels, the dark ones lifted first.

    Backgrounds b up to 127 become round(32 + 95 b / 127) (halves upwards): displays and rooms are never as
    dark as the formula supposes. From the programs of [Wu2013] and [Wu2017], where 32 is ``min_lum``.
    """
    level = np.arange(256.0)
    lifted = np.where(level <= TURN, np.floor(LIFT + level * (TURN - LIFT) / TURN + 0.5), level)
    return luminance_adaptation(lifted)


LIFT = 32.0
"""Grey level to which a black background is lifted [Wu2013, Wu2017, programs]."""


def lifted_luminance_adaptation(plane: Plane, border: str) -> Array:
    """``luminance_adaptation`` as the programs of [Wu2013] and [Wu2017] have it: whole grey levels, dark lifted.

    Takes and returns what ``background_luminance`` does.
    """
    total = background_sum(plane, border)
    if total.dtype == np.int16:
        level = total >> 5  # floor of the division by 32
    else:
        level = np.clip(total * (1 / BACKGROUND_WEIGHT), 0, 255).astype(np.int16)
    table = lifted_table() if plane.dtype == np.float64 else lifted_table().astype(np.float32)
    lifted: Array = np.take(table, level)
    return lifted
