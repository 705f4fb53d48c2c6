"""From JOD to people: how often a change is noticed, and by how many.

Two different questions, kept apart:

(a) :func:`notice_probability` – how often the *average observer* detects the change, trial by trial.
(b) :func:`satisfied_users` – which share of *people* has its threshold above the change, and so would
    call it invisible: the satisfied-user ratio (SUR).
"""

import math
from collections.abc import Callable
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from jnd.observer.protocols import protocol_named
from jnd.viewing import ViewingConditions

Array = npt.NDArray[np.float64]

QUARTILE = NormalDist().inv_cdf(0.75)
"""0.6745: 1 JND is the difference that is told from none in 0.75 of two-alternative trials, half of
them by guessing (Thurstone Case V, JPEG AIC-3)."""

ASSUMED_SPREAD = 0.63
"""Assumed spread: standard deviation over people of ln(threshold / average observer's threshold).

Root mean square over pictures of single answers of people, the mean of MCL-JCI (side by side, 50 pictures,
1500 answers: 0.62) and VideoSet at 720p (220 clips, 6971 answers: 0.65), turned into JND by each
picture's own second and third JND. *Assumed*, because neither was measured with our protocols, and because a
person's own scatter from answer to answer is in it."""

ASSUMED_SPREAD_INTERVAL = (0.61, 0.66)
"""95 % bootstrap interval of ``ASSUMED_SPREAD`` over pictures. The way from quality factors to JND matters
more: straight lines between MCL-JCI's three JNDs instead of a power give 0.49."""


def jnd_units(
    jod: npt.ArrayLike, *, protocol: str = "aic3", viewing: ViewingConditions | None = None
) -> Array:
    """Just noticeable differences between two pictures, from their JOD.

    Parameters
    ----------
    jod : any shape, quality from :func:`jnd.colorvideovdp`: 10 is no difference, lower is worse.
    protocol : name of the task that the answer is for, a key of ``PROTOCOLS``.
    viewing : the conditions that ``jod`` was computed for. They are part of the JOD, so the scale
        does not move with them; :func:`calibration_notes` says what they mean for its validity.

    Returns
    -------
    float64 of the same shape, in JND of the average observer, 0 and more; 0 at 10 JOD and above.

    Raises
    ------
    UnknownNameError, ValueError
        Unknown protocol; a JOD that is not a number.

    >>> float(jnd_units(10.0)), round(float(jnd_units(9.5)), 2)
    (0.0, 1.59)
    """
    slope = protocol_named(protocol).jnd_per_jod
    values = _numbers(jod, "JOD")
    return np.maximum(0.0, slope * (10.0 - values))


def jod_of_jnd_units(
    jnd: npt.ArrayLike, *, protocol: str = "aic3", viewing: ViewingConditions | None = None
) -> Array:
    """JOD at a distance of ``jnd`` just noticeable differences: the inverse of :func:`jnd_units`.

    >>> round(float(jod_of_jnd_units(1.0)), 2)
    9.68
    """
    slope = protocol_named(protocol).jnd_per_jod
    values = _numbers(jnd, "a distance in JND")
    if np.any(values < 0):
        raise ValueError(f"a distance in JND must be 0 or more, got {float(values.min())}")
    return 10.0 - values / slope


def notice_probability(
    jod: npt.ArrayLike, *, protocol: str = "aic3", viewing: ViewingConditions | None = None
) -> Array:
    """How often the average observer detects the change: 2 Φ(0.6745 JND) - 1.

    Guessing is taken out: 0 means chance, 0.5 is 1 JND. Arguments as in :func:`jnd_units`.

    >>> float(notice_probability(10.0)), round(float(notice_probability(9.68)), 1)
    (0.0, 0.5)
    """
    distance = jnd_units(jod, protocol=protocol, viewing=viewing)
    return _map(lambda d: math.erf(QUARTILE * d / math.sqrt(2)), distance)


def jod_of_notice(
    probability: npt.ArrayLike, *, protocol: str = "aic3", viewing: ViewingConditions | None = None
) -> Array:
    """JOD at which the average observer detects with this probability: inverse of `notice_probability`.

    Raises
    ------
    ValueError
        A probability outside 0 ≤ p < 1: no finite difference is detected with certainty.

    >>> round(float(jod_of_notice(0.25)), 2)
    9.85
    """
    values = _numbers(probability, "a probability")
    if np.any((values < 0) | (values >= 1)):
        raise ValueError(
            f"the probability of noticing must be at least 0 and less than 1, got {_first(values, (values < 0) | (values >= 1))}"
        )
    distance = _map(lambda p: _inverse_erf(p) * math.sqrt(2) / QUARTILE, values)
    return jod_of_jnd_units(distance, protocol=protocol, viewing=viewing)


