"""Which way a change went: per artifact weaker or stronger than in the reference, and better or worse overall.

In: two versions of a picture. Out: :class:`ArtifactChange` of every artifact, and an :class:`OverallChange`.

The reference need not be the better one: noise may have been taken out, contrast restored. So each side is inspected alone,
and the strengths are compared. A difference within the *dead zone* is none: that is the 95th percentile of how much the
strength of an untouched picture moves when it is cut by a few pixels or gets ±1 code value of noise (36 pairs from 12 Kodak pictures,
``benchmarks/artifacts.py``). "Better" and "worse" are said only where the interval of the difference of NIQE, by bootstrap
over the picture's patches, excludes zero; NIQE knows photographs, not drawings.
"""

from typing import Literal

import numpy as np
import numpy.typing as npt

from jnd.artifacts import ARTIFACTS, Subject
from jnd.metrics.natural_scene_statistics import checked_luma
from jnd.metrics.niqe import SMALLEST_SIDE, distance, patch_features
from jnd.picture import CodeValues
from jnd.picture.colour import in_8_bits
from jnd.records import ArtifactChange, OverallChange

DEAD_ZONES = {
    "jpeg_history": 1.0,
    "blockiness": 0.135,
    "ringing": 1.0,
    "blur": 0.032,
    "noise": 0.41,
    "banding": 0.0085,
    "clipping": 0.067,
    "resampling": 1.0,
    "chroma_subsampling": 0.1,
}
"""In the unit of each strength (``benchmarks/results/artifacts.txt``). Those of JPEG quality, of resampling and of chroma are larger than
what was measured (0, 0.03, 0): a quality by one, and a peak below its limit, mean nothing."""
RESAMPLES = 400
CONFIDENCE = 0.95
LEAST_PATCHES = 6
SEED = 0


def artifact_direction(reference: CodeValues, changed: CodeValues) -> tuple[ArtifactChange, ...]:
    """Per artifact: weaker, the same or stronger in ``changed``.

    Parameters
    ----------
    reference, changed : (H, W, 3) or (H, W) uint8 or uint16 code values, full range. Sizes may differ.

    Returns
    -------
    Changes in the order of ``ARTIFACTS``, without those that one of the pictures is too small for.
    """
    one, other = (Subject(in_8_bits(pixels).astype(np.uint8, copy=False)) for pixels in (reference, changed))
    smaller = min(*reference.shape[:2], *changed.shape[:2])
    changes = []
    for name, artifact in ARTIFACTS.items():
        if smaller < artifact.smallest_side:
            continue
        before, after = artifact.detect(one), artifact.detect(other)
        # What is not there in either is not compared: below its limit a strength is chance.
        apart = after.strength - before.strength if before.found or after.found else 0.0
        zone = DEAD_ZONES[name]
        direction: Literal["weaker", "same", "stronger"] = (
            "same" if abs(apart) <= zone else "weaker" if apart < 0 else "stronger"
        )
        words = {
            "same": f"{artifact.title.lower()} as before",
            "weaker": f"less {artifact.title.lower()}: {after.words}, before: {before.words}",
            "stronger": f"more {artifact.title.lower()}: {after.words}, before: {before.words}",
        }[direction]
        changes.append(
            ArtifactChange(name, direction, before.strength, after.strength, zone, artifact.unit, words)
        )
    return tuple(changes)


def overall_direction(reference: CodeValues, changed: CodeValues) -> OverallChange:
    """Better or worse as a whole, where the statistics of the two tell.

    Parameters as of :func:`artifact_direction`.
    """
    if min(*reference.shape[:2], *changed.shape[:2]) < SMALLEST_SIDE:
        return OverallChange("not told", None, None, "too small to tell")
    before, after = (
        patch_features(checked_luma(in_8_bits(pixels).astype(np.uint8, copy=False), SMALLEST_SIDE))[0]
        for pixels in (reference, changed)
    )
    if min(len(before), len(after)) < LEAST_PATCHES:
        return OverallChange("not told", None, None, "too few patches to tell")
    change = distance(after) - distance(before)
    low, high = _interval(before, after)
    if low <= 0 <= high:
        return OverallChange("not told", change, (low, high), "neither better nor worse by NIQE")
    better = high < 0
    words = f"{'better' if better else 'worse'} by NIQE: {change:+.2f}, {CONFIDENCE:.0%} {low:+.2f} to {high:+.2f}"
    return OverallChange("better" if better else "worse", change, (low, high), words)


def _interval(before: npt.NDArray[np.float64], after: npt.NDArray[np.float64]) -> tuple[float, float]:
    random = np.random.default_rng(SEED)
    drawn = []
    for _ in range(RESAMPLES):
        one = random.integers(0, len(before), len(before))
        # The same patches of both, where they are the same places: their differences are what counts.
        other = one if len(after) == len(before) else random.integers(0, len(after), len(after))
        drawn.append(distance(after[other]) - distance(before[one]))
    low, high = np.quantile(drawn, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return float(low), float(high)
