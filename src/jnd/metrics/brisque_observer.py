"""BRISQUE's features, taught by our observer: how far a picture is from its unseen original.

In: one picture. Out: a JOD, 10 for "nothing was done to it". The 36 features are those of Mittal, Moorthy & Bovik
(2012) [Mittal2012]; what differs is what they are regressed on. BRISQUE learned people's opinions of the LIVE
pictures; this learned the JOD that :class:`jnd.observer.Observer` gives pairs of known originals and versions of
them (``reproduce/no_reference.py``). No person's opinion is in it, so it is no mean opinion score, and what the observer
does not see this cannot know. The regression is kernel ridge (Gaussian) on 300 centres;
the originals are 8 photographs of CLIC 2025 and the 150 training pictures of CID22, of which only statistics are kept.

How well it holds is in ``reproduce/results/no_reference.txt``: on pictures that were left out, and on people's opinions of
the Toyama JPEGs, which it never saw.
"""

import json
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt

from jnd.metrics.natural_scene_statistics import checked_luma, half_size, normalised, statistics

SCALES = 2
SMALLEST_SIDE = 32
"""Pixels. Below it the second scale has fewer than 16, too few to fit distributions to."""
BEST = 10.0
"""JOD of no difference."""


def brisque_observer(picture: npt.NDArray[np.uint8]) -> float:
    """Quality of a picture without its original, in JOD.

    Parameters
    ----------
    picture : (H, W, 3) sRGB or (H, W) grey code values, uint8, sides of 32 pixels or more.

    Returns
    -------
    JOD, at most 10; higher is better.

    Raises
    ------
    TypeError, ValueError
        Another type or shape, or a picture that is too small.
    """
    return float(jod_of_features(brisque_features(picture)[np.newaxis])[0])


def brisque_features(picture: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
    """The 36 features of [Mittal2012]: 18 of the luma, 18 of it at half its size.

    The half-sized picture is a bicubic one, with the smoothing that MATLAB's ``imresize`` has, in OpenCV's
    area interpolation (the mean of 2 by 2 pixels), which differs from it in the third digit of the features.
    """
    luma = checked_luma(picture, SMALLEST_SIDE)
    found = []
    for scale in range(SCALES):
        if scale:
            luma = half_size(luma)
        found.append(statistics(normalised(luma)[0]))
    return np.concatenate(found)


def jod_of_features(features: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """(N,) JOD of (N, 36) features."""
    weights = _weights()
    scaled = np.clip((features - weights["mean"]) / weights["deviation"], -CLIP, CLIP)
    squares = (
        np.sum(scaled**2, axis=1)[:, np.newaxis]
        + np.sum(weights["centres"] ** 2, axis=1)
        - 2 * scaled @ weights["centres"].T
    )
    kernel = np.exp(-float(weights["gamma"]) * np.maximum(squares, 0))
    loss = kernel @ weights["coefficients"] + float(weights["intercept"])
    return np.asarray(BEST - np.maximum(loss, 0))


CLIP = 4.0
"""Standard deviations. Features further out than anything learned (drawings, screenshots) count as this."""


@cache
def _weights() -> dict[str, npt.NDArray[np.float64]]:
    text = (files("jnd.metrics") / "brisque_observer.json").read_text("utf-8")
    return {
        name: np.array(value, np.float64) for name, value in json.loads(text).items() if name != "made_by"
    }
