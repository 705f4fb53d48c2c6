"""Does a picture carry the fingerprint of this sensor? Also where it was cropped, scaled or turned by a right angle.

The noise W of a picture I is correlated with a fingerprint K at every shift: Σ W I K is the best detector of W = I K + noise
[Chen2008], and a plane W I serves for all shifts and fingerprints. Its periodic patterns are taken out as those
of the fingerprint are; see :mod:`jnd.camera.peak` for what a peak says. A cropped picture is searched at all places
where it fits in the sensor; for a scaled one the fingerprint is made smaller by one factor after the other [Goljan2008].

Differs from the papers: the fingerprint is scaled and not the residual of the picture, which is the smaller, quicker
work; the product W I is filtered and not W.
References: [Chen2008], [Goljan2008], [Goljan2009].
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

import cv2
import numpy as np
import numpy.typing as npt
import scipy.fft

from jnd._lookup import lookup
from jnd.camera.daubechies import Plane
from jnd.camera.fingerprint import Fingerprint
from jnd.camera.linear_pattern import without_linear_pattern, without_periodic_pattern
from jnd.camera.noise_residual import LEAST_SIDE, SIGMA, noise_residual
from jnd.camera.peak import GRID, Peak, highest_peak, log10_false_alarm, score_threshold
from jnd.camera.usable_pixels import light, usable_share
from jnd.errors import DifferentSizesError, UnusablePictureError

Search = Literal["none", "crop", "scale"]
SEARCHES: tuple[Search, ...] = get_args(Search)
"""What a picture may have gone through: nothing, cropping, or cropping after scaling."""

SCALE_STEP = 0.005
"""Between factors of scale, as 1 / (1 + n step) [Goljan2008]."""
FINE_STEPS = 5
"""Each coarse step is divided into, around the best factors."""
BEST_SCALES = 3
"""Coarse factors around which is searched, where none is sure."""
SURE = -9.0
"""Decadic logarithm of the false-alarm probability at which the search over scales need not go on."""
SLACK = 2
"""Pixels by which scaling programs may displace a picture against ours."""
USUAL_THRESHOLD = 60.0
"""PCE from which the field says "same camera": 2.4e-5 false acceptances and 2.4 % false rejections over a million pictures of
6,896 cameras [Goljan2009]. Patterns that cameras share make more false alarms than theory has, hence not theory alone."""
FALSE_ALARM = 1e-6
"""By theory, at all shifts together; matters where many places are searched."""

Verdict = Literal["match", "unclear", "no match"]


@dataclass(frozen=True, slots=True, eq=False)
class PictureNoise:
    """What of a picture is compared with fingerprints; make it once for many of them."""

    evidence: Plane
    """(H, W) float32: noise residual times light, W I, patterns taken out."""
    usable_share: float
    """Of pixels that are neither saturated nor black."""


@dataclass(frozen=True, slots=True)
class FingerprintMatch:
    """How well a picture and a fingerprint go together."""

    label: str
    """Of the fingerprint."""
    pce: float
    """Signed peak-to-correlation energy, as the literature has it."""
    score: float
    """The peak over its standard deviation by chance, on its phase of JPEG's grid (:mod:`jnd.camera.peak`)."""
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


def picture_noise(pixels: npt.NDArray[np.uint8 | np.uint16], *, sigma: float = SIGMA) -> PictureNoise:
    """The evidence in a picture, from its pixels as the sensor stored them (:func:`jnd.camera.sensor_picture`).

    Raises
    ------
    UnusablePictureError
        Saturated, black, flat or smaller than 64 pixels a side: it says nothing of its camera.
    """
    height, width = pixels.shape[:2]
    if min(height, width) < LEAST_SIDE:
        raise UnusablePictureError(
            f"has {width} x {height} pixels, at least {LEAST_SIDE} a side are needed; take the whole picture"
        )
    residual, bright = noise_residual(pixels, sigma=sigma), light(pixels)
    share = usable_share(bright, residual)
    residual *= bright
    return PictureNoise(without_periodic_pattern(without_linear_pattern(residual)), share)


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


