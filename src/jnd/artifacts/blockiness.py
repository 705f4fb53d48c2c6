"""Blockiness: steps along a grid of 8 by 8 pixels that neighbours inside the blocks do not have.

Strength: by how many grey levels differences across the grid exceed their neighbours', mean of both directions. Wang,
Sheikh & Bovik (2002) [Wang2002] compare the mean difference at block boundaries with that inside blocks, for
a grid that begins in the corner. Ours looks at all 8 phases in each direction, so that the grid's offset is found too,
compares each difference with the two beside it, and lets differences count less the more their neighbours vary: in
texture nobody sees a block.
"""

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from jnd.artifacts.finding import Artifact, Finding
from jnd.artifacts.subject import Plane, Subject

PERIOD = 8
LARGEST = 24.0
"""Grey levels; larger steps are edges of the picture and count as this."""
MASKING = 2.0
"""Grey levels of activity at which a difference counts half. Ours."""
FOUND_STRENGTH, FOUND_SIGMAS = 0.15, 5.0
"""Grey levels, and standard errors of the phase's mean, that are both needed. Of 24 Kodak pictures and 8 of CLIC none
passes both; at JPEG quality 75 58 % do, at 50 92 % (benchmarks/results/artifacts.txt)."""


def detect(subject: Subject) -> Finding:
    """Blockiness and the offset of its grid; the map holds the excess of each step in grey levels, smoothed."""
    across, x, x_sigmas = _phase(subject.luma)
    down, y, y_sigmas = _phase(np.ascontiguousarray(subject.luma.T))
    strength = max((across + down) / 2, 0.0)
    found = strength > FOUND_STRENGTH and min(x_sigmas, y_sigmas) > FOUND_SIGMAS
    if not found:
        return Finding(False, round(strength, 4), "no blocks", {"offset": None})
    how = "faint" if strength < 0.5 else "clear" if strength < 2 else "strong"
    words = f"{how} blocks of 8 by 8, steps of {strength:.1f} grey levels, grid at {x}, {y}"
    return Finding(True, round(strength, 4), words, {"offset": [x, y]}, _map(subject.luma, x, y))


def excess(luma: Plane) -> tuple[Plane, Plane]:
    """By how much |step| between columns j and j + 1 exceeds its neighbours', and its weight; (H, W - 3), j from 1."""
    step = np.abs(np.diff(luma, axis=1))
    activity = (step[:, :-2] + step[:, 2:]) / 2
    weight = np.asarray(1 / (1 + activity / np.float32(MASKING)), np.float32)
    over = np.minimum(step[:, 1:-1], np.float32(LARGEST)) - np.minimum(activity, np.float32(LARGEST))
    return over, weight


def _phase(luma: Plane) -> tuple[float, int, float]:
    """Excess at the phase where it is largest, that phase, and by how many standard errors it stands out."""
    over, weight = excess(luma)
    columns = (weight * over).sum(axis=0, dtype=np.float64) / weight.sum(axis=0, dtype=np.float64)
    phases = (
        np.arange(len(columns)) + 2
    ) % PERIOD  # the step before column j + 1 is the edge of a block there
    means = np.array([columns[phases == phase].mean() for phase in range(PERIOD)])
    best = int(means.argmax())
    others = columns[phases != best]
    error = others.std() / np.sqrt(max((phases == best).sum(), 1)) + 1e-3
    # Above the next phase, not the mean of the others: doubling a picture's size favours every second one.
    level = float(means[best] - np.sort(means)[-2])
    return level, best, level / float(error)


def _map(luma: Plane, x: int, y: int) -> Plane:
    height, width = luma.shape
    places = np.zeros((height, width), np.float32)
    over, weight = excess(luma)
    columns = np.arange(2, width - 1)
    on_grid = columns % PERIOD == x
    places[:, columns[on_grid]] += (over * weight)[:, on_grid]
    over, weight = excess(np.ascontiguousarray(luma.T))
    rows = np.arange(2, height - 1)
    on_grid = rows % PERIOD == y
    places[rows[on_grid]] += (over * weight)[:, on_grid].T
    side = 2 * PERIOD
    smooth: Any = cv2.boxFilter(places, -1, (side, side)) * (PERIOD / 2)
    return np.asarray(np.maximum(smooth, 0), np.float32)


def smoothed_along_grid(subject: Subject, finding: Finding) -> npt.NDArray[np.uint8] | None:
    """The picture with the step at each grid line spread over the two pixels on either side of it, where it is no edge."""
    offset = finding.details["offset"]
    assert isinstance(offset, list)
    picture = subject.pixels.astype(np.float32)
    for axis, place in ((1, offset[0]), (0, offset[1])):
        lines = np.arange(place or PERIOD, picture.shape[axis] - 2, PERIOD)
        lines = lines[lines >= 2]
        before, after = np.take(picture, lines - 1, axis), np.take(picture, lines, axis)
        step = after - before
        inner = (
            np.abs(before - np.take(picture, lines - 2, axis))
            + np.abs(np.take(picture, lines + 1, axis) - after)
        ) / 2
        spread = np.where(np.abs(step) > LARGEST, 0, np.sign(step) * np.maximum(np.abs(step) - inner, 0))
        for distance, share in ((-2, 1 / 6), (-1, 1 / 3), (0, -1 / 3), (1, -1 / 6)):
            index: list[Any] = [slice(None)] * picture.ndim
            index[axis] = lines + distance
            picture[tuple(index)] += share * spread
    return np.clip(np.rint(picture), 0, 255).astype(np.uint8)


BLOCKINESS = Artifact(
    title="Blockiness",
    unit="grey levels",
    detect=detect,
    imitated=smoothed_along_grid,
    effect_method="taken out",
    reference="Wang2002",
)
