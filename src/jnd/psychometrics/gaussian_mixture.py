"""Several JNDs at once: a one-dimensional Gaussian mixture of pooled JND positions, components chosen by BIC.

People resolve few quality levels, so pooled JND positions cluster; the component means are the group's steps
[Jin2016]. Expectation-maximisation [Dempster1977] from deterministic starts (quantiles).
"""

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from jnd.errors import UnusableAnswersError

Array = npt.NDArray[np.float64]

SMALLEST_SPREAD: Final = 0.02
"""Floor of a component's standard deviation, as a share of that of all samples: a component on one value
would have infinite likelihood."""


class GaussianMixture(NamedTuple):
    """Components by ascending mean."""

    weights: Array
    means: Array
    standard_deviations: Array
    log_likelihood: float
    bayesian_information: float
    """BIC = p ln(n) − 2 ln L with p = 3 k − 1; smaller is better."""

    def density(self, levels: npt.ArrayLike) -> Array:
        """Probability density at ``levels`` (L,)."""
        x = np.atleast_1d(np.asarray(levels, dtype=np.float64))
        parts = _log_components(x, self.weights, self.means, self.standard_deviations)
        return np.asarray(np.exp(parts).sum(axis=1))


def fit_gaussian_mixture(positions: npt.ArrayLike, components: int) -> GaussianMixture:
    """Maximum likelihood of a mixture with a given number of components.

    Raises
    ------
    UnusableAnswersError
        Fewer than two distinct positions per component.
    """
    x = np.asarray(positions, dtype=np.float64).ravel()
    if not np.all(np.isfinite(x)):
        raise UnusableAnswersError("JND positions must be finite; leave out those who never noticed")
    if components < 1 or np.unique(x).size < 2 * components:
        raise UnusableAnswersError(
            f"{components} components need at least {2 * components} distinct JND positions, "
            f"got {np.unique(x).size}"
        )
    candidates = [_expectation_maximisation(x, *_start(x, components, width)) for width in (0.3, 0.6, 1.0)]
    return max(candidates, key=lambda mixture: mixture.log_likelihood)


def choose_gaussian_mixture(positions: npt.ArrayLike, largest: int = 6) -> GaussianMixture:
    """The mixture of 1 to ``largest`` components with the smallest Bayesian information criterion."""
    x = np.asarray(positions, dtype=np.float64).ravel()
    if np.unique(x).size < 2:
        raise UnusableAnswersError("the mixture needs two distinct JND positions or more")
    most = min(largest, np.unique(x).size // 2)
    return min(
        (fit_gaussian_mixture(x, k) for k in range(1, most + 1)),
        key=lambda mixture: mixture.bayesian_information,
    )


def _start(x: Array, components: int, width: float) -> tuple[Array, Array, Array]:
    means = np.quantile(x, (np.arange(components) + 0.5) / components)
    return (
        np.full(components, 1 / components),
        means,
        np.full(components, max(width * float(np.std(x)) / components, SMALLEST_SPREAD * float(np.std(x)))),
    )


def _log_components(x: Array, weights: Array, means: Array, deviations: Array) -> Array:
    z = (x[:, None] - means) / deviations
    return np.asarray(np.log(weights) - np.log(deviations) - 0.5 * np.log(2 * np.pi) - 0.5 * z * z)


def _expectation_maximisation(x: Array, weights: Array, means: Array, deviations: Array) -> GaussianMixture:
    floor = SMALLEST_SPREAD * float(np.std(x))
    previous = -np.inf
    for _ in range(2000):
        log_parts = _log_components(x, weights, means, deviations)
        top = log_parts.max(axis=1, keepdims=True)
        total = top[:, 0] + np.log(np.exp(log_parts - top).sum(axis=1))
        value = float(total.sum())
        responsibility = np.exp(log_parts - total[:, None])
        mass = np.maximum(responsibility.sum(axis=0), 1e-10)
        weights = mass / mass.sum()
        means = responsibility.T @ x / mass
        variance = (responsibility * (x[:, None] - means) ** 2).sum(axis=0) / mass
        deviations = np.maximum(np.sqrt(variance), floor)
        if value - previous < 1e-9 * max(1.0, abs(value)):
            break
        previous = value
    order = np.argsort(means)
    count = 3 * means.size - 1
    return GaussianMixture(
        weights[order], means[order], deviations[order], value, float(count * np.log(x.size) - 2 * value)
    )
