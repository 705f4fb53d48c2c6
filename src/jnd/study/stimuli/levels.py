"""How a picture is changed at a level, and which levels a study shows."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from jnd.codecs import CODECS, codec
from jnd.distortions import DISTORTIONS, distort_sequence, level_of_jnd
from jnd.errors import UnknownNameError
from jnd.observer import Observer
from jnd.picture import Picture, seen
from jnd.picture.colour import in_8_bits
from jnd.study.design.presentation import StimuliSection
from jnd.viewing import ViewingConditions

Pixels = npt.NDArray[np.uint8]
SEQUENCE: Final = "+"
"""Parts the distortions of a sequence."""


@dataclass(frozen=True, slots=True)
class Change:
    """One way to make a picture worse, at any level of its axis."""

    name: str
    at: Callable[[float], Pixels]
    """Level on its own axis → (H, W, 3) pixels."""
    strongest: float
    whole: bool
    """Only whole levels exist."""
    setting: Callable[[float], float | None]


def change_of(name: str, pixels: Pixels, seed: int) -> Change:
    """The codec or distortion called ``name``, on one picture.

    Raises
    ------
    UnknownNameError, CodecError
        None is called so; a codec that is not installed.
    """
    if name in CODECS:
        entry = codec(name)
        entry.check_installed()
        picture = Picture(pixels)

        def decoded(level: float) -> Pixels:
            return np.asarray(
                in_8_bits(seen(entry.decode(entry.encode(picture, int(level))))), dtype=np.uint8
            )

        def setting(level: float) -> float | None:
            value = next(iter(entry.setting(int(level)).values()))
            return float(value) if isinstance(value, int | float) else None

        return Change(name, decoded, float(entry.levels[-1]), whole=True, setting=setting)
    check_change(name)
    steps = name.split(SEQUENCE)

    def distorted(level: float) -> Pixels:
        return np.asarray(distort_sequence(pixels, [(step, level) for step in steps], seed))

    def value(level: float) -> float | None:
        return float(DISTORTIONS[name].axis.value(level)) if len(steps) == 1 else None

    return Change(name, distorted, 1.0, whole=False, setting=value)


def check_change(name: str) -> None:
    """Raise unless there is such a codec, installed, or such distortions.

    Raises
    ------
    UnknownNameError, CodecError
        See :func:`change_of`.
    """
    if name in CODECS:
        codec(name).check_installed()
        return
    for step in name.split(SEQUENCE):
        if step not in DISTORTIONS:
            raise UnknownNameError(
                f'no codec or distortion is called "{step}"; codecs: {", ".join(CODECS)}; distortions: '
                f"{', '.join(DISTORTIONS)}"
            )


def levels_of(
    change: Change, pixels: Pixels, wanted: StimuliSection, viewing: ViewingConditions
) -> list[float]:
    """The levels asked for, or as many as wanted from hardly to clearly visible by the observer."""
    if wanted.levels:
        return [float(level) for level in wanted.levels if level <= change.strongest]
    observer = Observer(pixels, viewing)

    def at_share(share: float) -> Pixels:
        level = share * change.strongest
        return change.at(float(round(level)) if change.whole else level)

    low, high = (level_of_jnd(at_share, observer, jnd).level * change.strongest for jnd in wanted.visible)
    grid = np.linspace(low, max(high, low), wanted.count)
    if change.whole:
        grid = np.unique(np.clip(np.round(grid), 1, change.strongest))
    return [float(level) for level in np.unique(grid)]
