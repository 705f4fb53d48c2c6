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
    """Lowest and highest slope when one source picture is left out of the fit."""
    calibrated_on: str
    sources: int
    pictures: int
    calibrated_to_jod: float
    """Lowest JOD among the pictures behind the fit; below it the line is an extrapolation."""
    rmse_jnd: float | None
    """Root mean square error on sources that were left out; None where people's own JND are not known."""
    how_well: str
    """How well it holds, in words, with the number of pictures."""
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
        jnd_per_jod_interval=(3.1056, 3.2479),
        calibrated_on="JPEG AIC-4 example data set: JND of 300 compressed pictures (6 codecs, 10 levels)",
        sources=5,
        pictures=300,
        calibrated_to_jod=8.89,
        rmse_jnd=0.2716,
        how_well="RMSE 0.272 JND and PLCC 0.957 on 300 pictures, each source left out of its own fit",
        pixels_per_degree=None,
        source="JPEG AIC-4 example data set; method of JPEG AIC-3 (ISO/IEC 29170-3) [Testolina2024]",
        note=(
            "in-place comparison (JPEG AIC-3), fitted to 5 photographs; the display behind the published "
            "scores is not stated (ours agree with them best near 34 pixels per degree)"
        ),
    ),
    "konjnd-flicker": Protocol(
        name="konjnd-flicker",
        description="original and changed picture alternate 8 times a second, people find where flicker begins",
        jnd_per_jod=1.4909,
        jnd_per_jod_interval=(1.4459, 1.5316),
        calibrated_on="KonJND-1k training pictures: middles of the ranges of answers that its authors accept",
        sources=6,
        pictures=6,
        calibrated_to_jod=8.78,
        rmse_jnd=None,
        how_well="threshold 9.33 JOD, standard deviation 0.09 JOD over 6 pictures",
        pixels_per_degree=24.3,
        source="KonJND-1k public interface (MIT) [Lin2022]",
        note=(
            "range, not sample: the middles of the answers accepted for 6 training pictures, asked for at "
            "24.3 pixels per degree; flicker is the more sensitive test, so that its threshold lies below "
            "aic3's says that the two experiments' conditions differ, not that this is the laxer choice"
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
