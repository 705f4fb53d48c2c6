"""A heat map as a small grey picture, and the colours that the page gives it.

In goes JOD lost per pixel, out come the bytes of a lossless WebP of code values. The scale is one for every
picture of every report, so that two maps can be compared by eye.
"""

import io
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

SCALE_TOP_JOD = 2.0
"""What the last colour stands for: this much lost or more. On Kodak pictures at the usual target one pixel in a
thousand loses more than 1 to 2 JOD, so that less would clip what matters and more would show all maps black."""

STEPS = 63
CODE_PER_STEP = 4
TOP_CODE = STEPS * CODE_PER_STEP
"""Code value of ``SCALE_TOP_JOD``. 63 steps of 0.03 JOD are finer than eyes read a colour bar; 255 take twice the
bytes."""

MAX_SIDE = 512
"""Pixels of the longer side. Longer maps are reduced by whole factors; the largest value of each block stays,
so that a small bright spot is never averaged away."""

COLOUR_STOPS = ("#0b0d12", "#3b1f5b", "#8a2a6b", "#d1495b", "#f28c38", "#fbd24e", "#fffbe0")
"""Evenly spaced from nothing to ``SCALE_TOP_JOD``, straight lines between them in sRGB. Ours: each stop is lighter
than the one before, so that the map reads the same in grey and to colour-blind people."""


@dataclass(frozen=True, slots=True)
class HeatPicture:
    """The map as it travels to the page."""

    data: bytes
    """Lossless WebP, grey: JOD lost = code value · ``SCALE_TOP_JOD`` / ``TOP_CODE``."""
    block: int
    """Pixels of the picture per pixel of the map, in both directions."""
    peak_jod: float
    """Largest value of the whole map, not clipped."""


def heat_picture(jod_lost: npt.NDArray[np.float32]) -> HeatPicture:
    """The map for the page.

    Parameters
    ----------
    jod_lost : (H, W), 0 and more, from :func:`jnd.metrics.colorvideovdp.heat_map`.
    """
    block = -(-max(jod_lost.shape) // MAX_SIDE)
    reduced = _block_maximum(jod_lost, block)
    codes = (np.round(np.clip(reduced / SCALE_TOP_JOD, 0, 1) * STEPS) * CODE_PER_STEP).astype(np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(codes).save(buffer, "WEBP", lossless=True, quality=50, method=3)
    return HeatPicture(buffer.getvalue(), block, float(jod_lost.max()))


def _block_maximum(values: npt.NDArray[np.float32], block: int) -> npt.NDArray[np.float32]:
    if block == 1:
        return values
    rows = np.maximum.reduceat(values, np.arange(0, values.shape[0], block), axis=0)
    reduced: npt.NDArray[np.float32] = np.maximum.reduceat(rows, np.arange(0, values.shape[1], block), axis=1)
    return reduced
