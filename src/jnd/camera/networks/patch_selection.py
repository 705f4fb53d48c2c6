"""Which patches of a picture tell of its camera: textured, neither dark nor saturated [Bondi2017].

Quality of a patch, m and σ the mean and standard deviation of a channel on [0, 1]: the mean over channels of
0.7 · (4m − 4m²) + 0.3 · (1 − 10^(−2σ)).
"""

from dataclasses import dataclass
from typing import Final, Literal, get_args

import numpy as np
import numpy.typing as npt

from jnd.errors import UnusablePictureError

Pixels = npt.NDArray[np.uint8]
Selection = Literal["quality", "grid", "random"]
SELECTIONS: Final[tuple[Selection, ...]] = get_args(Selection)

BRIGHTNESS_WEIGHT: Final = 0.7
TEXTURE_WEIGHT: Final = 0.3
CLIPPED_SHARE: Final = 0.5
"""A patch with more pixels than this at 0 or 255 is not usable."""
LEAST_DEVIATION: Final = 0.4 / 255
"""In every channel; below it a patch is flat: what the sensor left is quantised away."""


@dataclass(frozen=True, slots=True, eq=False)
class PatchSelection:
    """Patches of one picture."""

    patches: Pixels
    """(N, S, S, 3)."""
    positions: npt.NDArray[np.int64]
    """(N, 2) top row and left column of each."""
    quality: npt.NDArray[np.float64]
    """(N,)"""


def select_patches(
    pixels: Pixels,
    size: int,
    count: int,
    *,
    stride: int | None = None,
    method: Selection = "quality",
    generator: np.random.Generator | None = None,
) -> PatchSelection:
    """The patches to look at.

    Parameters
    ----------
    pixels : (H, W, 3) uint8 code values as the camera wrote them.
    size : side S in pixels.
    count : at most so many; fewer where the picture has no more usable ones.
    stride : between candidates; ``size`` if None. Odd starts would break the alignment with JPEG's and the sensor's grid,
        so it should be even.
    method : "quality" takes the best, best first; "grid" spreads them evenly; "random" draws.
    generator : of "random".

    Raises
    ------
    UnusablePictureError
        The picture is smaller than a patch, or no patch is usable.
    """
    if pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.dtype != np.uint8:
        raise UnusablePictureError(
            f"patches are taken of (H, W, 3) pixels of 8 bits, got {pixels.shape} {pixels.dtype}"
        )
    height, width = pixels.shape[:2]
    if min(height, width) < size:
        raise UnusablePictureError(
            f"the picture has {width} x {height} pixels, less than a patch of {size} x {size}; it cannot be judged"
        )
    step = stride or size
    rows = np.arange(0, height - size + 1, step)
    columns = np.arange(0, width - size + 1, step)
    quality, usable = _measured(pixels, size, rows, columns)
    candidates = np.flatnonzero(usable)
    if not candidates.size:
        raise UnusablePictureError(
            f"no patch of {size} x {size} is usable: all {quality.size} are flat or saturated, so that they hold no trace of "
            "a sensor; use a picture with texture and without clipping"
        )
    if method == "quality":
        chosen = candidates[np.argsort(-quality[candidates], kind="stable")][:count]
    elif method == "grid":
        places = np.linspace(0, candidates.size - 1, min(count, candidates.size))
        chosen = candidates[np.unique(np.round(places).astype(np.int64))]
    else:
        drawn = (generator or np.random.default_rng(0)).permutation(candidates.size)[:count]
        chosen = candidates[drawn]
    positions = np.stack([rows[chosen // columns.size], columns[chosen % columns.size]], axis=1)
    patches = np.stack([pixels[top : top + size, left : left + size] for top, left in positions])
    return PatchSelection(patches, positions, quality[chosen])


def patch_quality(
    mean: npt.NDArray[np.float64], deviation: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Quality from mean and standard deviation of each channel, (…, 3) on [0, 1].

    >>> float(patch_quality(np.full(3, 0.5), np.zeros(3)).round(3))
    0.7
    """
    brightness = 4 * mean - 4 * mean**2
    texture = 1 - 10 ** (-2 * deviation)
    return np.asarray((BRIGHTNESS_WEIGHT * brightness + TEXTURE_WEIGHT * texture).mean(axis=-1))


def _measured(
    pixels: Pixels, size: int, rows: npt.NDArray[np.int64], columns: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """Quality and usability of every candidate, by sums over rectangles."""
    import cv2

    total, squares = cv2.integral2(pixels, sdepth=cv2.CV_64F, sqdepth=cv2.CV_64F)
    clipped = np.any((pixels == 0) | (pixels == 255), axis=2).astype(np.uint8)
    clips = cv2.integral(clipped, sdepth=cv2.CV_64F)

    def over(integral: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        top, left = np.meshgrid(rows, columns, indexing="ij")
        bottom, right = top + size, left + size
        found = integral[bottom, right] - integral[top, right] - integral[bottom, left] + integral[top, left]
        return np.asarray(found.reshape(rows.size * columns.size, -1) / size**2)

    mean = over(np.asarray(total)) / 255
    deviation = np.sqrt(np.maximum(over(np.asarray(squares)) / 255**2 - mean**2, 0))
    usable = (over(np.asarray(clips))[:, 0] <= CLIPPED_SHARE) & np.all(deviation >= LEAST_DEVIATION, axis=1)
    return patch_quality(mean, deviation), usable
