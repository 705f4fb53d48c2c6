"""What is believed about a codec's two curves on one picture: quality and size over the distortion level.

In go a mean and a covariance of (deficit, log bytes) over the levels, out come probabilities of meeting a
threshold and expected sizes; each measured trial narrows the belief.

The deficit is ``log(10 - JOD)``: near-linear in the level for the codecs we have, and its spread over pictures is
about the same at every quality, which a normal distribution needs.
"""

import math
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

BEST_JOD = 10.0
SMALLEST_DEFICIT_JOD = 1e-3  # keeps the logarithm finite for an exact copy; far below any threshold
MEASUREMENT_VARIANCE = 1e-8  # a trial is exact; this keeps the algebra stable

TAIL_SHARE, TAIL_SPREAD = 0.1, 3.0
"""Curves jump more often than a normal distribution says: for the level beside a measured one, 2 to 10 % of the
prediction errors exceed three standard deviations (JPEG, WebP and AVIF on CID22's training pictures, left out of the
fit), while the bulk is as wide as predicted. So one part in ten counts as three times as uncertain."""

SMALLEST_STEP = 0.005
"""Fall of log bytes from level to level that is believed at the least: drawings shrink so slowly, and a belief that
files do not shrink would end a search."""

UNSURPRISING = 2.0
"""Root mean square surprise, in standard deviations, up to which a belief is taken at its word."""


def deficit(jod: float) -> float:
    """``log(10 - jod)``, finite for a perfect copy.

    >>> round(deficit(9.0), 3), round(deficit(10.0), 3)
    (0.0, -6.908)
    """
    return math.log(max(BEST_JOD - jod, SMALLEST_DEFICIT_JOD))


@dataclass(frozen=True, slots=True, eq=False)
class CurveBelief:
    """A joint normal distribution of deficit and log bytes at every level.

    ``mean`` is (2 n,): the deficit at each of the n levels, then the natural logarithm of the file's size in
    bytes; ``covariance`` is (2 n, 2 n).
    """

    levels: range
    mean: Array
    covariance: Array
    surprises: tuple[float, ...] = ()
    """How far each measured deficit lay from what had been believed, in standard deviations."""

    def told(self, level: int, jod: float, size_bytes: int) -> Self:
        """The belief after a trial at ``level`` gave this score and this size."""
        i, n = self.levels.index(level), len(self.levels)
        surprise = (deficit(jod) - self.mean[i]) / math.sqrt(max(self.covariance[i, i], 1e-12))
        told = self._conditioned(
            np.array([i, n + i]),
            np.array([deficit(jod), math.log(size_bytes)]),
            np.full(2, MEASUREMENT_VARIANCE),
        )
        return replace(told, surprises=(*self.surprises, float(surprise)))

    def told_guess(self, level: float, spread_levels: float, threshold_jod: float) -> Self:
        """The belief after a hint that the threshold lies at ``level``, give or take ``spread_levels``
        (one standard deviation). This is how a predictor speaks to the search.
        """
        n = len(self.levels)
        i = int(np.clip(round((level - self.levels.start) / self.levels.step), 0, n - 1))
        slope = float(np.gradient(self.mean[:n])[i]) / abs(self.levels.step)
        return self.told_deficit(self.levels[i], deficit(threshold_jod), abs(slope) * spread_levels)

    def told_deficit(self, level: int, value: float, spread: float) -> Self:
        """The belief after a hint that the deficit at ``level`` is ``value``, give or take ``spread`` (one standard
        deviation). A hint is no trial: it says nothing about how surprising the picture is.
        """
        where = np.array([self.levels.index(level)])
        return self._conditioned(where, np.array([value]), np.array([max(spread, 1e-3) ** 2]))

    def _conditioned(self, where: npt.NDArray[np.intp], values: Array, variances: Array) -> Self:
        cross = self.covariance[:, where]
        gain = np.linalg.solve(cross[where] + np.diag(variances), cross.T).T
        return replace(
            self,
            mean=self.mean + gain @ (values - self.mean[where]),
            covariance=self.covariance - gain @ cross.T,
        )

    def probability_met(self, threshold_jod: float) -> Array:
        """(n,) probability at each level that the score is at least ``threshold_jod``."""
        n = len(self.levels)
        spread = self._doubt() * np.sqrt(np.maximum(self.covariance.diagonal()[:n], 1e-12))
        z = (deficit(threshold_jod) - self.mean[:n]) / spread
        return (1 - TAIL_SHARE) * normal_cdf(z) + TAIL_SHARE * normal_cdf(z / TAIL_SPREAD)

    def log_bytes(self) -> Array:
        """(n,) expected natural logarithm of the file's size at each level, falling."""
        mean = self.mean[len(self.levels) :]
        steps = np.minimum(np.diff(mean), -SMALLEST_STEP)
        falling: Array = mean[0] + np.concatenate([[0.0], np.cumsum(steps)])
        return falling

    def _doubt(self) -> float:
        """By how much every spread is widened, because this picture is unlike those behind the belief."""
        if not self.surprises:
            return 1.0
        return max(1.0, math.sqrt(sum(s * s for s in self.surprises) / len(self.surprises)) / UNSURPRISING)


def normal_cdf(x: Array) -> Array:
    """The standard normal distribution function, elementwise."""
    return np.array([0.5 * math.erfc(-v / math.sqrt(2)) for v in x])
