"""The JND curve of a codec on a picture, as a few numbers that a network can say.

In go measured curves, out comes a :class:`CurveBasis`: the mean curve and its principal components. A network says
a score per component and how unsure it is; :meth:`CurveBasis.predicted` turns them into a curve over all levels.

The curve is ``log(10 - JOD)`` over the distortion level, as in :mod:`jnd.search.belief`: near-linear in the level.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from jnd.observer import jod_of_satisfied, satisfied_users

Array = npt.NDArray[np.float64]

BEST_JOD = 10.0
SMALLEST_DEFICIT_JOD = 1e-3
"""Keeps the logarithm finite for an exact copy; as in ``jnd.search.belief``."""

COMPONENTS = 3
ANCHORS = 24
"""Levels at which a curve is kept; straight lines between them."""


def deficit(jod: npt.ArrayLike) -> Array:
    """``log(10 - JOD)``, finite for a perfect copy; any shape.

    >>> deficit([9.0, 10.0]).round(3).tolist()
    [0.0, -6.908]
    """
    values: Array = np.log(np.maximum(BEST_JOD - np.asarray(jod, dtype=np.float64), SMALLEST_DEFICIT_JOD))
    return values


@dataclass(frozen=True, slots=True)
class CurveBasis:
    """Mean curve and principal components of one codec, and the axis they belong to."""

    codec: str
    parameter: str
    """What ``settings`` are: "quality", "distance", "QP"."""
    levels: tuple[int, ...]
    """Every distortion level of the axis, ascending."""
    settings: tuple[float, ...]
    """What the encoder is told at each level."""
    anchors: tuple[int, ...]
    mean: tuple[float, ...]
    """Of the deficit at the anchors."""
    components: tuple[tuple[float, ...], ...]
    """(components, anchors), each as long as one standard deviation over the training pictures."""
    spread_factor: float = 1.0
    """By how much a network's own spread is too small on pictures that were left out of training."""

    @classmethod
    def fitted(
        cls, codec: str, parameter: str, levels: Sequence[int], settings: Sequence[float], curves: Array
    ) -> Self:
        """The basis of ``curves`` ((pictures, anchors) deficits; NaN beyond the end of a scan)."""
        anchors = anchor_levels(levels)
        filled, mean = filled_curves(curves)
        _, singular, directions = np.linalg.svd(filled - mean, full_matrices=False)
        count = min(COMPONENTS, len(singular))
        components = directions[:count] * singular[:count, None] / math.sqrt(max(len(curves) - 1, 1))
        missing = COMPONENTS - count
        components = np.vstack([components, np.zeros((missing, len(anchors)))])
        # Either sign means the same; one is kept, so that a basis does not depend on the linear algebra library.
        components *= np.where(components.sum(axis=1, keepdims=True) < 0, -1.0, 1.0)
        return cls(
            codec,
            parameter,
            tuple(levels),
            tuple(settings),
            tuple(anchors),
            tuple(mean.round(5).tolist()),
            tuple(tuple(row) for row in components.round(5).tolist()),
        )

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """The inverse of :meth:`to_json`."""
        values: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value for key, value in content.items()
        }
        values["components"] = tuple(tuple(row) for row in content["components"])
        return cls(**values)

    def to_json(self) -> dict[str, Any]:
        """As JSON holds it."""
        return asdict(self)

    def predicted(self, scores: npt.ArrayLike, spread: float) -> "PredictedCurve":
        """The curve that a network's output means.

        Parameters
        ----------
        scores : (components,) in standard deviations over the training pictures.
        spread : standard deviation of the deficit where people begin to notice, as the network says it.
        """
        at_anchors = np.array(self.mean) + np.asarray(scores, dtype=np.float64) @ np.array(self.components)
        return PredictedCurve(self, self.over_levels(at_anchors), float(spread) * self.spread_factor)

    def over_levels(self, at_anchors: Array) -> Array:
        """(levels,) a non-decreasing curve through the deficits (anchors,)."""
        curve: Array = np.interp(self.levels, self.anchors, at_anchors)
        return np.maximum.accumulate(curve)


