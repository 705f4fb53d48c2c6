"""What "good enough" means: a share of people who see no difference, under a protocol and viewing conditions."""

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from jnd.observer import calibration_notes, jod_of_satisfied, protocol_named, satisfied_users
from jnd.viewing import ViewingConditions

TARGETS = {"web": 0.75, "careful": 0.90, "archive": 0.95}
"""Shares of satisfied people by name. 0.75 is the convention of the field's satisfied user ratio (SUR): one
person in four may notice ([Lin2015] and the KonJND and JPEG AIC data sets that follow it)."""


WORST_WINDOW_NOTE = "the share of people was calibrated on whole photographs, not on windows"


class Judged(Protocol):
    """What a criterion needs to know of a candidate; ``observer.Sight`` has it."""

    @property
    def jod(self) -> float:
        """Quality of the whole picture."""
        ...

    @property
    def satisfied(self) -> float:
        """Share of people who notice no difference."""
        ...

    @property
    def worst_window_jod(self) -> float:
        """Quality of the worst window."""
        ...


@dataclass(frozen=True, slots=True)
class SatisfiedUsers:
    """At least ``share`` of people notice no difference in the whole picture, or in its worst window."""

    share: float
    protocol: str
    viewing: ViewingConditions
    worst_window: bool = False
    """Whether the worst window of 4° by 4° has to be as good as the whole picture otherwise has to be. People's
    answers were calibrated on whole photographs, so this is a stricter rule, not a better estimate."""

    def __post_init__(self) -> None:
        protocol_named(self.protocol)  # or an error that lists those there are
        if not (math.isfinite(self.share) and 0 < self.share < 1):
            raise ValueError(
                f"the share of satisfied people must lie between 0 and 1, both excluded, got {self.share:g}; "
                f"0.75 is the usual choice (presets: {', '.join(f'{k} {v:g}' for k, v in TARGETS.items())})"
            )

    @property
    def threshold_jod(self) -> float:
        """The JOD at which just this share of people is satisfied."""
        return float(jod_of_satisfied(self.share, protocol=self.protocol, viewing=self.viewing))

    def score_jod(self, judged: Judged) -> float:
        """The number that the search brings down to :attr:`threshold_jod`."""
        return judged.worst_window_jod if self.worst_window else judged.jod

    def is_met(self, judged: Judged) -> bool:
        """Whether the candidate is good enough."""
        if not self.worst_window:
            return judged.satisfied >= self.share
        satisfied = satisfied_users(judged.worst_window_jod, protocol=self.protocol, viewing=self.viewing)
        return float(satisfied) >= self.share

    @property
    def notes(self) -> tuple[str, ...]:
        """What the protocol rests on, and whether anybody tested it under these viewing conditions."""
        notes = calibration_notes(self.protocol, self.viewing)
        return (*notes, WORST_WINDOW_NOTE) if self.worst_window else notes

    def in_words(self) -> str:
        """The criterion as a sentence's end, with its protocol and viewing conditions."""
        where = " in the worst window of 4° by 4°" if self.worst_window else ""
        return (
            f"{share_in_words(self.share)} see no difference{where}, under the {self.protocol} protocol at "
            f"{self.viewing.name}, {self.viewing.pixels_per_degree:.1f} pixels per degree"
        )


def share_in_words(share: float) -> str:
    """A share of people as people say it.

    >>> share_in_words(0.75), share_in_words(0.95), share_in_words(0.82)
    ('at least 3 in 4 people', 'at least 19 in 20 people', 'at least 82 % of people')
    """
    fraction = Fraction(share).limit_denominator(20)
    if math.isclose(float(fraction), share, abs_tol=1e-9):
        return f"at least {fraction.numerator} in {fraction.denominator} people"
    return f"at least {100 * share:.4g} % of people"
