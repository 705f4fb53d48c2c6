"""Distribution of the individual JND over people, fitted to interval- and right-censored samples.

Families: normal, logistic, gumbel (largest value), weibull, gev (generalised extreme value; shape ξ > 0 has
the heavy upper tail). The likelihood of a sample in (a, b] is F(b) − F(a) [Turnbull1976], the density where
a = b. Parameters of a fit: location, ln(scale) and, for gev, ξ; the Weibull's are those of ln(level):
scale parameter α = exp(location), shape parameter β = 1 / scale.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import expit, log_expit, logit, ndtr, ndtri

from jnd._lookup import lookup
from jnd.errors import UnusableAnswersError
from jnd.psychometrics.damped_scoring import maximise
from jnd.psychometrics.jnd_samples import JndSamples, check_samples

Array = npt.NDArray[np.float64]

LARGEST_SHAPE: Final = 1.0
"""Bound of |ξ|: beyond, the GEV's likelihood is unbounded or its mean does not exist."""


@dataclass(frozen=True, slots=True)
class Family:
    """Standard distribution: functions of (z, ξ); ξ is ignored by the families without shape."""

    distribution: Callable[[Array, Array], Array]
    log_density: Callable[[Array, Array], Array]
    quantile: Callable[[Array, float], Array]
    parameters: int = 2
    logarithmic: bool = False


def _gev_t(z: Array, xi: Array) -> Array:
    """(1 + ξ z)^(−1/ξ), exp(−z) at ξ = 0; ∞ below the support and 0 above it."""
    xi = np.broadcast_to(xi, np.broadcast(z, xi).shape)
    small = np.abs(xi) < 1e-6
    base = 1 + xi * z
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        general = np.exp(-np.log(np.where(base > 0, base, 1.0)) / np.where(small, 1.0, xi))
        t = np.where(small, np.exp(-z), general)
    outside = np.where(xi > 0, np.inf, 0.0)
    return np.where((base > 0) | small, t, outside)


def _gev_log_density(z: Array, xi: Array) -> Array:
    t = np.clip(_gev_t(z, xi), 1e-300, 1e300)
    inside = 1 + xi * z > 0
    return np.where(inside, (1 + xi) * np.log(t) - np.minimum(t, 1e300), -1e3)


def _gev_quantile(p: Array, xi: float) -> Array:
    e = -np.log(p)
    return np.asarray(-np.log(e) if abs(xi) < 1e-6 else (e**-xi - 1) / xi)


def _exp(z: Array) -> Array:
    return np.exp(np.clip(z, -700.0, 700.0))


FAMILIES: Final[Mapping[str, Family]] = {
    "normal": Family(
        lambda z, _: ndtr(z), lambda z, _: -0.5 * z * z - 0.5 * np.log(2 * np.pi), lambda p, _: ndtri(p)
    ),
    "logistic": Family(
        lambda z, _: expit(z), lambda z, _: log_expit(z) + log_expit(-z), lambda p, _: logit(p)
    ),
    "gumbel": Family(
        lambda z, _: np.exp(-_exp(-z)), lambda z, _: -z - _exp(-z), lambda p, _: -np.log(-np.log(p))
    ),
    "weibull": Family(
        lambda z, _: -np.expm1(-_exp(z)),
        lambda z, _: z - _exp(z),
        lambda p, _: np.log(-np.log1p(-p)),
        logarithmic=True,
    ),
    "gev": Family(
        lambda z, xi: np.exp(-np.minimum(_gev_t(z, xi), 700.0)), _gev_log_density, _gev_quantile, parameters=3
    ),
}


class JndDistribution(NamedTuple):
    """A fitted distribution of the individual JND."""

    family: str
    parameters: tuple[float, ...]
    """Location, ln(scale) and ξ (gev)."""
    log_likelihood: float
    observers: int

    @property
    def akaike(self) -> float:
        """Akaike's information criterion; smaller is better."""
        return 2 * len(self.parameters) - 2 * self.log_likelihood

    def cumulative(self, levels: npt.ArrayLike) -> Array:
        """P(JND ≤ level)."""
        found = cumulative(self.family, np.array([self.parameters]), np.asarray(levels, dtype=np.float64))
        return np.asarray(found[0])

    def quantile(self, p: npt.ArrayLike) -> Array:
        """The level by which a share ``p`` of people has noticed."""
        return np.asarray(
            quantile(self.family, np.array([self.parameters]), np.asarray(p, dtype=np.float64))[0]
        )


def cumulative(family: str, parameters: Array, levels: Array) -> Array:
    """(B, L) distribution functions of (B, P) parameters at (L,) levels."""
    shape = lookup(FAMILIES, family, kind="JND distribution")
    levels = np.atleast_1d(levels)
    x = _axis(levels, shape)
    z = (x - parameters[:, :1]) * np.exp(-parameters[:, 1:2])
    xi = parameters[:, 2:] if shape.parameters == 3 else np.zeros((1, 1))
    return np.asarray(shape.distribution(z, xi))


def quantile(family: str, parameters: Array, p: Array) -> Array:
    """(B, L) quantiles at (L,) shares of (B, P) parameters."""
    shape = lookup(FAMILIES, family, kind="JND distribution")
    p = np.atleast_1d(p)
    if np.any((p <= 0) | (p >= 1)):
        raise ValueError(f"a share of people must lie between 0 and 1, got {p}")
    rows = []
    for row in parameters:
        z = shape.quantile(p, float(row[2]) if shape.parameters == 3 else 0.0)
        rows.append(row[0] + z * np.exp(row[1]))
    x = np.array(rows)
    return np.exp(x) if shape.logarithmic else x


