"""What a comparison of a picture with a fingerprint says, and what of it counts as a match.

References: [Goljan2009].
"""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from jnd.camera.prnu.fingerprint import Fingerprint
from jnd.camera.prnu.peak import Peak, log10_false_alarm, score_threshold

Search = Literal["none", "crop", "scale"]
SEARCHES: tuple[Search, ...] = get_args(Search)
"""What a picture may have gone through: nothing, cropping, or cropping after scaling."""

USUAL_THRESHOLD = 60.0
"""PCE from which the field says "same camera": 2.4e-5 false acceptances and 2.4 % false rejections over a million pictures of
6,896 cameras [Goljan2009]. Patterns that cameras share make more false alarms than theory has, hence not theory alone."""
FALSE_ALARM = 1e-6
"""By theory, at all shifts together; matters where many places are searched."""

Verdict = Literal["match", "unclear", "no match"]


@dataclass(frozen=True, slots=True)
class FingerprintMatch:
    """How well a picture and a fingerprint go together."""

    label: str
    """Of the fingerprint."""
    pce: float
    """Signed peak-to-correlation energy, as the literature has it."""
    score: float
    """The peak over its standard deviation by chance, on its phase of JPEG's grid (:mod:`jnd.camera.prnu.peak`)."""
    log10_false_alarm: float
    """Decadic logarithm of the probability of this score or more for another sensor, by theory, at all shifts searched."""
    peak: tuple[int, int]
    """Row and column of the sensor at which the picture's upper left corner lies, in pixels of the scaled sensor."""
    scale: float
    """Pixels of the picture per pixel of the sensor."""
    rotation: int
    """Degrees by which the picture was turned anticlockwise to fit: 0, 90 or 270."""
    shifts: int
    """How many places, scales and turns were tried, and so chances of a false alarm."""
    search: Search

    @property
    def false_alarm_probability(self) -> float:
        """0 where it is below the smallest number."""
        return float(10.0**self.log10_false_alarm)

    @property
    def calibration_score(self) -> float:
        """What to calibrate into likelihood ratios (:mod:`jnd.camera.likelihood_ratio`): arsinh of ``score``.

        Scores of the same sensor spread over decades, and a straight line from them to log-odds would understate weak
        matches: Cllr 0.18 against 0.29 on the pairs of reproduce/camera_prnu.py, where four shapes were tried.
        """
        return float(np.arcsinh(self.score))


def match_at(
    fingerprint: Fingerprint,
    peak: Peak,
    search: Search,
    shifts: int,
    *,
    scale: float = 1.0,
    rotation: int = 0,
) -> FingerprintMatch:
    """The match that a peak means, found among so many ``shifts``."""
    return FingerprintMatch(
        label=fingerprint.label,
        pce=peak.pce,
        score=peak.score,
        log10_false_alarm=log10_false_alarm(peak.score, shifts),
        peak=(peak.row, peak.column),
        scale=scale,
        rotation=rotation,
        shifts=shifts,
        search=search,
    )


def verdict_of(
    match: FingerprintMatch, *, threshold: float = USUAL_THRESHOLD, false_alarm: float = FALSE_ALARM
) -> Verdict:
    """What a match means at a stated rate of false alarms.

    Returns
    -------
    "match": PCE reaches ``threshold``, and the score what theory asks for at ``false_alarm`` and this many shifts. "unclear": only
    one of the two. "no match": neither; the picture may still be of this camera, if what carried the fingerprint is gone.
    """
    reached = (match.pce >= threshold) + (match.score >= score_threshold(false_alarm, match.shifts))
    return "match" if reached == 2 else "unclear" if reached else "no match"
