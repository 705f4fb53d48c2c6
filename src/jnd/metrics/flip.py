"""LDR-FLIP [Andersson2020]: the difference that is seen when two pictures alternate at one place.

In: two pictures of one size as sRGB code values, and pixels per degree. Out: the mean error, 0 the same, 1 the worst;
or the error of each pixel.

Opponent colours filtered by the eye's contrast sensitivity, their HyAB distance in Hunt-adjusted L*a*b*, amplified
where edges or points differ. Every pixel of the map is equal to ``flip-evaluator`` 1.7 within 2e-5, and the mean equal to
the mean of its map to six decimals; the mean that it returns itself is summed in 32 bits and drifts from that by up to
4e-6 (512x512).
"""

import math
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from jnd.metrics.linear_light import linear_pair
from jnd.vision.native_kernel import native_kernel

Array = npt.NDArray[np.float32]

PIXELS_PER_DEGREE: Final = 0.7 * (3840 / 0.7) * (math.pi / 180)
"""A screen 0.7 m wide with 3840 pixels, seen from 0.7 m [Andersson2020, section 3]: 67.02."""
MOST_PIXELS_PER_DEGREE: Final = 1700.0
"""Wider filters than ours are no use: such a picture is under a degree wide."""

# Contrast sensitivity: sums of a sqrt(pi / b) exp(-pi² x² / b), x in degrees [Andersson2020, table 1].
_ACHROMATIC: Final = (1.0, 0.0047)
_RED_GREEN: Final = (1.0, 0.0053)
_BLUE_YELLOW: Final = ((34.1, 0.04), (13.5, 0.025))
_WIDEST: Final = 0.04
_FEATURE_WIDTH: Final = 0.082
"""Degrees; width of the edge and point detectors [Andersson2020, section 4.2]."""
_EXPONENT: Final = 0.7
_KNEE: Final = 0.4
_KNEE_ERROR: Final = 0.95

_TO_XYZ: Final = np.array([
    [10135552 / 24577794, 8788810 / 24577794, 4435075 / 24577794],
    [2613072 / 12288897, 8788810 / 12288897, 887015 / 12288897],
    [1425312 / 73733382, 8788810 / 73733382, 70074185 / 73733382],
])  # fmt: skip
_TO_WHITE: Final = _TO_XYZ / _TO_XYZ.sum(axis=1, keepdims=True)
"""Linear sRGB to XYZ, relative to the white point's."""


def flip(
    reference: npt.ArrayLike, changed: npt.ArrayLike, *, pixels_per_degree: float = PIXELS_PER_DEGREE
) -> float:
    """Mean error: 0 is no visible difference, 1 the largest.

    Parameters
    ----------
    reference, changed : (H, W, 3) or (H, W) sRGB code values: uint8, uint16, or floating point from 0 to 1.
    pixels_per_degree : of visual angle; 67.02 as the authors'.

    Raises
    ------
    ValueError
        Sizes differ, an array is no picture, or the pixels per degree are not positive.

    >>> black, white = np.zeros((16, 16, 3), np.uint8), np.full((16, 16, 3), 255, np.uint8)
    >>> flip(black, black), round(flip(black, white), 3)
    (0.0, 0.967)
    """
    return float(np.mean(flip_map(reference, changed, pixels_per_degree=pixels_per_degree), dtype=np.float64))


def flip_map(
    reference: npt.ArrayLike, changed: npt.ArrayLike, *, pixels_per_degree: float = PIXELS_PER_DEGREE
) -> Array:
    """(H, W) float32 error of each pixel, from 0 to 1. Arguments and errors as for :func:`flip`."""
    if not 0 < pixels_per_degree <= MOST_PIXELS_PER_DEGREE:
        raise ValueError(
            f"pixels per degree must be above 0 and at most {MOST_PIXELS_PER_DEGREE:g}, got {pixels_per_degree:g}"
        )
    one, two = linear_pair(reference, changed, smallest_side=1, dtype=np.float32)
    weights = _weights(float(pixels_per_degree))
    kernel = native_kernel("jnd.metrics._scores_native")
    if kernel is None:
        return _map(one, two, weights)
    height, width = one.shape[1:]
    out = np.empty((height, width), np.float32)
    radii = tuple(table.size - 1 for table in weights)
    kernel.flip(one, two, np.concatenate(weights), radii, _MATRICES, _LARGEST, height, width, out)
    return out


