"""Maximum likelihood of many data sets at once: Fisher scoring with damping, inside a box.

Bootstrap, profiles and several starting points are the same small problem over and over, so the whole batch
is one array computation. Damping after Levenberg and Marquardt; a parameter that sits on its bound and wants
to leave the box is held there for that step (an active set).
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Derivatives = Callable[[Array], tuple[Array, Array, Array]]
"""(B, P) parameters → log likelihood (B,), gradient (B, P), positive semi-definite information (B, P, P)."""


class Maximum(NamedTuple):
    """Where each of B log likelihoods is largest."""

    parameters: Array
    """(B, P)"""
    log_likelihood: Array
    """(B,)"""
    converged: npt.NDArray[np.bool_]
    """(B,)"""


def maximise(
    derivatives: Derivatives,
    start: Array,
    lower: Array,
    upper: Array,
    *,
    rounds: int = 100,
    tolerance: float = 1e-9,
) -> Maximum:
    """Maximise B independent log likelihoods of P parameters each.

    Parameters
    ----------
    derivatives : the log likelihoods and their derivatives, each row its own problem.
    start : (B, P) starting points.
    lower, upper : (P,) or (B, P) bounds; equal bounds fix a parameter.
    rounds : most steps of any row.
    tolerance : a row is done when the gain that its step promises falls below this (in nats).
    """
    lower = np.broadcast_to(lower, start.shape)
    upper = np.broadcast_to(upper, start.shape)
    theta = np.clip(start, lower, upper)
    value, gradient, information = derivatives(theta)
    value = np.where(np.isfinite(value), value, -np.inf)
    batch, count = theta.shape
    damping = np.full(batch, 1e-3)
    active = np.ones(batch, dtype=bool)
    diagonal = np.arange(count)
    for _ in range(rounds):
        if not active.any():
            break
        held = (
            (lower == upper)
            | ((theta <= lower) & (gradient <= 0))
            | ((theta >= upper) & (gradient >= 0))
            | ~np.isfinite(gradient)
        )
        pull = np.where(held, 0.0, gradient)
        matrix = np.where(held[:, :, None] | held[:, None, :], 0.0, information)
        scale = np.maximum(matrix[:, diagonal, diagonal], 1e-12)
        matrix[:, diagonal, diagonal] = np.where(held, 1.0, scale * (1 + damping[:, None]))
        step = np.linalg.solve(matrix, pull[:, :, None])[:, :, 0]
        candidate = np.clip(theta + step, lower, upper)
        candidate = np.where(active[:, None], candidate, theta)
        new_value, new_gradient, new_information = derivatives(candidate)
        better = np.isfinite(new_value) & (new_value >= value) & active
        promise = np.abs(np.sum(pull * (candidate - theta), axis=1))
        active = active & ~(better & (promise < tolerance)) & (damping < 1e10) & (promise > tolerance * 1e-3)
        damping = np.where(better, np.maximum(damping * 0.2, 1e-9), damping * 6)
        theta = np.where(better[:, None], candidate, theta)
        value = np.where(better, new_value, value)
        gradient = np.where(better[:, None], new_gradient, gradient)
        information = np.where(better[:, None, None], new_information, information)
    return Maximum(theta, value, ~active)
