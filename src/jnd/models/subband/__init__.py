"""JND models in the domain of a transform: thresholds per coefficient, and the pixel maps that they give.

In: (H, W) luma in grey levels 0 to 255. Out: a frozen record that names the transform; ``pixel_map`` makes pixels
of it. ``SUBBAND_MODELS`` lists them: ``entry.thresholds`` gives the record, ``entry.function`` the pixel map.
"""

from jnd.models.model_entry import Law, ModelEntry
from jnd.models.subband import (
    ahumada1992,
    chou1995_bands,
    jia2006,
    watson1993,
    watson1997,
    wei2009,
    zhang2005,
)
from jnd.models.subband.thresholds import (
    DctThresholds,
    SubbandThresholds,
    UniformBandThresholds,
    WaveletThresholds,
    pixel_map,
)

__all__ = [
    "SUBBAND_MODELS",
    "DctThresholds",
    "SubbandThresholds",
    "UniformBandThresholds",
    "WaveletThresholds",
    "pixel_map",
]

_FIXED: dict[Law, str] = {
    "texture raises the threshold": "the thresholds are those of uniform grey; there is no masking",
}

SUBBAND_MODELS: dict[str, ModelEntry] = {
    "ahumada1992": ModelEntry(
        ahumada1992.jnd_ahumada1992,
        year=1992,
        domain="8x8 DCT",
        variants=ahumada1992.VARIANTS,
        smallest_size=ahumada1992.SMALLEST_SIZE,
        reference="AhumadaPeterson1992",
        summary="contrast sensitivity of each basis function on uniform grey",
        exceptions=_FIXED,
        thresholds=ahumada1992.subband_ahumada1992,
    ),
    "watson1993": ModelEntry(
        watson1993.jnd_watson1993,
        year=1993,
        domain="8x8 DCT",
        variants=watson1993.VARIANTS,
        smallest_size=watson1993.SMALLEST_SIZE,
        reference="Watson1993",
        summary="ahumada1992 with the block's luminance and each coefficient's own masking (DCTune)",
        thresholds=watson1993.subband_watson1993,
    ),
    "chou1995_bands": ModelEntry(
        chou1995_bands.jnd_chou1995_bands,
        year=1995,
        domain="sub-bands",
        variants=chou1995_bands.VARIANTS,
        smallest_size=chou1995_bands.SMALLEST_SIZE,
        reference="ChouLi1995",
        summary="energy of the pixel thresholds of chou1995, shared out among 16 bands",
        thresholds=chou1995_bands.subband_chou1995,
    ),
    "watson1997": ModelEntry(
        watson1997.jnd_watson1997,
        year=1997,
        domain="9/7 wavelet",
        variants=watson1997.VARIANTS,
        smallest_size=watson1997.SMALLEST_SIZE,
        reference="Watson1997",
        summary="visibility of noise in each wavelet band; Y, Cb and Cr",
        exceptions=_FIXED,
        thresholds=watson1997.subband_watson1997,
    ),
    "zhang2005": ModelEntry(
        zhang2005.jnd_zhang2005,
        year=2005,
        domain="8x8 DCT",
        variants=zhang2005.VARIANTS,
        smallest_size=zhang2005.SMALLEST_SIZE,
        reference="Zhang2005",
        summary="ahumada1992 with luminance adaptation and masking by plain, edge and texture blocks",
        thresholds=zhang2005.subband_zhang2005,
    ),
    "jia2006": ModelEntry(
        jia2006.jnd_jia2006,
        year=2006,
        domain="8x8 DCT",
        variants=jia2006.VARIANTS,
        smallest_size=jia2006.SMALLEST_SIZE,
        reference="Jia2006",
        summary="sensitivity to moving gratings, followed by the eye, with the masking of zhang2005; video",
        thresholds=jia2006.subband_jia2006,
    ),
    "wei2009": ModelEntry(
        wei2009.jnd_wei2009,
        year=2009,
        domain="8x8 DCT",
        variants=wei2009.VARIANTS,
        smallest_size=wei2009.SMALLEST_SIZE,
        reference="WeiNgan2009",
        summary="contrast sensitivity, block luminance, edge density, and motion in video",
        thresholds=wei2009.subband_wei2009,
    ),
}
