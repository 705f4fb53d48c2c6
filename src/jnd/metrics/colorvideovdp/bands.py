"""One band of the contrast pyramid: what goes in, what comes out, and which path computes it.

The native kernel (``_bands_native.c``) and the numpy path (``_bands_numpy.py``) do the same float32
operations in the same order and give the same bits; the native one is taken when it was built.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from jnd.metrics.colorvideovdp import parameters as constants
from jnd.picture import CodeValues
from jnd.vision.native_kernel import native_kernel

Float32 = npt.NDArray[np.float32]

HALO = constants.PHASE_BLUR_TAPS // 2
LUMINANCE_TABLE_LENGTH = 21 * 64  # 64 segments for each octave from 2^-7 to 2^14 cd/m²


@dataclass(frozen=True, slots=True)
class LevelSource:
    """One level of one picture: DKL planes, or (finest level) code values and how they shine."""

    height: int
    width: int
    light: Float32  # code value → cd/m²
    matrix: Float32  # (3, 3) RGB light → DKL
    pixels: CodeValues | None = None  # (height, width, 1 or 3)
    planes: Float32 | None = None  # (3, height, width)


@dataclass(frozen=True, slots=True)
class ReferenceState:
    """The reference of a band: ready-made (``state``), or to be computed row by row as it is needed."""

    state: Float32 | None = None  # (6, height, width): contrast in units of threshold, sensitivity
    source: LevelSource | None = None
    coarse: Float32 | None = None


@dataclass(frozen=True, slots=True)
class MaskingConstants:
    """Constants of the masking model in float32, folded so that a pixel costs one division."""

    blur_across: Float32  # (7,) from the centre outwards
    blur_down: Float32  # (7,) with the mask's gain
    gain: np.float32
    q: Float32  # (3,)
    p: np.float32
    cross: Float32  # (3, 4): weights of the three masks and the constant, times the largest difference
    floor_power: np.float32  # what the power function gives for 0
    largest: np.float32


@dataclass(frozen=True, slots=True)
class CellEdges:
    """Cells over which a band is summed: edges in pixels of the level, from 0 to its size."""

    rows: npt.NDArray[np.int64]
    columns: npt.NDArray[np.int64]


class BandPath(Protocol):
    """What both paths offer."""

    def reduce(self, source: LevelSource) -> Float32:
        """The next coarser level of the Gaussian pyramid: (3, ⌈height / 2⌉, ⌈width / 2⌉)."""
        ...

    def state(self, source: LevelSource, coarse: Float32, tables: Float32) -> Float32:
        """What the reference contributes to a band, for :class:`ReferenceState`: (6, height, width)."""
        ...

    def difference(
        self,
        reference: ReferenceState,
        tables: Float32,
        changed: LevelSource,
        changed_coarse: Float32,
        masking: MaskingConstants,
        cells: CellEdges,
        map_out: Float32 | None,
    ) -> npt.NDArray[np.float64]:
        """Sums of the masked difference over the cells: (3, rows of cells, columns of cells).

        ``map_out`` (3, height, width), when given, receives the difference of every pixel.
        """
        ...


def masking_constants() -> MaskingConstants:
    """The published parameters, as the kernels want them."""
    from jnd.metrics.colorvideovdp._bands_numpy import power

    taps = np.exp(-0.5 * (np.arange(-HALO, HALO + 1) / constants.PHASE_BLUR_SIGMA) ** 2)
    weights = (taps / taps.sum())[HALO:]
    q = constants.MASK_Q.astype(np.float32)
    epsilon = constants.SAFE_POWER_EPSILON
    # 1 + Σ_j w_jk (x^q_j − ε^q_j): the constant of each channel
    offset = 1 - constants.CROSS_MASKING.T @ (epsilon**constants.MASK_Q)
    cross = np.column_stack([constants.CROSS_MASKING.T, offset]) * constants.LARGEST_DIFFERENCE
    p = np.float32(constants.MASK_P)
    return MaskingConstants(
        blur_across=weights.astype(np.float32),
        blur_down=(weights * constants.MASK_C).astype(np.float32),
        gain=np.float32(constants.MASK_C),
        q=q,
        p=p,
        cross=np.ascontiguousarray(cross, np.float32),
        floor_power=np.float32(power(np.zeros(1, np.float32), p)[0]),
        largest=np.float32(constants.LARGEST_DIFFERENCE),
    )


class NativePath:
    """Calls the kernel in C."""

    def __init__(self) -> None:
        import jnd.metrics.colorvideovdp._bands_native as kernel

        self._kernel = kernel

    @staticmethod
    def _source(source: LevelSource) -> tuple[object, ...]:
        if source.planes is not None:
            return (source.planes, True, source.height, source.width, 3, 1, source.light, source.matrix)
        pixels = source.pixels
        assert pixels is not None
        shape = (source.height, source.width, pixels.shape[2], pixels.itemsize)
        return (pixels, False, *shape, source.light, source.matrix)

    def reduce(self, source: LevelSource) -> Float32:
        """As :meth:`BandPath.reduce`."""
        out = np.empty((3, -(-source.height // 2), -(-source.width // 2)), np.float32)
        self._kernel.reduce(self._source(source), out)
        return out

    def state(self, source: LevelSource, coarse: Float32, tables: Float32) -> Float32:
        """As :meth:`BandPath.state`."""
        out = np.empty((6, source.height, source.width), np.float32)
        self._kernel.state(self._source(source), coarse, tables, out)
        return out

    def difference(
        self,
        reference: ReferenceState,
        tables: Float32,
        changed: LevelSource,
        changed_coarse: Float32,
        masking: MaskingConstants,
        cells: CellEdges,
        map_out: Float32 | None,
    ) -> npt.NDArray[np.float64]:
        """As :meth:`BandPath.difference`."""
        sums = np.empty((3, len(cells.rows) - 1, len(cells.columns) - 1))
        self._kernel.difference(
            self._source(reference.source) if reference.source else None,
            reference.coarse,
            reference.state,
            tables,
            self._source(changed),
            changed_coarse,
            masking.blur_across,
            masking.blur_down,
            masking.q,
            masking.cross,
            float(masking.gain),
            float(masking.p),
            float(masking.floor_power),
            float(masking.largest),
            cells.rows,
            cells.columns,
            sums,
            map_out,
        )
        return sums


def band_path() -> BandPath:
    """The native kernel if it was built, else numpy; :func:`jnd.vision.native_kernel.native_kernel` chooses."""
    if native_kernel("jnd.metrics.colorvideovdp._bands_native") is not None:
        return NativePath()
    from jnd.metrics.colorvideovdp import _bands_numpy

    return _bands_numpy
