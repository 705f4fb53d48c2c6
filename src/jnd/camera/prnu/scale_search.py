"""By which factor a picture was made smaller: fingerprints scaled by one after the other [Goljan2008].

Differs from the paper: the fingerprint is scaled and not the residual of the picture, which is the smaller, quicker work.
References: [Goljan2008].
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import cv2
import numpy as np

from jnd.camera.prnu.daubechies import Plane
from jnd.camera.prnu.fingerprint import Fingerprint
from jnd.camera.prnu.match import FingerprintMatch, match_at
from jnd.camera.prnu.peak import log10_false_alarm
from jnd.camera.prnu.shift_search import best_shift, size_of
from jnd.errors import DifferentSizesError

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


def search_scales(
    evidence: Plane,
    fingerprint: Fingerprint,
    scales: Sequence[float] | None,
    progress: Callable[[int], None] | None,
) -> FingerprintMatch:
    """The best match at any of ``scales``, or at those that the search goes through where they are None.

    Raises
    ------
    DifferentSizesError
        The picture does not fit in the sensor at any scale.
    """
    prnu = fingerprint.prnu
    trials = _Trials(evidence, fingerprint, progress)
    if scales is not None:
        for scale in scales:
            trials.try_scale(scale)
    else:
        whole = (evidence.shape[0] / prnu.shape[0], evidence.shape[1] / prnu.shape[1])
        if max(whole) > 1:
            raise DifferentSizesError(
                f"{size_of(evidence.shape)} pixels, more than the {size_of(prnu.shape)} of the fingerprint; "
                "say by which factors it may have been enlarged (scales)"
            )
        if abs(whole[0] * prnu.shape[1] - evidence.shape[1]) < 2:
            trials.try_size(evidence.shape[0], evidence.shape[1])
        if not trials.sure:
            _searched(trials, max(whole))
    if not trials.found:
        raise DifferentSizesError(
            f"{size_of(evidence.shape)} pixels do not fit in the {size_of(prnu.shape)} of the fingerprint at any of these scales; "
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
        peak, shifts = best_shift(self._evidence, np.asarray(plane, np.float32), SLACK)
        self._shifts += shifts
        scale = width / prnu.shape[1] if scale is None else scale
        self.found.append(match_at(self._fingerprint, peak, "scale", self._shifts, scale=scale))
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
