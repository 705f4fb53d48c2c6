"""What the eye expects a pixel to be: a prediction from pixels whose surround looks alike [Wu2013].

The free-energy principle of the paper: the brain explains a picture by its own model and does not see the rest. The
model is an average of the 440 pixels up to 10 rows and columns away, weighted by how alike their 7x7 patches are.
"""

import math
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from jnd.vision.local_statistics import local_standard_deviation
from jnd.vision.luminance_adaptation import lifted_luminance_adaptation
from jnd.vision.native_kernel import native_kernel

Plane = npt.NDArray[Any]
Array = npt.NDArray[Any]

REACH = 10
"""Rows and columns searched on either side [Wu2013, program; the paper says 11x11]."""
RADIUS = 3
"""Of the patches [Wu2013, program]."""
LEAST_SPREAD = 8.0
"""Grey levels, lower bound of the noise scale [Wu2013, program, ``min_sigma``]."""


def prediction(plane: Plane, border: str) -> Array:
    """What each pixel would be if the picture were orderly, as whole grey levels.

    Parameters
    ----------
    plane : (H, W) grey levels 0 to 255, uint8, float32 or float64. Patches beyond the edge are mirrored always.
    border : of the noise scale, from background luminance and local contrast: "reflect" or "zero".

    Returns
    -------
    (H, W) float32, or float64 for float64 planes: integers 0 to 255.
    """
    spread = np.maximum(lifted_luminance_adaptation(plane, border), LEAST_SPREAD)
    deviation = local_standard_deviation(plane, 2 * RADIUS + 1, border)
    # Where contrast exceeds it, the noise scale sinks: sigma^2 = m^2, or m^3 / s.
    variance = spread * spread
    variance *= np.minimum(1, spread / np.maximum(deviation, spread))
    padded = mirrored(plane.astype(spread.dtype, copy=False), REACH + RADIUS)
    expected = _expected(padded, variance)
    # Halves are rounded upwards, as MATLAB does positive numbers.
    levels: Array = np.clip(np.floor(expected + expected.dtype.type(0.5)), 0, 255)
    return levels


def mirrored(plane: Array, margin: int) -> Array:
    """``plane`` with its mirror image ``margin`` pixels wide around it, folded as often as it takes."""
    return np.ascontiguousarray(np.pad(plane, margin, mode="symmetric"))


def _expected(padded: Array, variance: Array) -> Array:
    """Weighted mean of the surround and the pixel itself, (H, W); the pixel weighs as much as its best partner."""
    if padded.dtype == np.float64:
        return _expected_in_order(padded, variance)
    kernel = native_kernel("jnd.vision._vision_native")
    if kernel is None:
        return _expected_in_order(padded.astype(np.float64), variance.astype(np.float64)).astype(np.float32)
    margin = REACH + RADIUS
    sharpness = np.float32(-math.log2(math.e) / (2 * RADIUS + 1) ** 2) / variance
    change = np.empty_like(variance)
    height, width = variance.shape
    kernel.free_energy(padded, sharpness, height, width, change)
    change += padded[margin:-margin, margin:-margin]
    return change


def _expected_in_order(padded: npt.NDArray[np.float64], variance: npt.NDArray[np.float64]) -> Array:
    """The program's arithmetic in its order. 64 bits: the best weight may be as small as 10^-300.

    Where a pixel has one partner that counts, of odd distance in grey levels, the mean is exactly half way between two
    levels and rounding errors decide which is answered: the reason for keeping the order.
    """
    height, width = variance.shape
    side = 2 * RADIUS + 1
    here = padded[REACH:-REACH, REACH:-REACH]
    weighted, weights, largest = (np.zeros_like(variance) for _ in range(3))
    for u in range(2 * REACH + 1):
        for v in range(2 * REACH + 1):
            if u == v == REACH:
                continue
            there = padded[u : u + height + side - 1, v : v + width + side - 1]
            weight = cv2.sqrBoxFilter(here - there, -1, (side, side), borderType=cv2.BORDER_CONSTANT)
            weight = weight[RADIUS:-RADIUS, RADIUS:-RADIUS] / variance
            np.negative(weight, out=weight)
            np.exp(weight, out=weight)
            weights += weight
            np.maximum(largest, weight, out=largest)
            weight *= there[RADIUS:-RADIUS, RADIUS:-RADIUS]
            weighted += weight
    own = here[RADIUS:-RADIUS, RADIUS:-RADIUS]
    weighted += largest * own
    weights += largest
    return np.divide(weighted, weights, out=own.copy(), where=weights > 0)
