"""Our variant after Hadizadeh et al. (2017): the normalised Laplacian pyramid says how well a place hides noise.

Of the paper only the abstract could be read: thresholds are the largest for which picture and noisy picture are near
in the space of the normalised Laplacian pyramid, and saliency modulates them. Its objective is not public. This is our
answer to the same question, not the authors' model; no human data went into it.

White noise of amplitude T at a pixel adds T g_k to band k of the pyramid, which the model of [Laparra2016] divides by
n_k, the strength of the band around the pixel. We let the squared sum over bands, T² Σ (g_k / n_k)², be the same
everywhere as on uniform grey, where n_k is σ_k and T is luminance adaptation (to the first order in T; each pixel's
largest T, and so the largest product of all). Salient places get the share 0.3 less of what texture adds.

References: own variant after [Hadizadeh2017]
"""

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from jnd.models.luma_input import check_border, luma_plane, working_dtype
from jnd.models.model_entry import Border, chosen_variant
from jnd.vision.laplacian_pyramid import BANDS, SIGMA, laplacian_bands, normalisers
from jnd.vision.luminance_adaptation import background_luminance, luminance_adaptation
from jnd.vision.saliency import saliency

Array = npt.NDArray[Any]

VARIANTS = ("own",)
SMALLEST_SIZE = (32, 32)
"""The fifth band then has two pixels on a side."""

NOISE_GAIN = (0.93595, 0.24431, 0.10633, 0.05150, 0.02555)
"""g_k: standard deviation of band k of white noise of standard deviation 1 (the norm of the band's filter)."""
SALIENCY_WEIGHT = 0.3
"""Share of the masking that the most salient place loses. Ours, not fitted."""


def jnd_nlp_saliency(
    luma: npt.ArrayLike,
    *,
    variant: str | None = None,
    border: Border = "reflect",
    saliency_weight: float = SALIENCY_WEIGHT,
) -> Array:
    """Threshold per pixel of our variant after Hadizadeh et al. (2017).

    Parameters
    ----------
    luma : (H, W) grey levels 0 to 255, uint8, float32 or float64, at least 32 by 32.
    variant : "own" is the only one.
    border : of luminance adaptation: "reflect" or "zero". The pyramid mirrors always.
    saliency_weight : share of masking that the most salient place loses, 0 to 1.

    Returns
    -------
    (H, W) smallest visible change, grey levels; float32, or float64 for float64 luma.
    """
    chosen_variant(variant, VARIANTS, model="nlp_saliency")
    check_border(border)
    if not 0 <= saliency_weight <= 1:
        raise ValueError(f"saliency_weight must be from 0 to 1, got {saliency_weight}; 0 leaves saliency out")
    plane = luma_plane(luma, smallest_size=SMALLEST_SIZE, model="nlp_saliency")
    masking = elevation(plane) - 1
    masking *= 1 - saliency_weight * saliency(plane)
    masking += 1
    masking *= luminance_adaptation(background_luminance(plane, border))
    return masking


def elevation(plane: npt.NDArray[Any]) -> Array:
    """Factor, 1 and more, by which texture lets noise grow at equal distance in the pyramid, (H, W)."""
    dtype = working_dtype(plane)
    unit = np.divide(plane, 255, dtype=dtype)
    strengths = normalisers(laplacian_bands(unit, BANDS))
    visible = np.zeros((1, 1), dtype=dtype)
    # From the coarsest band up, each is brought to the size of the next finer one.
    for strength, gain in zip(reversed(strengths), reversed(NOISE_GAIN), strict=True):
        size = (strength.shape[1], strength.shape[0])
        visible = (gain / strength) ** 2 + cv2.resize(visible, size, interpolation=cv2.INTER_LINEAR)
    uniform = sum((gain / sigma) ** 2 for gain, sigma in zip(NOISE_GAIN, SIGMA, strict=True))
    result: Array = np.sqrt(uniform / visible)
    return np.maximum(result, 1, out=result)  # rounding
