"""Paired comparisons to a scale: Thurstone Case V [Thurstone1927] and Bradley-Terry [Bradley1952].

Thurstone: P(i over j) = Φ(s_i − s_j), the perceived difference has variance 1 (the convention of AIC-3 and of
SUREAL; items of variance 1 would give scores √2 larger). A difference of 0.6745 is chosen by 75 %: one JND.
Bradley-Terry: P(i over j) = 1 / (1 + exp(s_j − s_i)), one JND is ln 3.
A tie counts as half a win for each side (no Davidson model).
"""

from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.special import expit, log_expit, log_ndtr, ndtri

from jnd._lookup import lookup
from jnd.errors import UnusableAnswersError
from jnd.psychometrics.bootstrap import small_sample_factor
from jnd.psychometrics.comparison_graph import components, refuse_disconnected
from jnd.records import ScaleFit

Array = npt.NDArray[np.float64]
Derivatives = Callable[[Array], tuple[Array, Array, Array]]
"""Score differences → ln P, its first and minus its second derivative."""

UNITS_PER_JND: Final = {
    "thurstone": float(ndtri(0.75)),
    "bradley-terry": float(np.log(3)),
}
"""Score difference at which 75 % choose the better item."""
LARGEST_SCORE: Final = 60.0


def _thurstone(d: Array) -> tuple[Array, Array, Array]:
    """Ln P, its derivative and minus its second derivative, for score differences ``d``."""
    log_p = log_ndtr(d)
    mills = np.exp(-0.5 * d * d - 0.5 * np.log(2 * np.pi) - log_p)
    return log_p, mills, mills * (d + mills)


def _bradley_terry(d: Array) -> tuple[Array, Array, Array]:
    p = expit(d)
    return log_expit(d), 1 - p, p * (1 - p)


MODELS: Final = {"thurstone": _thurstone, "bradley-terry": _bradley_terry}


def scale_pairs(
    wins: npt.ArrayLike,
    *,
    model: str = "thurstone",
    ties: npt.ArrayLike | None = None,
    names: list[str] | None = None,
    prior_sd: float | None = None,
    per_component: bool = False,
    unit: str = "model",
    confidence: float = 0.95,
) -> ScaleFit:
    """Maximum likelihood scores from win counts.

    Parameters
    ----------
    wins : (N, N), how often the row was chosen over the column.
    model : "thurstone" or "bradley-terry".
    ties : (N, N) numbers of ties, symmetric or one triangle only; each counts half for both.
    names : of the items, for messages.
    prior_sd : standard deviation of a normal prior on the scores; needed where an item always wins.
    per_component : scale each component alone (centred on its mean) where the graph is not connected.
    unit : "model" (as above) or "jnd" (a difference of 1 is chosen by 75 %).
    confidence : of the intervals, from the curvature of the likelihood. The bootstrap over observers is in
        :func:`bootstrap_pairs`.

    Raises
    ------
    GraphDisconnectedError
        Items in groups never compared with each other, unless ``per_component``.
    UnusableAnswersError
        An item or group that always won (its score is infinite), unless ``prior_sd`` is given.

    >>> scale_pairs([[0, 6, 8], [4, 0, 7], [2, 3, 0]], model="bradley-terry").scores[0] > 0
    True
    """
    won = win_counts(wins, ties)
    derivatives = lookup(MODELS, model, kind="model of paired comparison")
    divisor = _divisor(unit, model)
    groups = components(won)
    if not per_component:
        refuse_disconnected(groups, names)
    if prior_sd is None:
        _refuse_infinite(won, names)
    scores, value = _maximise(won[None], derivatives, groups, prior_sd)
    errors = standard_errors(scores[0], won, derivatives, groups, prior_sd)
    reach = float(ndtri((1 + confidence) / 2)) * errors
    s = scores[0]
    return ScaleFit(
        model=model,
        unit="JND" if unit == "jnd" else f"{model} score",
        scores=_tuple(s / divisor),
        standard_errors=_tuple(errors / divisor),
        low=_tuple((s - reach) / divisor),
        high=_tuple((s + reach) / divisor),
        components=tuple(tuple(g) for g in groups),
        log_likelihood=float(value[0]),
    )


def bootstrap_pairs(
    wins_of_observers: npt.ArrayLike,
    *,
    model: str = "thurstone",
    prior_sd: float | None = None,
    unit: str = "model",
    confidence: float = 0.95,
    resamples: int = 500,
    seed: int = 0,
) -> ScaleFit:
    """Scores of the pooled counts with intervals from resampled observers (standard deviation, small-sample factor).

    Parameters
    ----------
    wins_of_observers : (observers, N, N) win counts, ties as halves.
    """
    per_observer = np.asarray(wins_of_observers, dtype=np.float64)
    if per_observer.ndim != 3 or per_observer.shape[0] < 2:
        raise UnusableAnswersError(
            f"the bootstrap needs (observers, N, N) counts of two observers or more, got {per_observer.shape}"
        )
    pooled = scale_pairs(
        per_observer.sum(axis=0), model=model, prior_sd=prior_sd, unit=unit, confidence=confidence
    )
    count = per_observer.shape[0]
    weights = np.random.default_rng(seed).multinomial(count, np.full(count, 1 / count), size=resamples)
    drawn = np.einsum("bo,oij->bij", weights.astype(np.float64), per_observer)
    usable = [len(components(sample)) == 1 for sample in drawn]
    # A resample in which an item always wins keeps a weak prior, so that its score stays finite.
    derivatives = MODELS[model]
    scores, _ = _maximise(drawn[usable], derivatives, [list(range(drawn.shape[1]))], prior_sd or 10.0)
    deviation = np.std(scores / _divisor(unit, model), axis=0, ddof=1)
    factor = small_sample_factor(count, confidence) * float(ndtri((1 + confidence) / 2))
    low, high = (np.array(pooled.scores) + side * factor * deviation for side in (-1, 1))
    return ScaleFit(
        model,
        pooled.unit,
        pooled.scores,
        _tuple(deviation),
        _tuple(low),
        _tuple(high),
        pooled.components,
        pooled.log_likelihood,
    )


