"""The whole posterior of a psychometric function: beta-binomial likelihood, priors of :mod:`.priors`.

The model of [Schuett2016] (psignifit 4). Computed differently: Gauss-Legendre nodes in a box that is fitted
to the posterior, ln(width) as coordinate, instead of an even grid. A smooth density needs few such nodes.
"""

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from numpy.polynomial.legendre import leggauss
from scipy.interpolate import CubicSpline
from scipy.optimize import minimize

from jnd.psychometrics.counts import Counts
from jnd.psychometrics.damped_scoring import maximise
from jnd.psychometrics.likelihood import (
    PsychometricLikelihood,
    log_binomial_coefficient,
    log_likelihood_terms,
)
from jnd.psychometrics.maximum_likelihood import bounds_of
from jnd.psychometrics.priors import (
    RATE_PRIOR,
    VANISHING,
    axis_range,
    log_rate_prior,
    log_threshold_prior,
    log_width_prior,
)
from jnd.psychometrics.psychometric_function import Sigmoid, to_axis

Array = npt.NDArray[np.float64]

COARSE_NODES: Final = (11, 11, 5, 5, 5)
FINE_NODES: Final = {4: (20, 26, 1, 9, 9), 5: (17, 21, 7, 7, 7)}
"""Nodes of threshold position, ln(width), guess rate, lapse rate and η, by the number of free parameters."""
NEGLIGIBLE: Final = 1e-5
"""The box ends where a marginal density falls below this share of its peak."""
LARGEST_RATE: Final = 0.5


class Posterior(NamedTuple):
    """Posterior on a grid of nodes, and its mode.

    Axes: threshold position, ln(width), guess rate, lapse rate, η.
    """

    nodes: tuple[Array, ...]
    weights: Array
    """Probability of each cell, shape of the grid, sum 1."""
    quadrature: tuple[Array, ...]
    """Gauss-Legendre weights of the nodes, per axis."""
    box: tuple[tuple[float, float], ...]
    mode: Array
    """(5,) where the density (with respect to threshold, width, rates and η) is largest."""
    log_likelihood: float
    """At the mode."""

    def marginal(self, axis: int) -> tuple[Array, Array]:
        """Positions and density of one parameter on 1001 even positions of its box, integral 1."""
        others = tuple(i for i in range(5) if i != axis)
        density = self.weights.sum(axis=others) / self.quadrature[axis]
        low, high = self.box[axis]
        fine = np.linspace(low, high, 1001)
        log_density = np.log(np.maximum(density, density.max() * 1e-8))
        values = np.exp(CubicSpline(self.nodes[axis], log_density)(fine) - log_density.max())
        area = np.trapezoid(values, fine)
        return fine, values / area

    def interval(self, axis: int, confidence: float) -> tuple[float, float]:
        """Central credible interval of one parameter."""
        positions, density = self.marginal(axis)
        cumulative = np.concatenate(
            [[0.0], np.cumsum(0.5 * (density[1:] + density[:-1]) * np.diff(positions))]
        )
        tail = (1 - confidence) / 2
        low, high = np.interp([tail, 1 - tail], cumulative / cumulative[-1], positions)
        return float(low), float(high)

    def draws(self, count: int, rng: np.random.Generator) -> Array:
        """(count, 5) parameters drawn from the posterior (nodes by their probability)."""
        flat = rng.choice(self.weights.size, size=count, p=self.weights.ravel())
        index = np.unravel_index(flat, self.weights.shape)
        return np.column_stack([node[i] for node, i in zip(self.nodes, index, strict=True)])


