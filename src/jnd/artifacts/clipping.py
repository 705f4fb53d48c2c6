"""Clipping: areas at black or white, where what was there is lost.

Strength: share of the picture where a channel lies in an area of 3 by 3 or more pixels that are all at 0, or all at 255. Single
pixels at the end of the range are no loss anyone could see. There is no effect in JND: nobody knows what was lost.
The measure is ours.
"""

import cv2
import numpy as np

from jnd.artifacts.finding import Artifact, Detail, Finding
from jnd.artifacts.subject import Subject

AREA = np.ones((3, 3), np.uint8)
FOUND_STRENGTH = 0.005
NAMES = {1: ("grey",), 3: ("red", "green", "blue")}


def detect(subject: Subject) -> Finding:
    """Share of each channel in shadows (0) and highlights (255); the map counts the clipped channels, -3 to 3."""
    channels = subject.pixels[..., np.newaxis] if subject.pixels.ndim == 2 else subject.pixels
    where = np.zeros(channels.shape[:2], np.float32)
    lost = np.zeros(channels.shape[:2], bool)
    details: dict[str, Detail] = {}
    ends = {"shadows": 0.0, "highlights": 0.0}
    for index, name in enumerate(NAMES[channels.shape[2]]):
        for end, value, sign in (("shadows", 0, -1), ("highlights", 255, 1)):
            at_end = (channels[..., index] == value).astype(np.uint8)
            area = cv2.morphologyEx(at_end, cv2.MORPH_OPEN, AREA, borderType=cv2.BORDER_REPLICATE) > 0
            share = float(area.mean())
            details[f"{end}_{name}"] = round(share, 6)
            ends[end] = max(ends[end], share)
            where[area] += sign
            lost |= area
    strength = float(lost.mean())
    if strength <= FOUND_STRENGTH:
        return Finding(False, round(strength, 6), "hardly anything at black or white", details)
    at_ends = [f"{end} {_share(share)}" for end, share in ends.items() if share > 0]
    words = f"{_share(strength)} of the picture at the end of a channel: {' and '.join(at_ends)}"
    return Finding(True, round(strength, 6), words, details, where)


def _share(share: float) -> str:
    return f"{100 * share:.1f} %" if share < 0.1 else f"{100 * share:.0f} %"


CLIPPING = Artifact(
    title="Clipping",
    unit="share of the picture",
    detect=detect,
    imitated=None,
    effect_method="not known: what was there is lost",
    reference="",
    smallest_side=3,
)
