"""What every distortion is: a name, a level axis with its physical parameter, and a function of pixels."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
Planes = npt.NDArray[np.float64]

DistortionFunction = Callable[[Pixels, float, np.random.Generator], Planes]
"""(H, W, 3) uint8 sRGB, the value of the physical parameter, where random draws come from → code values as floats."""


@dataclass(frozen=True, slots=True)
class LevelAxis:
    """From the level, 0 (nothing) to 1 (strongest), to the physical parameter."""

    parameter: str
    """What it is, with its unit."""
    at_zero: float
    """Where the picture is as it was."""
    at_one: float
    exponent: float = 1.0
    """The parameter goes with this power of the level, so that small levels are resolved finely."""
    logarithmic: bool = False
    """Whether the logarithm of the parameter goes so, for factors."""

    def value(self, level: float) -> float:
        """The parameter at ``level``.

        >>> LevelAxis("factor", 1.0, 16.0, logarithmic=True).value(0.5)
        4.0
        """
        share = float(level**self.exponent)
        if self.logarithmic:
            return float(self.at_zero * (self.at_one / self.at_zero) ** share)
        return self.at_zero + (self.at_one - self.at_zero) * share


@dataclass(frozen=True, slots=True)
class Distortion:
    """One way to change a picture for the worse.

    ``function`` gets the parameter, never the level, and may return values outside of 0..255.
    """

    name: str
    title: str
    group: str
    """"blur", "noise", "tone", "colour", "space", "sampling", "compression", "edges" or "local"."""
    axis: LevelAxis
    function: DistortionFunction
    drawn: str
    """What the seed decides; "nothing" where it has no effect."""
    bapps: str | None = None
    """What Zhang et al. (2018) call it, among the 20 traditional distortions of BAPPS."""


def code_values(values: Planes) -> Pixels:
    """Rounded and clipped to 0..255, in the same way on every machine.

    Libraries differ by machine in the last digits of a sum. Where that meets a tie, 100.5 against 100.4999999,
    plain rounding would make a code value of it; so values are first brought to a grid of 1/256.
    """
    snapped = np.rint(values * 256.0) / 256.0
    return np.clip(np.rint(snapped), 0, 255).astype(np.uint8)
