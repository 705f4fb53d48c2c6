"""Yang et al. (2005): luminance adaptation and texture masking add up, less their overlap (NAMM); three channels.

Reproduces: the authors' program (variant "code", the default), run in Octave, with ``border="zero"`` and
``clip_masking=False``; and the paper's equations without edges (``protect_edges=False``).

Paper and program differ; variant "paper" is the paper:

================  =====================================  ====================================================
                  paper                                  program
================  =====================================  ====================================================
texture masking   0.117 mg W (Y), 0.65, 0.45 (Cb, Cr)    mg W α(b) + β(b) of [ChouLi1995]; luma only
edge weight W     0.1 on edges, 1 elsewhere, smoothed    0.05 on edges widened by a disc of radius 6
================  =====================================  ====================================================

Differs from the program: masking that falls below zero on bright flat ground counts as zero unless
``clip_masking`` is False (the program then answers less than luminance adaptation, down to 2.47); pictures of 768
pixels and more are not reduced in size (the program leaves the small map in a corner of the large one); the
structuring element ``disk`` of MATLAB is a true disc unless ``square_dilation``.
References: [Yang2005]
"""

from typing import Any, Literal, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from jnd.models.luma_input import check_border, luma_plane, working_dtype
from jnd.models.model_entry import Border, chosen_variant
from jnd.vision.contrast_masking import largest_gradient, nonlinear_additivity, spatial_masking
from jnd.vision.edges import canny, disc, edge_protection, square
from jnd.vision.local_filters import Plane, blur, floating
from jnd.vision.luminance_adaptation import background_luminance, luminance_adaptation

Array = npt.NDArray[Any]

VARIANTS = ("code", "paper")
SMALLEST_SIZE = (3, 3)

EDGE_THRESHOLD = 0.5
"""Of Canny's method, share of the strongest gradient [Yang2005, section 2.2]."""


class Channel(NamedTuple):
    """Constants of one channel [Yang2005, section 2]."""

    masking: float
    """β: texture masking per grey level of gradient."""
    overlap: float
    """C: how far luminance adaptation and texture masking hide the same change."""


CHANNELS = {"y": Channel(0.117, 0.30), "cb": Channel(0.65, 0.25), "cr": Channel(0.45, 0.20)}


def jnd_yang2005(
    luma: npt.ArrayLike,
    *,
    variant: str | None = None,
    border: Border = "reflect",
    protect_edges: bool = True,
    clip_masking: bool = True,
    square_dilation: bool = False,
) -> Array:
    """Threshold per pixel of luma of Yang et al. (2005).

    Parameters
    ----------
    luma : (H, W) grey levels 0 to 255, uint8, float32 or float64, at least 3 by 3.
    variant : "code" (default, the authors' program) or "paper".
    border : "reflect" mirrors the picture at its edges, "zero" pads with black as the program does.
    protect_edges : False leaves the weight of edges out.
    clip_masking : False keeps the negative masking of the program. Variant "code" only.
    square_dilation : widen edges by an 11x11 square, believed to be MATLAB's ``strel('disk', 6, 6)``, instead
        of by the disc of radius 6. Variant "code" only.

    Returns
    -------
    (H, W) smallest visible change, grey levels; float32, or float64 for float64 luma.
    """
    variant = chosen_variant(variant, VARIANTS, model="yang2005")
    check_border(border)
    plane = luma_plane(luma, smallest_size=SMALLEST_SIZE, model="yang2005")
    background = background_luminance(plane, border)
    gradient = largest_gradient(plane, border)
    if variant == "paper":
        if protect_edges:
            gradient *= blur(edge_level(plane), 7, 0.8, border)
        masking = gradient
        masking *= CHANNELS["y"].masking
    else:
        if protect_edges:
            gradient *= edge_protection(
                plane,
                threshold=EDGE_THRESHOLD,
                dilation=square(6) if square_dilation else disc(6),
                depth=0.95,
                length=7,
                sigma=0.8,
                border=border,
            )
        masking = spatial_masking(gradient, background)
        if clip_masking:
            np.maximum(masking, 0, out=masking)
    return nonlinear_additivity(luminance_adaptation(background), masking, CHANNELS["y"].overlap)


def edge_level(plane: Plane) -> Array:
    """L of the paper: 0.1 on edges, 1 elsewhere."""
    level = np.ones(plane.shape, dtype=floating(plane[:0]).dtype)
    level[canny(plane, EDGE_THRESHOLD)] = 0.1
    return level


def jnd_yang2005_chroma(
    luma: npt.ArrayLike,
    chroma: npt.ArrayLike,
    *,
    channel: Literal["cb", "cr"],
    border: Border = "reflect",
) -> Array:
    """Threshold per pixel of a chroma plane (variant "paper"; the authors' program has luma only).

    Parameters
    ----------
    luma : (H, W) Y, grey levels 0 to 255, uint8, float32 or float64, at least 6 by 6.
    chroma : Cb or Cr, 0 to 255 with 128 for grey, of luma's size (4:4:4) or half of it, rounded up (4:2:0).
    channel : which of the two.
    border : "reflect" or "zero".

    Returns
    -------
    Smallest visible change of the chroma plane, of its shape. Luminance adaptation is that of Y; luma's
    background and edges are averaged over 2x2 pixels for 4:2:0.

    Raises
    ------
    ValueError
        Chroma of another shape, or an unknown channel.
    """
    if channel not in {"cb", "cr"}:
        raise ValueError(f'channel must be "cb" or "cr", got {channel!r}; for luma call jnd_yang2005')
    check_border(border)
    plane = luma_plane(luma, smallest_size=(6, 6), model="yang2005 (chroma)")
    colour = luma_plane(chroma, smallest_size=(3, 3), model="yang2005 (chroma)")
    half = tuple((side + 1) // 2 for side in plane.shape)
    if colour.shape not in (plane.shape, half):
        raise ValueError(
            f"chroma must have luma's shape {plane.shape} or half of it {half}, got {colour.shape}; "
            "resample it first"
        )
    background, level = background_luminance(plane, border), edge_level(plane)
    if colour.shape != plane.shape:
        background, level = (halved(part) for part in (background, level))
    constants = CHANNELS[channel]
    dtype = working_dtype(colour)
    masking = largest_gradient(colour, border)
    masking *= blur(level, 7, 0.8, border).astype(dtype, copy=False)
    masking *= constants.masking
    adaptation = luminance_adaptation(background.astype(dtype, copy=False))
    return nonlinear_additivity(adaptation, masking, constants.overlap)


def halved(plane: Array) -> Array:
    """Means of 2x2 pixels; an odd last row or column is repeated."""
    height, width = plane.shape
    even = cv2.copyMakeBorder(plane, 0, height % 2, 0, width % 2, cv2.BORDER_REPLICATE)
    return cv2.resize(even, (even.shape[1] // 2, even.shape[0] // 2), interpolation=cv2.INTER_AREA)
