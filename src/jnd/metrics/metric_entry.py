"""What the registry of metrics says about each of them."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class MetricEntry:
    """One metric: where it is, and what its users should know before they trust a number."""

    title: str
    """As the field writes it."""
    home: str
    """"module:function". ``function(reference, changed)`` → float, of arrays (H, W, 3) or (H, W) of sRGB code values:
    uint8, uint16, or floating point from 0 to 1; a metric without reference takes one array of uint8."""
    year: int
    citation: str
    """Key in REFERENCES.bib."""
    better: Literal["higher", "lower"]
    range: tuple[float, float]
    """Smallest and largest value that can come out; infinite where there is no bound."""
    identical: float | None
    """Of two equal pictures; None for metrics without reference."""
    equal_to: str
    """The implementation whose values it has, with version; or what it is."""
    smallest_side: int = 1
    """Pixels."""
    full_reference: bool = True
    needs_jnd_map: bool = False
    """Whether it is of two (H, W) planes of grey levels and a JND map; ``jnd.metrics.score`` takes pictures."""
    symmetric: bool = True
    """Whether exchanging the pictures leaves the value."""
    grey_as_colour: bool = True
    """Whether a grey picture and its three equal channels have one value."""
    map_home: str | None = None
    """"module:function" of the map, ``function(reference, changed)`` → (h, w), where one is defined."""

    @property
    def function(self) -> Callable[..., float]:
        """The metric, loaded when first used."""
        return _load(self.home)

    @property
    def map_function(self) -> Callable[..., Any] | None:
        """Its map, where it has one."""
        return None if self.map_home is None else _load(self.map_home)


def _load(home: str) -> Callable[..., Any]:
    module, _, name = home.partition(":")
    function: Callable[..., Any] = getattr(import_module(module), name)
    return function