def win_counts(wins: npt.ArrayLike, ties: npt.ArrayLike | None = None) -> Array:
    """(N, N) counts with ties split in halves.

    Raises
    ------
    UnusableAnswersError
        Not square, fewer than two items, negative or not finite, an item against itself, no comparison.
    """
    won = np.array(wins, dtype=np.float64)
    if won.ndim != 2 or won.shape[0] != won.shape[1] or won.shape[0] < 2:
        raise UnusableAnswersError(
            f"wins must be a square matrix of two items or more, got shape {won.shape}"
        )
    if ties is not None:
        tied = np.asarray(ties, dtype=np.float64)
        if tied.shape != won.shape:
            raise UnusableAnswersError(f"ties must have the shape of wins, got {tied.shape} and {won.shape}")
        if not np.allclose(tied, tied.T):
            if np.any((tied > 0) & (tied.T > 0)):
                raise UnusableAnswersError("ties must be symmetric or fill one triangle only")
            tied = tied + tied.T
        won = won + tied / 2
    if not np.all(np.isfinite(won)) or np.any(won < 0):
        raise UnusableAnswersError("win counts must be finite and 0 or more")
    if np.any(np.diag(won) != 0):
        raise UnusableAnswersError("an item was compared with itself; leave those trials out")
    if not np.any(won):
        raise UnusableAnswersError("there are no comparisons to scale")
    return won


def standard_errors(
    scores: Array,
    won: Array,
    derivatives: Derivatives,
    groups: list[list[int]],
    prior_sd: float | None,
) -> Array:
    """(N,) from the curvature at the maximum, for scores centred within their component."""
    hessian = _information(scores[None], won[None], derivatives)[0]
    if prior_sd is not None:
        hessian = hessian + np.eye(scores.size) / prior_sd**2
    errors = np.zeros(scores.size)
    for group in groups:
        block = hessian[np.ix_(group, group)]
        errors[group] = np.sqrt(np.maximum(np.diag(np.linalg.pinv(block, hermitian=True)), 0.0))
    return errors


def covariance(scores: Array, won: Array, model: str, prior_sd: float) -> Array:
    """(N, N) covariance of the scores under a normal prior."""
    hessian = _information(scores[None], won[None], lookup(MODELS, model, kind="model of paired comparison"))[
        0
    ]
    return np.asarray(np.linalg.inv(hessian + np.eye(scores.size) / prior_sd**2))


def _divisor(unit: str, model: str) -> float:
    if unit not in ("model", "jnd"):
        raise ValueError(f'unit must be "model" or "jnd", got "{unit}"')
    return UNITS_PER_JND[model] if unit == "jnd" else 1.0


def _refuse_infinite(won: Array, names: list[str] | None) -> None:
    for group in components(won):
        block = won[np.ix_(group, group)]
        inner = components(block, strong=True)
        if len(inner) == 1:
            continue
        for part in inner:
            rest = [i for i in range(len(group)) if i not in part]
            lost = block[np.ix_(rest, part)].sum()
            beaten = block[np.ix_(part, rest)].sum()
            if lost == 0 or beaten == 0:
                items = ", ".join(names[group[i]] if names else str(group[i]) for i in part)
                raise UnusableAnswersError(
                    f"item {items} {'always won' if lost == 0 else 'always lost'} against the others, so its score "
                    f"has no finite maximum likelihood; give prior_sd (3 is weak), or compare with nearer items"
                )


def _information(scores: Array, won: Array, derivatives: Derivatives) -> Array:
    d = scores[:, :, None] - scores[:, None, :]
    curvature = won * derivatives(d)[2]
    curvature = curvature + curvature.transpose(0, 2, 1)
    information = -curvature
    diagonal = np.arange(scores.shape[1])
    information[:, diagonal, diagonal] = curvature.sum(axis=2) - curvature[:, diagonal, diagonal]
    return np.asarray(information)


def _maximise(
    won: Array, derivatives: Derivatives, groups: list[list[int]], prior_sd: float | None
) -> tuple[Array, Array]:
    """Newton's method for (B, N, N) counts; the log likelihood is concave."""
    batch, items = won.shape[:2]
    scores = np.zeros((batch, items))
    precision = 0.0 if prior_sd is None else 1 / prior_sd**2
    centring = np.zeros((items, items))
    for group in groups:  # a unit weight on each component's mean makes the information invertible
        centring[np.ix_(group, group)] = 1.0
    for _ in range(100):
        d = scores[:, :, None] - scores[:, None, :]
        slope = won * derivatives(d)[1]
        gradient = slope.sum(axis=2) - slope.sum(axis=1) - precision * scores
        information = _information(scores, won, derivatives) + centring + precision * np.eye(items)
        step = np.linalg.solve(information, gradient[:, :, None])[:, :, 0]
        step *= np.minimum(1.0, 3.0 / np.maximum(np.abs(step).max(axis=1, keepdims=True), 1e-12))
        scores = np.clip(scores + step, -LARGEST_SCORE, LARGEST_SCORE)
        if np.abs(step).max() < 1e-11:
            break
    for group in groups:
        scores[:, group] -= scores[:, group].mean(axis=1, keepdims=True)
    d = scores[:, :, None] - scores[:, None, :]
    value = (won * derivatives(d)[0]).sum(axis=(1, 2))
    return scores, value


def _tuple(values: Array) -> tuple[float, ...]:
    return tuple(float(v) for v in values)
