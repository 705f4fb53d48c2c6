"""Distortions: a picture changed in one named way, at a level, by a seed; or in several, one after the other.

In go pixels, a name, a level from 0 (nothing) to 1 (strongest) and a seed, out come pixels.
The 20 traditional distortions of BAPPS [Zhang2018] are among them; their ranges were never published, so all are ours.
"""

import math
from collections.abc import Sequence

import numpy as np

from jnd._lookup import lookup
from jnd.distortions.blur import BILATERAL, GAUSSIAN_BLUR, LENS_BLUR, MOTION_BLUR
from jnd.distortions.compression import JPEG
from jnd.distortions.distortion import Distortion, LevelAxis, Pixels, code_values
from jnd.distortions.edges import RINGING, SHARPENING
from jnd.distortions.level_search import LevelFound, level_of_jnd
from jnd.distortions.local_edit import PASTE, REMOVAL
from jnd.distortions.noise import (
    CHECKERBOARD,
    NOISE_BLUE,
    NOISE_BROWN,
    NOISE_COLOURED,
    NOISE_GAUSSIAN,
    NOISE_IMPULSE,
    NOISE_PINK,
    NOISE_UNIFORM,
    NOISE_VIOLET,
)
from jnd.distortions.sampling import CHROMA_SUBSAMPLING, RESAMPLING
from jnd.distortions.space import (
    AFFINE,
    CHROMATIC_ABERRATION,
    CUBIC_WARP,
    GHOSTING,
    HOMOGRAPHY,
    LINEAR_WARP,
    SHIFT,
)
from jnd.distortions.tone import BANDING, BRIGHTNESS, COLOUR_SHIFT, CONTRAST_CHANGE, SATURATION_CHANGE
from jnd.picture import as_colour, check_code_values

__all__ = [
    "DISTORTIONS",
    "Distortion",
    "LevelAxis",
    "LevelFound",
    "distort",
    "distort_sequence",
    "level_of_jnd",
]

DISTORTIONS: dict[str, Distortion] = {
    "jpeg": JPEG,
    "ringing": RINGING,
    "gaussian_blur": GAUSSIAN_BLUR,
    "motion_blur": MOTION_BLUR,
    "lens_blur": LENS_BLUR,
    "bilateral": BILATERAL,
    "sharpening": SHARPENING,
    "noise_uniform": NOISE_UNIFORM,
    "noise_gaussian": NOISE_GAUSSIAN,
    "noise_pink": NOISE_PINK,
    "noise_brown": NOISE_BROWN,
    "noise_blue": NOISE_BLUE,
    "noise_violet": NOISE_VIOLET,
    "noise_coloured": NOISE_COLOURED,
    "noise_impulse": NOISE_IMPULSE,
    "checkerboard": CHECKERBOARD,
    "banding": BANDING,
    "brightness": BRIGHTNESS,
    "contrast": CONTRAST_CHANGE,
    "colour_shift": COLOUR_SHIFT,
    "saturation": SATURATION_CHANGE,
    "chroma_subsampling": CHROMA_SUBSAMPLING,
    "resampling": RESAMPLING,
    "shift": SHIFT,
    "affine": AFFINE,
    "homography": HOMOGRAPHY,
    "linear_warp": LINEAR_WARP,
    "cubic_warp": CUBIC_WARP,
    "ghosting": GHOSTING,
    "chromatic_aberration": CHROMATIC_ABERRATION,
    "paste": PASTE,
    "removal": REMOVAL,
}


def distort(pixels: Pixels, name: str, level: float, seed: int = 0) -> Pixels:
    """``pixels`` changed in one way.

    Parameters
    ----------
    pixels : (H, W, 3) or (H, W) uint8 sRGB code values, full range, at least 1x1. Not modified.
    name : a key of ``DISTORTIONS``.
    level : 0 (nothing: the pixels as they are) to 1 (strongest); ``DISTORTIONS[name].axis`` says what it means.
        With one seed, a higher level is the same change, stronger.
    seed : 0 and more; decides what ``DISTORTIONS[name].drawn`` says. The same on every machine, but for the version
        of libjpeg in "jpeg".

    Returns
    -------
    (H, W, 3) uint8; a grey picture becomes three equal channels first.

    Raises
    ------
    UnknownNameError, TypeError, ValueError
        No such distortion; not such a picture; a level or seed outside of its range.

    >>> import numpy as np
    >>> int(distort(np.full((4, 4, 3), 100, np.uint8), "brightness", 1.0, seed=0)[0, 0, 0])
    0
    """
    return distort_sequence(pixels, [(name, level)], seed)


def distort_sequence(pixels: Pixels, steps: Sequence[tuple[str, float]], seed: int = 0) -> Pixels:
    """``pixels`` changed by each (name, level) of ``steps`` in turn; otherwise as :func:`distort`.

    Each step draws from a stream of its own: the first step of a sequence is what it is alone, and a step's draws
    do not depend on the levels.

    >>> import numpy as np
    >>> distort_sequence(np.zeros((2, 2), np.uint8), []).shape
    (2, 2, 3)
    """
    changed = _as_colour(pixels)
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        raise ValueError(f"a seed must be a whole number of 0 or more, got {seed!r}")
    chosen = [(lookup(DISTORTIONS, name, kind="distortion"), _checked(name, level)) for name, level in steps]
    for place, (distortion, level) in enumerate(chosen):
        if level == 0:
            continue
        random = np.random.Generator(np.random.PCG64([int(seed), place]))
        changed = code_values(distortion.function(changed, distortion.axis.value(level), random))
    return changed


def _as_colour(pixels: Pixels) -> Pixels:
    check_code_values(pixels, "a picture", deep=False)
    return as_colour(pixels).copy()


def _checked(name: str, level: float) -> float:
    if not (math.isfinite(level) and 0 <= level <= 1):
        raise ValueError(
            f"the level of {name} must be from 0 (nothing) to 1 (strongest), got {level}; "
            f'"jnd distort --list" says what it means'
        )
    return float(level)