def posterior(
    data: Counts, shape: Sigmoid, guess_rate: float | None, *, overdispersion: bool = True
) -> Posterior:
    """Posterior of the answers; ``guess_rate`` None estimates it (yes/no answers).

    Without ``overdispersion`` the likelihood is binomial.
    """
    target = _LogPosterior(data, shape, guess_rate, overdispersion)
    mode, box = _mode_and_box(target)
    free = 4 if guess_rate is not None else 5
    coarse = [1 if low == high else n for n, (low, high) in zip(COARSE_NODES, box, strict=True)]
    for _ in range(6):
        box, settled = _adjust(box, target.support, _evaluate(target, box, coarse))
        if settled:
            break
    fine = [1 if low == high else n for n, (low, high) in zip(FINE_NODES[free], box, strict=True)]
    nodes, quadrature, log_density = _evaluate(target, box, fine)
    weights = _weights(quadrature, log_density)
    return Posterior(nodes, weights / weights.sum(), quadrature, box, mode, target.log_likelihood(mode))


class _LogPosterior:
    def __init__(self, data: Counts, shape: Sigmoid, guess_rate: float | None, overdispersion: bool) -> None:
        self.data, self.shape, self.guess_rate = data, shape, guess_rate
        self.x = to_axis(data.levels, shape)
        self.constant = float(log_binomial_coefficient(data.seen, data.trials).sum())
        low, span, spacing = axis_range(self.x)
        rate = (0.0, LARGEST_RATE)
        self.support: tuple[tuple[float, float], ...] = (
            (low - span / 2, low + 1.5 * span),
            (float(np.log(spacing)), float(np.log(3 * span))),
            rate if guess_rate is None else (guess_rate, guess_rate),
            rate,
            # Single answers per block carry no information on over-dispersion.
            (0.0, 0.95) if overdispersion and np.any(data.trials > 1) else (0.0, 0.0),
        )

    def probability(self, m: Array, log_width: Array, guess: Array, lapse: Array) -> Array:
        z = self.shape.centre + self.shape.spread * (self.x - m[..., None]) * np.exp(-log_width)[..., None]
        return np.asarray(guess[..., None] + (1 - guess - lapse)[..., None] * self.shape.distribution(z))

    def log_likelihood(self, theta: Array) -> float:
        p = self.probability(theta[0], theta[1], theta[2], theta[3])
        return self.constant + float(
            log_likelihood_terms(p, self.data.seen, self.data.trials, theta[4]).sum()
        )

    def log_prior(self, m: Array, log_width: Array, guess: Array, lapse: Array) -> Array:
        """Density with respect to (threshold, width, rates)."""
        value = (
            log_threshold_prior(m, self.x)
            + log_width_prior(np.exp(log_width), self.x)
            + log_rate_prior(lapse)
        )
        return value + log_rate_prior(guess) if self.guess_rate is None else value

    def __call__(self, theta: Array) -> float:
        m, log_width, guess, lapse, eta = theta
        return (
            self.log_likelihood(theta)
            + float(self.log_prior(m, log_width, guess, lapse))
            + float(log_rate_prior(eta))
        )


def _mode_and_box(target: _LogPosterior) -> tuple[Array, tuple[tuple[float, float], ...]]:
    """The mode, and six standard deviations of the Laplace approximation around it."""
    start_bounds = bounds_of(target.x, target.guess_rate, None, LARGEST_RATE)
    binomial = PsychometricLikelihood(
        target.x,
        target.data.seen,
        target.data.trials,
        target.shape,
        asymptote_prior=RATE_PRIOR,
        free_guess=target.guess_rate is None,
    )
    x, span = target.x, float(np.ptp(target.x))
    guess = 0.05 if target.guess_rate is None else target.guess_rate
    starts = np.array(
        [[x[0] + f * span, np.log(w * span), guess, 0.02] for f in (0.25, 0.5, 0.75) for w in (0.3, 1.0)]
    )
    found = maximise(binomial, starts, start_bounds.lower, start_bounds.upper)
    lower, upper = (np.array(ends) for ends in zip(*target.support, strict=True))
    inside = np.clip(np.append(found.parameters[int(np.argmax(found.log_likelihood))], 0.01), lower, upper)
    inside[1] = np.clip(inside[1], lower[1] + 0.05, upper[1] - 0.05)
    if upper[4] > 0.5:  # start over-dispersed data away from the corner at 0
        eta = np.linspace(0.0, 0.5, 11)
        inside[4] = eta[int(np.argmax([target(np.append(inside[:4], value)) for value in eta]))]
    scale = np.array([span / 10, 0.3, 0.05, 0.05, 0.1])
    result = minimize(
        lambda z: -max(target(np.clip(z * scale, lower, upper)), VANISHING),
        inside / scale,
        method="L-BFGS-B",
        bounds=list(zip(lower / scale, upper / scale, strict=True)),
        options={"ftol": 1e-12, "gtol": 1e-6},
    )
    mode = np.clip(result.x * scale, lower, upper)
    if target(mode) < target(inside):
        mode = inside
    inflated = PsychometricLikelihood(
        target.x,
        target.data.seen,
        target.data.trials,
        target.shape,
        asymptote_prior=RATE_PRIOR,
        overdispersion=float(mode[4]),
    )
    information = inflated(mode[None, :4])[2][0][:2, :2] + np.diag([1e-9 / span**2, 0.05])
    deviation = np.sqrt(np.diag(np.linalg.inv(information)))
    reach = np.append(6 * deviation, [0.3, 0.3, 0.4])
    box = tuple(
        (max(low, float(c - r)), min(high, float(c + r)))
        for (low, high), c, r in zip(target.support, mode, reach, strict=True)
    )
    return mode, box


