"""One fit of several conditions that share the width or the lapse rate.

Pictures seen by the same people differ in threshold, hardly in lapses; sharing makes few trials go further.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import ndtri

from jnd._lookup import lookup
from jnd.errors import UnusableAnswersError
from jnd.psychometrics.counts import Counts, counts, refuse_threshold_outside
from jnd.psychometrics.likelihood import PsychometricLikelihood
from jnd.psychometrics.maximum_likelihood import bounds_of, likelihood_of, maximise_from_several_starts
from jnd.psychometrics.psychometric_function import from_axis, sigmoid, to_axis

Array = npt.NDArray[np.float64]

PARAMETERS: Final = {"threshold": 0, "width": 1, "guess_rate": 2, "lapse_rate": 3}


class JointFit(NamedTuple):
    """Parameters of C conditions; a shared parameter has the same value in all."""

    threshold: Array
    """(C,)"""
    width: Array
    guess_rate: Array
    lapse_rate: Array
    threshold_interval: Array
    """(C, 2), from the expected information (Wald); NaN where the information gives none."""
    width_interval: Array
    log_likelihood: float
    free_parameters: int

    @property
    def akaike(self) -> float:
        """Akaike's information criterion; smaller is better. Compare with the fit that shares less."""
        return 2 * self.free_parameters - 2 * self.log_likelihood


def fit_jointly(
    conditions: Sequence[tuple[npt.ArrayLike, npt.ArrayLike, npt.ArrayLike]],
    *,
    shared: Sequence[str] = ("width", "lapse_rate"),
    function: str = "normal",
    guess_rate: float | None = 0.0,
    lapse_rate: float | None = None,
    confidence: float = 0.95,
) -> JointFit:
    """Maximum likelihood of all conditions together.

    Parameters
    ----------
    conditions : (levels, seen, trials) of each condition, each (K,).
    shared : which of "threshold", "width", "guess_rate", "lapse_rate" are one value for all.
    function, guess_rate, lapse_rate : as in :func:`jnd.psychometrics.fit.fit_psychometric`.

    Raises
    ------
    UnusableAnswersError, ThresholdOutsideDataError
        As for a single fit.
    """
    if not conditions:
        raise UnusableAnswersError("there are no conditions to fit")
    shared_indices = {lookup(PARAMETERS, name, kind="parameter") for name in shared}
    shape = sigmoid(function)
    data: list[Counts] = [counts(*condition) for condition in conditions]
    starts, likelihoods, boxes = [], [], []
    for one in data:
        refuse_threshold_outside(one)
        likelihood = likelihood_of(one, shape)
        box = bounds_of(to_axis(one.levels, shape), guess_rate, lapse_rate)
        starts.append(maximise_from_several_starts(likelihood, box, 1).parameters[0])
        likelihoods.append(likelihood)
        boxes.append(box)
    start = np.array(starts)
    lower, upper = np.array([b.lower for b in boxes]), np.array([b.upper for b in boxes])
    # Column of the packed vector that holds each parameter of each condition.
    column = np.empty(start.shape, dtype=np.intp)
    packed_start: list[float] = []
    packed_bounds: list[tuple[float, float]] = []
    for index in range(4):
        groups = (
            [range(len(data))] if index in shared_indices else [range(i, i + 1) for i in range(len(data))]
        )
        for group in groups:
            members = list(group)
            column[members, index] = len(packed_start)
            low, high = float(lower[members, index].min()), float(upper[members, index].max())
            packed_start.append(float(np.clip(np.median(start[members, index]), low, high)))
            packed_bounds.append((low, high))

    def negative(packed: Array) -> tuple[float, Array]:
        total, gradient = 0.0, np.zeros(packed.size)
        for row, likelihood in zip(column, likelihoods, strict=True):
            value, slope, _ = likelihood(packed[row][None, :])
            total += float(value[0])
            np.add.at(gradient, row, slope[0])
        return -total, -gradient

    found = minimize(
        negative,
        np.array(packed_start),
        jac=True,
        method="L-BFGS-B",
        bounds=packed_bounds,
        options={"maxiter": 2000, "ftol": 1e-13, "gtol": 1e-8},
    )
    packed = np.asarray(found.x, dtype=np.float64)
    theta = packed[column]
    deviation = _standard_errors(packed, column, likelihoods, packed_bounds)[column]
    z = float(ndtri((1 + confidence) / 2))
    # An interval wider than e^±20 says no more than that nothing is known.
    reach = np.minimum(z * deviation, [[np.inf, 20.0, np.inf, np.inf]])
    free = sum(high > low for low, high in packed_bounds)
    return JointFit(
        from_axis(theta[:, 0], shape),
        np.exp(theta[:, 1]),
        theta[:, 2],
        theta[:, 3],
        np.column_stack(
            [from_axis(theta[:, 0] - reach[:, 0], shape), from_axis(theta[:, 0] + reach[:, 0], shape)]
        ),
        np.exp(np.column_stack([theta[:, 1] - reach[:, 1], theta[:, 1] + reach[:, 1]])),
        float(-found.fun),
        free,
    )


def _standard_errors(
    packed: Array,
    column: npt.NDArray[np.intp],
    likelihoods: list[PsychometricLikelihood],
    limits: list[tuple[float, float]],
) -> Array:
    information = np.zeros((packed.size, packed.size))
    for row, likelihood in zip(column, likelihoods, strict=True):
        information[np.ix_(row, row)] += likelihood(packed[row][None, :])[2][0]
    inside = np.array([low < value < high for value, (low, high) in zip(packed, limits, strict=True)])
    errors = np.full(packed.size, np.nan)
    if inside.any():
        covariance = np.linalg.pinv(information[np.ix_(inside, inside)], hermitian=True)
        errors[inside] = np.sqrt(np.maximum(np.diag(covariance), 0.0))
    return errors
