"""Published procedures as settings. A key that stands in ``study.toml`` wins over its preset's.

``verified`` is false for all of them: the texts of the standards are paid, and what is not confirmed is in the notes. A
study follows a procedure; it does not conform to a standard.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Preset:
    """Settings of one procedure."""

    method: str
    follows: str
    tables: Mapping[str, Mapping[str, Any]]
    unconfirmed: tuple[str, ...] = field(default=())
    """Values that come from memory or from second hand."""


PRESETS: Final[Mapping[str, Preset]] = {
    "iso29170_2": Preset(
        "flicker",
        "the procedure of ISO/IEC 29170-2:2015, Annex B (AIC-2), interleaved forced choice",
        {
            "study": {"question": "flickers"},
            "display": {"phase_ms": 100.0, "max_view_ms": 4000.0},
            "trials": {"adaptive": "constant_stimuli", "per_picture": 10, "not_sure": False},
        },
        ("10 phases per second (whether phases or cycles)", "4 s of viewing", "number of trials"),
    ),
    "hs2014": Preset(
        "flicker",
        "Hoffman & Stolitzka (2014), forced choice of the still side",
        {
            "study": {"question": "still"},
            "display": {"phase_ms": 1000 / 7.5, "max_view_ms": 4000.0},
            "viewing": {"conditions": "hoffman2014"},
            "trials": {"adaptive": "constant_stimuli", "per_picture": 30, "not_sure": False},
        },
        ("4 s of viewing", "30 repeats of a level", "feedback in training"),
    ),
    "konjnd": Preset(
        "flicker-slider",
        "Lin et al. (2022), KonJND-1k: a slider to the critical flickering point",
        {"display": {"phase_ms": 125.0}, "trials": {"adaptive": "adjustment", "per_picture": 1}},
    ),
    "mcl_jci": Preset(
        "side-by-side",
        "Jin et al. (2016), MCL-JCI: bisection, same quality or not",
        {"trials": {"adaptive": "bisection", "keep": 0.5, "per_picture": 12}},
        ("viewing set-up",),
    ),
    "videoset": Preset(
        "side-by-side",
        "Wang et al. (2017), VideoSet: robust bisection that drops a quarter",
        {"trials": {"adaptive": "bisection", "keep": 0.75, "per_picture": 20}},
        ("share of the interval that is kept", "stopping width"),
    ),
    "bapps": Preset(
        "same-different",
        "Zhang et al. (2018), BAPPS: patches of 64 pixels, 1 s each, 250 ms between",
        {
            "stimuli": {"patch_size": 64},
            "display": {"exposure_ms": 1000.0, "gap_ms": 250.0, "scale": 4},
            "trials": {"adaptive": "none", "per_picture": 1, "catch_share": 0.25},
        },
        ("1 s and 250 ms", "enlargement of the patches", "share of sentinels"),
    ),
    "bt500_acr": Preset(
        "acr",
        "ITU-R BT.500 / ITU-T P.910, absolute category rating with hidden reference",
        {
            "display": {"blank_ms": 1000.0, "max_view_ms": 10000.0},
            "trials": {"adaptive": "none", "per_picture": 1, "dummies": 3},
        },
        ("10 s to vote", "number of dummies"),
    ),
    "bt500_dcr": Preset(
        "dcr",
        "ITU-R BT.500 / ITU-T P.910, degradation category rating",
        {
            "display": {"blank_ms": 1000.0, "max_view_ms": 10000.0},
            "trials": {"adaptive": "none", "per_picture": 1, "dummies": 3},
        },
        ("10 s to vote", "number of dummies"),
    ),
    "iso20462_3": Preset(
        "quality-ruler",
        "ISO 20462-3:2012 with the softcopy ruler of Jin et al. (2009)",
        {
            "stimuli": {"ruler_steps": 30},
            "viewing": {"tolerance": 0.05},
            "trials": {"adaptive": "none", "per_picture": 1},
        },
        ("coefficients of SQS2", "layout of the screen"),
    ),
    "aic3_btc": Preset(
        "btc",
        "ISO/IEC 29170-3 (AIC-3), boosted triplet comparison",
        {
            "stimuli": {"boost_zoom": 2, "boost_amplification": 2.0},
            "display": {"phase_ms": 100.0, "max_view_ms": 8000.0, "answer_ms": 3000.0},
            "trials": {"adaptive": "none", "not_sure": True},
        },
        ("8 s and 3 s",),
    ),
    "aic3_ptc": Preset(
        "ptc",
        "ISO/IEC 29170-3 (AIC-3), plain triplet comparison in place",
        {
            "display": {"max_view_ms": 30000.0, "toggle_hold_ms": 500.0},
            "trials": {"adaptive": "none", "not_sure": True},
        },
        ("30 s", "two toggles per second"),
    ),
    "allison2017_pan": Preset(
        "pan",
        "Allison et al. (2017), panned pairs, as far as it is known",
        {"trials": {"adaptive": "constant_stimuli", "per_picture": 10}},
        ("direction and speed", "duration"),
    ),
}

USUAL: Final[Mapping[str, str]] = {
    "flicker": "iso29170_2",
    "flicker-slider": "konjnd",
    "side-by-side": "mcl_jci",
    "same-different": "bapps",
    "acr": "bt500_acr",
    "dcr": "bt500_dcr",
    "quality-ruler": "iso20462_3",
    "btc": "aic3_btc",
    "ptc": "aic3_ptc",
    "pan": "allison2017_pan",
}
"""Method → the preset whose settings ``jnd study init`` writes where none is named."""


def with_preset(content: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Tables with the preset's values where they have none."""
    tables = PRESETS[name].tables
    merged = {section: dict(table) for section, table in tables.items()}
    for section, table in content.items():
        merged[section] = merged.get(section, {}) | dict(table) if isinstance(table, Mapping) else table
    return merged
