"""HaarPSI [Reisenhofer2018]: similarity of Haar wavelet coefficients, weighted by the coarse ones.

In: two pictures. Out: 0 to 1, 1 for equal pictures.

Equal to ``piq.haarpsi``, and so to the authors' program: pictures reduced to means of 2 by 2 pixels, C = 30, α = 4.2.
"""

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from jnd.metrics.planes import checked_pair, halved, in_255, similarity, yiq

Array = npt.NDArray[Any]

C, ALPHA = 30.0, 4.2
"""Fitted by the authors, section 3."""
SMALLEST_SIDE = 16


def haarpsi(reference: npt.ArrayLike, changed: npt.ArrayLike) -> float:
    """Haar wavelet-based perceptual similarity; of colour pictures with their colour.

    Arguments and errors as :func:`jnd.metrics.planes.checked_pair`; sides of at least 16 pixels.
    """
    one, other = (_planes(picture) for picture in checked_pair(reference, changed, SMALLEST_SIDE))
    weighted = total = 0.0
    coarse: list[Array] = []
    for direction in range(2):
        coefficients = [
            [np.abs(_haar(plane[0], 2 ** (scale + 1), direction)) for scale in range(3)]
            for plane in (one, other)
        ]
        fine = [similarity(a, b, C) for a, b in zip(coefficients[0][:2], coefficients[1][:2], strict=True)]
        weight = np.maximum(coefficients[0][2], coefficients[1][2])
        coarse.append(weight)
        weighted += float((_sigmoid(ALPHA * (fine[0] + fine[1]) / 2) * weight).sum())
        total += float(weight.sum())
    if len(one) == 3:
        weight = (coarse[0] + coarse[1]) / 2
        colour = [
            similarity(np.abs(_box(a)), np.abs(_box(b)), C) for a, b in zip(one[1:], other[1:], strict=True)
        ]
        weighted += float((_sigmoid(ALPHA * (colour[0] + colour[1]) / 2) * weight).sum())
        total += float(weight.sum())
    epsilon = np.finfo(np.float64).eps
    score = (weighted + epsilon) / (total + epsilon)
    if score >= 1:  # two uniform pictures: nothing was weighed
        return 1.0
    return float((math.log(score / (1 - score)) / ALPHA) ** 2)


def _planes(picture: Array) -> list[Array]:
    planes = [in_255(picture, np.float64)] if picture.ndim == 2 else list(yiq(picture))
    return [halved(plane) for plane in planes]


def _haar(plane: Array, side: int, direction: int) -> Array:
    """Difference of two halves of each square of ``side`` pixels, over ``side``; zeros beyond the edge."""
    if direction:
        return _haar(plane.T, side, 0).T
    before, after = side // 2 - 1, side // 2
    padded = np.pad(plane, ((before, after), (before, after)))
    rows = _running(padded, side, axis=1)
    halves = _running(rows, side // 2, axis=0)
    height = plane.shape[0]
    return np.asarray((halves[:height] - halves[side // 2 : side // 2 + height]) / side)


def _running(values: Array, length: int, axis: int) -> Array:
    """Sums of ``length`` neighbours along ``axis``."""
    summed = np.cumsum(values, axis=axis)
    first = np.take(summed, [length - 1], axis=axis)
    count = values.shape[axis]
    rest = np.take(summed, range(length, count), axis=axis) - np.take(
        summed, range(count - length), axis=axis
    )
    return np.concatenate([first, rest], axis=axis)


def _box(plane: Array) -> Array:
    """Mean of each pixel with its right, lower and lower right neighbours; zeros beyond the edge."""
    padded = np.pad(plane, ((0, 1), (0, 1)))
    return np.asarray((padded[:-1, :-1] + padded[1:, :-1] + padded[:-1, 1:] + padded[1:, 1:]) / 4)


def _sigmoid(values: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-values)))