def match_fingerprint(
    picture: PictureNoise | npt.NDArray[np.uint8 | np.uint16],
    fingerprint: Fingerprint,
    *,
    search: Search = "none",
    scales: Sequence[float] | None = None,
    progress: Callable[[int], None] | None = None,
) -> FingerprintMatch:
    """Compare a picture with a fingerprint.

    Parameters
    ----------
    picture : (H, W) or (H, W, 3) pixels as stored, or :func:`picture_noise` of them. With "none", a picture whose
        width and height are those of the sensor exchanged is turned both ways.
    fingerprint : of a sensor.
    search : "none": the whole picture as the sensor took it. "crop": a part, at an unknown place. "scale": scaled,
        then perhaps cropped.
    scales : factors to try with "scale", pixels of the picture per pixel of the sensor, 1 or less for pictures made
        smaller. None: what brings the whole sensor to the picture's size, then from 1 down in steps of half a percent until one
        is past a peak with a false-alarm probability below 1e-9, then finer around the best.
    progress : called with the number of scales done after each.

    Raises
    ------
    UnknownNameError
        Another search.
    DifferentSizesError
        The picture is not of the sensor's size (with "none"), or larger than it at any scale.
    UnusablePictureError
        Pixels that say nothing, see :func:`picture_noise`.
    ValueError
        Scales that are not positive, or given without search="scale".
    """
    lookup({name: name for name in SEARCHES}, search, kind="search")
    if scales is not None and (
        search != "scale" or not len(scales) or not all(0 < s < np.inf for s in scales)
    ):
        raise ValueError(
            f'scales must be positive numbers, and go with search="scale", got {scales} and "{search}"'
        )
    noise = picture if isinstance(picture, PictureNoise) else picture_noise(picture, sigma=fingerprint.sigma)
    evidence, prnu = noise.evidence, fingerprint.prnu
    if search == "none":
        return _whole(evidence, fingerprint)
    if search == "crop":
        _check_fits(evidence.shape, prnu.shape)
        peak, shifts = _best_crop(evidence, prnu)
        return _match(fingerprint, peak, search, shifts)
    return _scaled(evidence, fingerprint, scales, progress)


def _whole(evidence: Plane, fingerprint: Fingerprint) -> FingerprintMatch:
    prnu = fingerprint.prnu
    if evidence.shape == prnu.shape:
        turns: tuple[int, ...] = (0,)
    elif evidence.shape == prnu.shape[::-1]:
        turns = (1, 3)
    else:
        raise DifferentSizesError(
            f"{_of(evidence.shape)} pixels, but the fingerprint {_of(prnu.shape)}: the picture was cropped or scaled, or "
            'is of another sensor; search="crop" or "scale" (--search) looks for it'
        )
    peaks = [(_best_crop(np.ascontiguousarray(np.rot90(evidence, turn)), prnu)[0], turn) for turn in turns]
    peak, turn = max(peaks, key=lambda found: found[0].score)
    return _match(fingerprint, peak, "none", len(turns), rotation=90 * turn)


def _correlation(evidence: Plane, spectrum: npt.NDArray[np.complex64], shape: tuple[int, ...]) -> Plane:
    """Circular: at shift (r, c) the evidence is laid on the fingerprint from its row r and column c on."""
    own = scipy.fft.rfft2(evidence, s=shape)
    np.conjugate(own, out=own)
    own *= spectrum
    result: Plane = scipy.fft.irfft2(own, s=shape, overwrite_x=True)
    return result


