"""A reference picture whose share of the work is done once, for every candidate that follows."""

from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
import numpy.typing as npt

from jnd.metrics.colorvideovdp import parameters as constants
from jnd.metrics.colorvideovdp.bands import (
    LUMINANCE_TABLE_LENGTH,
    BandPath,
    CellEdges,
    Float32,
    LevelSource,
    MaskingConstants,
    ReferenceState,
    band_path,
    masking_constants,
)
from jnd.metrics.colorvideovdp.pooling import WindowGrid, cell_edges, jod, root_mean, window_norms
from jnd.metrics.colorvideovdp.pyramid import Level, pyramid_levels
from jnd.picture import CodeValues
from jnd.viewing import Display, ViewingConditions, viewing_conditions
from jnd.vision.castle_csf import contrast_sensitivity

# Six floats for each pixel of the pyramid are kept for the next candidate while they fit in this.
STATE_BYTES = 1 << 30


@dataclass(frozen=True, slots=True)
class Difference:
    """What ColorVideoVDP says of one changed picture.

    ``worst_window_jod`` is the lowest JOD of the half-overlapping windows of about 4° by 4°, pooled like
    a whole picture, and ``worst_window`` its place as (x, y, width, height) in pixels. ColorVideoVDP was
    calibrated on whole photographs, not on windows.
    """

    jod: float
    worst_window_jod: float
    worst_window: tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class BandDifferences:
    """Masked differences of every band, for the heat map: (3, height, width), base band last."""

    levels: tuple[Level, ...]
    maps: tuple[Float32, ...]


class Reference:
    """A reference picture, seen under given viewing conditions, ready to be compared.

    Parameters
    ----------
    reference : (H, W, 3) or (H, W) uint8 or uint16 sRGB code values.
    viewing : display and pixels per degree; ``standard_fhd`` when None.
    keep_state : keep what the reference contributes (32 bytes for each pixel of the picture), so that the next candidate
        costs less. Pictures that need more than 1 GiB are computed anew each time.
    """

    def __init__(
        self, reference: CodeValues, viewing: ViewingConditions | None = None, *, keep_state: bool = True
    ) -> None:
        self.viewing = viewing or viewing_conditions()
        pixels = _checked(reference, "reference")
        self.shape = (pixels.shape[0], pixels.shape[1])
        self.levels = pyramid_levels(*self.shape, self.viewing.pixels_per_degree)
        self._path = _path()
        self._gaussian = self._decompose(pixels)
        self._base_contrast, self._base_luminance = _base_band(self._gaussian[-1], self._path)
        self._tables = [_sensitivity_tables(level.frequency_cpd, level.gain) for level in self.levels[:-1]]
        pyramid_pixels = sum(level.height * level.width for level in self.levels[:-1])
        self._keep_state = keep_state and pyramid_pixels * 6 * 4 <= STATE_BYTES
        self._states: dict[int, Float32] = {}

    def compare(self, changed: CodeValues) -> Difference:
        """The difference to ``changed``, an array of the same height and width.

        Raises
        ------
        ValueError
            Height or width differs, or the array is no picture.
        """
        grid = WindowGrid.over(*self.shape, self.viewing.pixels_per_degree)
        whole, windows = [], []
        for level, sums, edges in self._differences(changed, grid):
            whole.append(root_mean(sums.sum(axis=(1, 2)), level.height * level.width))
            windows.append(window_norms(sums, edges, grid))
        per_window = jod(np.stack(windows))
        row, column = np.unravel_index(np.argmin(per_window), per_window.shape)
        worst = float(per_window[row, column])
        return Difference(float(jod(np.stack(whole))), worst, grid.box(int(row), int(column)))

    def band_differences(self, changed: CodeValues) -> BandDifferences:
        """The masked difference of every pixel of every band, from which the heat map is drawn."""
        maps: list[Float32] = []
        for _ in self._differences(changed, WindowGrid(*self.shape, (1, 1)), maps):
            pass
        return BandDifferences(self.levels, tuple(maps))

    def _differences(
        self, changed: CodeValues, grid: WindowGrid, maps: list[Float32] | None = None
    ) -> list[tuple[Level, npt.NDArray[np.float64], CellEdges]]:
        pixels = _checked(changed, "changed picture")
        if pixels.shape[:2] != self.shape:
            raise ValueError(
                f"the changed picture is {pixels.shape[1]}x{pixels.shape[0]}, "
                f"the reference {self.shape[1]}x{self.shape[0]}: both must have one size"
            )
        gaussian = self._decompose(pixels)
        results = []
        for i, level in enumerate(self.levels[:-1]):
            edges = cell_edges(grid, level)
            band_map = None if maps is None else np.empty((3, level.height, level.width), np.float32)
            sums = self._path.difference(
                self._reference_state(i),
                self._tables[i],
                gaussian[i],
                _coarse(gaussian[i + 1]),
                _masking(),
                edges,
                band_map,
            )
            results.append((level, sums, edges))
            if maps is not None and band_map is not None:
                maps.append(band_map)

        level = self.levels[-1]
        contrast, _ = _base_band(gaussian[-1], self._path)
        base = np.abs(contrast - self._base_contrast) * self._base_sensitivity()[:, None, None]
        each_pixel = CellEdges(np.arange(level.height + 1), np.arange(level.width + 1))
        results.append((level, base * (base + 2 * constants.SAFE_POWER_EPSILON), each_pixel))
        if maps is not None:
            maps.append(base.astype(np.float32))
        return results

    def _base_sensitivity(self) -> npt.NDArray[np.float64]:
        level = self.levels[-1]
        return (
            contrast_sensitivity(self._base_luminance, level.frequency_cpd) * constants.SENSITIVITY_CORRECTION
        )

    def _decompose(self, pixels: CodeValues) -> list[LevelSource]:
        light, matrix = _display_light(self.viewing.display, pixels.dtype.itemsize), _dkl_from_rgb()
        height, width = self.shape
        levels = [LevelSource(height, width, light, matrix, pixels=pixels)]
        for level in self.levels[1:]:
            planes = self._path.reduce(levels[-1])
            levels.append(LevelSource(level.height, level.width, light, matrix, planes=planes))
        return levels

    def _reference_state(self, i: int) -> ReferenceState:
        source, coarse = self._gaussian[i], _coarse(self._gaussian[i + 1])
        if not self._keep_state:
            return ReferenceState(source=source, coarse=coarse)
        if i not in self._states:
            self._states[i] = self._path.state(source, coarse, self._tables[i])
        return ReferenceState(state=self._states[i])