def _weights(pixels_per_degree: float) -> list[Array]:
    """Seven filters from their centres outwards, the colours' scaled so that two of them in turn sum to 1:
    achromatic, red-green, blue-yellow (two), smoothing, first and second derivative.
    """
    reach = math.ceil(3 * math.sqrt(_WIDEST / (2 * math.pi**2)) * pixels_per_degree)
    x = np.arange(reach + 1) / pixels_per_degree

    def bell(a: float, b: float) -> npt.NDArray[np.float64]:
        # The square root: the product of two is the paper's filter.
        return math.sqrt(a * math.sqrt(math.pi / b)) * np.exp(-(math.pi**2) * x**2 / b)

    single = [bell(*_ACHROMATIC), bell(*_RED_GREEN)]
    single = [table / _both_sides(table) for table in single]
    double = [bell(*one) for one in _BLUE_YELLOW]
    scale = math.sqrt(sum(_both_sides(table) ** 2 for table in double))
    deviation = 0.5 * _FEATURE_WIDTH * pixels_per_degree
    k = np.arange(math.ceil(3 * deviation) + 1, dtype=np.float64)
    smooth = np.exp(-(k**2) / (2 * deviation**2))
    slope = -k * smooth
    curve = (k**2 / deviation**2 - 1) * smooth
    above, below = _both_sides(np.maximum(curve, 0)), _both_sides(np.maximum(-curve, 0))
    detectors = [
        smooth / _both_sides(smooth),
        slope / np.abs(slope).sum(),
        np.where(curve > 0, curve / above, curve / below),
    ]
    tables = [*single, *(table / scale for table in double), *detectors]
    return [_trimmed(table).astype(np.float32) for table in tables]


def _both_sides(table: npt.NDArray[np.float64]) -> float:
    return float(2 * table.sum() - table[0])


def _trimmed(table: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Without the tail that 32 bits do not see."""
    counts = np.nonzero(np.abs(table) > 1e-9 * np.abs(table).max())[0]
    return table[: counts[-1] + 1]


def _hunt_lab(opponent: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """(3, …) y, x - y, y - z of XYZ over the white's → Hunt-adjusted L*a*b* of the nearest colour that sRGB has."""
    y = opponent[0]
    xyz = np.stack([opponent[1] + y, y, y - opponent[2]])
    dtype = opponent.dtype
    rgb = np.clip(np.tensordot(_FROM_WHITE.astype(dtype), xyz, 1), 0, 1)
    t = np.tensordot(_TO_WHITE.astype(dtype), rgb, 1)
    curve = np.where(t > (6 / 29) ** 3, np.cbrt(t), t / (3 * (6 / 29) ** 2) + 4 / 29)
    light = 116 * curve[1] - 16
    return np.stack([
        light,
        0.01 * light * 500 * (curve[0] - curve[1]),
        0.01 * light * 200 * (curve[1] - curve[2]),
    ])  # fmt: skip


def _hyab(one: npt.NDArray[Any], two: npt.NDArray[Any]) -> npt.NDArray[Any]:
    change = one - two
    distance: npt.NDArray[Any] = np.abs(change[0]) + np.hypot(change[1], change[2])
    return distance


def _largest() -> float:
    """The colour difference of green and blue, the largest in sRGB."""
    x, y, z = _TO_WHITE @ np.array([[0, 0], [1, 0], [0, 1.0]])
    lab = _hunt_lab(np.stack([y, x - y, y - z]))
    return float(_hyab(lab[:, 0], lab[:, 1]) ** _EXPONENT)


_FROM_WHITE: Final = np.linalg.inv(_TO_WHITE)
_MATRICES: Final = np.concatenate([_TO_WHITE.ravel(), _FROM_WHITE.ravel()]).astype(np.float32)
_LARGEST: Final = _largest()


def _filtered(plane: npt.NDArray[Any], across: Array, down: Array, odd: str = "") -> npt.NDArray[Any]:
    from scipy.ndimage import correlate1d

    for axis, table in ((1, across), (0, down)):
        mirror = -table[:0:-1] if odd == ("down", "across")[axis] else table[:0:-1]
        plane = correlate1d(plane, np.concatenate([mirror, table]), axis=axis, mode="nearest")
    return plane


def _seen(linear: Array, weights: list[Array]) -> tuple[npt.NDArray[Any], npt.NDArray[Any], npt.NDArray[Any]]:
    """Filtered colour (3, H, W), and the strength of edges and points (H, W)."""
    x, y, z = np.tensordot(_TO_WHITE.astype(np.float32), linear, 1)
    achromatic, red_green, wide, narrow, smooth, slope, curve = weights
    blue_yellow = _filtered(y - z, wide, wide) + _filtered(y - z, narrow, narrow)
    colour = np.stack([
        _filtered(y, achromatic, achromatic), _filtered(x - y, red_green, red_green), blue_yellow,
    ])  # fmt: skip
    edges = np.hypot(_filtered(y, slope, smooth, "across"), _filtered(y, smooth, slope, "down"))
    points = np.hypot(_filtered(y, curve, smooth), _filtered(y, smooth, curve))
    return _hunt_lab(colour), edges, points


def _map(one: Array, two: Array, weights: list[Array]) -> Array:
    """The numpy path, equal to the native one within 1e-5 of each pixel."""
    lab1, edges1, points1 = _seen(one, weights)
    lab2, edges2, points2 = _seen(two, weights)
    distance = _hyab(lab1, lab2) ** _EXPONENT
    knee = _KNEE * _LARGEST
    colour = np.where(
        distance < knee,
        distance * _KNEE_ERROR / knee,
        _KNEE_ERROR + (distance - knee) / (_LARGEST - knee) * (1 - _KNEE_ERROR),
    )
    feature = np.sqrt(np.maximum(np.abs(edges1 - edges2), np.abs(points1 - points2)) / math.sqrt(2))
    error: Array = (colour ** (1 - feature)).astype(np.float32)
    return error
