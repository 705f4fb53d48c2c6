"""JND models of the literature: the smallest change of each pixel or coefficient that can be seen.

In: (H, W) luma in grey levels from 0 to 255 (uint8, float32, float64). Out: (H, W) thresholds in grey levels.
Pixel models are listed here, sub-band models in ``jnd.models.subband``; ``JND_MODELS`` holds both.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from jnd._lookup import lookup
from jnd.models.chou1995 import SMALLEST_SIZE as CHOU1995_SIZE
from jnd.models.chou1995 import VARIANTS as CHOU1995_VARIANTS
from jnd.models.chou1995 import jnd_chou1995
from jnd.models.model_entry import Border, ModelEntry
from jnd.models.subband import SUBBAND_MODELS

Array = npt.NDArray[np.floating[Any]]

PIXEL_MODELS: dict[str, ModelEntry] = {
    "chou1995": ModelEntry(
        jnd_chou1995,
        year=1995,
        domain="pixel",
        variants=CHOU1995_VARIANTS,
        smallest_size=CHOU1995_SIZE,
        reference="ChouLi1995",
        summary="luminance adaptation or spatial masking, whichever is larger",
    ),
}

JND_MODELS: dict[str, ModelEntry] = {**PIXEL_MODELS, **SUBBAND_MODELS}


def jnd_map(
    luma: npt.ArrayLike,
    *,
    model: str = "wu2017",
    variant: str | None = None,
    border: Border = "reflect",
    **options: Any,
) -> Array:
    """JND threshold per pixel by the named model.

    Parameters
    ----------
    luma : (H, W) grey levels 0 to 255, uint8, float32 or float64. float64 is computed in 64-bit arithmetic.
    model : a key of ``JND_MODELS``.
    variant : "paper" or "code" where the model has both; its default otherwise.
    border : "reflect" mirrors the picture at its edges; "zero" pads with black as the authors' programs do.
    options : of the model, see its function.

    Returns
    -------
    (H, W) smallest visible change, grey levels; float32, or float64 for float64 luma.

    >>> jnd_map(np.full((8, 8), 127.0), model="chou1995")[0, 0]
    np.float64(3.0)
    """
    entry = lookup(JND_MODELS, model, kind="JND model")
    return entry.function(luma, variant=variant, border=border, **options)
