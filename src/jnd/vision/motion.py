"""How far each 8x8 block of a frame moved since the frame before: full search by sums of absolute differences.

In: two (H, W) frames. Out: displacements in pixels per frame.
"""

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.floating[Any]]

SEARCH_RANGE = 7
"""Pixels in every direction, as in the program after [WeiNgan2009]."""


def block_motion(
    frame: npt.NDArray[Any], previous: npt.NDArray[Any], *, search_range: int = SEARCH_RANGE, side: int = 8
) -> Array:
    """Displacement of each block since the previous frame.

    Parameters
    ----------
    frame, previous : (side R, side C) grey levels of one size and dtype.
    search_range : largest displacement searched, in pixels, along each axis.

    Returns
    -------
    (R, C, 2) float64: pixels to the right and down per frame. Among equally good displacements the shortest is
    taken, so uniform ground stands still. Motion by fractions of a pixel and beyond the range is not found.

    Raises
    ------
    ValueError
        The frames differ in size.
    """
    if frame.shape != previous.shape:
        raise ValueError(f"both frames must have one size, got {previous.shape} and {frame.shape}")
    height, width = frame.shape
    blocks = (width // side, height // side)
    reach = range(-search_range, search_range + 1)
    candidates = sorted(((dx, dy) for dx in reach for dy in reach), key=lambda d: (d[0] ** 2 + d[1] ** 2, d))
    here = frame.astype(np.float32)
    before = np.pad(previous.astype(np.float32), search_range, mode="edge")
    best = np.full((blocks[1], blocks[0]), np.inf, dtype=np.float32)
    found = np.zeros((blocks[1], blocks[0], 2))
    difference = np.empty_like(here)
    for dx, dy in candidates:
        top, left = search_range - dy, search_range - dx
        cv2.absdiff(here, before[top : top + height, left : left + width], dst=difference)
        # Block means by area averaging; the scale is the same for every candidate.
        error = cv2.resize(difference, blocks, interpolation=cv2.INTER_AREA)
        better = error < best - 1e-3  # rounding of float32 sums must not make still ground move
        best[better] = error[better]
        found[better] = (dx, dy)
    return found
