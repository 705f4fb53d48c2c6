"""The protocols whose answers jnd can predict, each with its constants and what they were calibrated on.

A visibility threshold belongs to the task that measured it: the same pair of pictures is told apart more
often when it is switched in place than when it hangs side by side. So every number of people that jnd
gives carries the name of one of these protocols. The constants are fitted by
``reproduce/observer_calibration.py``, whose output is kept in ``reproduce/results``.
"""

from dataclasses import dataclass

from jnd._lookup import lookup


@dataclass(frozen=True, slots=True)
class Protocol:
    """A way of asking people, and the scale from JOD to their just noticeable differences.

    The scale is a straight line through "no difference": JND = ``jnd_per_jod`` x (10 - JOD).
    """

    name: str
    description: str
    jnd_per_jod: float
    jnd_per_jod_interval: tuple[float, float]
    """What the slope becomes when single sources are left out of the fit: lowest and highest."""
    calibrated_on: str
    sources: int
    pictures: int
    calibrated_to_jod: float
    """Lowest JOD among the pictures behind the fit; below it the line is an extrapolation."""
    error: str
    """How well it holds on a source that was left out, in the units of that experiment."""
    pixels_per_degree: float | None
    """Of the experiment behind the fit; None where it is not stated."""
    source: str
    note: str
    """To be shown wherever a number of this protocol is shown."""

    @property
    def threshold_jod(self) -> float:
        """JOD at 1 JND: the average observer detects the change in half of the trials."""
        return 10.0 - 1.0 / self.jnd_per_jod


PROTOCOLS: dict[str, Protocol] = {
    "aic3": Protocol(
        name="aic3",
        description="original and changed picture switched in place, people say which of two differs more",
        jnd_per_jod=3.1724,
        jnd_per_jod_interval=(3.106, 3.248),
        calibrated_on="JPEG AIC-4 example data set: JND of 300 compressed pictures (6 codecs, 10 levels)",
        sources=5,
        pictures=300,
        calibrated_to_jod=8.89,
        error="RMSE 0.272 JND, PLCC 0.957 on sources left out",
        pixels_per_degree=None,
        source="JPEG AIC-4 example data set; method of JPEG AIC-3 (ISO/IEC 29170-3) [Testolina2024]",
        note=(
            "in-place comparison (JPEG AIC-3), fitted to 5 photographs; "
            "the display behind the published scores is not stated"
        ),
    ),
    "konjnd-flicker": Protocol(
        name="konjnd-flicker",
        description="original and changed picture alternate 8 times a second, people find where flicker begins",
        jnd_per_jod=1 / (10 - 9.33),
        jnd_per_jod_interval=(1 / (10 - 9.249), 1 / (10 - 9.432)),
        calibrated_on="KonJND-1k training pictures: middles of the ranges of answers that its authors accept",
        sources=6,
        pictures=6,
        calibrated_to_jod=8.79,
        error="threshold 9.33 JOD, standard deviation 0.08 JOD over 6 pictures",
        pixels_per_degree=24.3,
        source="KonJND-1k public interface (MIT) [Lin2022]",
        note=(
            "range, not sample: from the accepted answer ranges of 6 training pictures at 24.3 pixels per "
            "degree; its threshold lies lower on our scale than aic3's although flicker is the more "
            "sensitive test, so do not read it as the laxer choice"
        ),
    ),
}


def protocol_named(name: str) -> Protocol:
    """The protocol called ``name``.

    Raises
    ------
    UnknownNameError
        No such protocol; the message lists those there are.

    >>> round(protocol_named("aic3").threshold_jod, 2)
    9.68
    """
    return lookup(PROTOCOLS, name, kind="protocol")
