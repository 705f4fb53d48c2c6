"""Edges as the authors' programs find them, and the masks that protect them from noise.

The programs call ``edge(picture, 'canny', threshold)`` of MATLAB. We reproduce the same call of Octave's image
package (2.14), whose every step is public, and on which our reference values were made; MATLAB smooths with a
derivative of a Gaussian instead, so that single edge pixels differ. Thresholds are shares of the strongest
gradient of the picture (OpenCV and scikit-image expect absolute ones).
"""

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from jnd.vision.local_filters import Array, blur, floating, gaussian_weights

Plane = npt.NDArray[Any]
Mask = npt.NDArray[np.bool_]

SIGMA = np.sqrt(2)
"""Standard deviation of the smoothing in pixels, Octave's and MATLAB's default."""
TAPS = 16
"""Of the smoothing: 8 * ceil(sigma); even, so that edges lie half a pixel to the right and below."""
LOW_TO_HIGH = 0.4
"""Lower threshold as a share of the upper one."""
TAN_22_5 = float(np.sqrt(2) - 1)
"""Tangent of 22.5 degrees, half way between two classes of direction."""

# The two neighbours across the edge, (row, column) of one; the other is opposite. Index: class of direction.
ACROSS = ((0, 1), (-1, 1), (-1, 0), (-1, -1))
# The next pixels along the edge, at right angles to that.
ALONG = ((1, 0), (1, 1), (0, 1), (-1, 1))


def canny(plane: Plane, threshold: float) -> Mask:
    """Edges by Canny's method: local maxima of the gradient, followed along the edge between two thresholds.

    Parameters
    ----------
    plane : (H, W) grey levels, at least 3 by 3. The picture's border is replicated.
    threshold : upper threshold as a share of the picture's strongest gradient, 0 to 1.

    Returns
    -------
    (H, W) True on edges. Never on the outermost pixels.
    """
    strength, down, right = _gradient(floating(plane))
    strongest = float(strength.max())
    edges = np.zeros(plane.shape, dtype=bool)
    # Smoothing a uniform plane leaves rounding errors of this order, which are no edges.
    if strongest <= 255 * 64 * float(np.finfo(strength.dtype).eps):
        return edges
    high = threshold * strongest
    maxima, direction = _local_maxima(strength, down, right, LOW_TO_HIGH * high)
    return _followed(strength, maxima, direction, high, edges)