def satisfied_users(
    jod: npt.ArrayLike, *, protocol: str = "aic3", viewing: ViewingConditions | None = None
) -> Array:
    """The satisfied-user ratio: the share of people whose own threshold lies above the change.

    The threshold of a person is the change, in JND of the average observer, that this person begins to
    see. Thresholds are taken to be log-normal with median 1 and the *assumed spread* ``ASSUMED_SPREAD``, so

        SUR(d) = P(threshold > d) = Φ(-ln d / ASSUMED_SPREAD).

    Half of all people are satisfied at 1 JND, three in four at 0.65 JND. This is not 1 minus
    :func:`notice_probability`, which counts the trials of one average observer: at 0.65 JND that one still
    detects a third of them. Arguments as in :func:`jnd_units`.

    >>> float(satisfied_users(10.0)), round(float(satisfied_users(jod_of_jnd_units(1.0))), 6)
    (1.0, 0.5)
    """
    distance = jnd_units(jod, protocol=protocol, viewing=viewing)
    return _map(_share_above, distance)


def jod_of_satisfied(
    share: npt.ArrayLike, *, protocol: str = "aic3", viewing: ViewingConditions | None = None
) -> Array:
    """JOD at which this share of people is satisfied: the inverse of :func:`satisfied_users`.

    Raises
    ------
    ValueError
        A share outside 0 < s ≤ 1.

    >>> float(jod_of_satisfied(1.0))
    10.0
    """
    values = _numbers(share, "a share of people")
    outside = (values <= 0) | (values > 1)
    if np.any(outside):
        raise ValueError(
            f"the share of satisfied people must be above 0 and at most 1, got {_first(values, outside)}"
        )
    distance = _map(_distance_of_share, values)
    return jod_of_jnd_units(distance, protocol=protocol, viewing=viewing)


def calibration_notes(
    protocol: str = "aic3", viewing: ViewingConditions | None = None, jod: float | None = None
) -> tuple[str, ...]:
    """What has to be said beside a number of this protocol, under these viewing conditions, at this JOD.

    >>> calibration_notes("konjnd-flicker")[0][:17]
    'range, not sample'
    >>> calibration_notes("aic3", jod=8.0)[1]
    'below 8.89 JOD the scale is an extrapolation'
    """
    chosen = protocol_named(protocol)
    notes = [chosen.note]
    fitted = chosen.pixels_per_degree
    if viewing is not None and fitted is not None:
        ratio = viewing.pixels_per_degree / fitted
        if not 1 / GEOMETRY_TOLERANCE <= ratio <= GEOMETRY_TOLERANCE:
            notes.append(
                f"calibrated at {fitted:g} pixels per degree, used at {viewing.pixels_per_degree:.4g}: "
                f"the metric accounts for the distance, but nobody has tested this protocol there"
            )
    if jod is not None and jod < chosen.calibrated_to_jod:
        notes.append(f"below {chosen.calibrated_to_jod:g} JOD the scale is an extrapolation")
    return tuple(notes)


GEOMETRY_TOLERANCE = 1.1
"""Viewing within 10 % of a protocol's pixels per degree counts as the protocol's own."""


def _share_above(distance: float) -> float:
    if distance == 0.0:
        return 1.0
    return 0.5 * math.erfc(math.log(distance) / (ASSUMED_SPREAD * math.sqrt(2)))


def _distance_of_share(share: float) -> float:
    if share == 1.0:
        return 0.0
    return math.exp(-ASSUMED_SPREAD * NormalDist().inv_cdf(share))


def _inverse_erf(p: float) -> float:
    if p == 0.0:
        return 0.0
    x = NormalDist().inv_cdf((1 + p) / 2) / math.sqrt(2)
    # (1 + p) / 2 drops the last digits of a small p; one Newton step brings them back.
    return x - (math.erf(x) - p) * math.sqrt(math.pi) / 2 * math.exp(x * x) if x < 3 else x


def _map(function: Callable[[float], float], values: Array) -> Array:
    return np.array([function(v) for v in values.ravel().tolist()], dtype=np.float64).reshape(values.shape)


def _numbers(values: npt.ArrayLike, what: str) -> Array:
    array = np.asarray(values, dtype=np.float64)
    if np.any(np.isnan(array)):
        raise ValueError(f"{what} must be a number, got nan")
    return array


def _first(values: Array, wrong: npt.NDArray[np.bool_]) -> float:
    return float(values[wrong].flat[0])
