"""From two pictures to people: how far apart they are, how often that is noticed, and by how many.

In: a reference and a changed picture, or a JOD. Out: just noticeable differences, the probability that
the average observer notices, and the share of people who do not (the satisfied-user ratio).
"""

from typing import TYPE_CHECKING, Any

from jnd.observer.people import (
    ASSUMED_SPREAD,
    ASSUMED_SPREAD_INTERVAL,
    calibration_notes,
    jnd_units,
    jod_of_jnd_units,
    jod_of_notice,
    jod_of_satisfied,
    notice_probability,
    satisfied_users,
)
from jnd.observer.protocols import PROTOCOLS, Protocol, protocol_named

if TYPE_CHECKING:
    from jnd.observer.sight import Observer, Sight

__all__ = [
    "ASSUMED_SPREAD",
    "ASSUMED_SPREAD_INTERVAL",
    "PROTOCOLS",
    "Observer",
    "Protocol",
    "Sight",
    "calibration_notes",
    "jnd_units",
    "jod_of_jnd_units",
    "jod_of_notice",
    "jod_of_satisfied",
    "notice_probability",
    "protocol_named",
    "satisfied_users",
]


def __getattr__(name: str) -> Any:
    # The metric behind these two is loaded when somebody looks at pictures, not when a number is converted.
    if name in ("Observer", "Sight"):
        from jnd.observer import sight

        return getattr(sight, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
