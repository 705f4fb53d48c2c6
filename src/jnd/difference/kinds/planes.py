"""The pair of pictures as the feature files need it: luma, chroma and their differences, prepared once."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from jnd.vision.luma import YCBCR

Plane = npt.NDArray[np.float32]
Values = npt.NDArray[Any]
"""Intermediate results, of whatever type numpy makes them."""

SMALLEST_SIDE = 64
"""Pixels; smaller pictures are continued by their mirror image, so that the statistics exist."""
TO_YCBCR = np.array(YCBCR, dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two pictures of one size, code values 0 to 255."""

    reference: Plane
    """(H, W, 3) R, G, B."""
    changed: Plane
    before: Plane
    """(H, W, 3) Y, Cb, Cr of the reference."""
    after: Plane
    difference: Plane
    """(H, W, 3) ``after - before``."""
    residual: Plane
    """(H, W) luma of the difference that the best straight line of luma does not explain."""
    slope_x: Plane
    """(H, W) central differences of the reference's luma."""
    slope_y: Plane
    activity: Plane
    """(H, W) smoothed size of the slope: what is flat and what is an edge."""


def pair_of(reference: npt.NDArray[np.uint8], changed: npt.NDArray[np.uint8]) -> Pair:
    """The pair, from two (H, W, 3) uint8 pictures of one size."""
    first, second = _by_channel(_large(reference)), _by_channel(_large(changed))
    before, after = _ycc(first), _ycc(second)
    x, y = before[:, :, 0], after[:, :, 0]
    centred = x - x.mean()
    power = float((centred**2).mean())
    gain = float((centred * y).mean()) / power if power > 0 else 1.0
    slope_x = cv2.filter2D(x, -1, np.array([[-0.5, 0.0, 0.5]]), borderType=cv2.BORDER_REPLICATE)
    slope_y = cv2.filter2D(x, -1, np.array([[-0.5], [0.0], [0.5]]), borderType=cv2.BORDER_REPLICATE)
    return Pair(
        reference=first,
        changed=second,
        before=before,
        after=after,
        difference=after - before,
        residual=y - y.mean() - gain * centred,
        slope_x=np.asarray(slope_x, dtype=np.float32),
        slope_y=np.asarray(slope_y, dtype=np.float32),
        activity=np.asarray(cv2.blur(np.hypot(slope_x, slope_y), (5, 5)), dtype=np.float32),
    )


def _by_channel(pixels: npt.NDArray[np.uint8]) -> Plane:
    """(H, W, 3) floats, but each channel in one piece of memory, which is twice as fast to work on."""
    return np.moveaxis(np.ascontiguousarray(np.moveaxis(pixels, 2, 0), dtype=np.float32), 0, 2)


def _ycc(rgb: Plane) -> Plane:
    red, green, blue = np.moveaxis(rgb, 2, 0)
    return np.moveaxis(np.stack([a * red + b * green + c * blue for a, b, c in TO_YCBCR]), 0, 2)


def _large(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    height, width = pixels.shape[:2]
    down, across = max(0, SMALLEST_SIDE - height), max(0, SMALLEST_SIDE - width)
    return np.pad(pixels, ((0, down), (0, across), (0, 0)), mode="symmetric") if down or across else pixels


def log_ratio(a: float, b: float, floor: float = 1e-3) -> float:
    """Logarithm of ``a`` over ``b``, both 0 and more; ``floor`` keeps it finite."""
    return float(np.log((a + floor) / (b + floor)))
