"""Peak signal to perceptible noise ratio: PSNR that counts only what exceeds a visibility threshold [ChouLi1995].

In: two pictures and a threshold per pixel. Out: decibels.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from jnd.metrics.psnr import decibels

Array = npt.NDArray[np.floating[Any]]


def pspnr(reference: npt.ArrayLike, changed: npt.ArrayLike, threshold: npt.ArrayLike) -> float:
    """20 log10(255 / root mean of (|difference| - threshold)² where the difference exceeds the threshold).

    Parameters
    ----------
    reference, changed : (H, W) grey levels 0 to 255, any real dtype.
    threshold : (H, W) visibility threshold of each pixel of the reference, grey levels; a JND map.

    Returns
    -------
    dB; infinite when no difference exceeds its threshold. With a threshold of 0 it is the PSNR.

    Raises
    ------
    ValueError
        Sizes differ, or a threshold is negative or not finite.

    >>> grey = np.full((8, 8), 100.0)
    >>> pspnr(grey, grey + 3, np.full((8, 8), 3.0)), round(pspnr(grey, grey + 4, np.full((8, 8), 3.0)), 2)
    (inf, 48.13)
    """
    one, other, visible = same_planes(reference, changed, threshold)
    excess = np.maximum(np.abs(one - other) - visible, 0)
    return decibels(float(np.mean(excess**2)))


def same_planes(
    reference: npt.ArrayLike, changed: npt.ArrayLike, threshold: npt.ArrayLike
) -> tuple[Array, Array, Array]:
    """The three as float64, checked."""
    planes = [np.asarray(plane, dtype=np.float64) for plane in (reference, changed, threshold)]
    names = ("the reference", "the changed picture", "the threshold")
    for name, plane in zip(names, planes, strict=True):
        if plane.ndim != 2 or plane.size == 0:
            raise ValueError(f"{name} must be one plane (H, W), got the shape {plane.shape}; take its luma")
        if plane.shape != planes[0].shape:
            raise ValueError(
                f"{name} has the shape {plane.shape}, the reference {planes[0].shape}: use one size"
            )
        if not np.isfinite(plane).all():
            raise ValueError(f"{name} has values that are not finite; replace them before comparing")
    if planes[2].min() < 0:
        raise ValueError(f"thresholds must be 0 or more, got {planes[2].min():g}; clip the map at 0")
    return planes[0], planes[1], planes[2]
