"""Wu et al. (2017): luminance adaptation, luminance contrast, and masking by the complexity of the pattern.

Reproduces: the authors' program (variant "code", the default), run in Octave, with ``border="zero"``.

Paper and program differ; variant "paper" is the paper:

=================  ==========================================  ============================================
                   paper                                       program
=================  ==========================================  ============================================
contrast C         length of the Prewitt gradient              standard deviation of 5x5
pattern masking    log2(1 + C) f(complexity)                   C f(complexity)
f(p)               0.8 p^2.7 / (p^2 + 0.1^2)                   0.3 p^2.7 / (p^2 + 1)
adaptation         17 (1 - sqrt(b/127)), or 3 (b-127)/128 + 3  0.7 of [ChouLi1995] after lifting dark grounds
edges              not protected                               pattern masking vanishes on strong edges
=================  ==========================================  ============================================

Corrected in "paper": the dark branch of luminance adaptation lacks "+ 3" in print, which makes it jump by 3 grey
levels at 127; it is added.
Differs from the program: the structuring element ``disk`` of MATLAB is a true disc unless ``square_dilation``.
References: [Wu2017]
"""

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from jnd.models.luma_input import check_border, luma_plane
from jnd.models.model_entry import Border, chosen_variant
from jnd.vision.contrast_masking import largest_gradient, nonlinear_additivity
from jnd.vision.edges import disc, square, strong_edge_protection
from jnd.vision.local_filters import Plane
from jnd.vision.local_statistics import local_standard_deviation
from jnd.vision.luminance_adaptation import (
    background_luminance,
    lifted_luminance_adaptation,
    lifted_table,
    luminance_adaptation,
)
from jnd.vision.pattern_complexity import pattern_complexity

Array = npt.NDArray[Any]

VARIANTS = ("code", "paper")
SMALLEST_SIZE = (5, 5)

OVERLAP = 0.3
"""Of luminance adaptation and masking [Wu2017, eq. 14]."""
ADAPTATION_WEIGHT = 0.7
"""Of luminance adaptation [program]."""


def jnd_wu2017(
    luma: npt.ArrayLike,
    *,
    variant: str | None = None,
    border: Border = "reflect",
    square_dilation: bool = False,
) -> Array:
    """Threshold per pixel of Wu et al. (2017).

    Parameters
    ----------
    luma : (H, W) grey levels 0 to 255, uint8, float32 or float64, at least 5 by 5.
    variant : "code" (default, the authors' program) or "paper".
    border : "reflect" mirrors the picture at its edges, "zero" pads with black as the program does.
    square_dilation : widen edges by a 5x5 square, believed to be MATLAB's ``strel('disk', 3)``, instead of by
        the disc of radius 3. Variant "code" only.

    Returns
    -------
    (H, W) smallest visible change, grey levels; float32, or float64 for float64 luma.
    """
    variant = chosen_variant(variant, VARIANTS, model="wu2017")
    check_border(border)
    plane = luma_plane(luma, smallest_size=SMALLEST_SIZE, model="wu2017")
    complexity = pattern_complexity(plane, border)
    if variant == "paper":
        return _paper(plane, complexity, border)
    adaptation = lifted_luminance_adaptation(plane, border)
    adaptation *= ADAPTATION_WEIGHT
    contrast = local_standard_deviation(plane, 5, border)
    if border == "zero":  # the program trusts only whole windows
        contrast[[0, 1, -2, -1], :] = 0
        contrast[:, [0, 1, -2, -1]] = 0
    pattern = contrast * complexity_transducer(complexity, gain=0.3, offset=1.0)
    pattern *= strong_edge_protection(
        plane, largest_gradient(plane, border), square(3) if square_dilation else disc(3), border
    )
    masking = np.maximum(contrast_transducer(contrast), pattern, out=pattern)
    return nonlinear_additivity(adaptation, masking, OVERLAP)


def uniform_threshold(level: Array) -> Array:
    """Luminance adaptation of variant "code" on uniform grey of the given levels, grey levels."""
    return ADAPTATION_WEIGHT * lifted_table()[np.asarray(level).astype(np.intp)]


def _paper(plane: Plane, complexity: Array, border: str) -> Array:
    contrast = prewitt_length(plane)
    pattern = np.log2(1 + contrast)
    pattern *= complexity_transducer(complexity, gain=0.8, offset=0.1)
    masking = np.maximum(contrast_transducer(contrast), pattern, out=pattern)
    adaptation = luminance_adaptation(background_luminance(plane, border))
    return nonlinear_additivity(adaptation, masking, OVERLAP)


def prewitt_length(plane: Plane) -> Array:
    """Length of the Prewitt gradient, grey levels per pixel pair; borders mirrored."""
    depth = cv2.CV_64F if plane.dtype == np.float64 else cv2.CV_32F
    step, across = np.array([-1.0, 0.0, 1.0]), np.ones(3) / 3
    x = cv2.sepFilter2D(plane, depth, step, across, borderType=cv2.BORDER_REFLECT)
    y = cv2.sepFilter2D(plane, depth, across, step, borderType=cv2.BORDER_REFLECT)
    return cv2.magnitude(x, y)


def contrast_transducer(contrast: Array) -> Array:
    """Masking by luminance contrast, 0.115 * 16 C^2.4 / (C^2 + 26^2) [Wu2017, eq. 10]."""
    squared = contrast * contrast
    masking: Array = cv2.pow(contrast, 2.4)
    masking *= 0.115 * 16
    squared += 26.0**2
    masking /= squared
    return masking


def complexity_transducer(complexity: Array, *, gain: float, offset: float) -> Array:
    """How much a pattern's complexity masks, gain p^2.7 / (p^2 + offset^2) [Wu2017, eq. 9]."""
    squared = complexity * complexity
    masking: Array = cv2.pow(complexity, 2.7)
    masking *= gain
    squared += offset**2
    masking /= squared
    return masking
