"""IW-SSIM [WangLi2011]: multi-scale structural similarity in which places count by the information they hold.

In: two pictures. Out: up to 1, 1 for equal pictures.

Equal to ``piq.information_weighted_ssim``: a Laplacian pyramid of five scales, information by a Gaussian scale mixture of
3 by 3 neighbourhoods with their parent, visual noise of variance 0.4. Like piq and the authors' program it takes
the information of the second picture's neighbourhoods, so it is not symmetric.
"""

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from jnd.metrics.ms_ssim import SMALLEST_SIDE, WEIGHTS
from jnd.metrics.planes import luma_pair
from jnd.metrics.ssim import C1, C2, TAPS, blurred

Array = npt.NDArray[Any]

BINOMIAL = np.array([1.0, 4.0, 6.0, 4.0, 1.0]) / 16 * np.sqrt(2.0)
NOISE = 0.4
"""Variance of the visual noise, section III of the paper."""
EPSILON = float(np.finfo(np.float64).eps)
_SIDE = 3
_INNER = TAPS // 2 - _SIDE // 2
"""By so much a map of 3 by 3 windows reaches beyond one of 11 by 11."""


def iw_ssim(reference: npt.ArrayLike, changed: npt.ArrayLike) -> float:
    """Information-weighted structural similarity of the luma.

    Arguments and errors as :func:`jnd.metrics.planes.checked_pair`; sides of at least 161 pixels, and a changed
    picture that is not uniform.

    Raises
    ------
    ValueError
        Also where the changed picture is so empty that no information can be weighed.
    """
    one, other = luma_pair(reference, changed, SMALLEST_SIDE, np.float64)
    if np.array_equal(one, other):  # uniform ones too, of which nothing could be weighed
        return 1.0
    scales = list(zip(_laplacian_pyramid(one), _laplacian_pyramid(other), strict=True))
    product = 1.0
    last = len(scales) - 1
    for scale, ((first, second), weight) in enumerate(zip(scales, WEIGHTS, strict=True)):
        similarity, contrast = _similarity(first, second)
        if scale == last:
            mean = float(similarity.mean())
        else:
            parent = scales[scale + 1][1] if scale < last - 1 else None
            information = _information(first, second, parent)[_INNER:-_INNER, _INNER:-_INNER]
            total = float(information.sum())
            # Nothing to tell apart: two equal uniform bands.
            mean = float((contrast * information).sum() / total) if total > 0 else float(contrast.mean())
        product *= abs(mean) ** (weight / sum(WEIGHTS))
    return product


def _laplacian_pyramid(plane: Array) -> list[Array]:
    """Four bands and what is left, finest first."""
    bands = []
    for _ in range(len(WEIGHTS) - 1):
        low = _filtered(plane)[::2, ::2]
        spread = np.zeros((2 * low.shape[0], 2 * low.shape[1]))
        spread[::2, ::2] = low
        # Along one axis after the other, as zeros beyond an odd end matter to the edge's reflection.
        bands.append(plane - _filtered(spread)[: plane.shape[0], : plane.shape[1]])
        plane = low
    return [*bands, plane]


def _filtered(plane: Array) -> Array:
    plane = np.ascontiguousarray(plane)
    return np.asarray(cv2.sepFilter2D(plane, -1, BINOMIAL, BINOMIAL, borderType=cv2.BORDER_REFLECT_101))


def _similarity(one: Array, other: Array) -> tuple[Array, Array]:
    mean_one, mean_other = blurred(one), blurred(other)
    variance_one = np.maximum(blurred(one * one) - mean_one**2, 0)
    variance_other = np.maximum(blurred(other * other) - mean_other**2, 0)
    covariance = blurred(one * other) - mean_one * mean_other
    contrast = (2 * covariance + C2) / (variance_one + variance_other + C2)
    return (2 * mean_one * mean_other + C1) / (mean_one**2 + mean_other**2 + C1) * contrast, contrast


def _information(one: Array, other: Array, parent: Array | None) -> Array:
    """(H - 2, W - 2) bits that an eye can have of each 3 by 3 neighbourhood in both pictures together."""

    def mean(plane: Array) -> Array:
        return np.asarray(cv2.blur(plane, (_SIDE, _SIDE), borderType=cv2.BORDER_CONSTANT))

    mean_one, mean_other = mean(one), mean(other)
    variance_one = np.maximum(mean(one * one) - mean_one**2, 0)
    variance_other = np.maximum(mean(other * other) - mean_other**2, 0)
    covariance = mean(one * other) - mean_one * mean_other
    gain = covariance / (variance_other + EPSILON)
    noise = variance_one - gain * covariance
    flat = variance_other < EPSILON
    gain, noise = np.where(flat, 0, gain), np.where(flat, variance_one, noise)
    flat = variance_one < EPSILON
    gain, noise = np.where(flat, 0, gain)[1:-1, 1:-1], np.where(flat, 0, noise)[1:-1, 1:-1]

    height, width = other.shape[0] - 2, other.shape[1] - 2
    # The neighbour at (-1, -1) is the pixel before, and so on: a shift by one moves the picture, not the window.
    members = [other[1 - y : 1 - y + height, 1 - x : 1 - x + width] for y in (-1, 0, 1) for x in (-1, 0, 1)]
    if parent is not None:
        members.append(_enlarged(parent)[1 : 1 + height, 1 : 1 + width])
    vectors = np.stack([member.ravel() for member in members], axis=1)
    values, axes = np.linalg.eigh(vectors.T @ vectors / len(vectors))
    kept = np.where(values > 0, values, 0)
    if kept.sum() <= 0:
        return np.zeros((height, width))
    kept = kept * values.sum() / kept.sum()
    try:
        inverse = np.linalg.inv((axes * kept) @ axes.T)
    except np.linalg.LinAlgError:
        raise ValueError(
            "IW-SSIM needs a changed picture with some content at every scale; this one is too uniform to weigh"
        ) from None
    power = np.einsum("ni,ni->n", vectors @ inverse, vectors).reshape(height, width) / vectors.shape[1]
    bits = np.zeros((height, width))
    signal = (noise + (1 + gain**2) * NOISE) * power
    for value in kept:
        bits += np.log2(1 + (signal * value + NOISE * noise) / NOISE**2)
    return np.where(bits < EPSILON, 0, bits)


def _enlarged(plane: Array) -> Array:
    """Twice the size, as the authors' program has it: four times by straight lines, a border, every second pixel."""
    height, width = plane.shape
    inner = cv2.resize(
        np.ascontiguousarray(plane), (4 * width - 3, 4 * height - 3), interpolation=cv2.INTER_LINEAR
    )
    framed = np.zeros((4 * height - 1, 4 * width - 1))
    framed[1:-1, 1:-1] = inner
    framed[0], framed[-1] = 2 * framed[1] - framed[2], 2 * framed[-2] - framed[-3]
    framed[:, 0], framed[:, -1] = 2 * framed[:, 1] - framed[:, 2], 2 * framed[:, -2] - framed[:, -3]
    return framed[::2, ::2]