def _best_crop(evidence: Plane, prnu: Plane, slack: int = 0) -> tuple[Peak, int]:
    """The best place of ``evidence`` in ``prnu``, which is at least as large but for ``slack``, and how many there are."""
    rows = range(-slack, prnu.shape[0] - evidence.shape[0] + slack + 1)
    columns = range(-slack, prnu.shape[1] - evidence.shape[1] + slack + 1)
    # Zeros beyond the sensor: sizes that transform quickly and keep the phase of JPEG's grid around the edges.
    shape = tuple(
        GRID * scipy.fft.next_fast_len(-(-(max(*sides) + slack) // GRID), real=True)
        for sides in zip(prnu.shape, evidence.shape, strict=True)
    )
    correlation = _correlation(evidence, scipy.fft.rfft2(prnu, s=shape), shape)
    return highest_peak(correlation, rows, columns), len(rows) * len(columns)


def _scaled(
    evidence: Plane,
    fingerprint: Fingerprint,
    scales: Sequence[float] | None,
    progress: Callable[[int], None] | None,
) -> FingerprintMatch:
    prnu = fingerprint.prnu
    trials = _Trials(evidence, fingerprint, progress)
    if scales is not None:
        for scale in scales:
            trials.try_scale(scale)
    else:
        whole = (evidence.shape[0] / prnu.shape[0], evidence.shape[1] / prnu.shape[1])
        if max(whole) > 1:
            raise DifferentSizesError(
                f"{_of(evidence.shape)} pixels, more than the {_of(prnu.shape)} of the fingerprint; "
                "say by which factors it may have been enlarged (scales)"
            )
        if abs(whole[0] * prnu.shape[1] - evidence.shape[1]) < 2:
            trials.try_size(evidence.shape[0], evidence.shape[1])
        if not trials.sure:
            _searched(trials, max(whole))
    if not trials.found:
        raise DifferentSizesError(
            f"{_of(evidence.shape)} pixels do not fit in the {_of(prnu.shape)} of the fingerprint at any of these scales; "
            "give larger ones"
        )
    return trials.result()


def _searched(trials: "_Trials", least: float) -> None:
    """Coarse steps from 1 down until one is past a peak that is sure, then fine ones around the best."""
    number = 0
    while (scale := 1 / (1 + number * SCALE_STEP)) >= least and not (trials.sure and trials.past_the_best):
        trials.try_scale(scale)
        number += 1
    for best in trials.best(1 if trials.sure else BEST_SCALES):
        for fine in range(-FINE_STEPS + 1, FINE_STEPS):
            if fine:
                trials.try_scale(best.scale * (1 + fine * SCALE_STEP * best.scale / FINE_STEPS))


class _Trials:
    """Scales that were tried, with what they gave."""

    def __init__(
        self, evidence: Plane, fingerprint: Fingerprint, progress: Callable[[int], None] | None
    ) -> None:
        self._evidence, self._fingerprint, self._progress = evidence, fingerprint, progress
        self._shifts = 0
        self.found: list[FingerprintMatch] = []

    def try_scale(self, scale: float) -> None:
        height, width = (round(side * scale) for side in self._fingerprint.prnu.shape)
        if height + SLACK >= self._evidence.shape[0] and width + SLACK >= self._evidence.shape[1]:
            self.try_size(height, width, scale)

    def try_size(self, height: int, width: int, scale: float | None = None) -> None:
        prnu = self._fingerprint.prnu
        smaller = height < prnu.shape[0]
        # What programs do to the picture: average where it becomes smaller, interpolate where it becomes larger.
        how = cv2.INTER_AREA if smaller else cv2.INTER_CUBIC
        plane = (
            prnu if (height, width) == prnu.shape else cv2.resize(prnu, (width, height), interpolation=how)
        )
        peak, shifts = _best_crop(self._evidence, np.asarray(plane, np.float32), SLACK)
        self._shifts += shifts
        scale = width / prnu.shape[1] if scale is None else scale
        self.found.append(_match(self._fingerprint, peak, "scale", self._shifts, scale=scale))
        if self._progress is not None:
            self._progress(len(self.found))

    @property
    def sure(self) -> bool:
        return bool(self.found) and self.best(1)[0].log10_false_alarm < SURE

    @property
    def past_the_best(self) -> bool:
        return self.found[-1].score < self.best(1)[0].score

    def best(self, count: int) -> list[FingerprintMatch]:
        return sorted(self.found, key=lambda match: -match.score)[:count]

    def result(self) -> FingerprintMatch:
        """The best, at the false-alarm probability of all trials together."""
        best = self.best(1)[0]
        return replace(
            best, shifts=self._shifts, log10_false_alarm=log10_false_alarm(best.score, self._shifts)
        )


def _match(
    fingerprint: Fingerprint,
    peak: Peak,
    search: Search,
    shifts: int,
    *,
    scale: float = 1.0,
    rotation: int = 0,
) -> FingerprintMatch:
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


def _check_fits(shape: tuple[int, ...], sensor: tuple[int, ...]) -> None:
    if shape[0] > sensor[0] or shape[1] > sensor[1]:
        raise DifferentSizesError(
            f"{_of(shape)} pixels do not fit in the {_of(sensor)} of the fingerprint; it is of another sensor, was turned, "
            'or enlarged: search="scale" with factors above 1 looks for that'
        )


def _of(shape: tuple[int, ...]) -> str:
    return f"{shape[1]} x {shape[0]}"
