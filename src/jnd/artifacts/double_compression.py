"""A JPEG compressed twice on one grid: gaps and peaks in the histograms of its coefficients.

In: luma, the grid and the last table. Out: the quality of the first compression, if there was one.

Quantised by q₁ and then by q₂, coefficients no longer fill every multiple of q₂ smoothly, Lukáš & Fridrich (2003)
[Lukas2003]. What once-compressed coefficients would look like is made from the picture itself, with its grid moved by
four pixels; what twice-compressed ones would look like, by quantising those with every table of the IJG's scale first.
The first quality is the one of largest likelihood; the limit for believing it is ours
(benchmarks/results/jpeg_history.txt). Lukáš & Fridrich match histograms or use a neural network instead.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from jnd.artifacts.dct_histogram import LEAST_BLOCKS, coefficients
from jnd.artifacts.jpeg_tables import zigzag
from jnd.vision.ijg_tables import Table, ijg_table

BLOCKS = 4000
FREQUENCIES = 15
"""The first of the zigzag sequence behind DC: higher ones are zero too often."""
LARGEST = 12
"""Multiples above count as this one."""
FIRST_QUALITIES = range(20, 95)
ROUNDING = 0.45
"""Standard deviation of what a coefficient gains between the two: pixels rounded in RGB and in luma."""
EXTRA_NOISE = (np.float32(0), np.float32(1), np.float32(2))
"""Multiples of that noise that "compressed once" may have, too."""
FOUND_GAIN, FOUND_TOTAL = 0.04, 60.0
"""Log-likelihood above "compressed once", per block and in all, that are both needed."""


@dataclass(frozen=True, slots=True)
class FirstCompression:
    """The compression before the last one."""

    quality: int
    """Of the IJG's scale."""
    gain: float
    """Log-likelihood per block above that of a single compression."""


def first_compression(
    luma: npt.NDArray[np.float32], clipped: npt.NDArray[np.bool_], offset: tuple[int, int], table: Table
) -> FirstCompression | None:
    """The quality with which the picture was compressed before it was compressed with ``table``, or None.

    Parameters
    ----------
    luma : (H, W) decoded luma.
    clipped : (H, W) where the pixel may have been cut to 0 or 255.
    offset : x and y of the grid of the last compression.
    table : (8, 8) steps of the last compression.

    Notes
    -----
    A first compression of the same or a higher quality with steps that divide the last ones leaves nothing to see, and a
    first one whose grid lies elsewhere is not looked for here. First qualities above 94 are not looked for: what they leave is less
    than what cameras' own processing does.
    """
    x, y = offset
    blocks = coefficients(luma, clipped, offset, BLOCKS)
    found = best_first_quality(
        blocks,
        coefficients(luma, clipped, ((x + 4) % 8, (y + 4) % 8), BLOCKS),
        table,
    )
    if found is None or found.gain < max(FOUND_GAIN, FOUND_TOTAL / len(blocks)):
        return None
    return found


def best_first_quality(
    blocks: npt.NDArray[np.float32], moved: npt.NDArray[np.float32], table: Table
) -> FirstCompression | None:
    """Likeliest first quality of (N, 64) coefficients, given (M, 64) of the moved grid; None without enough blocks."""
    if min(len(blocks), len(moved)) < LEAST_BLOCKS:
        return None
    places = zigzag()[1 : FREQUENCIES + 1]
    last = table.ravel()[places].astype(np.float32)
    seen = [_counts(np.rint(blocks[:, place] / step)) for place, step in zip(places, last, strict=True)]
    noise = np.random.default_rng(0).normal(0, ROUNDING, (len(moved), FREQUENCIES)).astype(np.float32)
    original = moved[:, places]
    # A little noise beside the picture's own must not pass for a fine first table.
    single = max(_log_likelihood(seen, original + much * noise, None, last, noise) for much in EXTRA_NOISE)
    tables = {quality: ijg_table(quality).ravel()[places].astype(np.float32) for quality in FIRST_QUALITIES}
    twice = {
        quality: _log_likelihood(seen, original, first, last, noise)
        for quality, first in tables.items()
        if not np.array_equal(first, last)
    }
    best = max(twice, key=twice.__getitem__)
    return FirstCompression(best, (twice[best] - single) / len(blocks))


def _log_likelihood(
    seen: list[npt.NDArray[np.float64]],
    original: npt.NDArray[np.float32],
    first: npt.NDArray[np.float32] | None,
    last: npt.NDArray[np.float32],
    noise: npt.NDArray[np.float32],
) -> float:
    once = original if first is None else np.rint(original / first) * first + noise
    quantised = np.rint(once / last)
    total = 0.0
    for column, counted in enumerate(seen):
        expected = _counts(quantised[:, column]) + 0.5
        total += float(counted @ np.log(expected / expected.sum()))
    return total


def _counts(multiples: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    magnitude = np.minimum(np.abs(multiples), LARGEST).astype(np.int64)
    return np.bincount(magnitude, minlength=LARGEST + 1).astype(np.float64)
