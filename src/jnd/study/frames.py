"""Time in display frames: a picture can be swapped only when the display draws.

The same rule is in the participant page (``timing.js``); a test compares them.
"""

from typing import Final

NOMINAL_RATES: Final = (50, 60, 75, 90, 100, 120, 144, 165, 240)
"""Refresh rates of displays in Hz; a measured rate is taken as the nearest, since 60 measures as 59.88."""


def nominal_rate(measured_hz: float) -> int:
    """The nearest usual rate.

    >>> nominal_rate(59.88)
    60
    """
    return min(NOMINAL_RATES, key=lambda rate: abs(rate - measured_hz))


def frames_per_phase(phase_ms: float, refresh_hz: float) -> int:
    """Whole frames nearest to a phase, at least one; halves go up.

    >>> [frames_per_phase(125.0, rate) for rate in (60, 75, 120, 144)]
    [8, 9, 15, 18]
    """
    return max(1, int(phase_ms * refresh_hz / 1000 + 0.5))


def real_phase_ms(phase_ms: float, refresh_hz: float) -> float:
    """How long a phase is then, in ms.

    >>> round(real_phase_ms(125.0, 60), 1)
    133.3
    """
    return 1000 * frames_per_phase(phase_ms, refresh_hz) / refresh_hz
