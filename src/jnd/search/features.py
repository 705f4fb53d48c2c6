"""A few cheap numbers that say how hard a picture is to compress, for the search's first guess.

In goes a picture as it is seen, out comes a vector; what its entries are worth is fitted by
``reproduce/fit_search_prior.py``. The cost is bounded: at most 9 tiles of 128 by 128 pixels are looked at.
"""

import math
from itertools import product

import numpy as np
import numpy.typing as npt

from jnd.picture import CodeValues
from jnd.vision.luma import BT601

Array = npt.NDArray[np.float32]

TILE_PX = 128
TILES_PER_SIDE = 3
BLOCK_PX = 8  # the block of JPEG; activity in it decides how much quantisation is masked

FEATURES = (
    "mean_luma",
    "dark_share",
    "luma_gradient",
    "luma_noise",
    "luma_coarse_contrast",
    "block_activity_10",
    "block_activity_50",
    "block_activity_90",
    "blue_yellow_gradient",
    "red_green_gradient",
    "red_green_coarse_contrast",
)
"""Names in the order of :func:`picture_features`; all but the first two are natural logarithms."""

FLOOR = 0.05  # code values; keeps the logarithm of a flat picture finite


def picture_features(pixels: CodeValues) -> npt.NDArray[np.float64]:
    """The numbers named in :data:`FEATURES`.

    Parameters
    ----------
    pixels : (H, W, 3) sRGB code values, uint8 or uint16.
    """
    scale = np.float32(255.0 / np.iinfo(pixels.dtype).max)
    tiles = [tile.astype(np.float32) * scale for tile in _tiles(pixels)]
    features: npt.NDArray[np.float64] = np.array([_tile_features(tile) for tile in tiles]).mean(axis=0)
    return features


def _tiles(pixels: CodeValues) -> list[CodeValues]:
    starts = [
        np.unique(
            np.linspace(0, max(side - TILE_PX, 0), min(TILES_PER_SIDE, -(-side // TILE_PX))).astype(int)
        )
        for side in pixels.shape[:2]
    ]
    return [pixels[y : y + TILE_PX, x : x + TILE_PX] for y, x in product(*starts)]


def _tile_features(rgb: Array) -> list[float]:
    red, green, blue = rgb[..., 0], rgb[..., 1], rgb[..., 2]
    luma = BT601[0] * red + BT601[1] * green + BT601[2] * blue
    blue_yellow, red_green = blue - luma, red - luma
    activity = _block_deviation(luma)
    return [
        float(luma.mean()) / 255,
        float((luma < 32).mean()),
        _log(_gradient(luma)),
        # The mixed second difference: noise and texture pass, straight edges along the axes do not.
        _log(_mean_size(np.diff(np.diff(luma, axis=0), axis=1))),
        _log(float(_block_mean(luma).std())),
        *(_log(float(np.percentile(activity, p))) for p in (10, 50, 90)),
        _log(_gradient(blue_yellow)),
        _log(_gradient(red_green)),
        _log(float(_block_mean(red_green).std())),
    ]


def _log(value: float) -> float:
    return math.log(value + FLOOR)


def _gradient(plane: Array) -> float:
    return (_mean_size(np.diff(plane, axis=0)) + _mean_size(np.diff(plane, axis=1))) / 2


def _mean_size(values: Array) -> float:
    return float(np.abs(values).mean()) if values.size else 0.0


def _blocks(plane: Array) -> Array:
    """(rows, columns, block, block) whole blocks; a plane smaller than a block is one block."""
    size = min(BLOCK_PX, *plane.shape)
    rows, columns = plane.shape[0] // size, plane.shape[1] // size
    return plane[: rows * size, : columns * size].reshape(rows, size, columns, size).swapaxes(1, 2)


def _block_mean(plane: Array) -> Array:
    means: Array = _blocks(plane).mean(axis=(2, 3))
    return means


def _block_deviation(plane: Array) -> Array:
    deviations: Array = _blocks(plane).std(axis=(2, 3))
    return deviations
