"""Chroma subsampling: what the file declares, and what its colours show.

Colour planes stored at half the width and enlarged by a decoder satisfy an equation at every second place: after libjpeg's
triangle filter the third difference -1, 3, -3, 1 is zero, after plain doubling the first. Strength: the larger, over both
directions, of 1 - (size at the places where it would be zero) / (size at the others); 0 for full resolution, 1 for perfect
subsampling. The measure is ours; it needs pixels saved as a decoder gave them, not resized since.
"""

import cv2
import numpy as np
import numpy.typing as npt

from jnd.artifacts.finding import Artifact, Detail, Finding
from jnd.artifacts.jpeg_tables import read_header
from jnd.artifacts.subject import BT601, Plane, Subject

FOUND_STRENGTH = 0.2
LEAST_DIFFERENCE = 0.35
"""Grey levels: mean third or first difference below which colour is too even to tell."""


def detect(subject: Subject) -> Finding:
    """Chroma subsampling by both ways; the file's word counts where it is there."""
    header = read_header(subject.jpeg) if subject.jpeg is not None else None
    declared = header.chroma_subsampling if header is not None else None
    if subject.chroma is None:
        return Finding(False, 0.0, "no colour", {"declared": declared, "measured": None})
    across = max(_halving(plane) for plane in subject.chroma)
    down = max(_halving(np.ascontiguousarray(plane.T)) for plane in subject.chroma)
    strength = max(across, down, 0.0)
    measured = _name(across > FOUND_STRENGTH, down > FOUND_STRENGTH)
    details: dict[str, Detail] = {
        "declared": declared,
        "measured": measured,
        "horizontal": round(across, 4),
        "vertical": round(down, 4),
    }
    said = declared or measured
    if said == "4:4:4":
        return Finding(False, round(strength, 4), "colour at full resolution, 4:4:4", details)
    how = f"{declared} by the file" if declared else f"{measured} by the pixels"
    return Finding(True, round(strength, 4), f"colour at reduced resolution, {how}", details)


def _name(across: bool, down: bool) -> str:
    return {(True, True): "4:2:0", (True, False): "4:2:2", (False, True): "4:4:0", (False, False): "4:4:4"}[across, down]


def _halving(plane: Plane) -> float:
    """1 - ratio of the differences at even and odd places along rows, of the filter that shows it better; 0 if even."""
    best = 0.0
    for difference, expected in ((np.abs(np.diff(plane, 3, axis=1)), 1), (np.abs(np.diff(plane, 1, axis=1)), 0)):
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
        planes.append(large[1 : 1 + height, 1 : 1 + width])
    rgb = np.stack(planes, axis=2) @ np.linalg.inv(BT601).T
    return np.clip(np.rint(rgb), 0, 255).astype(np.uint8)


CHROMA_SUBSAMPLING = Artifact(
    title="Chroma subsampling",
    unit="share of the difference",
    detect=detect,
    imitated=subsampled_once_more,
    effect_method="applied once more",
    reference="",
)
