"""Log likelihood of a psychometric function, binomial or beta-binomial, with priors on the asymptotes.

Parameters of a row: position m of the threshold on the sigmoid's axis, ln(width), guess rate, lapse rate.
The beta-binomial [Schuett2016] lets the success probability of each block vary: p ~ Beta(p ν, (1 − p) ν) with
ν = 1/η² − 1, so that the variance grows by 1 + (n − 1) η². η = 0 is the binomial.
"""

from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.special import digamma, gammaln, xlogy

from jnd.psychometrics.psychometric_function import Sigmoid

Array = npt.NDArray[np.float64]

SMALLEST_OVERDISPERSION: Final = 1e-3
"""Below this η the beta-binomial equals the binomial to 1e-6 n² and its gamma functions cancel."""
CLIP: Final = 1e-12
"""Probabilities stay this far from 0 and 1, so that an impossible answer costs 28 nats and not infinity."""


def log_binomial_coefficient(seen: Array, trials: Array) -> Array:
    """The constant of both likelihoods: ln C(n, k)."""
    return np.asarray(gammaln(trials + 1) - gammaln(seen + 1) - gammaln(trials - seen + 1))


def log_likelihood_terms(p: Array, seen: Array, trials: Array, overdispersion: Array | float = 0.0) -> Array:
    """Log likelihood ln P(seen | p, η) per block, without the binomial coefficient; shapes broadcast."""
    p = np.clip(p, CLIP, 1 - CLIP)
    binomial = xlogy(seen, p) + xlogy(trials - seen, 1 - p)
    eta = np.asarray(overdispersion, dtype=np.float64)
    if np.all(eta < SMALLEST_OVERDISPERSION):
        return np.asarray(binomial)
    nu = 1 / np.maximum(eta, SMALLEST_OVERDISPERSION) ** 2 - 1
    a, b = p * nu, (1 - p) * nu
    beta_binomial = (
        (gammaln(seen + a) - gammaln(a))
        + (gammaln(trials - seen + b) - gammaln(b))
        - (gammaln(trials + nu) - gammaln(nu))
    )
    return np.asarray(np.where(eta < SMALLEST_OVERDISPERSION, binomial, beta_binomial))


def score_terms(p: Array, seen: Array, trials: Array, overdispersion: Array | float = 0.0) -> Array:
    """Derivative of :func:`log_likelihood_terms` by p, per block."""
    p = np.clip(p, CLIP, 1 - CLIP)
    binomial = seen / p - (trials - seen) / (1 - p)
    eta = np.asarray(overdispersion, dtype=np.float64)
    if np.all(eta < SMALLEST_OVERDISPERSION):
        return np.asarray(binomial)
    nu = 1 / np.maximum(eta, SMALLEST_OVERDISPERSION) ** 2 - 1
    a, b = p * nu, (1 - p) * nu
    beta_binomial = nu * (digamma(seen + a) - digamma(a) - digamma(trials - seen + b) + digamma(b))
    return np.where(eta < SMALLEST_OVERDISPERSION, binomial, beta_binomial)


class PsychometricLikelihood:
    """The derivatives that :func:`jnd.psychometrics.damped_scoring.maximise` asks for.

    Parameters
    ----------
    x : (K,) positions of the levels on the sigmoid's axis.
    seen, trials : (K,) or (B, K).
    asymptote_prior : (a, b) of a Beta prior on guess and lapse rate where they are free; None for none.
    free_guess : whether the prior holds for the guess rate too.
    overdispersion : η, a number or (B, 1).
    """

    def __init__(
        self,
        x: Array,
        seen: Array,
        trials: Array,
        shape: Sigmoid,
        *,
        asymptote_prior: tuple[float, float] | None = None,
        free_guess: bool = False,
        overdispersion: Array | float = 0.0,
    ) -> None:
        self.x, self.seen, self.trials, self.shape = x, seen, trials, shape
        self.prior, self.free_guess = asymptote_prior, free_guess
        self.overdispersion = overdispersion
        self.constant = log_binomial_coefficient(seen, trials).sum(axis=-1)

    def probability(self, theta: Array) -> Array:
        """ψ, (B, K), for (B, 4) parameters."""
        m, log_width, guess, lapse = (theta[:, [i]] for i in range(4))
        z = self.shape.centre + self.shape.spread * (self.x - m) * np.exp(-log_width)
        return np.asarray(guess + (1 - guess - lapse) * self.shape.distribution(z))

    def __call__(self, theta: Array) -> tuple[Array, Array, Array]:
        """Log posterior density, its gradient and the expected information of (B, 4) parameters."""
        m, log_width, guess, lapse = (theta[:, [i]] for i in range(4))
        slope = self.shape.spread * np.exp(-log_width)
        offset = (self.x - m) * slope
        z = self.shape.centre + offset
        f, density = self.shape.distribution(z), self.shape.density(z)
        span = 1 - guess - lapse
        p = np.clip(guess + span * f, CLIP, 1 - CLIP)
        jacobian = np.stack(
            [-span * density * slope, -span * density * offset, 1 - f, -f], axis=-1
        )  # (B, K, 4)
        value = (
            log_likelihood_terms(p, self.seen, self.trials, self.overdispersion).sum(axis=-1) + self.constant
        )
        score = score_terms(p, self.seen, self.trials, self.overdispersion)
        gradient = (score[:, None, :] @ jacobian)[:, 0, :]
        weight = self.trials / (p * (1 - p) * (1 + (self.trials - 1) * np.square(self.overdispersion)))
        information = (jacobian * weight[:, :, None]).transpose(0, 2, 1) @ jacobian
        if self.prior is not None:
            a, b = self.prior
            for index in (2, 3) if self.free_guess else (3,):
                rate = np.clip(theta[:, index], CLIP, 1 - CLIP)
                value = value + xlogy(a - 1, rate) + (b - 1) * np.log1p(-rate)
                gradient[:, index] += (a - 1) / rate - (b - 1) / (1 - rate)
                information[:, index, index] += max(a - 1, 0) / rate**2 + (b - 1) / (1 - rate) ** 2
        return value, gradient, information
