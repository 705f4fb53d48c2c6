"""From logits of patches to an answer about a picture: the vote, its temperature, and when a camera is unknown."""

from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax

Array = npt.NDArray[np.float64]

TEMPERATURES: Final = (0.05, 20.0)
"""Between which the temperature is sought; it ends at a side where a few validation pictures are all right or all wrong."""


def voted(logits: Array, owner: npt.NDArray[np.int64]) -> Array:
    """Mean logits of each picture's patches.

    Parameters
    ----------
    logits : (N, classes) of patches.
    owner : (N,) picture of each patch, 0 and more.

    Returns
    -------
    (pictures, classes), pictures in order.

    >>> voted(np.array([[1.0, 0.0], [3.0, 0.0], [0.0, 1.0]]), np.array([0, 0, 1]))
    array([[2., 0.],
           [0., 1.]])
    """
    names, place = np.unique(owner, return_inverse=True)
    sums = np.zeros((names.size, logits.shape[1]))
    np.add.at(sums, place, logits)
    return np.asarray(sums / np.bincount(place)[:, None])


def majority(logits: Array) -> npt.NDArray[np.int64]:
    """How many patches vote for each class, (classes,)."""
    return np.bincount(logits.argmax(axis=1), minlength=logits.shape[1])


def temperature_of(logits: Array, truth: npt.NDArray[np.int64]) -> float:
    """By what to divide a picture's logits so that their softmax is as sure as it is right [Guo2017]."""

    def loss(log_temperature: float) -> float:
        scaled = log_softmax(logits / np.exp(log_temperature), axis=1)
        return float(-scaled[np.arange(truth.size), truth].mean())

    low, high = np.log(TEMPERATURES)
    return float(np.exp(minimize_scalar(loss, bounds=(low, high), method="bounded").x))


def rejection_threshold(logits: Array, false_rejection: float) -> float:
    """The largest mean logit below which a picture is called unknown; so many pictures of known cameras lie below."""
    return float(np.quantile(logits.max(axis=1), false_rejection))


def log_probabilities(logits: Array, temperature: float) -> Array:
    """Of the known classes from a picture's mean logits, given that it is one of them."""
    return np.asarray(log_softmax(logits / temperature))


def log10_ratios(log_probabilities: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Of each class against all others with equal priors: log10 of p / ((1 − p) / (classes − 1))."""
    p = np.exp(np.asarray(log_probabilities, dtype=np.float64))
    p = np.clip(p, 1e-12, 1 - 1e-12)
    return np.asarray(np.log10(p) - np.log10((1 - p) / max(p.size - 1, 1)))
