"""How texture and edges hide changes: the largest of four directional gradients, weighted by the background."""

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from jnd.vision.local_filters import correlate, floating

Plane = npt.NDArray[Any]
Array = npt.NDArray[Any]

GRADIENT_KERNELS: tuple[npt.NDArray[np.float64], ...] = tuple(
    np.array(kernel, dtype=np.float64)
    for kernel in (
        [[0, 0, 0, 0, 0], [1, 3, 8, 3, 1], [0, 0, 0, 0, 0], [-1, -3, -8, -3, -1], [0, 0, 0, 0, 0]],
        [[0, 0, 1, 0, 0], [0, 8, 3, 0, 0], [1, 3, 0, -3, -1], [0, 0, -3, -8, 0], [0, 0, -1, 0, 0]],
        [[0, 0, 1, 0, 0], [0, 0, 3, 8, 0], [-1, -3, 0, 3, 1], [0, -8, -3, 0, 0], [0, 0, -1, 0, 0]],
        [[0, 1, 0, -1, 0], [0, 3, 0, -3, 0], [0, 8, 0, -8, 0], [0, 3, 0, -3, 0], [0, 1, 0, -1, 0]],
    )
)
"""Directional high-pass filters G1 to G4 [ChouLi1995, Fig. 2]."""
GRADIENT_WEIGHT = 16
"""Sum of the positive weights of each."""
LAMBDA = 0.5
"""Threshold of the spatial masking at background 0, grey levels [ChouLi1995]."""


def largest_gradient(plane: Plane, border: str) -> Array:
    """Largest absolute directional gradient, "mg" of [ChouLi1995].

    Parameters
    ----------
    plane : (H, W) grey levels, uint8, float32 or float64 (may be negative, as textures are).
    border : "reflect" or "zero".

    Returns
    -------
    (H, W) float32, or float64 for float64 planes, 0 to 255 for planes of that range.
    """
    first, *others = GRADIENT_KERNELS
    largest = correlate(plane, first, border)
    np.abs(largest, out=largest)
    for kernel in others:
        response = correlate(plane, kernel, border)
        np.abs(response, out=response)
        cv2.max(largest, response, dst=largest)
    gradient = floating(largest)
    gradient *= gradient.dtype.type(1 / GRADIENT_WEIGHT)
    return gradient


def spatial_masking(gradient: Array, background: Array) -> Array:
    """Threshold by masking, mg α(b) + β(b), α = 0.0001 b + 0.115, β = 1/2 - 0.01 b [ChouLi1995, eqs 4-6].

    Negative on flat ground brighter than 50; what is done about it differs from model to model.
    """
    slope = background * 0.0001
    slope += 0.115
    slope *= gradient
    offset = background * 0.01
    slope -= offset
    slope += LAMBDA
    return slope


def nonlinear_additivity(first: Array, second: Array, overlap: float) -> Array:
    """Two thresholds that partly hide the same change: a + b - overlap * min(a, b) [Yang2005, eq. 3]."""
    total = np.minimum(first, second)
    total *= -overlap
    total += first
    total += second
    return total
