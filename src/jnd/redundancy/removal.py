"""Taking out what cannot be seen before an encoder spends bits on it.

In: pixels. Out: pixels of the same shape and type, changed by at most the JND. ``REMOVALS`` lists the ways.
Whether that saves bytes at equal visibility is measured in the guide to JND maps: mostly it does not.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import tee
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from jnd._lookup import lookup
from jnd.models import JND_MODELS, jnd_map
from jnd.models.model_entry import ModelEntry
from jnd.models.sequence import MOTION_MODELS, jnd_maps
from jnd.models.subband import SUBBAND_MODELS, DctThresholds
from jnd.vision.dct8 import block_dct, inverse_block_dct, padded_to_blocks
from jnd.vision.luma import luma_of

Array = npt.NDArray[np.floating[Any]]


def toward_block_mean(luma: npt.NDArray[Any], threshold: Array) -> Array:
    """Each pixel moved toward the mean of its 8x8 block by at most its threshold [Wu2017, eq. 16].

    Parameters
    ----------
    luma : (H, W) grey levels 0 to 255. Blocks at the right and lower edge are completed by mirroring.
    threshold : (H, W) JND map, grey levels, 0 or more.

    Returns
    -------
    (H, W) of the threshold's dtype; the mean itself where it is nearer than the threshold.
    """
    if luma.shape != threshold.shape:
        raise ValueError(f"luma {luma.shape} and threshold {threshold.shape} must have one shape")
    plane = luma.astype(threshold.dtype)
    padded = padded_to_blocks(plane, "reflect")
    small = cv2.resize(padded, (padded.shape[1] // 8, padded.shape[0] // 8), interpolation=cv2.INTER_AREA)
    mean = np.repeat(np.repeat(small, 8, axis=0), 8, axis=1)[: plane.shape[0], : plane.shape[1]]
    return plane + np.clip(mean - plane, -threshold, threshold)


def without_small_coefficients(luma: npt.NDArray[Any], thresholds: DctThresholds) -> Array:
    """DCT coefficients whose size is below their threshold set to zero; the means of blocks stay.

    Parameters
    ----------
    luma : (H, W) grey levels 0 to 255, of the size of the record.
    thresholds : of a DCT model.

    Returns
    -------
    (H, W) of the thresholds' dtype, clipped to 0..255.
    """
    height, width = luma.shape
    if (height, width) != thresholds.size:
        raise ValueError(f"luma is {luma.shape}, the thresholds are for {thresholds.size}: use one size")
    plane = padded_to_blocks(luma, "reflect").astype(thresholds.thresholds.dtype)
    coefficients = block_dct(plane)
    small = np.abs(coefficients) < thresholds.thresholds
    small[:, :, 0, 0] = False
    kept = np.where(small, 0, coefficients).astype(plane.dtype)
    return np.clip(inverse_block_dct(kept)[:height, :width], 0, 255)


@dataclass(frozen=True, slots=True)
class Removal:
    """A way to remove redundancy, and the models that it can use."""

    change: Callable[..., Array]
    """``change(luma, model, **options)`` → luma without what the model says is invisible."""
    default_model: str
    models: dict[str, ModelEntry]
    summary: str


def _by_block_mean(luma: npt.NDArray[Any], model: str, **options: Any) -> Array:
    return toward_block_mean(luma, jnd_map(luma, model=model, **options))


def _by_coefficients(luma: npt.NDArray[Any], model: str, **options: Any) -> Array:
    make = SUBBAND_MODELS[model].thresholds
    assert make is not None, "every sub-band model makes thresholds"
    return without_small_coefficients(luma, make(luma, **options))


DCT_MODELS = {name: entry for name, entry in SUBBAND_MODELS.items() if entry.domain == "8x8 DCT"}

REMOVALS: dict[str, Removal] = {
    "block-mean": Removal(
        _by_block_mean,
        "wu2017",
        JND_MODELS,
        "each pixel toward the mean of its 8x8 block, by at most the JND",
    ),
    "dct": Removal(
        _by_coefficients, "zhang2005", DCT_MODELS, "8x8 DCT coefficients below their threshold set to zero"
    ),
}


def remove_redundancy(
    pixels: npt.NDArray[Any], *, method: str = "dct", model: str | None = None, **options: Any
) -> npt.NDArray[Any]:
    """``pixels`` without what a model says is invisible.

    Parameters
    ----------
    pixels : (H, W) or (H, W, 3) uint8 or uint16 code values, full range. Not modified.
    method : a key of ``REMOVALS``. "dct" leaves Kodak at 9.99 JOD by our observer, "block-mean" at 7.8 to 8.6.
    model : of the method; its default for None.
    options : of the model.

    Returns
    -------
    The same shape and dtype. Of colour pictures luma (BT.601) is changed, by one amount added to red, green and
    blue, so that chroma stays but for clipping.

    Raises
    ------
    UnknownNameError, TypeError, ValueError
        No such method or model, or no picture of that shape and type.
    """
    removal, name, _ = _chosen(method, model)
    grey = luma_of(pixels)
    change = removal.change(grey, name, **options) - grey
    return with_luma_change(pixels, change)


def remove_from_frames(
    frames: Iterable[npt.NDArray[Any]],
    *,
    method: str = "dct",
    model: str | None = None,
    frames_per_second: float = 30.0,
    **options: Any,
) -> Iterator[Array]:
    """Luma of each frame without what a model says is invisible, the frame before taken into account.

    Parameters
    ----------
    frames : (H, W) luma planes of one size, grey levels 0 to 255; read one at a time.
    method, model, options : of :func:`remove_redundancy`.
    frames_per_second : matters to models of motion.

    Raises
    ------
    UnknownNameError, ValueError
        No such method or model, or frames of different sizes.
    """
    removal, name, entry = _chosen(method, model)
    if removal.change is _by_block_mean:
        seen, measured = tee(frames)
        maps = jnd_maps(measured, model=name, frames_per_second=frames_per_second, **options)
        for threshold, frame in zip(maps, seen, strict=True):
            yield toward_block_mean(frame, threshold)
        return
    assert entry.thresholds is not None, "every sub-band model makes thresholds"
    previous: npt.NDArray[Any] | None = None
    for frame in frames:
        if name in MOTION_MODELS:
            options.update(previous=previous, frames_per_second=frames_per_second)
        yield without_small_coefficients(frame, entry.thresholds(frame, **options))
        previous = frame


def _chosen(method: str, model: str | None) -> tuple[Removal, str, ModelEntry]:
    removal = lookup(REMOVALS, method, kind="way to remove redundancy")
    name = model or removal.default_model
    return removal, name, lookup(removal.models, name, kind=f'JND model for "{method}"')


def with_luma_change(pixels: npt.NDArray[Any], change: Array) -> npt.NDArray[Any]:
    """``pixels`` with ``change``, in grey levels, added to each channel, rounded and clipped."""
    unit = 257.0 if pixels.dtype == np.uint16 else 1.0
    step = np.rint(change * unit).astype(np.int64)  # rounded once, so that all channels move alike
    moved = pixels + (step if pixels.ndim == 2 else step[:, :, None])
    clipped: npt.NDArray[Any] = np.clip(moved, 0, np.iinfo(pixels.dtype).max).astype(pixels.dtype)
    return clipped
