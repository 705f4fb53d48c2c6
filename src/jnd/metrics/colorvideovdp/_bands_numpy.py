"""The numpy path of one band of ColorVideoVDP: the arithmetic of ``_bands_kernel.h``, bit for bit.

Taken when no native kernel could be built. Every expression stands in the order in which the kernel
evaluates it, in float32, so that no answer depends on the path. Strips of rows bound the memory.
"""

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt

from jnd.metrics.colorvideovdp import parameters as constants
from jnd.metrics.colorvideovdp.bands import (
    HALO,
    LUMINANCE_TABLE_LENGTH,
    CellEdges,
    Float32,
    LevelSource,
    MaskingConstants,
    ReferenceState,
)

STRIP_ROWS = 128
_F = np.float32
# The polynomials of _bands_native.c, highest power first.
_LOG2 = tuple(
    _F(c)
    for c in (
        0.17212873067503112,
        -0.2695062744404627,
        0.2956336002602944,
        -0.3593506528381761,
        0.48062914692436903,
        -0.7213640398472605,
        1.442696432220575,
    )
)
_EXP2 = tuple(
    _F(c)
    for c in (
        0.0013390867351518554,
        0.009666373693209267,
        0.05550357104252618,
        0.2402234894094696,
        0.693147188029343,
    )
)
_ROUND = _F(12582912.0)
_SQRT_HALF_BITS = np.int32(0x3F3504F3)
_EPSILON = _F(constants.SAFE_POWER_EPSILON)
_LOWEST_LUMINANCE = _F(constants.LOWEST_LUMINANCE)
_LARGEST_CONTRAST = _F(constants.LARGEST_CONTRAST)
_OUTER, _INNER, _CENTRE = (_F(tap) for tap in constants.PYRAMID_KERNEL[:3])
_TABLE_SHIFT = 17
_TABLE_FIRST_BITS = np.int32(0x3C000000)


def power(x: Float32, exponent: np.float32) -> Float32:
    """(x + ε)^exponent for x ≥ 0, any shape, relative error about 3e-6."""
    bits = (x + _EPSILON).view(np.int32) - _SQRT_HALF_BITS
    whole_log = bits >> np.int32(23)
    m = ((bits & np.int32(0x007FFFFF)) + _SQRT_HALF_BITS).view(np.float32) - _F(1)
    log = np.full_like(m, _LOG2[0])
    for c in _LOG2[1:]:
        log = log * m + c
    t = (log * m + whole_log.astype(np.float32)) * exponent
    whole = (t + _ROUND) - _ROUND
    f = t - whole
    e = np.full_like(f, _EXP2[0])
    for c in (*_EXP2[1:], _F(1)):
        e = e * f + c
    result: Float32 = (e.view(np.int32) + (whole.astype(np.int32) << np.int32(23))).view(np.float32)
    return result


def _strips(height: int) -> Iterator[tuple[int, int]]:
    for start in range(0, height, STRIP_ROWS):
        yield start, min(start + STRIP_ROWS, height)


def _planes(source: LevelSource, rows: npt.NDArray[np.intp]) -> Float32:
    """DKL values of the given rows: (3, rows, width)."""
    if source.planes is not None:
        return source.planes[:, rows]
    assert source.pixels is not None
    light = source.light[source.pixels[rows]]  # (rows, width, channels)
    r, g, b = (light[..., k] for k in ((0, 1, 2) if light.shape[-1] == 3 else (0, 0, 0)))
    m = source.matrix
    return np.stack([(m[k, 0] * r + m[k, 1] * g) + m[k, 2] * b for k in range(3)])


