"""Blur: how wide the edges are.

Strength: standard deviation in pixels of the Gaussian that would blur an ideal edge so, at the median of the stronger half of the picture's edges. It is found by blurring once more: the gradient at an edge of width s falls by sqrt((s² + s₁²) / s²) under a
second blur of s₁, Zhuo & Sim (2011) [Zhuo2011]. A soft background has few strong edges and counts little, because it is
the photographer's. Ours: s₁ is 1 pixel, edges are those of Canny, and the width of the
difference over two pixels (its variance is 1/3) is taken off.
"""

import cv2
import numpy as np
import numpy.typing as npt

from jnd.artifacts.finding import Artifact, Finding
from jnd.artifacts.subject import Plane, Subject

SECOND_BLUR = 1.0
DIFFERENCE_VARIANCE = 1 / 3
"""Square pixels: of the box of two pixels that (f(x + 1) - f(x - 1)) / 2 averages the gradient over."""
LEAST_GRADIENT = 8.0
"""Grey levels per pixel of an edge that is looked at."""
LEAST_EDGES = 30
LEAST_WIDTH = 0.05
WIDEST = 8.0
"""Pixels; wider edges are shading and cannot be measured with a second blur of one pixel."""
FOUND_STRENGTH = 0.6
"""Pixels. Kodak's untouched pictures stay below 0.5 (benchmarks/results/artifacts.txt)."""


def detect(subject: Subject) -> Finding:
    """Width of the edges; the map holds the width at each edge pixel, 0 elsewhere."""
    at_edges = edge_widths(subject.luma)
    where = at_edges > 0
    widths = at_edges[where]
    if len(widths) < LEAST_EDGES:
        return Finding(False, 0.0, "too few edges to tell", {"edges": len(widths)})
    gradient = _gradient(subject.luma)[0][where]
    strength = float(np.median(widths[gradient >= np.median(gradient)]))
    found = strength > FOUND_STRENGTH
    details = {"edges": len(widths), "median_width": round(float(np.median(widths)), 3)}
    size = f"edges of {strength:.1f} pixels" if strength > LEAST_WIDTH else "edges as narrow as pixels allow"
    how = (
        "sharp"
        if strength < 0.4
        else "a little soft"
        if not found
        else "blurred"
        if strength < 1.5
        else "much blurred"
    )
    return Finding(found, round(strength, 4), f"{how}, {size}", details, at_edges)


def edge_widths(luma: Plane) -> Plane:
    """(H, W) standard deviation in pixels at edges, 0 elsewhere."""
    gradient, gx, gy = _gradient(luma)
    again, _, _ = _gradient(
        np.asarray(cv2.GaussianBlur(luma, (0, 0), SECOND_BLUR, borderType=cv2.BORDER_REFLECT_101), np.float32)
    )
    scale = 2.0  # Canny adds |gx| + |gy|
    edges = cv2.Canny(
        np.clip(np.rint(gx * 8), -32000, 32000).astype(np.int16),
        np.clip(np.rint(gy * 8), -32000, 32000).astype(np.int16),
        LEAST_GRADIENT * 8 * scale / 2,
        LEAST_GRADIENT * 8 * scale,
    )
    strong = (edges > 0) & (gradient > LEAST_GRADIENT / 2)
    ratio = np.maximum(gradient[strong] / np.maximum(again[strong], 1e-6), 1 + 1e-3)
    variance = SECOND_BLUR**2 / (ratio**2 - 1) - DIFFERENCE_VARIANCE
    widths = np.zeros(luma.shape, np.float32)
    widths[strong] = np.clip(np.sqrt(np.maximum(variance, 0)), LEAST_WIDTH, WIDEST)
    return widths


def _gradient(luma: Plane) -> tuple[Plane, Plane, Plane]:
    kernel, one = np.array([-0.5, 0, 0.5], np.float32), np.array([1], np.float32)
    gx = cv2.sepFilter2D(luma, cv2.CV_32F, kernel, one, borderType=cv2.BORDER_REFLECT_101)
    gy = cv2.sepFilter2D(luma, cv2.CV_32F, one, kernel, borderType=cv2.BORDER_REFLECT_101)
    return np.hypot(gx, gy), np.asarray(gx, np.float32), np.asarray(gy, np.float32)


def blurred_once_more(subject: Subject, finding: Finding) -> npt.NDArray[np.uint8] | None:
    """The picture blurred by a Gaussian as wide as its own edges."""
    return np.asarray(cv2.GaussianBlur(subject.pixels, (0, 0), finding.strength), np.uint8)


BLUR = Artifact(
    title="Blur",
    unit="pixels",
    detect=detect,
    imitated=blurred_once_more,
    effect_method="applied once more",
    reference="Zhuo2011",
)
