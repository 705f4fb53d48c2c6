"""Chroma subsampling: what the file declares, and what its colours show.

A picture that was a JPEG tells by its colour planes' own blocks: their coefficients are multiples of the chroma table's steps
either at full resolution (4:4:4) or at half, after libjpeg's triangle filter has been undone; the likelier of these is taken, by
the likelihood of ``dct_histogram``. Of other pictures: planes enlarged from half the width satisfy an equation at
every second place: after the triangle filter the third difference -1, 3, -3, 1 is zero, after plain doubling the first. Both
measures are ours; they need pixels saved as a decoder gave them, not resized since.

Strength: 0.5 for colour at half the resolution in one direction, 0.75 in both (the share of the colour samples that is missing).
"""

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from jnd.artifacts.dct_histogram import (
    LEAST_BLOCKS,
    HistogramEstimate,
    coefficients,
    log_likelihood_gains,
)
from jnd.artifacts.finding import Artifact, Detail, Finding
from jnd.artifacts.jpeg_tables import read_header, table_quality, zigzag
from jnd.artifacts.subject import TO_YCBCR, Plane, Subject
from jnd.vision.ijg_tables import ijg_table

MISSING = {"4:4:4": 0.0, "4:2:2": 0.5, "4:4:0": 0.5, "4:2:0": 0.75}
"""Share of the samples of each colour plane that is not stored, of what pixels can tell."""
FULL_ROUNDING, HALF_ROUNDING, QUARTER_ROUNDING = 0.35, 0.55, 0.9
"""Standard deviation of a colour coefficient through rounded RGB, and after undoing the triangle filter once or twice, which
amplifies it by sqrt(10) / 2 each time (neighbours share errors, so a little less)."""
FREQUENCIES = 12
BLOCKS = 1500
LEAST_GAIN = 0.05
"""Log-likelihood per block by which the best must be better than "not quantised"."""
HALVED = 0.2
"""Of 1 - (size of differences where they would be zero) / (size at the other places)."""
LEAST_DIFFERENCE = 0.35
"""Grey levels: mean third or first difference below which colour is too even to tell."""


def detect(subject: Subject) -> Finding:
    """Chroma subsampling by both ways; the file's word counts where it is there."""
    header = read_header(subject.jpeg) if subject.jpeg is not None else None
    declared = header.chroma_subsampling if header is not None else None
    if subject.chroma is None:
        return Finding(False, 0.0, "no colour", {"declared": declared, "measured": None})
    if header is not None and len(header.tables) > 1:
        measured = of_jpeg_pixels(subject.chroma, subject.clipped, (0, 0), header.tables[1])
    elif subject.compression is not None:
        measured = of_jpeg_pixels(
            subject.chroma, subject.clipped, subject.compression.offset, _table(subject.compression)
        )
    else:
        across = max(_halving(plane) for plane in subject.chroma)
        down = max(_halving(np.ascontiguousarray(plane.T)) for plane in subject.chroma)
        measured = _name(across > HALVED, down > HALVED)
    said = declared or measured
    details: dict[str, Detail] = {"declared": declared, "measured": measured}
    if said is None:
        return Finding(False, 0.0, "colour too even to tell", details)
    strength = header.missing_chroma if header is not None and declared is not None else MISSING[said]
    if strength == 0:
        return Finding(False, 0.0, f"colour at full resolution, {said}", details)
    how = "by the file" if declared else "by the pixels"
    return Finding(True, strength, f"colour at reduced resolution, {said} {how}", details)


def of_jpeg_pixels(
    chroma: tuple[Plane, Plane],
    clipped: npt.NDArray[np.bool_],
    offset: tuple[int, int],
    table: npt.NDArray[np.int64],
) -> str | None:
    """4:4:4, 4:2:2, 4:4:0 or 4:2:0, the likeliest; None where no colour coefficient tells.

    Parameters
    ----------
    chroma : Cb and Cr, (H, W), of a decoded JPEG.
    clipped : (H, W) where a channel is at an end of its range.
    offset : x and y of the luma grid.
    table : (8, 8) steps of chroma.
    """
    x, y = offset
    places = zigzag()[1 : FREQUENCIES + 1]
    steps = {int(place): table.ravel()[[place]] for place in places}
    best, best_gain = None, LEAST_GAIN
    for name, halve_x, halve_y, rounding in (
        ("4:4:4", False, False, FULL_ROUNDING),
        ("4:2:2", True, False, HALF_ROUNDING),
        ("4:4:0", False, True, HALF_ROUNDING),
        ("4:2:0", True, True, QUARTER_ROUNDING),
    ):
        planes, mask = [*chroma], clipped
        if halve_x:
            planes, mask = [_stored(plane, x % 2) for plane in planes], _either(mask, x % 2)
        if halve_y:
            planes = [_stored(np.ascontiguousarray(plane.T), y % 2).T for plane in planes]
            mask = _either(np.ascontiguousarray(mask.T), y % 2).T
        for at_x in _half_offsets(x) if halve_x else [x]:
            for at_y in _half_offsets(y) if halve_y else [y]:
                gain = sum(
                    _gain(np.ascontiguousarray(plane), mask, (at_x, at_y), steps, rounding)
                    for plane in planes
                )
                if gain > best_gain:
                    best, best_gain = name, gain
    return best


