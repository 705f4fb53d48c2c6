"""What moves pixels: shift, affine, homography, warps, a ghost, and channels of different size.

Displacements are scaled so that the root mean square over the picture is the parameter; the strongest stay below an
eighth of the shorter side. Pictures are mirrored beyond their edges and resampled with OpenCV's cubic kernel.
"""

import math

import cv2
import numpy as np

from jnd.distortions.distortion import Distortion, LevelAxis, Pixels, Planes

DISPLACEMENT = LevelAxis("root mean square displacement, pixels", 0.0, 16.0, exponent=2.0)
OPACITY = LevelAxis("opacity of the ghost", 0.0, 0.7, exponent=1.5)

GHOST_DISTANCE = (4.0, 16.0)
"""Between picture and ghost, pixels."""
CONTROL_POINTS = 5
"""Of a warp along each side."""


def _shift(pixels: Pixels, distance: float, random: np.random.Generator) -> Planes:
    angle = random.uniform(0, 2 * math.pi)
    field = np.zeros((*pixels.shape[:2], 2))
    field[:] = (math.cos(angle), math.sin(angle))
    return _moved(pixels, _scaled(field, distance))


def _affine(pixels: Pixels, distance: float, random: np.random.Generator) -> Planes:
    x, y = _coordinates(pixels)
    a, b, c, d = random.uniform(-1, 1, 4)
    return _moved(pixels, _scaled(np.stack([a * x + b * y, c * x + d * y], axis=2), distance))


def _homography(pixels: Pixels, distance: float, random: np.random.Generator) -> Planes:
    x, y = _coordinates(pixels)
    a, b, c, d = random.uniform(-1, 1, 4)
    tilt, turn = random.uniform(-0.4, 0.4, 2)
    depth = 1 + tilt * x + turn * y  # at least 0.2 inside of the picture
    return _moved(
        pixels,
        _scaled(
            np.stack([(x + a * x + b * y) / depth - x, (y + c * x + d * y) / depth - y], axis=2), distance
        ),
    )


def _linear_warp(pixels: Pixels, distance: float, random: np.random.Generator) -> Planes:
    return _moved(pixels, _scaled(_control_field(pixels, cv2.INTER_LINEAR, random), distance))


def _cubic_warp(pixels: Pixels, distance: float, random: np.random.Generator) -> Planes:
    return _moved(pixels, _scaled(_control_field(pixels, cv2.INTER_CUBIC, random), distance))


def _control_field(pixels: Pixels, interpolation: int, random: np.random.Generator) -> Planes:
    """(H, W, 2): random displacements of a grid of points, interpolated between them."""
    height, width = pixels.shape[:2]
    points = random.uniform(-1, 1, (CONTROL_POINTS, CONTROL_POINTS, 2))
    return np.asarray(cv2.resize(points, (width, height), interpolation=interpolation), dtype=np.float64)


def _ghosting(pixels: Pixels, opacity: float, random: np.random.Generator) -> Planes:
    angle, distance = random.uniform(0, 2 * math.pi), random.uniform(*GHOST_DISTANCE)
    field = np.zeros((*pixels.shape[:2], 2))
    field[:] = (distance * math.cos(angle), distance * math.sin(angle))
    return (1 - opacity) * pixels + opacity * _moved(pixels, field)


def _chromatic_aberration(pixels: Pixels, distance: float, random: np.random.Generator) -> Planes:
    x, y = _coordinates(pixels)
    outward = _scaled(np.stack([x, y], axis=2), distance)
    values = pixels.astype(np.float64)
    red, blue = _moved(pixels[:, :, :1], -outward), _moved(pixels[:, :, 2:], outward)
    return np.concatenate([red, values[:, :, 1:2], blue], axis=2)


def _coordinates(pixels: Pixels) -> tuple[Planes, Planes]:
    """Of each pixel from the middle, -1 to 1 over the longer side."""
    height, width = pixels.shape[:2]
    row, column = np.indices((height, width), dtype=np.float64)
    half = max(height, width) / 2
    return (column - (width - 1) / 2) / half, (row - (height - 1) / 2) / half


def _scaled(field: Planes, distance: float) -> Planes:
    size = math.sqrt(float((field**2).sum(axis=2).mean()))
    if size == 0.0:
        return field
    limit = min(field.shape[:2]) / 8
    scale = limit * math.tanh(distance / limit) / size
    return np.asarray(field * scale, dtype=np.float64)


def _moved(pixels: Pixels, field: Planes) -> Planes:
    """Each pixel taken from where ``field`` (H, W, 2; across, down) points; positions are kept to 1/32 pixel."""
    row, column = np.indices(pixels.shape[:2], dtype=np.float64)
    across = (column + np.rint(field[:, :, 0] * 32) / 32).astype(np.float32)
    down = (row + np.rint(field[:, :, 1] * 32) / 32).astype(np.float32)
    moved = cv2.remap(
        np.ascontiguousarray(pixels, dtype=np.float32),
        across,
        down,
        cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REFLECT,
    )
    return np.asarray(moved, dtype=np.float64).reshape(pixels.shape)


SHIFT = Distortion("shift", "Shift", "space", DISPLACEMENT, _shift, "direction", "shift")
AFFINE = Distortion(
    "affine", "Affine transform", "space", DISPLACEMENT, _affine, "rotation, scale and shear", "affine"
)
HOMOGRAPHY = Distortion(
    "homography", "Change of perspective", "space", DISPLACEMENT, _homography, "the transform", "homography"
)
LINEAR_WARP = Distortion(
    "linear_warp", "Warp, piecewise linear", "space", DISPLACEMENT, _linear_warp, "the warp", "linear warp"
)
CUBIC_WARP = Distortion(
    "cubic_warp", "Warp, smooth", "space", DISPLACEMENT, _cubic_warp, "the warp", "cubic warp"
)
GHOSTING = Distortion(
    "ghosting", "Ghost", "space", OPACITY, _ghosting, "direction and distance, 4 to 16 pixels", "ghosting"
)
CHROMATIC_ABERRATION = Distortion(
    "chromatic_aberration",
    "Lateral chromatic aberration",
    "space",
    DISPLACEMENT,
    _chromatic_aberration,
    "nothing",
    "chromatic aberration",
)