def _coarse(source: LevelSource) -> Float32:
    assert source.planes is not None
    return source.planes


def _checked(pixels: CodeValues, what: str) -> CodeValues:
    """(H, W, 1 or 3) contiguous."""
    if not isinstance(pixels, np.ndarray) or pixels.dtype not in (np.uint8, np.uint16):
        kind = pixels.dtype if isinstance(pixels, np.ndarray) else type(pixels).__name__
        raise ValueError(f"the {what} must be an array of uint8 or uint16 code values, got {kind}")
    if pixels.ndim not in (2, 3) or (pixels.ndim == 3 and pixels.shape[2] != 3) or 0 in pixels.shape:
        raise ValueError(f"the {what} must have shape (H, W, 3) or (H, W), got {pixels.shape}")
    return np.ascontiguousarray(pixels).reshape(*pixels.shape[:2], -1)


def _base_band(source: LevelSource, path: BandPath) -> tuple[npt.NDArray[np.float64], float]:
    """Contrast (3, height, width) of the base band to its own mean luminance, and that luminance."""
    planes = source.planes
    if planes is None:  # a picture so small that it is its own base band
        pixels = source.pixels
        assert pixels is not None
        light = source.light[np.broadcast_to(pixels, (*pixels.shape[:2], 3))]
        planes = np.moveaxis(light @ source.matrix.T, -1, 0)
    luminance = float(np.maximum(planes[0], constants.LOWEST_LUMINANCE).mean(dtype=np.float64))
    return np.minimum(planes.astype(np.float64) / luminance, constants.LARGEST_CONTRAST), luminance


@cache
def _path() -> BandPath:
    return band_path()


@cache
def _masking() -> MaskingConstants:
    return masking_constants()


@cache
def _dkl_from_rgb() -> Float32:
    return np.ascontiguousarray(constants.DKL_FROM_RGB, np.float32)


@lru_cache(maxsize=16)
def _display_light(display: Display, bytes_per_value: int) -> Float32:
    largest = 256**bytes_per_value - 1
    return display.luminance(np.arange(largest + 1) / largest).astype(np.float32)


@lru_cache(maxsize=64)
def _sensitivity_tables(frequency_cpd: float, gain: float) -> Float32:
    """(3, segments, 2): sensitivity at the start of each segment of luminance, and its rise to the next.

    The sensitivity holds all factors of a band's contrast: correction, gain of channel and band.
    """
    segments = np.arange(LUMINANCE_TABLE_LENGTH + 1)
    luminance = 2.0 ** (segments // 64 - 7) * (1 + segments % 64 / 64)
    sensitivity = contrast_sensitivity(luminance, frequency_cpd)
    sensitivity *= (constants.CHANNEL_GAIN * constants.SENSITIVITY_CORRECTION * gain)[:, None]
    return np.ascontiguousarray(np.stack([sensitivity[:, :-1], np.diff(sensitivity)], axis=-1), np.float32)
