"""Which pixels changed, and which of them lie together.

In go two pictures of one size, out come a map of differences in code values and regions, the strongest first.
"""

import cv2
import numpy as np
import numpy.typing as npt

from jnd.picture import CodeValues
from jnd.records import ChangedRegion

Float32 = npt.NDArray[np.float32]

JOIN_DEGREES = 0.25
"""Changes closer than this become one region: a letter and its dot, the strokes of an icon."""

MOST_REGIONS = 500
"""Regions that a comparison lists; a picture of noise has hundreds of thousands."""


def code_difference(reference: CodeValues, changed: CodeValues) -> Float32:
    """(H, W) largest absolute difference of any channel, in 8-bit code values.

    Parameters
    ----------
    reference, changed : (H, W, 3), uint8 or uint16, which may differ; 65535 is 255.

    >>> one = np.zeros((1, 1, 3), np.uint8)
    >>> float(code_difference(one, one.astype(np.uint16) + 257)[0, 0])
    1.0
    """
    if reference.dtype == changed.dtype == np.uint8:
        planes = cv2.absdiff(np.ascontiguousarray(reference), np.ascontiguousarray(changed))
        return np.asarray(planes.max(axis=2), np.float32)
    scales = [1 / (np.iinfo(pixels.dtype).max // 255) for pixels in (reference, changed)]
    difference = np.abs(reference.astype(np.float64) * scales[0] - changed.astype(np.float64) * scales[1])
    return np.asarray(difference.max(axis=2), np.float32)


def changed_regions(
    difference: Float32, jod_lost: Float32, threshold_jod_lost: float, pixels_per_degree: float
) -> tuple[tuple[ChangedRegion, ...], int]:
    """Changed pixels that lie together, and how many regions were left out.

    Parameters
    ----------
    difference : (H, W) code values, 0 where nothing changed.
    jod_lost : (H, W), the map of visible difference.
    threshold_jod_lost : JOD lost at 1 JND.
    pixels_per_degree : turns ``JOIN_DEGREES`` into pixels.

    Returns
    -------
    At most ``MOST_REGIONS``, by the visible pixels they hold, then by peak, then by changed pixels.
    """
    changed = (difference > 0).astype(np.uint8)
    reach = max(1, round(JOIN_DEGREES * pixels_per_degree / 2))
    joined = cv2.dilate(changed, np.ones((2 * reach + 1, 2 * reach + 1), np.uint8))
    count, labels, statistics, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    order = np.argsort(-statistics[1:, cv2.CC_STAT_AREA], kind="stable") + 1
    regions = []
    for label in order[: 4 * MOST_REGIONS]:
        x, y, width, height = (int(value) for value in statistics[label, :4])
        window = slice(y, y + height), slice(x, x + width)
        inside = labels[window] == label
        here = inside & (changed[window] > 0)
        rows, columns = np.flatnonzero(here.any(axis=1)), np.flatnonzero(here.any(axis=0))
        lost = jod_lost[window][inside]
        regions.append(
            ChangedRegion(
                box=(
                    x + int(columns[0]),
                    y + int(rows[0]),
                    int(columns[-1] - columns[0]) + 1,
                    int(rows[-1] - rows[0]) + 1,
                ),
                changed_pixels=int(here.sum()),
                largest_difference=float(difference[window][here].max()),
                peak_jod_lost=float(lost.max()),
                visible_pixels=int((lost >= threshold_jod_lost).sum()),
            )
        )
    regions.sort(key=lambda region: (-region.visible_pixels, -region.peak_jod_lost, -region.changed_pixels))
    return tuple(regions[:MOST_REGIONS]), max(0, count - 1 - MOST_REGIONS)
