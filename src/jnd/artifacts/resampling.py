"""Resampling: the trace of a change of size, and its factor.

Interpolated pixels are sums of their neighbours with weights that repeat, so the mean size of second differences repeats
along rows and columns, Gallagher (2005) [Gallagher2005]; Popescu & Farid (2005) [Popescu2005] find the same with
a predictor. Enlarging by N makes a peak in the spectrum at 1/N cycles per pixel (folded to at most a half).

Strength: height of the highest peak, in multiples of the median of the spectrum around it, over a limit that chance does not reach, mean of both
axes. Differs: third differences are looked at as well, because doubling with pixel centres kept, which most programs do,
leaves second ones equal everywhere; differences are compressed (|d| to at most 16 grey levels) so that single edges do not rule; frequencies
that blocks of 8 make are left out when the picture was a JPEG; of the factors that fold to one peak the one whose spectrum
has the emptiness that such an enlargement leaves is named.
"""

import cv2
import numpy as np
import numpy.typing as npt

from jnd.artifacts.finding import Artifact, Detail, Finding
from jnd.artifacts.subject import Plane, Subject

ORDERS = (2, 3)
LARGEST = 16.0
LOWEST = 0.04
"""Cycles per pixel: below lies the picture itself."""
NEIGHBOURHOOD = 24
"""Bins of the spectrum on each side from which the median is taken."""
FOUND_STRENGTH = 1.0
LIMIT = 9.0
"""Peak over median that counts as strength 1. Ours; of 24 Kodak pictures none passes, of 8 of CLIC (some of which may have been resized) 3
(benchmarks/results/artifacts.txt)."""
BLOCK_WIDTH = 0.004
"""Cycles per pixel around multiples of 1/8 that blocks may fill."""
AGREE = 0.004
"""Cycles per pixel by which the two axes' peaks may differ when both were enlarged alike."""


def detect(subject: Subject) -> Finding:
    """The trace of enlarging (or of a small reduction), with the factor."""
    blocks = subject.jpeg is not None or subject.compression is not None
    peaks = [peak(plane, blocks=blocks) for plane in (subject.luma, np.ascontiguousarray(subject.luma.T))]
    details: dict[str, Detail] = {}
    for axis, found in zip(("x", "y"), peaks, strict=True):
        details[f"frequency_{axis}"] = round(found[0], 4)
        details[f"peak_{axis}"] = round(found[1], 2)
    together = abs(peaks[0][0] - peaks[1][0]) < AGREE
    strength = (
        float(np.sqrt(peaks[0][1] * peaks[1][1])) / LIMIT
        if together
        else max(p[1] for p in peaks) / LIMIT / 2
    )
    if strength < FOUND_STRENGTH:
        details["factor"] = None
        return Finding(False, round(strength, 4), "no trace of a change of size", details)
    frequency = max(peaks, key=lambda found: found[1])[0]
    factor = likely_factor(frequency, subject.luma)
    details["factor"] = round(factor, 3)
    return Finding(True, round(strength, 4), f"size was changed, probably to {factor:.2f} times", details)


def peak(luma: Plane, *, blocks: bool) -> tuple[float, float]:
    """Frequency in cycles per pixel of the highest peak along rows, and its height over the local median."""
    return max((_peak_of_order(luma, order, blocks=blocks) for order in ORDERS), key=lambda found: found[1])


def _peak_of_order(luma: Plane, order: int, *, blocks: bool) -> tuple[float, float]:
    trace = np.minimum(np.abs(np.diff(luma, order, axis=1)), LARGEST).mean(axis=0, dtype=np.float64)
    if len(trace) < 4 * NEIGHBOURHOOD:
        return 0.0, 0.0
    trace = np.diff(trace)
    spectrum = np.abs(np.fft.rfft((trace - trace.mean()) * np.hanning(len(trace))))
    frequency = np.fft.rfftfreq(len(trace))
    around = _running_median(spectrum)
    height = spectrum / np.maximum(around, 1e-9)
    height[frequency < LOWEST] = 0
    if blocks:
        height[np.abs(frequency * 8 - np.rint(frequency * 8)) < 8 * BLOCK_WIDTH] = 0
    best = int(height.argmax())
    return float(frequency[best]), float(height[best])


def _running_median(spectrum: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    padded = np.pad(spectrum, NEIGHBOURHOOD, mode="reflect")
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * NEIGHBOURHOOD + 1)
    return np.asarray(np.median(windows, axis=1))


def likely_factor(frequency: float, luma: Plane) -> float:
    """Of the factors whose trace folds to this frequency, 1 / f and 1 / (1 - f), the likelier.

    Enlarging by N leaves the spectrum empty above 1 / 2N cycles per pixel. The candidate is taken whose empty band
    begins nearest to where that of the picture does.
    """
    if frequency <= 0:
        return 1.0
    candidates = sorted({1 / frequency, 1 / (1 - frequency)})
    return min(candidates, key=lambda factor: abs(np.log(factor * 2 * _occupied(luma))))


def _occupied(luma: Plane) -> float:
    """Frequency in cycles per pixel up to which rows and columns hold energy above a thousandth of what 1/f would have."""
    height, width = (min(side, 1024) for side in luma.shape)
    part = luma[:height, :width] - luma[:height, :width].mean()
    window = np.outer(np.hanning(height), np.hanning(width))
    power = np.abs(np.fft.rfft2(part * window)) ** 2
    rows, columns = np.abs(np.fft.fftfreq(height))[:, np.newaxis], np.fft.rfftfreq(width)
    bins = np.linspace(0, 0.5, 51)
    along = np.minimum((np.maximum(rows, columns) * 100).astype(int), 49)
    profile = np.bincount(along.ravel(), power.ravel(), 50) / np.maximum(
        np.bincount(along.ravel(), minlength=50), 1
    )
    expected = profile[5] * (bins[5] / np.maximum(bins[:-1], 0.01)) ** 2
    full = profile > 0.02 * expected
    return float(bins[1:][full].max()) if full.any() else 0.5


def resampled_once_more(subject: Subject, finding: Finding) -> npt.NDArray[np.uint8] | None:
    """The picture made smaller by the factor and enlarged again."""
    factor = finding.details["factor"]
    assert isinstance(factor, float)
    height, width = subject.pixels.shape[:2]
    smaller = max(1, round(width / factor)), max(1, round(height / factor))
    small = cv2.resize(subject.pixels, smaller, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)


RESAMPLING = Artifact(
    title="Resampling",
    unit="peak over its limit",
    detect=detect,
    imitated=resampled_once_more,
    effect_method="applied once more",
    reference="Gallagher2005",
    smallest_side=128,
)
