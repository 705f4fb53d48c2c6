"""The observer: looks at a changed picture and says how far, how often, and by how many it is noticed."""

from dataclasses import dataclass
from typing import Literal

from jnd.metrics.colorvideovdp.reference import Reference
from jnd.metrics.uniform_shift import coarse_colour, shift_between
from jnd.observer.people import jnd_units, jod_of_jnd_units, notice_probability, satisfied_users
from jnd.observer.protocols import protocol_named
from jnd.picture import CodeValues, check_code_values
from jnd.viewing import ViewingConditions, viewing_conditions


@dataclass(frozen=True, slots=True)
class Sight:
    """What the observer says about one changed picture."""

    jod: float
    """Quality, 10 is no difference: the lower of ColorVideoVDP's and the guard's."""
    jnd: float
    """Just noticeable differences of the average observer, by the protocol."""
    notice: float
    """How often the average observer detects the change, guessing taken out."""
    satisfied: float
    """Share of people whose threshold lies above the change, under the assumed spread."""
    worst_window_jod: float
    """Lowest JOD of a window of 4 x 4 degrees, never above ``jod``; calibrated on whole photographs."""
    worst_window: tuple[int, int, int, int]
    """That window by ColorVideoVDP: x, y, width, height in pixels."""
    decided_by: Literal["colorvideovdp", "uniform_shift"]
    """Which of the two set ``jod``: the metric, or the guard for uniform shifts."""


class Observer:
    """Knows one reference picture and looks at candidates against it.

    Parameters
    ----------
    reference : (H, W, 3) or (H, W) uint8 or uint16 sRGB code values, full range. Not modified.
    viewing : display and distance; ``standard_fhd`` by default.
    protocol : name of the task that ``jnd``, ``notice`` and ``satisfied`` speak of.

    Raises
    ------
    TypeError, ValueError
        The reference is no array of that shape and type, or the protocol has no such name.
    """

    def __init__(
        self, reference: CodeValues, viewing: ViewingConditions | None = None, protocol: str = "aic3"
    ) -> None:
        check_code_values(reference, "the reference")
        self.protocol = protocol_named(protocol)
        self.viewing = viewing or viewing_conditions()
        self._shape = reference.shape[:2]
        self._seen = Reference(reference, self.viewing)
        self._colour = coarse_colour(reference, self.viewing)

    def look(self, changed: CodeValues) -> Sight:
        """Compare ``changed`` with the reference.

        Raises
        ------
        TypeError, ValueError
            Not a picture, or not of the reference's height and width. 8 and 16 bits may be mixed.
        """
        check_code_values(changed, "the changed picture")
        if changed.shape[:2] != self._shape:
            raise ValueError(
                f"the changed picture is {changed.shape[1]}x{changed.shape[0]}, the reference "
                f"{self._shape[1]}x{self._shape[0]}: both must have one size; scale or crop one of them first"
            )
        name = self.protocol.name
        difference = self._seen.compare(changed)
        shift = shift_between(self._colour, coarse_colour(changed, self.viewing))
        guarded = shift > float(jnd_units(difference.jod, protocol=name, viewing=self.viewing))
        jod = (
            float(jod_of_jnd_units(shift, protocol=name, viewing=self.viewing)) if guarded else difference.jod
        )
        return Sight(
            jod=jod,
            jnd=float(jnd_units(jod, protocol=name, viewing=self.viewing)),
            notice=float(notice_probability(jod, protocol=name, viewing=self.viewing)),
            satisfied=float(satisfied_users(jod, protocol=name, viewing=self.viewing)),
            worst_window_jod=min(jod, difference.worst_window_jod),
            worst_window=difference.worst_window,
            decided_by="uniform_shift" if guarded else "colorvideovdp",
        )
