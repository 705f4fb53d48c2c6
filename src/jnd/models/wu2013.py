"""Wu et al. (2013): what the eye does not predict, it does not see (free-energy principle).

The picture is split into what its surround predicts and the disorder left over; luminance adaptation and contrast
masking of the prediction, and the disorder itself, add up less their overlap.

Reproduces: the authors' program (variant "code", the default), run in Octave, with ``border="zero"``. On 64-bit input
the prediction differs by one grey level in less than 0.01 % of pixels; on 32-bit input in up to 0.4 %, where it lies
exactly half way between two levels and the program's rounding errors decide.

Paper and program differ; variant "paper" is the paper, with the program's prediction:

=================  ==========================================  ==================================================
                   paper                                       program
=================  ==========================================  ==================================================
prediction         weights by mutual information, 11x11        weights by patch similarity, 21x21
adaptation         [ChouLi1995]                                the same after lifting dark grounds
contrast masking   mg α(b) + β(b) of [ChouLi1995]              |80 log4(1 + mg / 80) α(b) + β(b)|
disorder           1.125 |F - F'|                              |F - F'|, smoothed where flat, less at edges
=================  ==========================================  ==================================================

The paper does not define its mutual information well enough to compute it; both variants predict as the program does.
Corrected in "paper": the masking is printed as (0.01 B + 11.5)(0.01 G - 1) - 12, which is [ChouLi1995] only with
"+ 12"; the dark branch of luminance adaptation lacks its "+ 3". Masking below zero counts as zero.
Differs from the program: with ``border="reflect"`` the frame has thresholds; the program answers 0 in the first two
and last three rows and columns.
References: [Wu2013]
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from jnd.models.luma_input import check_border, luma_plane
from jnd.models.model_entry import Border, chosen_variant
from jnd.vision.contrast_masking import largest_gradient, nonlinear_additivity, spatial_masking
from jnd.vision.edges import disc, edge_protection
from jnd.vision.free_energy import prediction
from jnd.vision.local_filters import Plane, blur
from jnd.vision.local_statistics import local_standard_deviation
from jnd.vision.luminance_adaptation import (
    background_luminance,
    lifted_luminance_adaptation,
    luminance_adaptation,
)

Array = npt.NDArray[Any]

VARIANTS = ("code", "paper")
SMALLEST_SIZE = (7, 7)

OVERLAP = 0.3
"""Of adaptation with masking, and of order with disorder [Wu2013, eqs 9 and 11]."""
COMPRESSION = 80.0
"""Gradient at which the program's compression sets in, grey levels."""
FLAT = 10.0
"""Local standard deviation below which disorder is smoothed, grey levels [program]."""
DISORDER_WEIGHT = 1.125
"""α of the paper, eq. 10."""


def jnd_wu2013(luma: npt.ArrayLike, *, variant: str | None = None, border: Border = "reflect") -> Array:
    """Threshold per pixel of Wu et al. (2013).

    Parameters
    ----------
    luma : (H, W) grey levels 0 to 255, uint8, float32 or float64, at least 7 by 7. float64 follows the
        program's arithmetic in its order and is twenty times slower.
    variant : "code" (default, the authors' program) or "paper".
    border : "reflect" mirrors the picture at its edges, "zero" pads with black as the program does.

    Returns
    -------
    (H, W) smallest visible change, grey levels; float32, or float64 for float64 luma.
    """
    variant = chosen_variant(variant, VARIANTS, model="wu2013")
    check_border(border)
    plane = luma_plane(luma, smallest_size=SMALLEST_SIZE, model="wu2013")
    expected = prediction(plane, border)
    disorder = np.abs(plane - expected)
    # Whole levels fit uint8, whose filters are exact and quick; 64-bit input keeps its precision.
    order = expected if expected.dtype == np.float64 else expected.astype(np.uint8)
    if variant == "paper":
        background = background_luminance(order, border)
        masking = spatial_masking(largest_gradient(order, border), background)
        np.maximum(masking, 0, out=masking)
        orderly = nonlinear_additivity(luminance_adaptation(background), masking, OVERLAP)
        disorder *= DISORDER_WEIGHT
        return nonlinear_additivity(orderly, disorder, OVERLAP)
    orderly = nonlinear_additivity(
        lifted_luminance_adaptation(order, border), contrast_masking(order, border), OVERLAP
    )
    threshold = nonlinear_additivity(orderly, disorder_masking(plane, disorder, border), OVERLAP)
    if border == "zero":  # valid_mask of the program
        threshold[:2] = threshold[-3:] = 0
        threshold[:, :2] = threshold[:, -3:] = 0
    return threshold


def contrast_masking(order: Plane, border: str) -> Array:
    """|80 log4(1 + mg / 80) α(b) + β(b)| with the background b in whole grey levels [program]."""
    gradient = largest_gradient(order, border)
    gradient *= 1 / COMPRESSION
    np.log1p(gradient, out=gradient)
    gradient *= COMPRESSION / np.log(4)
    masking = spatial_masking(gradient, np.floor(background_luminance(order, border)))
    return np.abs(masking, out=masking)


def disorder_masking(plane: Plane, disorder: Array, border: str) -> Array:
    """Disorder as the program lets it count: smoothed down on flat ground, a fifth of it on strong edges."""
    flat = local_standard_deviation(plane, 7, border) < FLAT
    smooth = np.minimum(disorder, blur(disorder, 7, 7 / 3, border))
    masking = np.where(flat, smooth, disorder)
    masking *= edge_protection(
        plane, threshold=0.7, dilation=disc(2), depth=0.8, length=5, sigma=0.8, border=border
    )
    return masking
