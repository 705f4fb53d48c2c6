"""Psychometric functions: how often a difference of a given level is detected.

ψ(x) = γ + (1 − γ − λ) F(x), with guess rate γ, lapse rate λ and a sigmoid F that rises from 0 to 1.

Every sigmoid has the same two parameters, so that they can be exchanged (the convention of [Schuett2016]):

- ``threshold``: the level where F = 0.5 (half of the differences are detected);
- ``width``: the distance on the level axis between F = 0.05 and F = 0.95. The Weibull's axis is the natural
  logarithm of the level, so its width is ln(x95 / x05).

Three different "75 %" exist; the arguments here name which: ``p_correct`` is a height of ψ, ``p_detect`` a
height of F. (The third is the share of satisfied users, see :mod:`jnd.psychometrics.sur`.)

References: [Schuett2016], [Wichmann2001a], [Strasburger2001]
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit, ndtr, ndtri

from jnd._lookup import lookup

Array = npt.NDArray[np.float64]

ALPHA: Final = 0.05
"""The width spans F = ALPHA to F = 1 − ALPHA."""


@dataclass(frozen=True, slots=True)
class Sigmoid:
    """A standard distribution function, its density and its quantile function."""

    distribution: Callable[[Array], Array]
    density: Callable[[Array], Array]
    quantile: Callable[[Array], Array]
    logarithmic: bool = False
    """The level enters by its natural logarithm, so it must be positive."""

    @property
    def centre(self) -> float:
        """Standard quantile of 0.5."""
        return float(self.quantile(np.array(0.5)))

    @property
    def spread(self) -> float:
        """Standard quantile of 0.95 minus that of 0.05."""
        low, high = self.quantile(np.array([ALPHA, 1 - ALPHA]))
        return float(high - low)


def _gumbel(z: Array) -> Array:
    return np.asarray(-np.expm1(-np.exp(np.clip(z, -700.0, 50.0))))


def _gumbel_density(z: Array) -> Array:
    z = np.clip(z, -700.0, 50.0)
    return np.asarray(np.exp(z - np.exp(z)))


def _gumbel_quantile(p: Array) -> Array:
    return np.asarray(np.log(-np.log1p(-p)))


SIGMOIDS: Final[Mapping[str, Sigmoid]] = {
    "normal": Sigmoid(ndtr, lambda z: np.exp(-0.5 * z * z) / np.sqrt(2 * np.pi), ndtri),
    "logistic": Sigmoid(expit, lambda z: expit(z) * expit(-z), logit),
    # The distribution of the smallest of many; on the logarithm of the level it is the Weibull.
    "gumbel": Sigmoid(_gumbel, _gumbel_density, _gumbel_quantile),
    "weibull": Sigmoid(_gumbel, _gumbel_density, _gumbel_quantile, logarithmic=True),
    "reversed_gumbel": Sigmoid(
        lambda z: np.asarray(1 - _gumbel(-z)),
        lambda z: _gumbel_density(-z),
        lambda p: -_gumbel_quantile(1 - p),
    ),
    "hyperbolic_secant": Sigmoid(
        lambda z: 2 / np.pi * np.arctan(np.exp(np.clip(z, -400.0, 400.0) * np.pi / 2)),
        lambda z: 0.5 / np.cosh(np.clip(z, -400.0, 400.0) * np.pi / 2),
        lambda p: 2 / np.pi * np.log(np.tan(np.pi / 2 * p)),
    ),
}


def sigmoid(name: str) -> Sigmoid:
    """The sigmoid called ``name``: normal, logistic, weibull, gumbel, reversed_gumbel, hyperbolic_secant."""
    return lookup(SIGMOIDS, name, kind="psychometric function")


def to_axis(levels: npt.ArrayLike, shape: Sigmoid) -> Array:
    """Levels on the axis of the sigmoid: themselves, or their natural logarithm.

    Raises
    ------
    ValueError
        A level is not finite, or not positive where the sigmoid needs the logarithm.
    """
    values = np.asarray(levels, dtype=np.float64)
    if not np.all(np.isfinite(values)):
        raise ValueError("levels must be finite numbers; leave the trials without a level out")
    if not shape.logarithmic:
        return values
    if np.any(values <= 0):
        raise ValueError(
            f"the Weibull function needs levels above 0, got {values.min():g}; "
            f'choose another function, for example "normal", or leave that level out'
        )
    return np.log(values)


def from_axis(position: npt.ArrayLike, shape: Sigmoid) -> Array:
    """The reverse of :func:`to_axis`."""
    return np.exp(position) if shape.logarithmic else np.asarray(position, dtype=np.float64)


def psychometric_function(
    levels: npt.ArrayLike,
    threshold: float,
    width: float,
    guess_rate: float = 0.0,
    lapse_rate: float = 0.0,
    *,
    function: str = "normal",
) -> Array:
    """ψ(x): probability of a "seen" or correct answer at each level, in [0, 1].

    Parameters
    ----------
    levels : any shape.
    threshold : level where half is detected, in the unit of the levels.
    width : distance between 5 % and 95 % detected; for "weibull" the natural logarithm of that ratio.
    guess_rate, lapse_rate : lower asymptote and distance of the upper one from 1, each in [0, 1).
    function : name in :data:`SIGMOIDS`.

    >>> psychometric_function([10.0, 12.0], threshold=10.0, width=4.0, guess_rate=0.5).round(4)
    array([0.75 , 0.975])
    """
    shape = sigmoid(function)
    _check(width, guess_rate, lapse_rate)
    x = to_axis(levels, shape)
    m = to_axis(threshold, shape)
    f = shape.distribution(np.asarray(shape.centre + shape.spread * (x - m) / width))
    return np.asarray(guess_rate + (1 - guess_rate - lapse_rate) * f)


def level_at(
    threshold: float,
    width: float,
    guess_rate: float = 0.0,
    lapse_rate: float = 0.0,
    *,
    function: str = "normal",
    p_detect: float | None = None,
    p_correct: float | None = None,
) -> float:
    """The level where F is ``p_detect``, or where ψ is ``p_correct`` (give one of the two).

    Raises
    ------
    ValueError
        Both or neither given, or a height that the function never reaches.

    >>> level_at(10.0, 4.0, guess_rate=0.5, p_correct=0.75)
    10.0
    """
    _check(width, guess_rate, lapse_rate)
    if (p_detect is None) == (p_correct is None):
        raise ValueError("give either p_detect (height of F) or p_correct (height of ψ)")
    if p_correct is not None:
        if not guess_rate < p_correct < 1 - lapse_rate:
            raise ValueError(
                f"p_correct {p_correct:g} is never reached: the function runs from the guess rate "
                f"{guess_rate:g} to {1 - lapse_rate:g}"
            )
        p_detect = (p_correct - guess_rate) / (1 - guess_rate - lapse_rate)
    assert p_detect is not None
    if not 0 < p_detect < 1:
        raise ValueError(f"p_detect must lie between 0 and 1, got {p_detect:g}")
    shape = sigmoid(function)
    m = to_axis(threshold, shape)
    z = float(shape.quantile(np.array(p_detect))) - shape.centre
    return float(from_axis(m + z * width / shape.spread, shape))


def slope_at(
    level: float,
    threshold: float,
    width: float,
    guess_rate: float = 0.0,
    lapse_rate: float = 0.0,
    *,
    function: str = "normal",
) -> float:
    """dψ/dx at ``level``, per unit of the level.

    >>> round(slope_at(10.0, 10.0, 4.0, function="logistic"), 4)
    0.3681
    """
    shape = sigmoid(function)
    _check(width, guess_rate, lapse_rate)
    x = to_axis(level, shape)
    z = np.asarray(shape.centre + shape.spread * (x - to_axis(threshold, shape)) / width)
    slope = (1 - guess_rate - lapse_rate) * float(shape.density(z)) * shape.spread / width
    return slope / level if shape.logarithmic else slope


def _check(width: float, guess_rate: float, lapse_rate: float) -> None:
    if not width > 0:
        raise ValueError(f"width must be above 0, got {width:g}")
    if not (0 <= guess_rate < 1 and 0 <= lapse_rate < 1 and guess_rate + lapse_rate < 1):
        raise ValueError(
            f"guess rate and lapse rate must be in [0, 1) with a sum below 1, got {guess_rate:g} and {lapse_rate:g}"
        )
