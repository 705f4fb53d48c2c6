"""JND models of the literature: the smallest change of each pixel or coefficient that can be seen.

In: (H, W) luma in grey levels from 0 to 255 (uint8, float32, float64). Out: (H, W) thresholds in grey levels.
Pixel models are listed here, sub-band models in ``jnd.models.subband``; ``JND_MODELS`` holds both.
"""

from typing import Any

import numpy.typing as npt

from jnd._lookup import lookup
from jnd.models import (
    chou1995,
    jiang2022,
    liu2010,
    nlp_saliency,
    texture_order,
    wu2013,
    wu2017,
    yang2005,
)
from jnd.models.chou1995 import jnd_chou1995
from jnd.models.jiang2022 import jnd_jiang2022
from jnd.models.liu2010 import jnd_liu2010
from jnd.models.model_entry import Border, Law, ModelEntry
from jnd.models.nlp_saliency import jnd_nlp_saliency
from jnd.models.subband import SUBBAND_MODELS
from jnd.models.texture_order import jnd_texture_order
from jnd.models.wu2013 import jnd_wu2013
from jnd.models.wu2017 import jnd_wu2017
from jnd.models.yang2005 import jnd_yang2005

__all__ = [
    "JND_MODELS",
    "PIXEL_MODELS",
    "SUBBAND_MODELS",
    "ModelEntry",
    "jnd_chou1995",
    "jnd_jiang2022",
    "jnd_liu2010",
    "jnd_map",
    "jnd_nlp_saliency",
    "jnd_texture_order",
    "jnd_wu2013",
    "jnd_wu2017",
    "jnd_yang2005",
]

Array = npt.NDArray[Any]

_FLAT: Law = "uniform grey gives luminance adaptation alone"
_DARK = "below grey level 50 the masking of [ChouLi1995] is positive on flat ground too, up to 0.5 at black"

PIXEL_MODELS: dict[str, ModelEntry] = {
    "chou1995": ModelEntry(
        jnd_chou1995,
        year=1995,
        domain="pixel",
        variants=chou1995.VARIANTS,
        smallest_size=chou1995.SMALLEST_SIZE,
        reference="ChouLi1995",
        summary="luminance adaptation or spatial masking, whichever is larger",
    ),
    "yang2005": ModelEntry(
        jnd_yang2005,
        year=2005,
        domain="pixel",
        variants=yang2005.VARIANTS,
        smallest_size=yang2005.SMALLEST_SIZE,
        reference="Yang2005",
        summary="luminance adaptation and texture masking less their overlap; edges protected",
        exceptions={_FLAT: _DARK},
    ),
    "liu2010": ModelEntry(
        jnd_liu2010,
        year=2010,
        domain="pixel",
        variants=liu2010.VARIANTS,
        smallest_size=liu2010.SMALLEST_SIZE,
        reference="Liu2010",
        summary="structure and texture, told apart by total variation, mask differently",
        exceptions={_FLAT: _DARK},
    ),
    "wu2013": ModelEntry(
        jnd_wu2013,
        year=2013,
        domain="pixel",
        variants=wu2013.VARIANTS,
        smallest_size=wu2013.SMALLEST_SIZE,
        reference="Wu2013",
        summary="what the surround does not predict is not seen (free energy)",
        exceptions={
            _FLAT: "the program takes the absolute value of the masking of [ChouLi1995], which is not 0 on flat ground"
        },
    ),
    "wu2017": ModelEntry(
        jnd_wu2017,
        year=2017,
        domain="pixel",
        variants=wu2017.VARIANTS,
        smallest_size=wu2017.SMALLEST_SIZE,
        reference="Wu2017",
        summary="luminance adaptation, contrast masking, and the complexity of patterns",
        adaptation=wu2017.uniform_threshold,
    ),
    "jiang2022": ModelEntry(
        jnd_jiang2022,
        year=2022,
        domain="pixel",
        variants=jiang2022.VARIANTS,
        smallest_size=jiang2022.SMALLEST_SIZE,
        reference="Jiang2022",
        summary="what the picture's own KLT can leave out unseen",
        exceptions={_FLAT: "the model knows no luminance adaptation: nothing is left out of flat ground"},
    ),
    "nlp_saliency": ModelEntry(
        jnd_nlp_saliency,
        year=2026,
        domain="pixel",
        variants=nlp_saliency.VARIANTS,
        smallest_size=nlp_saliency.SMALLEST_SIZE,
        reference="own variant after Hadizadeh2017",
        summary="equal distance in the normalised Laplacian pyramid; salient places less",
    ),
    "texture_order": ModelEntry(
        jnd_texture_order,
        year=2026,
        domain="pixel",
        variants=texture_order.VARIANTS,
        smallest_size=texture_order.SMALLEST_SIZE,
        reference="own variant after Zeng2019",
        summary="orderly and disorderly texture mask differently; salient places less",
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

    >>> import numpy as np
    >>> jnd_map(np.full((8, 8), 127.0), model="chou1995")[0, 0]
    np.float64(3.0)
    """
    entry = lookup(JND_MODELS, model, kind="JND model")
    return entry.function(luma, variant=variant, border=border, **options)