Evaluation = tuple[tuple[Array, ...], tuple[Array, ...], Array]


def _evaluate(target: _LogPosterior, box: tuple[tuple[float, float], ...], count: list[int]) -> Evaluation:
    """Nodes, quadrature weights and log density (with respect to ln(width)) on the grid of a box."""
    nodes, quadrature = [], []
    for (low, high), n in zip(box, count, strict=True):
        unit, weight = leggauss(n)
        nodes.append(np.array([low]) if n == 1 else low + (high - low) * (unit + 1) / 2)
        quadrature.append(np.array([1.0]) if n == 1 else weight * (high - low) / 2)
    grids = np.meshgrid(*nodes[:4], indexing="ij")
    p = target.probability(*grids)
    seen, trials = target.data.seen, target.data.trials
    # The grid's ln(width) has density width · prior(width).
    prior = target.log_prior(*grids) + grids[1]
    log_density = np.stack(
        [
            log_likelihood_terms(p, seen, trials, max(float(eta), 0.0)).sum(axis=-1)
            + prior
            + float(log_rate_prior(eta))
            for eta in nodes[4]
        ],
        axis=-1,
    )
    return tuple(nodes), tuple(quadrature), log_density


def _weights(quadrature: tuple[Array, ...], log_density: Array) -> Array:
    """Mass of each cell of the grid, up to a common factor."""
    weights = np.exp(log_density - log_density.max())
    for axis, w in enumerate(quadrature):
        weights = weights * w.reshape([-1 if i == axis else 1 for i in range(5)])
    return np.asarray(weights)


def _adjust(
    box: tuple[tuple[float, float], ...], support: tuple[tuple[float, float], ...], evaluation: Evaluation
) -> tuple[tuple[tuple[float, float], ...], bool]:
    """Widen the sides where density is left, narrow those where there is none; True when nothing moved."""
    nodes, quadrature, log_density = evaluation
    weights = _weights(quadrature, log_density)
    new, settled = [], True
    for axis, ((low, high), (least, most)) in enumerate(zip(box, support, strict=True)):
        if low == high:
            new.append((low, high))
            continue
        others = tuple(i for i in range(5) if i != axis)
        density = weights.sum(axis=others) / quadrature[axis]
        share = density / density.max()
        kept = np.flatnonzero(share > NEGLIGIBLE)
        first, last, span = int(kept[0]), int(kept[-1]), high - low
        lowest = max(least, low - span / 2) if first == 0 else float(nodes[axis][first - 1])
        highest = min(most, high + span / 2) if last == share.size - 1 else float(nodes[axis][last + 1])
        moved = abs(lowest - low) + abs(highest - high) > 0.25 * span
        settled = settled and not moved
        new.append((lowest, highest) if moved else (low, high))
    return tuple(new), settled
