"""Blurs: Gaussian, of a moving camera, of a lens out of focus, and the bilateral filter, which spares edges.

The first three share one axis, the standard deviation of the kernel, so that they are about equally strong at one
level.
"""

import math

import cv2
import numpy as np

from jnd.distortions.distortion import Distortion, LevelAxis, Pixels, Planes

SIGMA = LevelAxis("standard deviation of the kernel, pixels", 0.0, 5.0, exponent=1.5)
RANGE = LevelAxis("standard deviation of the range kernel, code values", 0.0, 150.0, exponent=1.5)

BILATERAL_SPACE = 3.0
"""Standard deviation in space of the bilateral filter, pixels; ours."""
SUPERSAMPLING = 8
"""Points per pixel along each direction when a kernel is drawn."""


def _gaussian(pixels: Pixels, sigma: float, random: np.random.Generator) -> Planes:
    return gaussian_filtered(pixels.astype(np.float64), sigma)


def gaussian_filtered(planes: Planes, sigma: float) -> Planes:
    """``planes`` (H, W) or (H, W, 3) by a Gaussian of 4 standard deviations, mirrored at the edges."""
    side = 2 * math.ceil(4 * sigma) + 1
    return np.asarray(
        cv2.GaussianBlur(planes, (side, side), sigma, borderType=cv2.BORDER_REFLECT), dtype=np.float64
    )


def _motion(pixels: Pixels, sigma: float, random: np.random.Generator) -> Planes:
    # Along its line a box of length l has the variance l²/12, across it none; a Gaussian has 2 σ² in the plane.
    length = math.sqrt(24) * sigma
    angle = random.uniform(0, math.pi)
    along = (np.arange(512) + 0.5) / 512 - 0.5
    kernel = _drawn(along * length * math.cos(angle), along * length * math.sin(angle))
    return _filtered(pixels, kernel)


def _lens(pixels: Pixels, sigma: float, random: np.random.Generator) -> Planes:
    radius = 2 * sigma  # a disc has the variance r²/4 along each axis
    half = math.ceil(radius)
    points = (np.arange(-half * SUPERSAMPLING, half * SUPERSAMPLING) + 0.5) / SUPERSAMPLING
    across, down = np.meshgrid(points, points)
    inside = across**2 + down**2 <= radius**2
    if not inside.any():
        return pixels.astype(np.float64)
    return _filtered(pixels, _drawn(across[inside], down[inside]))


def _drawn(across: Planes, down: Planes) -> Planes:
    """A kernel of points of equal weight, each shared bilinearly by its four neighbours."""
    half = math.ceil(max(np.abs(across).max(), np.abs(down).max())) + 1
    kernel = np.zeros((2 * half + 1, 2 * half + 1))
    column, row = np.floor(across).astype(int), np.floor(down).astype(int)
    right, below = across - column, down - row
    for dy, dx, weight in (
        (0, 0, (1 - right) * (1 - below)),
        (0, 1, right * (1 - below)),
        (1, 0, (1 - right) * below),
        (1, 1, right * below),
    ):
        np.add.at(kernel, (row + dy + half, column + dx + half), weight)
    return np.asarray(kernel / kernel.sum(), dtype=np.float64)


def _filtered(pixels: Pixels, kernel: Planes) -> Planes:
    return np.asarray(
        cv2.filter2D(pixels.astype(np.float64), -1, kernel, borderType=cv2.BORDER_REFLECT), dtype=np.float64
    )


def _bilateral(pixels: Pixels, sigma: float, random: np.random.Generator) -> Planes:
    smooth = cv2.bilateralFilter(
        pixels.astype(np.float32), 13, sigma, BILATERAL_SPACE, borderType=cv2.BORDER_REFLECT
    )
    return np.asarray(smooth, dtype=np.float64)


GAUSSIAN_BLUR = Distortion(
    "gaussian_blur", "Gaussian blur", "blur", SIGMA, _gaussian, "nothing", "Gaussian blur"
)
MOTION_BLUR = Distortion("motion_blur", "Motion blur", "blur", SIGMA, _motion, "direction")
LENS_BLUR = Distortion("lens_blur", "Lens blur", "blur", SIGMA, _lens, "nothing")
BILATERAL = Distortion(
    "bilateral", "Smoothing that spares edges", "blur", RANGE, _bilateral, "nothing", "bilateral filter"
)
