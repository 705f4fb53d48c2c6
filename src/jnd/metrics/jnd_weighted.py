"""PSNR and SSIM in which pixels count by how visible a change of them is: our own weighting by a JND map.

In: two pictures and a threshold per pixel. Out: decibels, or a similarity of at most 1.
The weight of a pixel is one over its squared threshold, relative to the picture's mean weight; a map of one
constant therefore gives plain PSNR and plain SSIM. No experiment with people was made for this weighting.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from jnd.metrics.psnr import decibels
from jnd.metrics.pspnr import same_planes
from jnd.metrics.ssim import TAPS, similarity_maps

Array = npt.NDArray[np.floating[Any]]

LEAST_THRESHOLD = 1.0
"""Grey levels. Smaller thresholds count as this one: pictures of 8 bits hold no smaller change."""


def jnd_weighted_psnr(reference: npt.ArrayLike, changed: npt.ArrayLike, threshold: npt.ArrayLike) -> float:
    """PSNR with squared differences weighted by visibility.

    Parameters
    ----------
    reference, changed : (H, W) grey levels 0 to 255, any real dtype.
    threshold : (H, W) visibility threshold of each pixel of the reference, grey levels; a JND map.

    Returns
    -------
    dB; infinite for equal pictures.

    Raises
    ------
    ValueError
        Sizes differ, or a threshold is negative or not finite.
    """
    one, other, visible = same_planes(reference, changed, threshold)
    weight = _weights(visible)
    return decibels(float(np.sum(weight * (one - other) ** 2)))


def jnd_weighted_ssim(reference: npt.ArrayLike, changed: npt.ArrayLike, threshold: npt.ArrayLike) -> float:
    """SSIM (Wang et al. 2004, Gaussian window of 11, sigma 1.5) with its map weighted by visibility.

    Parameters as of :func:`jnd_weighted_psnr`; pictures of at least 11 by 11 pixels. Windows that reach beyond
    the picture are left out, as in the authors' program.

    Returns
    -------
    1 for equal pictures, less otherwise.
    """
    one, other, visible = same_planes(reference, changed, threshold)
    if min(one.shape) < TAPS:
        raise ValueError(
            f"SSIM needs a picture of at least {TAPS}x{TAPS} pixels, got {one.shape[1]}x{one.shape[0]}"
        )
    inner = slice(TAPS // 2, -(TAPS // 2))
    return float(np.sum(_weights(visible[inner, inner]) * similarity_maps(one, other)[0]))


def _weights(threshold: Array) -> Array:
    weight = np.maximum(threshold, LEAST_THRESHOLD) ** -2
    return weight / weight.sum()  # type: ignore[no-any-return]
