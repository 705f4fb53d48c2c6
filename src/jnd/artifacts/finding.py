"""What a detector says of one artifact, and an entry of the registry."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from jnd.artifacts.subject import Subject

Detail = int | float | str | bool | list[int] | None


@dataclass(frozen=True, slots=True, eq=False)
class Finding:
    """One artifact in one picture."""

    found: bool
    """Whether there is more of it than pictures without it show; the limit stands in the artifact's file."""
    strength: float
    """0 for none; rises with the artifact. The unit is the entry's."""
    words: str
    """One clause for people, without a full stop."""
    details: Mapping[str, Detail] = field(default_factory=dict)
    map: npt.NDArray[np.float32] | None = None
    """(H, W) where it is, in the unit of the strength or as the artifact's file says; None where it has no place."""


@dataclass(frozen=True, slots=True)
class Artifact:
    """An entry of ``ARTIFACTS``."""

    title: str
    unit: str
    """Of the strength."""
    detect: Callable[[Subject], Finding]
    imitated: Callable[[Subject, Finding], npt.NDArray[np.uint8 | np.uint16] | None] | None
    """The picture with the artifact once more at the measured strength, or with it taken out; None where neither is
    possible. The observer's difference between the two is the artifact's effect."""
    effect_method: str
    """"applied once more", "taken out", or why there is no effect."""
    reference: str
    """Citation key of the method."""
    smallest_side: int = 32
    """Pixels; smaller pictures are not looked at."""
