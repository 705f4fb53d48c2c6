"""Features of the spectrum: gain and noise by band, and the impulse response between the two pictures."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy import fft

from jnd.difference.kinds.planes import Pair, Values, log_ratio

LUMA_BANDS = (0.0, 0.02, 0.05, 0.09, 0.13, 0.17, 0.21, 0.25, 0.31, 0.37, 0.43, 0.5, 0.71)
"""Limits in cycles per pixel."""
CHROMA_BANDS = (0.0, 0.02, 0.06, 0.12, 0.25, 0.71)
FAR = 3.0
"""Pixels from the middle of the impulse response, beyond which an echo is looked for."""


def spectrum_features(pair: Pair) -> dict[str, float]:
    """Of luma in twelve bands and four directions, of chroma in five; shape of the impulse response."""
    height, width = pair.residual.shape
    plan = _plan(height, width)
    window, radius, bands, sector = plan.window, plan.radius, plan.luma_bands, plan.sector
    found: dict[str, float] = {}
    before, after = (_transform(plane[:, :, 0], window) for plane in (pair.before, pair.after))
    found.update(_bands("luma", before, after, bands, len(LUMA_BANDS) - 1))
    # Directions of the upper frequencies: motion blur has one, resampling keeps to a square.
    for name, low, high in (("middle", 0.1, 0.25), ("high", 0.25, 0.5)):
        ring = (radius >= low) & (radius < high)
        gains = _gains(before, after, np.where(ring, sector, 4), 5)[:4]
        found[f"direction spread {name}"] = float(gains.max() - gains.min())
        found[f"diagonal over straight {name}"] = float((gains[1] + gains[3] - gains[0] - gains[2]) / 2)
    corner = plan.corner
    change = np.abs(after - before) ** 2
    found["corner of change"] = log_ratio(float(change[corner].mean()), float(change.mean()), 1e-3)
    peak = change * (radius > 0.05)
    found["peak of change"] = log_ratio(float(peak.max()), float(peak.sum()), 1e-3)
    chroma_bands = plan.chroma_bands
    for index, name in ((1, "cb"), (2, "cr")):
        first = _transform(pair.before[:, :, index], window)
        second = _transform(pair.after[:, :, index], window)
        found.update(_bands(name, first, second, chroma_bands, len(CHROMA_BANDS) - 1))
    found.update(_impulse_response(before, after, (height, width)))
    return found


@dataclass(frozen=True, slots=True)
class _Plan:
    """What depends on the size alone."""

    window: Values
    radius: Values
    """Cycles per pixel."""
    luma_bands: Values
    chroma_bands: Values
    sector: Values
    """0 to 3: direction in steps of 45°."""
    corner: Values
    """Both frequencies near the highest there is."""


@lru_cache(maxsize=2)
def _plan(height: int, width: int) -> _Plan:
    window = np.hanning(height)[:, np.newaxis] * np.hanning(width)[np.newaxis, :]
    row = fft.fftfreq(height).astype(np.float32)[:, np.newaxis]
    column = fft.rfftfreq(width).astype(np.float32)[np.newaxis, :]
    radius = np.hypot(row, column)
    return _Plan(
        window=window.astype(np.float32),
        radius=radius,
        luma_bands=np.digitize(radius, LUMA_BANDS) - 1,
        chroma_bands=np.digitize(radius, CHROMA_BANDS) - 1,
        sector=(np.floor(np.arctan2(row, column) / (np.pi / 4) + 2.5).astype(np.int64)) % 4,
        corner=(np.abs(row) > 0.45) & (column > 0.45),
    )


def _transform(plane: Values, window: Values) -> Values:
    return np.asarray(fft.rfft2((plane - plane.mean()) * window))


def _gains(before: Values, after: Values, bands: Values, count: int) -> Values:
    cross = (before.real * after.real + before.imag * after.imag).ravel()
    power = (before.real**2 + before.imag**2).ravel()
    flat = bands.ravel()
    gains: Values = np.bincount(flat, cross, count)[:count] / (np.bincount(flat, power, count)[:count] + 1.0)
    return gains


def _bands(name: str, before: Values, after: Values, bands: Values, count: int) -> dict[str, float]:
    flat = bands.ravel()
    power = (before.real**2 + before.imag**2).ravel()
    gains = _gains(before, after, bands, count)
    left = after - before * gains.astype(np.float32)[bands]
    noise = np.bincount(flat, (left.real**2 + left.imag**2).ravel(), count)[:count]
    change = after - before
    size = np.bincount(flat, (change.real**2 + change.imag**2).ravel(), count)[:count]
    signal = np.bincount(flat, power, count)[:count]
    members = np.bincount(flat, minlength=count)[:count]
    density = np.log(size / np.maximum(members, 1) + before.size * 1e-3)
    found = {}
    for band in range(count):
        found[f"{name} gain {band}"] = float(np.clip(gains[band], -1.0, 4.0))
        found[f"{name} noise {band}"] = float(np.log((noise[band] + 1.0) / (signal[band] + 1.0) + 1e-5))
        found[f"{name} unexplained {band}"] = float((noise[band] + 1.0) / (size[band] + 1.0))
        found[f"{name} shape {band}"] = float(density[band] - density.mean())
    return found


def _impulse_response(before: Values, after: Values, size: tuple[int, int]) -> dict[str, float]:
    """By a Wiener filter; an echo shows as a second peak, a blur as a wide one, sharpening as negative sides."""
    power = before.real**2 + before.imag**2
    response = fft.irfft2((after - before) * np.conj(before) / (power + 0.01 * power.mean() + 1.0), s=size)
    height, width = size
    reach = 24
    rows, columns = np.arange(-reach, reach + 1), np.arange(-reach, reach + 1)
    near = response[np.ix_(rows % height, columns % width)]
    down, across = np.meshgrid(rows, columns, indexing="ij")
    distance = np.hypot(down, across)
    norm = float(np.sqrt((near**2).sum())) + 1e-4
    found = {"response size": float(np.log(norm))}
    for radius in range(6):
        ring = np.abs(distance - radius) < 0.5
        found[f"response at {radius}"] = float(near[ring].mean()) / norm
    far = near * (distance > FAR)
    peak = np.unravel_index(int(np.argmax(far)), far.shape)
    second = far.copy()
    second[max(0, peak[0] - 2) : peak[0] + 3, max(0, peak[1] - 2) : peak[1] + 3] = 0
    found["echo"] = float(far.max()) / norm
    found["echo over next"] = log_ratio(float(far.max()), float(second.max()), 1e-4)
    found["echo opacity"] = float(far.max())
    weight = near**2 / norm**2
    moments = np.array(
        [
            [float((weight * across**2).sum()), float((weight * across * down).sum())],
            [float((weight * across * down).sum()), float((weight * down**2).sum())],
        ]
    )
    small, large = np.linalg.eigvalsh(moments)
    found["response width"] = float(np.log(large + 0.1))
    found["response direction"] = float(np.log((large + 0.1) / (small + 0.1)))
    odd = (near - near[::-1, ::-1]) / 2
    found["response oddness"] = float((odd**2).sum()) / norm**2
    return found