def _gain(
    plane: Plane,
    clipped: npt.NDArray[np.bool_],
    offset: tuple[int, int],
    steps: dict[int, npt.NDArray[np.int64]],
    rounding: float,
) -> float:
    blocks = coefficients(plane, clipped, offset, BLOCKS)
    if len(blocks) < LEAST_BLOCKS:
        return 0.0
    gains = log_likelihood_gains(blocks, steps, rounding)
    return sum(value for gain in gains.values() for value in gain.values()) / len(blocks)


def _stored(plane: Plane, phase: int) -> Plane:
    """Columns as they were before libjpeg's triangle filter; pairs begin at ``phase``.

    Of a pair (a, b) made of the samples p, q, r as a = (3 q + p) / 4 and b = (3 q + r) / 4, and the pair before it,
    whose last is (3 p + q) / 4: q = (3 a - last) / 2.
    """
    first, before = _first_and_before(plane, phase)
    return np.asarray((3 * first - before) / 2, np.float32)


def _either(mask: npt.NDArray[np.bool_], phase: int) -> npt.NDArray[np.bool_]:
    """Which of the samples of :func:`_stored` rest on a masked pixel."""
    first, before = _first_and_before(mask, phase)
    either: npt.NDArray[np.bool_] = first | before
    return either


def _first_and_before(plane: npt.NDArray[Any], phase: int) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """The first column of each pair, and the column before it; before the picture's first lies itself."""
    first = plane[:, phase::2]
    before = plane[:, 0::2] if phase else np.concatenate([first[:, :1], plane[:, 1::2]], axis=1)
    count = min(first.shape[1], before.shape[1])
    return first[:, :count], before[:, :count]


def _half_offsets(offset: int) -> list[int]:
    """Where blocks of the halved plane may begin if those of luma begin at ``offset``: every second of these does."""
    start = (offset - offset % 2) // 2
    return [start % 8, (start + 4) % 8]


def _table(compression: HistogramEstimate) -> npt.NDArray[np.int64]:
    table = ijg_table(
        table_quality(compression.table)[0] if compression.standard else compression.quality, chroma=True
    )
    return table.T if compression.turned else table


def _name(across: bool, down: bool) -> str:
    return {(True, True): "4:2:0", (True, False): "4:2:2", (False, True): "4:4:0", (False, False): "4:4:4"}[
        across, down
    ]


def _halving(plane: Plane) -> float:
    """1 - ratio of the differences at even and odd places along rows, of the filter that shows it better; 0 if even."""
    best = 0.0
    for difference, expected in (
        (np.abs(np.diff(plane, 3, axis=1)), 1),
        (np.abs(np.diff(plane, 1, axis=1)), 0),
    ):
        clipped = np.minimum(difference, 8.0)
        first, second = float(clipped[:, expected::2].mean()), float(clipped[:, 1 - expected :: 2].mean())
        if max(first, second) > LEAST_DIFFERENCE:
            best = max(best, 1 - min(first, second) / max(first, second))
    return best


def subsampled_once_more(subject: Subject, finding: Finding) -> npt.NDArray[np.uint8] | None:
    """The picture with its colour at half the resolution in both directions, on a grid one pixel away from the old."""
    if subject.chroma is None:
        return None
    height, width = subject.luma.shape
    planes = [subject.luma]
    for plane in subject.chroma:
        moved = np.pad(plane, ((1, 1 + height % 2), (1, 1 + width % 2)), mode="edge")
        small = cv2.resize(moved, (moved.shape[1] // 2, moved.shape[0] // 2), interpolation=cv2.INTER_AREA)
        large = cv2.resize(small, moved.shape[::-1], interpolation=cv2.INTER_LINEAR)
        planes.append(np.asarray(large[1 : 1 + height, 1 : 1 + width], np.float32))
    rgb = np.stack(planes, axis=2) @ np.linalg.inv(TO_YCBCR).T
    return np.clip(np.rint(rgb), 0, 255).astype(np.uint8)


CHROMA_SUBSAMPLING = Artifact(
    title="Chroma subsampling",
    unit="share of samples missing",
    detect=detect,
    imitated=subsampled_once_more,
    effect_method="applied once more",
    reference="",
)
