"""What the registry of JND models says about each of them, and the laws that a model may break by definition."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy.typing as npt

from jnd.errors import UnknownNameError
from jnd.vision.luminance_adaptation import luminance_adaptation

Array = npt.NDArray[Any]
Border = Literal["reflect", "zero"]
Domain = Literal["pixel", "8x8 DCT", "9/7 wavelet", "sub-bands"]
Law = Literal["uniform grey gives luminance adaptation alone", "texture raises the threshold"]
"""Laws that every model keeps unless its entry declares an exception. (No model may break the others:
finite, non-negative, deterministic, input untouched.)"""


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """One JND model: how to call it, and what its users should know before they do."""

    function: Callable[..., Array]
    """``function(luma, *, variant, border, **options)`` → (H, W) threshold in grey levels. For a sub-band model
    this is the pixel map that its thresholds give."""
    year: int
    domain: Domain
    variants: tuple[str, ...]
    """Among "paper" (the paper, evident misprints corrected), "code" (the authors' program) and "own" (ours); the
    first is the default."""
    smallest_size: tuple[int, int]
    """Height and width in pixels; smaller pictures get an error."""
    reference: str
    """Key in REFERENCES.bib, or the words "own variant after …"."""
    summary: str
    """What the threshold is made from, in one line."""
    exceptions: Mapping[Law, str] = field(default_factory=dict)
    """Laws that the model breaks by its definition, and why."""
    adaptation: Callable[[Array], Array] = luminance_adaptation
    """Threshold by luminance alone, grey levels of uniform grey → grey levels."""
    thresholds: Callable[..., Any] | None = None
    """Sub-band models: ``thresholds(luma, …)`` → the record of thresholds per coefficient."""


def chosen_variant(variant: str | None, variants: tuple[str, ...], *, model: str) -> str:
    """``variant``, or the model's default (the first) for None.

    Raises
    ------
    UnknownNameError
        The model has no such variant.

    >>> chosen_variant(None, ("code", "paper"), model="wu2017")
    'code'
    """
    if variant is None:
        return variants[0]
    if variant not in variants:
        raise UnknownNameError(
            f'the JND model "{model}" has no variant "{variant}"; it has: {", ".join(sorted(variants))}'
        )
    return variant