@dataclass(frozen=True, slots=True, eq=False)
class PredictedCurve:
    """What is believed of one picture and one codec before anything was encoded."""

    basis: CurveBasis
    deficit: Array
    """(levels,) expected ``log(10 - JOD)``, non-decreasing."""
    spread: float
    """Standard deviation of the deficit where people begin to notice."""

    @property
    def jod(self) -> Array:
        """(levels,) expected quality, non-increasing."""
        jod: Array = BEST_JOD - np.exp(self.deficit)
        return jod

    def satisfied(self, protocol: str = "aic3") -> Array:
        """(levels,) expected share of people who notice nothing (SUR), non-increasing."""
        return satisfied_users(self.jod, protocol=protocol)

    def level_at(self, threshold_jod: float, shift: float = 0.0) -> float:
        """The level, between whole ones too, at which the curve falls below ``threshold_jod``.

        ``shift`` moves the curve by so many of its standard deviations: 1 is a harder picture. The answer is
        half a level beyond the axis where the curve lies on one side of the threshold all along.
        """
        return crossing(self.basis.levels, self.deficit + shift * self.spread, threshold_jod)

    def largest_level(self, threshold_jod: float) -> int | None:
        """The worst level that is expected to meet ``threshold_jod``; None where none is."""
        met = np.flatnonzero(self.deficit <= float(deficit(threshold_jod)))
        return self.basis.levels[int(met[-1])] if len(met) else None

    def setting_at(self, level: float) -> float:
        """What the encoder is told at ``level``; between levels and at the ends the nearest one."""
        nearest = int(np.argmin(np.abs(np.array(self.basis.levels) - level)))
        return self.basis.settings[nearest]

    def spread_levels(self, threshold_jod: float) -> float:
        """Standard deviation of :meth:`level_at`, in levels."""
        return abs(self.level_at(threshold_jod, -1.0) - self.level_at(threshold_jod, 1.0)) / 2


def anchor_levels(levels: Sequence[int]) -> list[int]:
    """At most :data:`ANCHORS` levels, denser where quality is high, because thresholds lie there.

    >>> anchor_levels(range(64))[:5], anchor_levels(range(64))[-1]
    ([0, 1, 3, 5, 8], 63)
    """
    shares = np.linspace(0, 1, ANCHORS) ** 1.2
    return sorted({levels[round(share * (len(levels) - 1))] for share in shares})


def at_anchors(level: npt.ArrayLike, jod: npt.ArrayLike, levels: Sequence[int]) -> Array:
    """Deficits at the anchors of ``levels``, from a scan; NaN beyond the scan's ends.

    Parameters
    ----------
    level, jod : (n,) of the scan, the level ascending. A curve that rises again is taken at its running worst,
        since a worse level that looks better is no use to a threshold.
    """
    worst = np.minimum.accumulate(np.asarray(jod, dtype=np.float64))
    curve: Array = np.interp(
        anchor_levels(levels), np.asarray(level, dtype=np.float64), deficit(worst), left=np.nan, right=np.nan
    )
    return curve


def filled_curves(curves: Array) -> tuple[Array, Array]:
    """``curves`` ((pictures, anchors), NaN where a scan did not reach) with the gaps filled, and their mean.

    A gap continues its curve in parallel to the mean of those that go on.
    """
    steps = np.diff(curves, axis=1)
    known = ~np.isnan(steps)
    usual = np.where(known.any(axis=0), np.nansum(steps, axis=0) / np.maximum(known.sum(axis=0), 1), 0.0)
    filled = curves.copy()
    for row in filled:
        have = np.flatnonzero(~np.isnan(row))
        for i in range(have[0] - 1, -1, -1):
            row[i] = row[i + 1] - usual[i]
        for i in range(have[0] + 1, len(row)):
            if np.isnan(row[i]):
                row[i] = row[i - 1] + usual[i - 1]
    return filled, filled.mean(axis=0)


def crossing(levels: npt.ArrayLike, deficits: npt.ArrayLike, threshold_jod: float) -> float:
    """The level at which a non-decreasing curve passes the threshold; half a level beyond its ends."""
    at, curve = np.asarray(levels, dtype=np.float64), np.asarray(deficits, dtype=np.float64)
    threshold = float(deficit(threshold_jod))
    beyond = int(np.searchsorted(curve, threshold, side="right"))
    if beyond == 0:
        return float(at[0]) - 0.5
    if beyond == len(curve):
        return float(at[-1]) + 0.5
    low, high = curve[beyond - 1 : beyond + 1]
    return float(at[beyond - 1] + (threshold - low) / (high - low) * (at[beyond] - at[beyond - 1]))


def people_as_jod(satisfied: npt.ArrayLike, protocol: str = "aic3") -> Array:
    """The JOD at which the observer model would have this share of people satisfied; any shape.

    So satisfied-user curves of people are learned with the same machinery as observer labels. The shares are kept
    between 1 and 99 %: a sample of 30 subjects says no more.
    """
    return jod_of_satisfied(np.clip(np.asarray(satisfied, dtype=np.float64), 0.01, 0.99), protocol=protocol)
