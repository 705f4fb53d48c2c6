"""Chou & Li (1995): luminance adaptation or spatial masking, whichever hides more.

Reproduces: the statistics of an independent reading of the paper's equations (golden values in the tests).
Differs: by default borders are mirrored; the paper says nothing about them.
The collection OpenJND has a function "Chou" that is another model: it adds the terms of Yang et al. (2005)
without edge protection, and lets the masking become negative.
References: [ChouLi1995]
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from jnd.models.luma_input import check_border, luma_plane
from jnd.models.model_entry import Border, chosen_variant
from jnd.vision.contrast_masking import largest_gradient, spatial_masking
from jnd.vision.luminance_adaptation import background_luminance, luminance_adaptation

Array = npt.NDArray[Any]

VARIANTS = ("paper",)
SMALLEST_SIZE = (1, 1)


def jnd_chou1995(luma: npt.ArrayLike, *, variant: str | None = None, border: Border = "reflect") -> Array:
    """Threshold per pixel of Chou & Li (1995), equations 1 to 6.

    Parameters
    ----------
    luma : (H, W) grey levels 0 to 255, uint8, float32 or float64.
    variant : "paper" is the only one; no program of the authors is public.
    border : "reflect" mirrors the picture at its edges, "zero" pads with black.

    Returns
    -------
    (H, W) smallest visible change, grey levels; float32, or float64 for float64 luma. The paper's
    constants hold for a 19-inch monitor in a dark room at about six times the picture's height.
    """
    chosen_variant(variant, VARIANTS, model="chou1995")
    check_border(border)
    plane = luma_plane(luma, smallest_size=SMALLEST_SIZE, model="chou1995")
    background = background_luminance(plane, border)
    masking = spatial_masking(largest_gradient(plane, border), background)
    return np.maximum(masking, luminance_adaptation(background), out=masking)
