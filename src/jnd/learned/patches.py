"""Patches of a picture at its own resolution, more of them where it draws the eye.

In goes a picture of any size, out comes a fixed number of square patches: the cost of a prediction hardly grows
with the picture. Where patches go is decided on a reduced picture.
"""

import math

import cv2
import numpy as np
import numpy.typing as npt

from jnd.picture import CodeValues
from jnd.picture.colour import in_8_bits
from jnd.vision.luma import BT601

REDUCED_SIDE = 160
"""Pixels of the reduced picture's longer side, on which saliency is judged."""

SALIENT_SHARE = 0.5
"""Of the patches; the others are spread evenly. All in salient places would leave smooth skies unseen, in which
banding shows first."""

SAMPLINGS = ("saliency", "uniform", "random")


def sample_patches(
    pixels: CodeValues,
    count: int,
    size: int,
    *,
    sampling: str = "saliency",
    generator: np.random.Generator | None = None,
) -> npt.NDArray[np.uint8]:
    """``count`` patches of ``size`` by ``size`` pixels.

    Parameters
    ----------
    pixels : (H, W, 3) sRGB code values, uint8 or uint16. Sides shorter than a patch are continued by reflection.
    sampling : "saliency" (by luminance contrast and activity on a reduced picture), "uniform" (evenly spread) or
        "random" (needs a generator).
    generator : moves the places at random, for training; None is the same places each time.

    Returns
    -------
    (count, size, size, 3) uint8, in reading order.
    """
    return patches_at(pixels, patch_corners(pixels, count, size, sampling, generator), size)


def patch_corners(
    pixels: CodeValues,
    count: int,
    size: int,
    sampling: str = "saliency",
    generator: np.random.Generator | None = None,
) -> npt.NDArray[np.intp]:
    """(count, 2) row and column of each patch's upper left pixel; arguments as :func:`sample_patches`."""
    return np.stack(_corners(_at_least(pixels, size), count, size, sampling, generator), axis=1)


def patches_at(pixels: CodeValues, corners: npt.NDArray[np.intp], size: int) -> npt.NDArray[np.uint8]:
    """(patches, size, size, 3) uint8 at these corners."""
    pixels = _at_least(pixels, size)
    patches = np.empty((len(corners), size, size, 3), dtype=pixels.dtype)
    for patch, (y, x) in zip(patches, corners, strict=True):
        patch[:] = pixels[y : y + size, x : x + size]
    return in_8_bits(patches).astype(np.uint8, copy=False)


def _at_least(pixels: CodeValues, size: int) -> CodeValues:
    height, width = (max(side, size) for side in pixels.shape[:2])
    return pixels if pixels.shape[:2] == (height, width) else _reflected(pixels, height, width)


