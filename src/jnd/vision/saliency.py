"""Where a picture draws the eye: contrast between centre and surround on several scales.

Our own model in the tradition of [Itti1998], for grey pictures: two features (luminance and local activity), their
centre-surround differences on a pyramid, each map weighted up where few places stand out. Not fitted to eye
movements; it serves models that lower their thresholds where people look.
"""

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from jnd.vision.local_filters import Plane, floating

Array = npt.NDArray[Any]

LARGEST_SIDE = 256
"""Pixels; larger pictures are reduced first, since the eye is drawn by coarse things."""
CENTRES = (1.0, 2.0, 4.0)
"""Standard deviations of the centres, pixels of the reduced picture."""
SURROUND = 4.0
"""Standard deviation of a surround in those of its centre."""
OBJECT = 6.0
"""Standard deviation of the last smoothing, pixels of the reduced picture."""
SILENT = 1.0
"""Grey levels; where nothing stands out more than this, nothing is salient."""


def saliency(plane: Plane) -> Array:
    """How salient each pixel is, 0 to 1, 1 at the picture's most salient place; 0 all over a uniform picture.

    Parameters
    ----------
    plane : (H, W) grey levels 0 to 255, uint8, float32 or float64.

    Returns
    -------
    (H, W) float32, or float64 for float64 planes.
    """
    luminance = floating(plane)
    height, width = luminance.shape
    scale = min(1.0, LARGEST_SIDE / max(height, width))
    small = (max(1, round(width * scale)), max(1, round(height * scale)))
    luminance = cv2.resize(luminance, small, interpolation=cv2.INTER_AREA)
    activity = np.abs(luminance - _gaussian(luminance, 1.0))
    total: Array = np.zeros_like(luminance)
    for feature in (luminance, activity):
        for sigma in CENTRES:
            contrast = np.abs(_gaussian(feature, sigma) - _gaussian(feature, SURROUND * sigma))
            highest = float(contrast.max())
            if highest > 0:
                # A map in which everything stands out says little.
                total += contrast * (1 - float(contrast.mean()) / highest) ** 2
    # People look at things, not at their outlines.
    total = _gaussian(total, OBJECT)
    total = np.multiply(total, 1 / max(float(total.max()), SILENT), dtype=total.dtype)
    whole: Array = cv2.resize(total, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.clip(whole, 0, 1, out=whole)


def _gaussian(plane: Array, sigma: float) -> Array:
    return cv2.GaussianBlur(plane, (0, 0), sigma, borderType=cv2.BORDER_REFLECT)
