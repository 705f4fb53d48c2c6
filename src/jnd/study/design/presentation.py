"""The tables of ``study.toml`` that say what is shown and how: stimuli, display, viewing."""

import re
from dataclasses import dataclass
from typing import Final

from jnd.errors import ConfigurationError
from jnd.options import one_of, positive

COLOUR: Final = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True, slots=True)
class StimuliSection:
    """``[stimuli]``: what ``jnd study init`` makes, and what must be there."""

    pictures: str = "pictures"
    """Folder of the sources."""
    codecs: tuple[str, ...] = ("jpeg:turbo",)
    """Codecs, each a series per picture."""
    distortions: tuple[str, ...] = ()
    """Distortions of jnd, in place of codecs; "a+b" is a followed by b."""
    levels: tuple[float, ...] = ()
    """Distortion levels, rising; empty: chosen per picture, from hardly to clearly visible by jnd's observer."""
    count: int = 12
    """How many, where they are chosen."""
    visible: tuple[float, ...] = (0.2, 3.0)
    """JND by the observer between which they are chosen."""
    max_side: int = 0
    """Cut the middle of pictures to this many pixels; 0 takes all of them."""
    patch_size: int = 64
    """Of the same/different method."""
    patches: int = 4
    """Per picture."""
    ruler_steps: int = 30
    """Of the quality ruler."""
    boost_zoom: int = 2
    """Of boosted triplets: zoom of the middle."""
    boost_amplification: float = 2.0
    """Of boosted triplets: times the difference."""
    allow_flashes: bool = False
    """Also stimuli whose alternation could trouble people with photosensitive epilepsy (see ``check``)."""
    seed: int = 0

    def __post_init__(self) -> None:
        """Check the values."""
        if any(later <= earlier for earlier, later in zip(self.levels, self.levels[1:], strict=False)):
            raise ConfigurationError(
                f"stimuli.levels must rise, so that a larger level is more distortion, got {list(self.levels)}"
            )
        if self.levels and self.levels[0] <= 0:
            raise ConfigurationError("stimuli.levels must be above 0: level 0 is the picture itself")
        if not self.codecs and not self.distortions:
            raise ConfigurationError("stimuli.codecs and stimuli.distortions are both empty; name one")
        if len(self.visible) != 2 or not 0 < self.visible[0] < self.visible[1]:
            raise ConfigurationError(
                f"stimuli.visible must be two rising JND above 0, got {list(self.visible)}"
            )
        for name in ("count", "patch_size", "patches", "ruler_steps", "boost_zoom", "boost_amplification"):
            positive(f"stimuli.{name}", getattr(self, name))


@dataclass(frozen=True, slots=True)
class DisplaySection:
    """``[display]``: how stimuli are shown. Times are turned into whole display frames, and the real ones logged."""

    phase_ms: float = 100.0
    """One phase of flicker; the pictures are swapped after each. Two phases are one cycle."""
    min_view_ms: float = 0.0
    """Answers are taken from then on."""
    max_view_ms: float = 0.0
    """Then the stimulus goes grey and the answer stays open; 0 for no limit."""
    blank_ms: float = 250.0
    """Grey between trials."""
    exposure_ms: float = 1000.0
    """Each picture of the same/different method."""
    gap_ms: float = 250.0
    """Between them."""
    answer_ms: float = 0.0
    """Triplets: grey after the stimulus in which an answer is still taken; 0 for no limit."""
    scale: int = 1
    """Device pixels per picture pixel, a whole number."""
    background: str = "#777777"
    speed_px_per_frame: int = 4
    """Of panned pairs."""
    pan_direction: str = "left"
    toggle_hold_ms: float = 500.0
    """Plain triplets: the least time between toggles."""
    photodiode: bool = False
    """A corner patch, black and white with the phase, for a sensor."""

    def __post_init__(self) -> None:
        """Check the values."""
        for name in ("phase_ms", "exposure_ms", "scale", "speed_px_per_frame"):
            positive(f"display.{name}", getattr(self, name))
        for name in ("min_view_ms", "max_view_ms", "blank_ms", "gap_ms", "answer_ms", "toggle_hold_ms"):
            if getattr(self, name) < 0:
                raise ConfigurationError(f"display.{name} must be 0 or more, got {getattr(self, name):g}")
        if self.max_view_ms and self.max_view_ms < self.min_view_ms:
            raise ConfigurationError(
                f"display.max_view_ms ({self.max_view_ms:g}) must not be below display.min_view_ms ({self.min_view_ms:g})"
            )
        if not COLOUR.fullmatch(self.background):
            raise ConfigurationError(
                f"display.background must be a colour such as #777777, got {self.background!r}"
            )
        one_of("display.pan_direction", self.pan_direction, ("left", "right", "up", "down"))


@dataclass(frozen=True, slots=True)
class ViewingSection:
    """``[viewing]``."""

    conditions: str = "standard_fhd"
    """An entry of jnd's viewing conditions."""
    pixels_per_degree: float = 0.0
    """In place of the entry's own; 0 takes that."""
    tolerance: float = 0.0
    """Sessions whose pixels per degree differ by a larger share are refused; 0 takes all and records them."""
    distance_cm: float = 0.0
    """Told to participants; 0 asks them."""

    def __post_init__(self) -> None:
        """Check the values."""
        for name in ("pixels_per_degree", "tolerance", "distance_cm"):
            if getattr(self, name) < 0:
                raise ConfigurationError(f"viewing.{name} must be 0 or more, got {getattr(self, name):g}")
