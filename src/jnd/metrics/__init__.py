"""Scores of how far apart two pictures look, and of how good one looks.

In: arrays of code values. Out: a number (and a map where one is defined). ``METRICS`` lists them; :func:`score` calls one
by name.
"""

import math
from typing import Any

from jnd._lookup import lookup
from jnd.metrics.metric_entry import MetricEntry

_INFINITY = math.inf

METRICS: dict[str, MetricEntry] = {
    "colorvideovdp": MetricEntry(
        "ColorVideoVDP", "jnd.metrics.colorvideovdp:colorvideovdp", 2024, "Mantiuk2024", "higher",
        (-_INFINITY, 10.0), 10.0, "pip cvvdp 0.5.7", symmetric=False, map_home="jnd.metrics.colorvideovdp:heat_map",
    ),
    "ssimulacra2": MetricEntry(
        "SSIMULACRA2", "jnd.metrics.ssimulacra2:ssimulacra2", 2023, "Sneyers2023", "higher",
        (-_INFINITY, 100.0), 100.0, "pip ssimulacra2 0.3.0", smallest_side=8, symmetric=False,
    ),
    "flip": MetricEntry(
        "FLIP (LDR)", "jnd.metrics.flip:flip", 2020, "Andersson2020", "lower",
        (0.0, 1.0), 0.0, "flip-evaluator 1.7", map_home="jnd.metrics.flip:flip_map",
    ),
    "psnr-y": MetricEntry(
        "PSNR of luma", "jnd.metrics.psnr:psnr_y", 2008, "Huynh-Thu2008", "higher",
        (0.0, _INFINITY), _INFINITY, "definition",
    ),
    "psnr-rgb": MetricEntry(
        "PSNR of red, green and blue", "jnd.metrics.psnr:psnr_rgb", 2008, "Huynh-Thu2008", "higher",
        (0.0, _INFINITY), _INFINITY, "scikit-image 0.26 peak_signal_noise_ratio",
    ),
    "psnr-hvs-m": MetricEntry(
        "PSNR-HVS-M", "jnd.metrics.psnr_hvs_m:psnr_hvs_m", 2007, "Ponomarenko2007", "higher",
        (-_INFINITY, _INFINITY), _INFINITY, "pip psnr-hvsm 0.3.0 (numpy path)", smallest_side=8,
    ),
    "ssim": MetricEntry(
        "SSIM", "jnd.metrics.ssim:ssim", 2004, "Wang2004", "higher",
        (-1.0, 1.0), 1.0, "scikit-image 0.26 structural_similarity", smallest_side=11,
        map_home="jnd.metrics.ssim:ssim_map",
    ),
    "ms-ssim": MetricEntry(
        "MS-SSIM", "jnd.metrics.ms_ssim:ms_ssim", 2003, "Wang2003", "higher",
        (0.0, 1.0), 1.0, "piq 0.8.0 multi_scale_ssim of the luma", smallest_side=161,
    ),
    "iw-ssim": MetricEntry(
        "IW-SSIM", "jnd.metrics.iw_ssim:iw_ssim", 2011, "WangLi2011", "higher",
        (0.0, 1.0), 1.0, "piq 0.8.0 information_weighted_ssim", smallest_side=161, symmetric=False,
    ),
    "gmsd": MetricEntry(
        "GMSD", "jnd.metrics.gmsd:gmsd", 2014, "Xue2014", "lower",
        (0.0, 1.0), 0.0, "piq 0.8.0 gmsd", smallest_side=2, map_home="jnd.metrics.gmsd:gmsd_map",
    ),
    "vifp": MetricEntry(
        "VIF in the pixel domain", "jnd.metrics.vifp:vifp", 2006, "SheikhBovik2006", "higher",
        (0.0, _INFINITY), 1.0, "piq 0.8.0 vif_p", smallest_side=41, symmetric=False,
    ),
    "fsimc": MetricEntry(
        "FSIMc", "jnd.metrics.fsimc:fsimc", 2011, "Zhang2011", "higher",
        (0.0, 1.0), 1.0, "piq 0.8.0 fsim", smallest_side=4,
    ),
    "haarpsi": MetricEntry(
        "HaarPSI", "jnd.metrics.haarpsi:haarpsi", 2018, "Reisenhofer2018", "higher",
        (0.0, 1.0), 1.0, "piq 0.8.0 haarpsi", smallest_side=16, grey_as_colour=False,
    ),
    "pspnr": MetricEntry(
        "PSPNR", "jnd.metrics.pspnr:pspnr", 1995, "ChouLi1995", "higher",
        (0.0, _INFINITY), _INFINITY, "definition", smallest_side=16, symmetric=False, needs_jnd_map=True,
    ),
    "jnd-psnr": MetricEntry(
        "PSNR weighted by a JND map", "jnd.metrics.jnd_weighted:jnd_weighted_psnr", 2026, "own", "higher",
        (0.0, _INFINITY), _INFINITY, "our own definition", smallest_side=16, symmetric=False, needs_jnd_map=True,
    ),
    "jnd-ssim": MetricEntry(
        "SSIM weighted by a JND map", "jnd.metrics.jnd_weighted:jnd_weighted_ssim", 2026, "own", "higher",
        (-1.0, 1.0), 1.0, "our own definition", smallest_side=16, symmetric=False, needs_jnd_map=True,
    ),
    "niqe": MetricEntry(
        "NIQE, fitted by us", "jnd.metrics.niqe:niqe", 2013, "Mittal2013", "lower",
        (0.0, _INFINITY), None, "own fit", smallest_side=48, full_reference=False,
    ),
    "brisque_observer": MetricEntry(
        "BRISQUE's features on labels of the observer", "jnd.metrics.brisque_observer:brisque_observer", 2012,
        "Mittal2012", "higher", (-_INFINITY, 10.0), None, "own fit", smallest_side=32, full_reference=False,
    ),
}  # fmt: skip
"""By the name that commands take."""


def score(name: str, reference: Any, changed: Any = None, *, threshold: Any = None) -> float:
    """The metric ``name`` of two pictures, or of one where it needs no reference.

    Parameters
    ----------
    name : a key of :data:`METRICS`.
    reference, changed : arrays as :class:`~jnd.metrics.metric_entry.MetricEntry` says.
    threshold : (H, W) JND map of the reference in grey levels, for the metrics that weigh by one
        (``jnd.jnd_map(luma)``).

    Raises
    ------
    UnknownNameError
        No such metric.
    ValueError
        A picture that the metric cannot take, or one that is missing.
    """
    entry = lookup(METRICS, name, kind="metric")
    if not entry.full_reference:
        return entry.function(reference if changed is None else changed)
    if changed is None:
        raise ValueError(f"{entry.title} compares two pictures; give the changed one too")
    if not entry.needs_jnd_map:
        return entry.function(reference, changed)
    if threshold is None:
        raise ValueError(
            f"{entry.title} needs a JND map of the reference; give it as threshold=jnd.jnd_map(luma)"
        )
    from jnd.metrics.planes import luma_pair

    return entry.function(*luma_pair(reference, changed, entry.smallest_side), threshold)