def _gradient(plane: Array) -> tuple[Array, Array, Array]:
    """Strength, and the parts down and to the right (with opposite sign), after smoothing."""
    # OpenCV's anchor: offsets -7 to +8, as Octave centres an even filter.
    weights = gaussian_weights(TAPS, SIGMA).astype(plane.dtype)
    smooth = cv2.sepFilter2D(
        plane, -1, weights, weights, anchor=(TAPS // 2 - 1, TAPS // 2 - 1), borderType=cv2.BORDER_REPLICATE
    )
    half = np.array([0.5, 0.0, -0.5], dtype=plane.dtype)
    one = np.ones(1, dtype=plane.dtype)
    right = cv2.sepFilter2D(smooth, -1, half, one, borderType=cv2.BORDER_REPLICATE)
    down = cv2.sepFilter2D(smooth, -1, one, half, borderType=cv2.BORDER_REPLICATE)
    return cv2.magnitude(right, down), down, right


def _local_maxima(strength: Array, down: Array, right: Array, low: float) -> tuple[Any, Any]:
    """Flat indices of the pixels above ``low`` that exceed both neighbours across the edge; their direction."""
    width = strength.shape[1]
    inner = np.flatnonzero(strength[1:-1, 1:-1] > low)
    rows, columns = np.divmod(inner, width - 2)
    at = (rows + 1) * width + columns + 1
    flat = strength.ravel()
    x, y, here = right.ravel()[at], down.ravel()[at], flat[at]
    # Of 0, 45, 90 and 135 degrees the nearest, counted anticlockwise from the row.
    direction = np.where(x * y < 0, 1, 3).astype(np.int8)
    x, y = np.abs(x), np.abs(y)
    direction[y <= x * TAN_22_5] = 0
    direction[x <= y * TAN_22_5] = 2
    steps = np.array([row * width + column for row, column in ACROSS])[direction]
    maximal = (here > flat[at - steps]) & (here > flat[at + steps])
    return at[maximal], direction[maximal]


def _followed(strength: Array, maxima: Any, direction: Any, high: float, edges: Mask) -> Mask:
    """Maxima above ``high``, and from there along each edge while the maxima last."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import breadth_first_order

    count = maxima.size
    node = np.full(strength.size, -1, dtype=np.int32)  # number of the maximum at a pixel
    node[maxima] = np.arange(count, dtype=np.int32)
    steps = np.array([row * strength.shape[1] + column for row, column in ALONG])[direction]
    ahead = np.stack([node[maxima - steps], node[maxima + steps]], axis=1)
    seeds = np.flatnonzero(strength.ravel()[maxima] > high)
    # A directed graph: each maximum leads to those next to it along its own edge; one more node leads to all seeds.
    starts = np.concatenate([[0], np.cumsum(np.count_nonzero(ahead >= 0, axis=1)), [0]])
    starts[-1] = starts[-2] + seeds.size
    targets = np.concatenate([ahead[ahead >= 0], seeds])
    graph = csr_array((np.ones(targets.size, dtype=np.int8), targets, starts), shape=(count + 1, count + 1))
    reached = breadth_first_order(graph, count, return_predecessors=False)
    edges.ravel()[maxima[reached[1:]]] = True
    return edges


def disc(radius: int) -> npt.NDArray[np.uint8]:
    """Pixels within ``radius`` of the centre. MATLAB's ``strel('disk')`` of 3 and more is a polygon instead.

    >>> disc(1)
    array([[0, 1, 0],
           [1, 1, 1],
           [0, 1, 0]], dtype=uint8)
    """
    offset = np.arange(-radius, radius + 1)
    return (offset[:, None] ** 2 + offset**2 <= radius**2).astype(np.uint8)


def square(radius: int) -> npt.NDArray[np.uint8]:
    """All ones, 2 radius - 1 on a side: what MATLAB's polygon for ``disk`` of 3 or 6 is believed to be."""
    return np.ones((2 * radius - 1, 2 * radius - 1), dtype=np.uint8)


def edge_protection(
    plane: Plane,
    *,
    threshold: float,
    dilation: npt.NDArray[np.uint8],
    depth: float,
    length: int,
    sigma: float,
    border: str,
) -> Array:
    """Weight of masking per pixel: 1 far from edges, 1 - ``depth`` on them, smooth between.

    Parameters
    ----------
    threshold : of ``canny``.
    dilation : structuring element by which edges are widened.
    depth : 0 to 1.
    length, sigma : taps and standard deviation in pixels of the Gaussian that smooths the weight.
    border : of that Gaussian; "zero" darkens the frame as the authors' programs do.
    """
    edges = cv2.dilate(canny(plane, threshold).view(np.uint8), dilation)
    weight = edges.astype(floating(plane).dtype)
    weight *= -depth
    weight += 1
    return blur(weight, length, sigma, border)


EDGE_HEIGHT = 60.0
"""Largest gradient, in grey levels, above which an edge is protected [Wu2017, Jiang2022; programs]."""
LARGEST_SHARE = 0.8
"""Upper bound of the threshold as a share of the strongest gradient [Wu2017, Jiang2022; programs]."""


def strong_edge_protection(
    plane: Plane, gradient: Array, dilation: npt.NDArray[np.uint8], border: str
) -> Array:
    """Weight of masking that vanishes on strong edges, shared by the programs of [Wu2017] and [Jiang2022].

    ``gradient`` is ``largest_gradient`` of the plane; its two outermost rows and columns are not trusted.
    """
    inner = gradient[2:-2, 2:-2]
    highest = float(inner.max()) if inner.size else 0.0
    threshold = min(LARGEST_SHARE, EDGE_HEIGHT / highest) if highest > 0 else LARGEST_SHARE
    return edge_protection(
        plane, threshold=threshold, dilation=dilation, depth=1.0, length=5, sigma=0.8, border=border
    )
