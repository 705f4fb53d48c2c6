"""Quality ruler after ISO 20462-3: a series of pictures of one scene, one JND of sharpness apart (softcopy).

The ruler's pictures are blurred by the modulation transfer function of a diffraction-limited lens,
M(ν) = (2/π) [arccos(k ν) − k ν √(1 − (k ν)²)] for k ν ≤ 1, else 0, with ν in cycles per degree at the eye; k
sets the quality on the secondary standard quality scale SQS2, whose unit is one JND [Jin2009]. The observer
finds the ruler picture of equal overall quality to the test picture; that is the test picture's SQS2.

The coefficients below were not compared with a bought copy of the standard: they agree with its stated ends
(32 at the sharpest, 0 at k = 0.26). This follows the procedure; it does not claim conformance.
"""

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

from jnd.errors import UnusableAnswersError

Array = npt.NDArray[np.float64]

NUMERATOR: Final = (17249.0, 203792.0, -114950.0, -3571075.0)
DENOMINATOR: Final = (578.0, -1304.0, 357372.0)
"""SQS2(k) = Σ NUMERATOR k^i / Σ DENOMINATOR k^i [Jin2009]; unverified, see above."""
SHARPEST_K: Final = 0.010596
"""Where SQS2(k) has its maximum; from here on it falls."""
BLURRIEST_K: Final = 0.26
OUTLIER_Z: Final = 3.29
SMALLEST_SPREAD: Final = 0.5
"""Half a step of the ruler: people who all chose the same picture are not infinitely certain."""


class RulerMatch(NamedTuple):
    """SQS2 of one test picture, over observers."""

    sqs2: float
    """Mean, in JND."""
    standard_error: float
    low: float
    high: float
    observers: int
    far_from_others: tuple[int, ...]
    """Zero-based observers more than 3.29 standard deviations of the others away (p = 0.001); flagged, not removed."""


def sqs2(k: npt.ArrayLike) -> Array:
    """Quality in JND of the blur parameter ``k`` in degrees, from 0.0106 (32.1) to 0.26 (0).

    >>> sqs2([0.02, 0.05, 0.2]).round(2)
    array([30.58, 18.99,  1.7 ])
    """
    values = np.asarray(k, dtype=np.float64)
    if np.any((values < 0.01) | (values > BLURRIEST_K)):
        raise ValueError(f"k must be from 0.01 to {BLURRIEST_K:g} degrees, got {values}")
    return np.asarray(np.polyval(NUMERATOR[::-1], values) / np.polyval(DENOMINATOR[::-1], values))


def blur_parameter(quality: npt.ArrayLike) -> Array:
    """The k of a quality on SQS2, by bisection on the falling branch.

    Raises
    ------
    ValueError
        A quality outside of the scale.
    """
    wanted = np.asarray(quality, dtype=np.float64)
    best, worst = float(sqs2(SHARPEST_K)), float(sqs2(BLURRIEST_K))
    if np.any((wanted > best) | (wanted < worst)) or np.any(np.isnan(wanted)):
        raise ValueError(f"SQS2 must be from {worst:.2f} to {best:.2f}, got {wanted}")
    low = np.full(wanted.shape, SHARPEST_K)
    high = np.full(wanted.shape, BLURRIEST_K)
    for _ in range(60):
        middle = 0.5 * (low + high)
        better = sqs2(middle) > wanted
        low, high = np.where(better, middle, low), np.where(better, high, middle)
    return np.asarray(0.5 * (low + high))


def lens_mtf(frequency: npt.ArrayLike, k: float) -> Array:
    """M(ν) in [0, 1] at ``frequency`` in cycles per degree.

    >>> lens_mtf([0.0, 10.0, 100.0], 0.05).round(3)
    array([1.   , 0.391, 0.   ])
    """
    s = np.minimum(k * np.asarray(frequency, dtype=np.float64), 1.0)
    return np.asarray(2 / np.pi * (np.arccos(s) - s * np.sqrt(1 - s * s)))


def ruler_qualities(count: int = 30, sharpest: float = 31.0) -> Array:
    """SQS2 of the ruler's pictures, one JND apart, best first: 31, 30, … 2 by default [Jin2009]."""
    qualities = sharpest - np.arange(count, dtype=np.float64)
    blur_parameter(qualities)
    return qualities