def _corners(
    pixels: CodeValues, count: int, size: int, sampling: str, generator: np.random.Generator | None
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    if sampling not in SAMPLINGS:
        raise ValueError(f'sampling must be one of {", ".join(SAMPLINGS)}, got "{sampling}"')
    free_rows, free_columns = pixels.shape[0] - size, pixels.shape[1] - size
    if sampling == "random":
        if generator is None:
            raise ValueError('sampling "random" needs a generator; "saliency" and "uniform" do not')
        return generator.integers(0, free_rows + 1, count), generator.integers(0, free_columns + 1, count)
    density = _density(pixels, size, free_rows, free_columns, salient=sampling == "saliency")
    # Systematic sampling along a path that winds through the cells: neighbours on it are neighbours in the
    # picture, so equal steps of the summed density spread the patches well. Two passes would clump.
    path = density.copy()
    path[1::2] = path[1::2, ::-1]
    summed = np.cumsum(path.ravel())
    start = 0.5 if generator is None else generator.random()
    cells = np.searchsorted(summed, (np.arange(count) + start) / count * summed[-1])
    cells = np.minimum(cells, density.size - 1)
    y, x = np.divmod(cells, density.shape[1])
    x = np.where(y % 2 == 1, density.shape[1] - 1 - x, x)
    within = np.full((2, count), 0.5) if generator is None else generator.random((2, count))
    rows = np.floor((y + within[0]) / density.shape[0] * (free_rows + 1)).astype(np.intp)
    columns = np.floor((x + within[1]) / density.shape[1] * (free_columns + 1)).astype(np.intp)
    order = np.lexsort((columns, rows))
    return rows[order], columns[order]


def _density(
    pixels: CodeValues, size: int, free_rows: int, free_columns: int, *, salient: bool
) -> npt.NDArray[np.float64]:
    """(cells down, cells across) how many patches begin in each cell, sum 1."""
    cells_down = min(free_rows // max(size // 4, 1) + 1, 64)
    cells_across = min(free_columns // max(size // 4, 1) + 1, 64)
    even = np.full((cells_down, cells_across), 1 / (cells_down * cells_across))
    if not salient or even.size == 1:
        return even
    map_ = activity_map(pixels)
    # A patch covers `size` pixels from its corner on: average the map over it, then look up per cell.
    scale = map_.shape[0] / pixels.shape[0], map_.shape[1] / pixels.shape[1]
    box = max(1, round(size * scale[1])), max(1, round(size * scale[0]))
    averaged = cv2.blur(map_, box, borderType=cv2.BORDER_REFLECT)
    y = ((np.arange(cells_down) + 0.5) / cells_down * free_rows + size / 2) * scale[0]
    x = ((np.arange(cells_across) + 0.5) / cells_across * free_columns + size / 2) * scale[1]
    looked_up = averaged[
        np.minimum(y.astype(int), map_.shape[0] - 1)[:, None],
        np.minimum(x.astype(int), map_.shape[1] - 1)[None, :],
    ].astype(np.float64)
    total = looked_up.sum()
    if total <= 0:
        return even
    density: npt.NDArray[np.float64] = (1 - SALIENT_SHARE) * even + SALIENT_SHARE * looked_up / total
    return density


def turned_alike(
    generator: np.random.Generator, *patches: npt.NDArray[np.uint8], upside_down: bool = False
) -> list[npt.NDArray[np.uint8]]:
    """Patches (..., S, S, 3) mirrored left to right, ``upside_down`` and transposed at random, all of them alike."""
    turned = list(patches)
    if generator.random() < 0.5:
        turned = [part[..., ::-1, :] for part in turned]
    if upside_down and generator.random() < 0.5:
        turned = [part[..., ::-1, :, :] for part in turned]
    if generator.random() < 0.5:
        turned = [part.swapaxes(-3, -2) for part in turned]
    return [np.ascontiguousarray(part) for part in turned]


def activity_map(pixels: CodeValues) -> npt.NDArray[np.float32]:
    """How much each place draws the eye, 0 and more: centre-surround contrast and activity of the luma.

    A cheap relative of :func:`jnd.vision.saliency.saliency` with two scales, on a picture that was reduced by
    leaving pixels out: no pass over all pixels, so a large picture costs no more than a small one.

    Returns
    -------
    (h, w) float32 with at most :data:`REDUCED_SIDE` pixels a side.
    """
    step = max(1, math.ceil(max(pixels.shape[:2]) / REDUCED_SIDE))
    few = pixels[step // 2 :: step, step // 2 :: step].astype(np.float32)
    few *= 255.0 / np.iinfo(pixels.dtype).max
    luma = few @ np.array(BT601, dtype=np.float32)
    contrast = np.zeros_like(luma)
    for centre in (1.0, 2.0):
        contrast += np.abs(
            cv2.GaussianBlur(luma, (0, 0), centre) - cv2.GaussianBlur(luma, (0, 0), 4 * centre)
        )
    activity = np.sqrt(np.maximum(cv2.blur(luma * luma, (5, 5)) - cv2.blur(luma, (5, 5)) ** 2, 0))
    return np.asarray(contrast + activity, dtype=np.float32)


def _reflected(pixels: CodeValues, height: int, width: int) -> CodeValues:
    down, across = (
        np.pad(np.arange(n), (0, wanted - n), mode="symmetric")
        for n, wanted in zip(pixels.shape[:2], (height, width), strict=True)
    )
    return np.ascontiguousarray(pixels[down][:, across])
