"""Multi-scale structural similarity [Wang2003]: contrast and structure on five scales, luminance on the coarsest.

In: two pictures. Out: the product over the scales, 1 for equal pictures.

Equal to ``piq.multi_scale_ssim`` of the luma: a scale is the mean of 2 by 2 pixels (odd sides repeat their first row
and column), means are taken over each scale's map before the exponents, and negative means count as 0.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from jnd.metrics.planes import halved, luma_pair
from jnd.metrics.ssim import TAPS, similarity_maps

Array = npt.NDArray[Any]

WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)
"""Exponents of the scales, finest first, section 3.2 of the paper."""
SMALLEST_SIDE = (TAPS - 1) * 2 ** (len(WEIGHTS) - 1) + 1
"""161: what leaves one window on the coarsest scale."""


def ms_ssim(reference: npt.ArrayLike, changed: npt.ArrayLike) -> float:
    """Multi-scale structural similarity of the luma.

    Arguments and errors as :func:`jnd.metrics.planes.checked_pair`; sides of at least 161 pixels.
    """
    one, other = luma_pair(reference, changed, SMALLEST_SIDE)
    product = 1.0
    for scale, weight in enumerate(WEIGHTS):
        if scale:
            one, other = _next_scale(one), _next_scale(other)
        similarity, contrast = similarity_maps(one, other)
        last = scale == len(WEIGHTS) - 1
        mean = float((similarity if last else contrast).mean(dtype=np.float64))
        product *= max(mean, 0.0) ** weight
    return product


def _next_scale(plane: Array) -> Array:
    pad = max(plane.shape[0] % 2, plane.shape[1] % 2)
    padded = np.pad(plane, ((pad, 0), (pad, 0)), mode="edge")
    return halved(padded[: padded.shape[0] // 2 * 2, : padded.shape[1] // 2 * 2])
