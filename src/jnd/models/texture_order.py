"""Our variant after Zeng et al. (2019): orderly texture hides less than disorderly texture, salient places least.

Of the paper only the abstract could be read: contrast masking is the sum of edge masking, orderly-texture masking and
disorderly-texture masking, told apart by the complexity of orientations, and visual saliency weighs it. How, is ours;
this is not the authors' model, and no human data went into it:

- structure and texture by TV-L1 as in [Liu2010];
- the share of disorder is w = (complexity - 1) / 8 with the pattern complexity of [Wu2017] on the texture;
- a grey level of texture gradient masks by 0.117 (1 + 2 w): w = 0 gives the weight of edges and w = 1 that of texture
  in [Liu2010];
- masking is less by the share 0.3 at the most salient place (``jnd.vision.saliency``);
- masking and luminance adaptation add up less their overlap [Yang2005].

References: own variant after [Zeng2019]
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from jnd.models.luma_input import check_border, luma_plane
from jnd.models.model_entry import Border, chosen_variant
from jnd.vision.contrast_masking import largest_gradient, nonlinear_additivity
from jnd.vision.luminance_adaptation import background_luminance, luminance_adaptation
from jnd.vision.pattern_complexity import pattern_complexity
from jnd.vision.saliency import saliency
from jnd.vision.total_variation import structure

Array = npt.NDArray[Any]

VARIANTS = ("own",)
SMALLEST_SIZE = (3, 3)

MASKING = 0.117
"""β: masking per grey level of gradient [Liu2010]."""
ORDERLY_WEIGHT, DISORDERLY_WEIGHT = 1.0, 3.0
"""Ends of the scale of texture: We and Wt of [Liu2010]."""
SALIENCY_WEIGHT = 0.3
"""Share of masking that the most salient place loses. Ours, not fitted."""
OVERLAP = 0.3
"""Of luminance adaptation and masking [Yang2005]."""


def jnd_texture_order(
    luma: npt.ArrayLike,
    *,
    variant: str | None = None,
    border: Border = "reflect",
    saliency_weight: float = SALIENCY_WEIGHT,
) -> Array:
    """Threshold per pixel of our variant after Zeng et al. (2019).

    Parameters
    ----------
    luma : (H, W) grey levels 0 to 255, uint8, float32 or float64, at least 3 by 3.
    variant : "own" is the only one.
    border : "reflect" mirrors the picture at its edges, "zero" pads with black.
    saliency_weight : share of masking that the most salient place loses, 0 to 1.

    Returns
    -------
    (H, W) smallest visible change, grey levels; float32, or float64 for float64 luma.
    """
    chosen_variant(variant, VARIANTS, model="texture_order")
    check_border(border)
    if not 0 <= saliency_weight <= 1:
        raise ValueError(f"saliency_weight must be from 0 to 1, got {saliency_weight}; 0 leaves saliency out")
    plane = luma_plane(luma, smallest_size=SMALLEST_SIZE, model="texture_order")
    levels = plane if plane.dtype == np.uint8 else np.floor(plane + 0.5).astype(np.uint8)
    background = background_luminance(plane, border)
    dtype = background.dtype
    edges = structure(levels).astype(dtype)
    texture = plane - edges
    disorder = pattern_complexity(texture, "reflect")
    disorder -= 1
    disorder /= 8
    weight = np.clip(disorder, 0, 1, out=disorder)
    weight *= DISORDERLY_WEIGHT - ORDERLY_WEIGHT
    weight += ORDERLY_WEIGHT
    masking = largest_gradient(texture, border)
    masking *= weight
    masking += largest_gradient(edges, border)
    masking *= MASKING
    masking *= 1 - saliency_weight * saliency(plane)
    return nonlinear_additivity(luminance_adaptation(background), masking, OVERLAP)
