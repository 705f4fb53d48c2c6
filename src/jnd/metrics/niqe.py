"""NIQE, Mittal, Soundararajan & Bovik (2013): distance of a picture's statistics from those of good pictures.

In: one picture. Out: 0 for the statistics of good pictures, more for worse. The model of good pictures, a mean and a
covariance of 36 features, was fitted by ``reproduce/no_reference.py`` to 8 photographs of CLIC 2025 and the 150 training
pictures of CID22, of which only these statistics are kept; the authors' own was fitted to 125 others, so our numbers are
not theirs. The formulas are equations 1 to 10 of the paper [Mittal2013]: patches of 96 by 96, of which the model takes
the sharp ones (local contrast above 0.75 of the largest).

Differs: the two scales are aligned by patches of 48 at the second, as in the authors' program; the half-sized picture
is a mean of 2 by 2 pixels. Pictures of sides below 192 use one patch per 48 pixels; then the score is rough.
"""

import json
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt

from jnd.metrics.natural_scene_statistics import checked_luma, half_size, normalised, statistics

PATCH = 96
"""Pixels a side, section II-B of the paper."""
SHARP = 0.75
"""T of the paper: a patch counts for the model if its contrast is above this share of the largest."""
SMALLEST_SIDE = 48


def niqe(picture: npt.NDArray[np.uint8]) -> float:
    """Distance from the statistics of good photographs.

    Parameters
    ----------
    picture : (H, W, 3) sRGB or (H, W) grey code values, uint8, sides of 48 pixels or more.

    Returns
    -------
    0 and more; lower is better.

    Raises
    ------
    TypeError, ValueError
        Another type or shape, or a picture that is too small.
    """
    features, _ = patch_features(checked_luma(picture, SMALLEST_SIDE))
    return distance(features)


def distance(features: npt.NDArray[np.float64]) -> float:
    """Equation 10: between the model and the Gaussian of (N, 36) features of a picture's patches."""
    mean, covariance = good_pictures()
    own_covariance = np.cov(features, rowvar=False) if len(features) > 1 else np.zeros_like(covariance)
    apart = mean - features.mean(axis=0)
    return float(np.sqrt(max(apart @ np.linalg.pinv((covariance + own_covariance) / 2) @ apart, 0.0)))


def patch_features(luma: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """36 features of every patch, and the mean local contrast of each.

    Returns
    -------
    (N, 36) and (N,), patches row by row.
    """
    side = PATCH if min(luma.shape) >= 2 * PATCH else PATCH // 2
    rows, columns = luma.shape[0] // side, luma.shape[1] // side
    fine, contrast = normalised(luma[: rows * side, : columns * side])
    coarse, _ = normalised(half_size(luma[: rows * side, : columns * side]))
    features, sharpness = [], []
    for row in range(rows):
        for column in range(columns):
            patch = slice(row * side, (row + 1) * side), slice(column * side, (column + 1) * side)
            small = tuple(slice(part.start // 2, part.stop // 2) for part in patch)
            features.append(np.concatenate([statistics(fine[patch]), statistics(coarse[small])]))
            sharpness.append(float(contrast[patch].mean()))
    return np.array(features), np.array(sharpness)


@cache
def good_pictures() -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Mean (36,) and covariance (36, 36) of the features of good photographs' sharp patches."""
    fitted = json.loads((files("jnd.metrics") / "niqe.json").read_text("utf-8"))
    return np.array(fitted["mean"]), np.array(fitted["covariance"])
