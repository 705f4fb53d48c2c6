"""PSNR-HVS-M [Ponomarenko2007]: PSNR of DCT coefficients, weighted by contrast sensitivity and masked by contrast.

In: two pictures. Out: decibels, infinite for equal pictures.

As the authors' MATLAB program has it: 8 by 8 blocks without overlap (rows and columns beyond the last whole block are
left out), both tables from JPEG's luminance table, and of a block's masking in both pictures the larger.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from jnd.metrics.planes import luma_pair
from jnd.metrics.psnr import decibels
from jnd.vision.dct8 import SIDE, block_dct
from jnd.vision.ijg_tables import LUMA

Array = npt.NDArray[Any]

SENSITIVITY = np.round(25.735088 / LUMA, 6)
"""CSFCof of the authors' program, to its digits."""
MASKING = np.round((10 / LUMA) ** 2, 6)
"""MaskCof of the authors' program, to its digits."""
MASKING_STRENGTH = 32
"""Divisor of the masking effect, in the authors' program."""


def psnr_hvs_m(reference: npt.ArrayLike, changed: npt.ArrayLike) -> float:
    """PSNR of the luma as an eye weighs it, dB.

    Arguments and errors as :func:`jnd.metrics.planes.checked_pair`; sides of at least 8 pixels.
    """
    one, other = luma_pair(reference, changed, SIDE, np.float64)
    rows, columns = (side // SIDE * SIDE for side in one.shape)
    one, other = one[:rows, :columns], other[:rows, :columns]
    first, second = block_dct(one), block_dct(other)
    masking = np.maximum(_masking(one, first), _masking(other, second))[..., np.newaxis, np.newaxis]
    hidden = masking / MASKING
    hidden[..., 0, 0] = 0  # nothing masks a block's mean
    visible = np.maximum(np.abs(first - second) - hidden, 0)
    mean_square = float(np.mean((visible * SENSITIVITY) ** 2))
    return decibels(mean_square)


def _masking(plane: Array, coefficients: Array) -> Array:
    """(rows, columns of blocks) what a block's contrast hides, less where its quarters are calm."""
    energy = coefficients**2 * MASKING
    energy[..., 0, 0] = 0
    blocks = plane.reshape(plane.shape[0] // SIDE, SIDE, -1, SIDE).swapaxes(1, 2)
    half = SIDE // 2
    quarters = sum(_scatter(blocks[..., y : y + half, x : x + half]) for y in (0, half) for x in (0, half))
    whole = _scatter(blocks)
    calm = np.divide(quarters, whole, out=np.zeros_like(whole), where=whole != 0)
    return np.asarray(np.sqrt(energy.sum(axis=(2, 3)) * calm) / MASKING_STRENGTH)


def _scatter(blocks: Array) -> Array:
    """Variance (with n - 1) times the number of pixels, per block."""
    count = blocks.shape[-1] * blocks.shape[-2]
    return np.asarray(blocks.reshape(*blocks.shape[:2], count).var(axis=2, ddof=1) * count)