def ruler_picture(
    linear_light: npt.ArrayLike,
    quality: float,
    pixels_per_degree: float,
    *,
    source_mtf: npt.ArrayLike | None = None,
) -> Array:
    """The picture blurred to a quality on SQS2.

    Parameters
    ----------
    linear_light : (H, W) or (H, W, 3), proportional to light, not code values; assumed near-perfectly sharp.
    quality : SQS2 in JND.
    pixels_per_degree : of the display as seen by the observer; a ruler is valid for this geometry only.
    source_mtf : (H, W // 2 + 1) MTF of the source at the frequencies of ``numpy.fft.rfft2``; divided out.

    Returns
    -------
    Linear light of the same shape; borders are reflected before filtering, so that edges do not wrap around.
    """
    light = np.asarray(linear_light, dtype=np.float64)
    if light.ndim not in (2, 3) or min(light.shape[:2]) < 2:
        raise ValueError(f"the picture must be (H, W) or (H, W, 3), got shape {light.shape}")
    if not pixels_per_degree > 0:
        raise ValueError(f"pixels per degree must be above 0, got {pixels_per_degree:g}")
    k = float(blur_parameter(quality))
    h, w = light.shape[:2]
    if source_mtf is None:
        # The kernel's radius is some 1 / k' pixels; 8 of these hold it.
        pad = int(min(np.ceil(8 * k * pixels_per_degree), h - 1, w - 1))
        padded = np.pad(light, [(pad, pad), (pad, pad)] + [(0, 0)] * (light.ndim - 2), mode="reflect")
    else:
        pad, padded = 0, light
    rows = np.fft.fftfreq(padded.shape[0])[:, None] * pixels_per_degree
    columns = np.fft.rfftfreq(padded.shape[1])[None, :] * pixels_per_degree
    transfer = lens_mtf(np.hypot(rows, columns), k)
    if source_mtf is not None:
        own = np.asarray(source_mtf, dtype=np.float64)
        if own.shape != transfer.shape:
            raise ValueError(f"source_mtf must have shape {transfer.shape}, got {own.shape}")
        transfer = np.minimum(transfer / np.maximum(own, 0.05), 4.0)
    if light.ndim == 3:
        transfer = transfer[:, :, None]
    spectrum = np.fft.rfft2(padded, axes=(0, 1)) * transfer
    blurred = np.fft.irfft2(spectrum, s=padded.shape[:2], axes=(0, 1))
    return np.asarray(blurred[pad : pad + h, pad : pad + w])


def ruler_match(matched: npt.ArrayLike, *, confidence: float = 0.95) -> RulerMatch:
    """SQS2 of a test picture from the ruler levels that observers matched it to.

    Parameters
    ----------
    matched : (n,) SQS2 of the ruler picture that each observer chose.

    Raises
    ------
    UnusableAnswersError
        Fewer than two observers, or a value outside of the scale.
    """
    values = np.asarray(matched, dtype=np.float64).ravel()
    if values.size < 2:
        raise UnusableAnswersError(f"a ruler match needs two observers or more, got {values.size}")
    if np.any(~np.isfinite(values)):
        raise UnusableAnswersError("ruler matches must be finite; leave missing ones out")
    mean, spread = float(values.mean()), float(values.std(ddof=1))
    error = spread / np.sqrt(values.size)
    reach = float(stdtrit(values.size - 1, (1 + confidence) / 2)) * error
    far = []
    for i in range(values.size):  # against the others: an outlier among few hides in its own spread
        others = np.delete(values, i)
        scatter = max(float(others.std(ddof=1)) if others.size > 1 else 0.0, SMALLEST_SPREAD)
        if abs(values[i] - others.mean()) > OUTLIER_Z * scatter:
            far.append(i)
    return RulerMatch(mean, float(error), mean - reach, mean + reach, int(values.size), tuple(far))


def ruler_steps_to_sqs2(step: npt.ArrayLike, qualities: npt.ArrayLike) -> Array:
    """SQS2 of positions on the ruler (0 the first picture), interpolated between neighbouring pictures."""
    q = np.asarray(qualities, dtype=np.float64)
    position = np.asarray(step, dtype=np.float64)
    if np.any((position < 0) | (position > q.size - 1)):
        raise ValueError(f"a position on this ruler is from 0 to {q.size - 1}, got {position}")
    return np.asarray(np.interp(position, np.arange(q.size), q))
