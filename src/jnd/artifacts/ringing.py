"""Ringing: ripples beside strong edges, in places that would be smooth.

Strength: spread in grey levels of the fine detail 3 to 8 pixels from strong edges, in excess of that of smooth places far
from any edge, so that noise and film grain do not count. The idea, to look beside edges and compare, is that of Marziliano,
Dufaux, Winkler & Ebrahimi (2004) [Marziliano2004], who need the original for it; what is smooth here is decided by
the picture blurred until ripples are gone.
"""

import cv2
import numpy as np
import numpy.typing as npt

from jnd.artifacts.finding import Artifact, Finding
from jnd.artifacts.subject import Plane, Subject

EDGE_GRADIENT = 24.0
"""Grey levels per pixel after a blur of 1 pixel: edges strong enough to ring."""
NEAR, FAR = (2.5, 8.0), 14.0
"""Pixels from the nearest such edge: where ripples are looked for, and where they cannot reach."""
COARSE_SIGMA, SMOOTH_GRADIENT = 4.0, 1.5
"""A place is smooth if the picture, filled in at the edges and blurred so far, changes by less per pixel."""
LEAST_PIXELS = 150
MAD_TO_SPREAD = 1.4826
"""Standard deviation of a Gaussian over its median absolute deviation."""
FOUND_STRENGTH = 1.2
"""Grey levels. Limit ours, above 22 of 24 Kodak pictures (benchmarks/results/inspect.txt)."""
MAP_WINDOW = 7


def detect(subject: Subject) -> Finding:
    """Ringing; the map holds the local spread beside edges in grey levels, 0 elsewhere."""
    near, far, detail = zones(subject.luma)
    if near.sum() < LEAST_PIXELS:
        return Finding(False, 0.0, "no smooth places beside strong edges", {"pixels": int(near.sum())})
    beside = _spread(detail[near])
    elsewhere = _spread(detail[far]) if far.sum() >= LEAST_PIXELS else 0.0
    strength = float(np.sqrt(max(beside**2 - elsewhere**2, 0.0)))
    found = strength > FOUND_STRENGTH
    details = {"pixels": int(near.sum()), "beside_edges": round(beside, 4), "elsewhere": round(elsewhere, 4)}
    if not found:
        return Finding(False, round(strength, 4), "no ripples beside edges", details)
    power = cv2.boxFilter(np.where(near, detail**2, 0).astype(np.float32), -1, (MAP_WINDOW, MAP_WINDOW))
    share = cv2.boxFilter(near.astype(np.float32), -1, (MAP_WINDOW, MAP_WINDOW))
    place = np.where(near, np.sqrt(power / np.maximum(share, 1e-6)), 0).astype(np.float32)
    return Finding(True, round(strength, 4), f"ripples of {strength:.1f} grey levels beside edges", details, place)


def zones(luma: Plane) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_], Plane]:
    """Smooth pixels beside strong edges, smooth pixels far from them, and the fine detail of the picture."""
    soft = cv2.GaussianBlur(luma, (0, 0), 1.0)
    gx, gy = cv2.Sobel(soft, cv2.CV_32F, 1, 0, scale=1 / 8), cv2.Sobel(soft, cv2.CV_32F, 0, 1, scale=1 / 8)
    edges = np.hypot(gx, gy) > EDGE_GRADIENT / 2
    if not edges.any():
        nothing = np.zeros(luma.shape, bool)
        return nothing, nothing, luma
    distance = cv2.distanceTransform((~edges).astype(np.uint8), cv2.DIST_L2, 5)
    # Blurred without what lies at the edges, which would make everything beside them look sloped.
    clear = (distance > NEAR[0]).astype(np.float32)
    weight = cv2.GaussianBlur(clear, (0, 0), COARSE_SIGMA)
    coarse = cv2.GaussianBlur(luma * clear, (0, 0), COARSE_SIGMA) / np.maximum(weight, 1e-3)
    gx, gy = cv2.Sobel(coarse, cv2.CV_32F, 1, 0, scale=1 / 8), cv2.Sobel(coarse, cv2.CV_32F, 0, 1, scale=1 / 8)
    smooth = (np.hypot(gx, gy) < SMOOTH_GRADIENT) & (weight > 0.2)
    detail = np.asarray(luma - coarse, np.float32)
    near = smooth & (distance > NEAR[0]) & (distance <= NEAR[1]) & (np.abs(detail) < EDGE_GRADIENT)
    return near, smooth & (distance > FAR), detail


def _spread(values: npt.NDArray[np.float32]) -> float:
    return float(MAD_TO_SPREAD * np.median(np.abs(values - np.median(values))))


def smoothed_beside_edges(subject: Subject, finding: Finding) -> npt.NDArray[np.uint8] | None:
    """The picture with smooth places beside edges replaced by their bilateral mean."""
    near, _, _ = zones(subject.luma)
    width = max(3 * finding.strength, 4.0)
    smooth = cv2.bilateralFilter(subject.pixels, 9, width, 3.0)
    chosen = near if subject.pixels.ndim == 2 else near[..., np.newaxis]
    return np.asarray(np.where(chosen, smooth, subject.pixels), np.uint8)


RINGING = Artifact(
    title="Ringing",
    unit="grey levels",
    detect=detect,
    imitated=smoothed_beside_edges,
    effect_method="taken out",
    reference="Marziliano2004",
)
