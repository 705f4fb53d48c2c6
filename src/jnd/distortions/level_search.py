"""The level at which the observer says that a picture is so many JND from its original."""

from collections.abc import Callable
from dataclasses import dataclass

from jnd.distortions.distortion import Pixels
from jnd.observer.sight import Observer

TOLERANCE = 0.02
"""Relative: a search ends when the distance is so close to the one asked for."""
FINEST = 2.0**-12
"""Levels closer together than this are not told apart."""


@dataclass(frozen=True, slots=True)
class LevelFound:
    """Where a search ended, and how close it came."""

    level: float
    jnd: float
    """What the observer says there. Further from the target than asked for where steps are coarse (a JPEG has 100
    qualities), and below it where even the strongest level is."""
    pixels: Pixels
    reached: bool
    """Whether any level is as far away as asked for."""


def level_of_jnd(change: Callable[[float], Pixels], observer: Observer, jnd: float) -> LevelFound:
    """The level of ``change`` (level 0..1 → pixels) that is ``jnd`` from the observer's reference.

    By bisection: of the levels that were tried, the one nearest to the target.

    Raises
    ------
    ValueError
        A distance that is not above 0.
    """
    if not 0 < jnd < float("inf"):
        raise ValueError(f"a distance in JND must be above 0, got {jnd}; 1 is just noticeable")
    strongest = change(1.0)
    far = observer.look(strongest).jnd
    best = LevelFound(1.0, far, strongest, reached=far >= jnd)
    if far <= jnd:
        return best
    low, high = 0.0, 1.0
    while high - low > FINEST and abs(best.jnd - jnd) > TOLERANCE * jnd:
        level = (low + high) / 2
        pixels = change(level)
        found = observer.look(pixels).jnd
        if abs(found - jnd) < abs(best.jnd - jnd):
            best = LevelFound(level, found, pixels, reached=True)
        low, high = (level, high) if found < jnd else (low, level)
    return best
