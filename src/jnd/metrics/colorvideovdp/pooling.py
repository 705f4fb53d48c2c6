"""From differences per pixel and band to JOD: of the whole picture, and of its windows of 4° by 4°.

Every band gives sums over cells. A window is two by two cells, so that windows overlap by half, and the
picture is the window of all cells: one pooling for both.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from jnd.metrics.colorvideovdp import parameters as constants
from jnd.metrics.colorvideovdp.bands import CellEdges
from jnd.metrics.colorvideovdp.pyramid import Level

Array = npt.NDArray[np.float64]

WINDOW_DEG = 4.0  # side of a window; the fovea sees about 2° sharply, and a glance moves it
_MIN_PIXELS_PER_CELL = 4  # finer levels are summed by whole pixels, coarser ones pixel by pixel


@dataclass(frozen=True, slots=True)
class WindowGrid:
    """Half-overlapping windows of about 4° by 4° that cover the picture evenly.

    ``cells`` (rows, columns) divide the picture into equal parts of about 2°; a window is 2x2 cells.
    A side shorter than 3° has one cell, and its windows take the whole side.
    """

    height: int
    width: int
    cells: tuple[int, int]

    @classmethod
    def over(cls, height: int, width: int, pixels_per_degree: float) -> "WindowGrid":
        """The grid for a picture of this size."""
        cell = WINDOW_DEG / 2 * pixels_per_degree
        rows, columns = (max(1, math.floor(side / cell + 0.5)) for side in (height, width))
        return cls(height, width, (rows, columns))

    def box(self, row: int, column: int) -> tuple[int, int, int, int]:
        """(x, y, width, height) of a window, in pixels of the picture."""
        rows, columns = self.cells
        y0, y1 = (round(i * self.height / rows) for i in (row, min(row + 2, rows)))
        x0, x1 = (round(i * self.width / columns) for i in (column, min(column + 2, columns)))
        return x0, y0, x1 - x0, y1 - y0


def cell_edges(grid: WindowGrid, level: Level) -> CellEdges:
    """Where the cells of a level end, in its pixels; every pixel for itself where a cell holds too few."""
    return CellEdges(
        *(_edges(side, cells) for side, cells in zip((level.height, level.width), grid.cells, strict=True))
    )


def _edges(side: int, cells: int) -> npt.NDArray[np.int64]:
    if side < cells * _MIN_PIXELS_PER_CELL:
        return np.arange(side + 1, dtype=np.int64)
    return np.floor(np.arange(cells + 1) * side / cells + 0.5).astype(np.int64)


def _window_weights(edges: npt.NDArray[np.int64], cells: int) -> Array:
    """(windows, columns of sums): how much of each column lies in each window of two cells.

    Edges that stand for cells are taken as such; single pixels count with the part of them that the
    window covers.
    """
    windows = max(1, cells - 1)
    side = edges[-1]
    first = np.arange(windows)[:, None]
    if len(edges) - 1 == cells:
        column = np.arange(cells)
        return ((column >= first) & (column < first + 2)).astype(np.float64)
    left, right = first * side / cells, np.minimum(first + 2, cells) * side / cells
    covered: Array = np.clip(np.minimum(right, edges[1:]) - np.maximum(left, edges[:-1]), 0, 1)
    return covered


def root_mean(sums: Array, pixels: npt.ArrayLike) -> Array:
    """The spatial norm of a band: sqrt(Σ((D + ε)² − ε²) / N + ε) − sqrt(ε) (lp_norm, beta = 2)."""
    epsilon = constants.SAFE_POWER_EPSILON
    return np.sqrt(np.maximum(sums, 0) / pixels + epsilon) - math.sqrt(epsilon)


def window_norms(sums: Array, edges: CellEdges, grid: WindowGrid) -> Array:
    """(3, window rows, window columns) spatial norm of one band in every window."""
    down = _window_weights(edges.rows, grid.cells[0])
    across = _window_weights(edges.columns, grid.cells[1])
    pixels = np.outer(down @ np.diff(edges.rows), across @ np.diff(edges.columns))
    return root_mean(down @ sums @ across.T, pixels)


def _safe_norm(x: Array, exponent: float) -> Array:
    """Σ over the first axis as the package does it: safe_pow inside and outside."""
    epsilon = constants.SAFE_POWER_EPSILON
    total = np.sum((x + epsilon) ** exponent - epsilon**exponent, axis=0)
    result: Array = (total + epsilon) ** (1 / exponent) - epsilon ** (1 / exponent)
    return result


def jod(norms: Array) -> Array:
    """JOD from the spatial norms of all bands: (bands, 3, …) → (…), the base band last.

    [Mantiuk2024], eq. 21 to 23: weighted 4-norm over bands, then over channels, then the regression to
    just-objectionable differences, 10 for no difference at all.
    """
    weighted = norms.copy()
    weighted[-1] *= constants.BASE_BAND_WEIGHT.reshape(3, *(1,) * (norms.ndim - 2))
    over_channels = _safe_norm(_safe_norm(weighted, constants.BAND_EXPONENT), constants.CHANNEL_EXPONENT)
    return jod_of_difference(over_channels * constants.STILL_PICTURE_WEIGHT)


def jod_of_difference(difference: npt.NDArray[np.floating]) -> Array:
    """The regression to JOD (met2jod): a power law, a straight line for small differences."""
    a, exponent, linear_below = constants.JOD_SCALE, constants.JOD_EXPONENT, constants.JOD_LINEAR_BELOW
    slope = a * linear_below ** (exponent - 1)
    lost: Array = np.where(difference <= linear_below, slope * difference, a * np.abs(difference) ** exponent)
    return 10 - lost
