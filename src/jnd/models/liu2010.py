"""Liu et al. (2010): edges and textures mask differently; total variation tells them apart.

The picture is split into structure and texture (TV-L1), each masks by its gradient, textures with two or three
times the weight, and masking adds to luminance adaptation less their overlap.

Reproduces: the authors' program (variant "code", the default), run in Octave with an exact minimiser of the same
energy, to the precision that the minimiser's not being unique allows: means within 0.02 grey levels.

Paper and program differ; variant "paper" is the paper:

=========  ==========================  ====================================================
           paper                       program
=========  ==========================  ====================================================
masking    0.117 mg                    mg α(b) + β(b) of [ChouLi1995], clipped to 0..10
weights    1 (edges), 3 (textures)     0.7 (edges), 1.4 (textures)
=========  ==========================  ====================================================

The Python port in the collection OpenJND takes a Gaussian blur for the structure: another model.
References: [Liu2010]
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from jnd.models.luma_input import check_border, luma_plane
from jnd.models.model_entry import Border, chosen_variant
from jnd.vision.contrast_masking import largest_gradient, nonlinear_additivity, spatial_masking
from jnd.vision.luminance_adaptation import background_luminance, luminance_adaptation
from jnd.vision.total_variation import structure

Array = npt.NDArray[Any]

VARIANTS = ("code", "paper")
SMALLEST_SIZE = (2, 2)

STRUCTURE_WEIGHT = 0.8
"""λ of the decomposition; 0.2 to 2 are said to work [Liu2010, section 3]."""
MASKING = 0.117
"""β: masking per grey level of gradient [Liu2010, eq. 7]."""
PAPER_WEIGHTS = (1.0, 3.0)
"""Of edges and of textures [Liu2010, section 3]."""
CODE_WEIGHTS = (0.7, 1.4)
"""The program's."""
LARGEST_MASKING = 10.0
"""Grey levels, of edges and textures each before weighting [program]."""
OVERLAP = 0.3
"""Of luminance adaptation and masking [Yang2005]."""


def jnd_liu2010(
    luma: npt.ArrayLike,
    *,
    variant: str | None = None,
    border: Border = "reflect",
    structure_weight: float = STRUCTURE_WEIGHT,
) -> Array:
    """Threshold per pixel of Liu et al. (2010).

    Parameters
    ----------
    luma : (H, W) grey levels 0 to 255, uint8, float32 or float64. The decomposition sees whole grey levels.
    variant : "code" (default, the authors' program) or "paper".
    border : "reflect" mirrors the picture at its edges, "zero" pads with black as the program does.
    structure_weight : λ; the smaller, the smoother the structure.

    Returns
    -------
    (H, W) smallest visible change, grey levels; float32, or float64 for float64 luma.
    """
    variant = chosen_variant(variant, VARIANTS, model="liu2010")
    check_border(border)
    if not structure_weight > 0:
        raise ValueError(
            f"structure_weight must be greater than 0, got {structure_weight}; the paper's is {STRUCTURE_WEIGHT}"
        )
    plane = luma_plane(luma, smallest_size=SMALLEST_SIZE, model="liu2010")
    levels = plane if plane.dtype == np.uint8 else np.floor(plane + 0.5).astype(np.uint8)
    edges = structure(levels, weight=structure_weight)
    background = background_luminance(plane, border)
    dtype = background.dtype
    return masked_by_parts(background, edges.astype(dtype), plane.astype(dtype) - edges, variant, border)


def masked_by_parts(background: Array, edges: Array, texture: Array, variant: str, border: str) -> Array:
    """Luminance adaptation and the masking by structure and by texture, added."""
    edge_gradient, texture_gradient = (largest_gradient(part, border) for part in (edges, texture))
    if variant == "paper":
        edge_weight, texture_weight = PAPER_WEIGHTS
        masking = edge_gradient
        masking *= MASKING * edge_weight
        texture_gradient *= MASKING * texture_weight
        masking += texture_gradient
    else:
        edge_weight, texture_weight = CODE_WEIGHTS
        masking = np.clip(spatial_masking(edge_gradient, background), 0, LARGEST_MASKING)
        masking *= edge_weight
        by_texture = np.clip(spatial_masking(texture_gradient, background), 0, LARGEST_MASKING)
        by_texture *= texture_weight
        masking += by_texture
    return nonlinear_additivity(luminance_adaptation(background), masking, OVERLAP)
