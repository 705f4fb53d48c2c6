"""Displays and viewing conditions: from code values to light, from pixels to degrees of visual angle.

A visibility threshold without pixels per degree and luminance is half a number, so everything that sees
takes a :class:`ViewingConditions`. The named entries, with units and source, are in ``viewing.json``.
"""

import json
import math
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt

from jnd._lookup import lookup

METRES_PER_INCH = 0.0254
DEFAULT_VIEWING = "standard_fhd"


def srgb_to_linear(signal: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """The transfer function of IEC 61966-2-1: sRGB signal, 0 to 1, to linear light, 0 to 1; any shape.

    >>> srgb_to_linear([0.0, 0.04045, 1.0]).round(7).tolist()
    [0.0, 0.0031308, 1.0]
    """
    v = np.asarray(signal, dtype=np.float64)
    return np.where(v > 0.04045, ((v + 0.055) / 1.055) ** 2.4, v / 12.92)


@dataclass(frozen=True, slots=True)
class Display:
    """A display that shows sRGB: the black level is ``peak_cd_m2 / contrast``."""

    name: str
    resolution_px: tuple[int, int]
    diagonal_inch: float
    peak_cd_m2: float
    contrast: float
    ambient_lux: float
    reflectivity: float

    @property
    def black_cd_m2(self) -> float:
        """Luminance that the display itself emits at code value 0, in cd/m²."""
        return self.peak_cd_m2 / self.contrast

    @property
    def reflected_cd_m2(self) -> float:
        """Ambient light reflected by the screen, in cd/m² (a Lambertian surface)."""
        return self.ambient_lux / math.pi * self.reflectivity

    @property
    def pixel_pitch_m(self) -> float:
        """Distance between neighbouring pixels, in metres (square pixels)."""
        return self.diagonal_inch * METRES_PER_INCH / math.hypot(*self.resolution_px)

    def luminance(self, signal: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Light of one primary at full-white scale, in cd/m², for an sRGB ``signal`` in [0, 1].

        :func:`srgb_to_linear` between black level and peak, plus the reflected
        light (gain-offset-gamma model, [Mantiuk2024] section 3.1).

        >>> viewing_conditions("standard_fhd").display.luminance([0.0, 1.0]).round(3)
        array([  0.598, 200.398])
        """
        linear = srgb_to_linear(signal)
        return (self.peak_cd_m2 - self.black_cd_m2) * linear + self.black_cd_m2 + self.reflected_cd_m2


@dataclass(frozen=True, slots=True)
class ViewingConditions:
    """A display and how many of its pixels span one degree at the eye."""

    name: str
    display: Display
    pixels_per_degree: float

    @property
    def distance_m(self) -> float:
        """Distance from the eye to the screen, in metres."""
        half_pixel = math.radians(0.5 / self.pixels_per_degree)
        return 0.5 * self.display.pixel_pitch_m / math.tan(half_pixel)

    def __str__(self) -> str:
        return (
            f"{self.name}: {self.pixels_per_degree:.4g} pixels per degree, "
            f"peak {self.display.peak_cd_m2:g} cd/m², black "
            f"{self.display.black_cd_m2 + self.display.reflected_cd_m2:.3g} cd/m²"
        )


def pixels_per_degree(display: Display, distance_m: float) -> float:
    """Pixels that span one degree in the centre of ``display`` seen from ``distance_m`` metres.

    >>> round(pixels_per_degree(viewing_conditions("standard_fhd").display, 0.6), 2)
    37.84
    """
    return 1 / (2 * math.degrees(math.atan(0.5 * display.pixel_pitch_m / distance_m)))


@cache
def _entries() -> dict[str, dict[str, Any]]:
    entries: dict[str, dict[str, Any]] = json.loads(files("jnd").joinpath("viewing.json").read_text("utf-8"))
    return entries


def viewing_condition_names() -> dict[str, str]:
    """Name → description of every viewing condition that ships with jnd."""
    return {name: entry["description"] for name, entry in _entries()["viewing_conditions"].items()}


def viewing_conditions(
    name: str = DEFAULT_VIEWING, pixels_per_degree: float | None = None
) -> ViewingConditions:
    """The named viewing conditions, at another ``pixels_per_degree`` if given.

    Raises
    ------
    UnknownNameError
        No entry of that name.
    ValueError
        ``pixels_per_degree`` is not a finite number from 1 to 1000.

    >>> str(viewing_conditions())
    'standard_fhd: 37.84 pixels per degree, peak 200 cd/m², black 0.598 cd/m²'
    """
    entry = lookup(_entries()["viewing_conditions"], name, kind="viewing condition")
    fields = dict(_entries()["displays"][entry["display"]])
    display = Display(
        name=entry["display"],
        resolution_px=tuple(fields["resolution_px"]),
        **{
            key: float(fields[key])
            for key in ("diagonal_inch", "peak_cd_m2", "contrast", "ambient_lux", "reflectivity")
        },
    )
    if pixels_per_degree is None:
        pixels_per_degree = entry.get("pixels_per_degree") or _from_distance(display, entry["distance_m"])
    elif not 1 <= pixels_per_degree <= 1000:
        raise ValueError(
            f"pixels per degree must be from 1 to 1000, got {pixels_per_degree}; "
            f"an office monitor has about 38, a telephone about 120"
        )
    return ViewingConditions(name, display, float(pixels_per_degree))


_from_distance = pixels_per_degree
