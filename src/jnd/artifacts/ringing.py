"""Ringing: ripples beside strong edges, in places that would be smooth.

Strength: by how many grey levels the fine detail 3 to 7 pixels from strong edges is larger than that of equally smooth places
9 to 18 pixels from them (medians, as standard deviations), so that noise and film grain do not count. The idea, to look beside edges, is
that of Marziliano, Dufaux, Winkler & Ebrahimi (2004) [Marziliano2004], who compare with the original. Without it
texture at the edge of an object looks the same, so that this is the least certain of the detectors.
"""

import cv2
import numpy as np
import numpy.typing as npt

from jnd.artifacts.finding import Artifact, Detail, Finding
from jnd.artifacts.subject import Plane, Subject

EDGE_GRADIENT = 12.0
"""Grey levels per pixel after a blur of 1 pixel: edges strong enough to ring."""
NEAR, MIDDLE = (2.5, 7.0), (9.0, 18.0)
"""Pixels from the nearest such edge: where ripples are looked for, and where hardly any reach."""
FINE_SIGMA = 1.5
"""Fine detail is what a Gaussian of this many pixels takes out."""
COARSE_SIGMA, SMOOTH_GRADIENT = 3.0, 0.6
"""A place is smooth if the picture, filled in at the edges and blurred so far, changes by less per pixel."""
LEAST_PIXELS = 200
MAD_TO_SPREAD = 1.4826
"""Standard deviation of a Gaussian over its median absolute deviation."""
FOUND_STRENGTH, FOUND_RATIO = 0.5, 2.0
"""Grey levels, and multiple of the detail further away, that are both needed. Ours
(benchmarks/results/artifacts.txt has the false alarms and the misses)."""
MAP_WINDOW = 7


def detect(subject: Subject) -> Finding:
    """Ringing; the map holds the local spread beside edges in grey levels, 0 elsewhere."""
    near, middle, detail = zones(subject.luma)
    if min(near.sum(), middle.sum()) < LEAST_PIXELS:
        return Finding(
            False, 0.0, "too few smooth places beside strong edges to tell", {"pixels": int(near.sum())}
        )
    beside, away = _spread(detail[near]), _spread(detail[middle])
    strength = max(beside - away, 0.0)
    found = strength > FOUND_STRENGTH and beside > FOUND_RATIO * away
    details: dict[str, Detail] = {
        "pixels": int(near.sum()),
        "beside_edges": round(beside, 4),
        "away_from_edges": round(away, 4),
    }
    if not found:
        return Finding(False, round(strength, 4), "no ripples beside edges", details)
    power = cv2.boxFilter(np.where(near, detail**2, 0).astype(np.float32), -1, (MAP_WINDOW, MAP_WINDOW))
    share = cv2.boxFilter(near.astype(np.float32), -1, (MAP_WINDOW, MAP_WINDOW))
    place = np.where(near, np.sqrt(power / np.maximum(share, 1e-6)), 0).astype(np.float32)
    return Finding(
        True, round(strength, 4), f"ripples of {strength:.1f} grey levels beside edges", details, place
    )


def zones(luma: Plane) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_], Plane]:
    """Smooth pixels beside strong edges, smooth pixels further away, and the fine detail of the picture."""
    edges = _gradient(np.asarray(cv2.GaussianBlur(luma, (0, 0), 1.0), np.float32)) > EDGE_GRADIENT
    if not edges.any():
        nothing = np.zeros(luma.shape, bool)
        return nothing, nothing, luma
    distance = cv2.distanceTransform((~edges).astype(np.uint8), cv2.DIST_L2, 5)
    # Blurred without what lies at the edges, which would make everything beside them look sloped.
    clear = (distance > 1.5).astype(np.float32)
    smooth = _gradient(_filled(luma, clear, COARSE_SIGMA)) < SMOOTH_GRADIENT
    detail = np.asarray(luma - _filled(luma, clear, FINE_SIGMA), np.float32)
    near = smooth & (distance > NEAR[0]) & (distance <= NEAR[1])
    return near, smooth & (distance > MIDDLE[0]) & (distance <= MIDDLE[1]), detail


def _gradient(plane: Plane) -> Plane:
    gx = cv2.Sobel(plane, cv2.CV_32F, 1, 0, scale=1 / 8)
    return np.hypot(gx, cv2.Sobel(plane, cv2.CV_32F, 0, 1, scale=1 / 8))


def _filled(luma: Plane, clear: Plane, sigma: float) -> Plane:
    weight = cv2.GaussianBlur(clear, (0, 0), sigma)
    return np.asarray(cv2.GaussianBlur(luma * clear, (0, 0), sigma) / np.maximum(weight, 1e-3), np.float32)


def _spread(values: npt.NDArray[np.float32]) -> float:
    return float(MAD_TO_SPREAD * np.median(np.abs(values)))


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