def fit_jnd_distribution(samples: JndSamples, family: str = "normal") -> JndDistribution:
    """Maximum likelihood of one family.

    Raises
    ------
    UnusableAnswersError
        Empty samples, all of them censored, all in one interval (the spread is then only bounded), or not
        positive for the Weibull.
    """
    samples = check_samples(samples)
    parameters, value = fit_many(samples, family, np.ones((1, samples.lower.size)))
    return JndDistribution(
        family, tuple(float(v) for v in parameters[0]), float(value[0]), int(samples.lower.size)
    )


def choose_jnd_distribution(
    samples: JndSamples, families: tuple[str, ...] = ("normal", "logistic", "weibull", "gumbel", "gev")
) -> list[JndDistribution]:
    """The families fitted to the same samples, best Akaike criterion first; the Weibull only for levels > 0."""
    samples = check_samples(samples)
    finite = np.isfinite(samples.upper)
    positive = bool(np.all(samples.upper[finite] > 0))
    fits = [fit_jnd_distribution(samples, name) for name in families if positive or name != "weibull"]
    return sorted(fits, key=lambda fit: fit.akaike)


def fit_many(samples: JndSamples, family: str, weights: Array) -> tuple[Array, Array]:
    """Parameters (B, P) and log likelihoods (B,) under (B, n) weights of the samples (bootstrap counts)."""
    shape = lookup(FAMILIES, family, kind="JND distribution")
    samples = check_samples(samples)
    centre = np.where(
        np.isfinite(samples.lower) & np.isfinite(samples.upper),
        0.5 * (samples.lower + samples.upper),
        np.where(np.isfinite(samples.upper), samples.upper, samples.lower),
    )
    if not np.any(np.isfinite(samples.upper)):
        raise UnusableAnswersError(
            f"nobody noticed up to level {samples.lower.min():g}: the JND is only known to be above it"
        )
    if np.unique(samples.upper).size < 2:
        raise UnusableAnswersError(
            f"all {centre.size} JND samples are the same ({samples.upper[0]:g}): the spread over people cannot be "
            f"estimated from them"
        )
    # Equal samples are one observation with a larger weight.
    pairs, index = np.unique(np.column_stack([samples.lower, samples.upper]), axis=0, return_inverse=True)
    gathered = np.zeros((weights.shape[0], pairs.shape[0]))
    for column in range(weights.shape[1]):
        gathered[:, index[column]] += weights[:, column]
    lower, upper = _axis(pairs[:, 0], shape), _axis(pairs[:, 1], shape)
    exact = pairs[:, 0] == pairs[:, 1]
    position = _axis(centre, shape)
    total = weights.sum(axis=1)
    mean = weights @ position / total
    spread = np.sqrt(np.maximum(weights @ position**2 / total - mean**2, 1e-12))
    overall = float(np.std(position))
    start = np.column_stack([mean, np.log(np.maximum(spread, overall / 10)), np.zeros(total.size)])
    start = start[:, : shape.parameters]
    bound_low = np.array([position.min() - 10 * overall, np.log(overall / 100), -LARGEST_SHAPE])
    bound_high = np.array([position.max() + 10 * overall, np.log(overall * 100), LARGEST_SHAPE])

    def terms(theta: Array) -> Array:
        return _log_likelihood_terms(theta, lower, upper, exact, shape)

    def derivatives(theta: Array) -> tuple[Array, Array, Array]:
        value = terms(theta)
        slopes = np.empty((*value.shape, shape.parameters))
        for i in range(shape.parameters):
            h = np.zeros(shape.parameters)
            h[i] = 1e-5 * (overall if i == 0 else 1.0)
            slopes[:, :, i] = (terms(theta + h) - terms(theta - h)) / (2 * h[i])
        weighted = slopes * gathered[:, :, None]
        # The outer product of the scores estimates the information [Berndt1974].
        return (gathered * value).sum(axis=1), weighted.sum(axis=1), weighted.transpose(0, 2, 1) @ slopes

    count = shape.parameters
    found = maximise(derivatives, start, bound_low[:count], bound_high[:count], rounds=60, tolerance=1e-8)
    return found.parameters, found.log_likelihood


def _axis(levels: Array, shape: Family) -> Array:
    if not shape.logarithmic:
        return levels
    if np.any(levels[np.isfinite(levels)] < 0):
        raise UnusableAnswersError(
            f"the Weibull distribution needs levels of 0 and above, got {levels.min():g}; choose another family"
        )
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(np.where(levels == -np.inf, 0.0, levels)))


def _log_likelihood_terms(
    theta: Array, lower: Array, upper: Array, exact: npt.NDArray[np.bool_], shape: Family
) -> Array:
    xi = theta[:, 2:] if shape.parameters == 3 else np.zeros((theta.shape[0], 1))
    scale = np.exp(-theta[:, 1:2])
    a = np.where(np.isfinite(lower), lower, 0.0)
    b = np.where(np.isfinite(upper), upper, 0.0)
    below = np.where(np.isfinite(lower), shape.distribution((a - theta[:, :1]) * scale, xi), 0.0)
    above = np.where(np.isfinite(upper), shape.distribution((b - theta[:, :1]) * scale, xi), 1.0)
    interval = np.log(np.maximum(above - below, 1e-300))
    if not exact.any():
        return np.asarray(interval)
    density = shape.log_density((b - theta[:, :1]) * scale, xi) - theta[:, 1:2]
    if shape.logarithmic:  # density per level, not per ln(level), so that families compare
        density = density - b
    return np.where(exact, density, interval)