def reduce(source: LevelSource) -> Float32:
    """The next coarser level of the Gaussian pyramid: (3, ⌈height / 2⌉, ⌈width / 2⌉)."""
    height, width = source.height, source.width
    out = np.empty((3, -(-height // 2), -(-width // 2)), np.float32)
    for start, stop in _strips(out.shape[1]):
        rows = np.arange(2 * start - 2, 2 * stop + 1)
        rows = np.where(rows < 0, -1 - rows, np.where(rows >= height, 2 * height - 1 - rows, rows))
        fine = _planes(source, rows)
        a, b, c, d, e = (fine[:, i : i + 2 * (stop - start) - 1 : 2] for i in range(5))
        t = np.zeros((3, stop - start, width + 4), np.float32)
        t[..., 2 : width + 2] = ((a + e) * _OUTER + (b + d) * _INNER) + c * _CENTRE
        _pad_for_reduction(t, width, odd_rows=height % 2 == 1)
        half = out.shape[2]
        a, b, c, d, e = (t[..., i : i + 2 * half - 1 : 2] for i in range(5))
        out[:, start:stop] = ((a + e) * _OUTER + (b + d) * _INNER) + c * _CENTRE
    return out


def _pad_for_reduction(t: Float32, width: int, *, odd_rows: bool) -> None:
    """Two columns on either side. The package corrects the right edge by the parity of the rows."""
    t[..., 0], t[..., 1] = t[..., 3], t[..., 2]
    last, before = t[..., width + 1].copy(), t[..., width].copy()
    if width % 2 == 0:
        t[..., width + 2] = before if odd_rows else last
        if odd_rows:
            t[..., width + 1] = last + last
    else:
        t[..., width + 2] = last if odd_rows else 0
        t[..., width + 3] = before if odd_rows else last


def expand(coarse: Float32, rows: npt.NDArray[np.intp], width: int) -> Float32:
    """The given rows of the coarser level at the finer level's size: (3, rows, width)."""
    half_height, half_width = coarse.shape[1:]
    j = rows >> 1
    a, b, c = coarse[:, np.maximum(j - 1, 0)], coarse[:, j], coarse[:, np.minimum(j + 1, half_height - 1)]
    odd = (rows & 1)[:, None] == 1
    t = np.empty((len(coarse), len(rows), half_width + 2), np.float32)
    t[..., 1:-1] = np.where(odd, (b + c) * _F(0.5), (a + c) * _F(0.1) + b * _F(0.8))
    t[..., 0], t[..., -1] = t[..., 1], t[..., -2]
    out = np.empty((len(coarse), len(rows), 2 * half_width), np.float32)
    out[..., 0::2] = (t[..., :-2] + t[..., 2:]) * _F(0.1) + t[..., 1:-1] * _F(0.8)
    out[..., 1::2] = (t[..., 1:-1] + t[..., 2:]) * _F(0.5)
    return out[..., :width]


def _contrast(source: LevelSource, coarse: Float32, rows: npt.NDArray[np.intp]) -> tuple[Float32, Float32]:
    """Weber contrast (3, rows, width) and the luminance of the background (rows, width)."""
    background = expand(coarse, rows, source.width)
    luminance = np.maximum(background[0], _LOWEST_LUMINANCE)
    contrast = (_planes(source, rows) - background) * (_F(1) / luminance)
    return np.minimum(contrast, _LARGEST_CONTRAST), luminance


def _sensitivity(luminance: Float32, tables: Float32) -> Float32:
    bits = luminance.view(np.int32) - _TABLE_FIRST_BITS
    i = np.clip(bits >> np.int32(_TABLE_SHIFT), 0, LUMINANCE_TABLE_LENGTH - 1)
    fraction = (bits & np.int32((1 << _TABLE_SHIFT) - 1)).astype(np.float32) * _F(1 / (1 << _TABLE_SHIFT))
    return np.stack([table[i, 0] + fraction * table[i, 1] for table in tables])


def _reference_rows(
    source: LevelSource, coarse: Float32, tables: Float32, rows: npt.NDArray[np.intp]
) -> tuple[Float32, Float32]:
    contrast, luminance = _contrast(source, coarse, rows)
    sensitivity = _sensitivity(luminance, tables)
    return contrast * sensitivity, sensitivity


def state(source: LevelSource, coarse: Float32, tables: Float32) -> Float32:
    """What the reference contributes to a band: (6, height, width)."""
    out = np.empty((6, source.height, source.width), np.float32)
    for start, stop in _strips(source.height):
        out[:3, start:stop], out[3:, start:stop] = _reference_rows(
            source, coarse, tables, np.arange(start, stop)
        )
    return out


def difference(
    reference: ReferenceState,
    tables: Float32,
    changed: LevelSource,
    changed_coarse: Float32,
    masking: MaskingConstants,
    cells: CellEdges,
    map_out: Float32 | None,
) -> npt.NDArray[np.float64]:
    """Sums of the masked difference over the cells: (3, rows of cells, columns of cells)."""
    height, width = changed.height, changed.width
    blurred = height > HALO and width > HALO
    halo = HALO if blurred else 0
    sums = np.empty((3, len(cells.rows) - 1, len(cells.columns) - 1))
    for i in range(len(cells.rows) - 1):
        column_sums = np.zeros((3, width), np.float32)
        for start in range(int(cells.rows[i]), int(cells.rows[i + 1]), STRIP_ROWS):
            stop = min(start + STRIP_ROWS, int(cells.rows[i + 1]))
            rows = np.arange(start - halo, stop + halo)
            rows = np.where(rows < 0, -rows, np.where(rows >= height, 2 * height - 2 - rows, rows))
            if reference.state is not None:
                normalised, sensitivity = reference.state[:3, rows], reference.state[3:, rows]
            else:
                assert reference.source is not None and reference.coarse is not None
                normalised, sensitivity = _reference_rows(reference.source, reference.coarse, tables, rows)
            contrast, _ = _contrast(changed, changed_coarse, rows)
            seen = contrast * sensitivity
            mask = np.minimum(np.abs(seen), np.abs(normalised))
            unmasked = np.abs(seen - normalised)[:, halo : halo + stop - start]
            mask = _blur(mask, masking) if blurred else mask * masking.gain
            d = _masked(unmasked, mask, masking)
            if map_out is not None:
                map_out[:, start:stop] = d
            for row in np.moveaxis(d * (d + _F(2) * _EPSILON), 1, 0):
                column_sums += row
        running = np.cumsum(column_sums.astype(np.float64), axis=1)
        sums[:, i] = np.diff(running[:, cells.columns[1:] - 1], axis=1, prepend=0.0)
    return sums


def _blur(mask: Float32, masking: MaskingConstants) -> Float32:
    padded = np.pad(mask, ((0, 0), (0, 0), (HALO, HALO)), mode="reflect")
    width, rows = mask.shape[2], mask.shape[1] - 2 * HALO
    across = _symmetric_sum(lambda i: padded[..., HALO + i : HALO + i + width], masking.blur_across)
    return _symmetric_sum(lambda i: across[:, HALO + i : HALO + i + rows], masking.blur_down)


def _symmetric_sum(shifted: Callable[[int], Float32], weights: Float32) -> Float32:
    total: Float32 = shifted(0) * weights[0]
    for i in range(1, HALO + 1):
        total = total + (shifted(-i) + shifted(i)) * weights[i]
    return total


def _masked(difference: Float32, mask: Float32, masking: MaskingConstants) -> Float32:
    m = [power(mask[k], masking.q[k]) for k in range(3)]
    out = np.empty_like(difference)
    for k in range(3):
        w = masking.cross[k]
        n = power(difference[k], masking.p) - masking.floor_power
        denominator = ((m[0] * w[0] + m[1] * w[1]) + m[2] * w[2]) + w[3]
        out[k] = (n * masking.largest) / (denominator + n)
    return out
