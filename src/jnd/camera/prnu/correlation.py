"""Does a picture carry the fingerprint of this sensor? Also where it was cropped, scaled or turned by a right angle.

The noise W of a picture I is correlated with a fingerprint K at every shift: Σ W I K is the best detector of W = I K + noise
[Chen2008], and a plane W I serves for all shifts and fingerprints. Its periodic patterns are taken out as those
of the fingerprint are; see :mod:`jnd.camera.prnu.peak` for what a peak says. A cropped picture is searched at all places
where it fits in the sensor; for a scaled one the fingerprint is made smaller by one factor after the other [Goljan2008].

Differs from the papers: the product W I is filtered and not W.
References: [Chen2008], [Goljan2008].
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from jnd._lookup import lookup
from jnd.camera.prnu.daubechies import Plane
from jnd.camera.prnu.fingerprint import Fingerprint
from jnd.camera.prnu.linear_pattern import without_linear_pattern, without_periodic_pattern
from jnd.camera.prnu.match import SEARCHES, FingerprintMatch, Search, match_at
from jnd.camera.prnu.noise_residual import LEAST_SIDE, SIGMA, noise_residual
from jnd.camera.prnu.scale_search import search_scales
from jnd.camera.prnu.shift_search import best_shift, size_of
from jnd.camera.prnu.usable_pixels import light, usable_share
from jnd.errors import DifferentSizesError, UnusablePictureError


@dataclass(frozen=True, slots=True, eq=False)
class PictureNoise:
    """What of a picture is compared with fingerprints; make it once for many of them."""

    evidence: Plane
    """(H, W) float32: noise residual times light, W I, patterns taken out."""
    usable_share: float
    """Of pixels that are neither saturated nor black."""


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
        peak, shifts = best_shift(evidence, prnu)
        return match_at(fingerprint, peak, search, shifts)
    return search_scales(evidence, fingerprint, scales, progress)


def _whole(evidence: Plane, fingerprint: Fingerprint) -> FingerprintMatch:
    prnu = fingerprint.prnu
    if evidence.shape == prnu.shape:
        turns: tuple[int, ...] = (0,)
    elif evidence.shape == prnu.shape[::-1]:
        turns = (1, 3)
    else:
        raise DifferentSizesError(
            f"{size_of(evidence.shape)} pixels, but the fingerprint {size_of(prnu.shape)}: the picture was cropped or scaled, or "
            'is of another sensor; search="crop" or "scale" (--search) looks for it'
        )
    peaks = [(best_shift(np.ascontiguousarray(np.rot90(evidence, turn)), prnu)[0], turn) for turn in turns]
    peak, turn = max(peaks, key=lambda found: found[0].score)
    return match_at(fingerprint, peak, "none", len(turns), rotation=90 * turn)


def _check_fits(shape: tuple[int, ...], sensor: tuple[int, ...]) -> None:
    if shape[0] > sensor[0] or shape[1] > sensor[1]:
        raise DifferentSizesError(
            f"{size_of(shape)} pixels do not fit in the {size_of(sensor)} of the fingerprint; it is of another sensor, was turned, "
            'or enlarged: search="scale" with factors above 1 looks for that'
        )
