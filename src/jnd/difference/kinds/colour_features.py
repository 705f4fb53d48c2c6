"""Features of value and colour: what a curve of tone, a colour matrix or a gain of chroma explains of the change."""

import numpy as np

from jnd.difference.kinds.planes import Pair, Values, log_ratio

CURVE_PIXELS = 100_000
"""At most so many, evenly taken, for curves of tone."""


def colour_features(pair: Pair) -> dict[str, float]:
    """Sizes of the change per channel, what global fits explain of it, and the used code values."""
    found: dict[str, float] = {}
    powers = (pair.difference**2).mean(axis=(0, 1))
    total = float(powers.sum())
    for name, power in zip(("luma", "cb", "cr"), powers, strict=True):
        found[f"log size {name}"] = float(np.log(power + 1e-4))
    found["chroma over luma"] = log_ratio(float(powers[1] + powers[2]), float(powers[0]), 1e-2)
    found["picture chroma over luma"] = log_ratio(
        float(pair.before[:, :, 1:].var()), float(pair.before[:, :, 0].var()), 1.0
    )
    for index, name in enumerate(("luma", "cb", "cr")):
        before, after = pair.before[:, :, index], pair.after[:, :, index]
        mean, variance = float(before.mean()), float(before.var())
        centred = before - mean
        gain = float((centred * after).mean()) / (variance + 1e-3) if variance > 0.1 else 1.0
        offset = float(after.mean()) - mean
        left = after - after.mean() - gain * centred
        found[f"offset {name}"] = float(np.sign(offset) * np.log1p(abs(offset)))
        found[f"log gain {name}"] = float(np.log(np.clip(gain, 0.05, 20.0)))
        found[f"offset share {name}"] = offset**2 / (total + 1e-3)
        found[f"gain share {name}"] = (gain - 1) ** 2 * variance / (total + 1e-3)
        found[f"left of line {name}"] = float((left**2).mean()) / (total + 1e-3)
    chroma_before, chroma_after = pair.before[:, :, 1:], pair.after[:, :, 1:]
    norm = float((chroma_before**2).mean())
    gain = float((chroma_before * chroma_after).mean()) / (norm + 1e-3)
    found["log saturation"] = float(np.log(np.clip(gain, 0.02, 20.0)))
    found["left of saturation"] = log_ratio(
        float(((chroma_after - gain * chroma_before) ** 2).mean()), float(powers[1:].mean()), 1e-2
    )
    found["left of colour matrix"] = _left_of_matrix(pair)
    found.update(_tone_curves(pair))
    return found


def _left_of_matrix(pair: Pair) -> float:
    """Logarithm of the share of the change that no affine map of (R, G, B) explains."""
    step = max(1, pair.reference.size // 150_000)
    first = pair.reference.reshape(-1, 3)[::step].astype(np.float64)
    second = pair.changed.reshape(-1, 3)[::step].astype(np.float64)
    inside = ((second > 0) & (second < 255)).all(axis=1)
    if inside.sum() < 100:
        return 0.0
    first, second = first[inside], second[inside]
    design = np.column_stack([first, np.ones(len(first))])
    normal = design.T @ design + 1e-3 * np.eye(4)
    left = second - design @ np.linalg.solve(normal, design.T @ second)
    return log_ratio(float((left**2).mean()), float(((second - first) ** 2).mean()), 1e-2)


def _tone_curves(pair: Pair) -> dict[str, float]:
    left, rough, empty, flat_runs = [], [], [], []
    step = max(1, pair.residual.size // CURVE_PIXELS)
    for index in range(3):
        before = pair.reference[:, :, index].ravel()[::step].astype(np.uint8)
        after = pair.changed[:, :, index].ravel()[::step]
        count = np.bincount(before, minlength=256).astype(np.float64)
        sums = np.bincount(before, weights=after, minlength=256)
        squares = np.bincount(before, weights=after.astype(np.float64) ** 2, minlength=256)
        used = count > 0
        curve = np.where(used, sums / np.maximum(count, 1), 0.0)
        within = float((squares - count * curve**2).sum()) / before.size
        change = float(((after - before) ** 2).mean())
        left.append(log_ratio(max(within, 0.0), change, 1e-2))
        well = count > 20
        shift = (curve - np.arange(256))[well]
        rough.append(float(np.abs(np.diff(shift)).mean()) if shift.size > 2 else 0.0)
        histogram = np.bincount(after.astype(np.uint8), minlength=256)
        empty.append(_empty_share(histogram) - _empty_share(count))
        flat_runs.append(
            _equal_neighbours(pair.changed[:, :, index]) - _equal_neighbours(pair.reference[:, :, index])
        )
    return {
        "left of tone curve": float(np.mean(left)),
        "least left of tone curve": float(np.min(left)),
        "roughness of tone curve": float(np.log1p(np.mean(rough))),
        "unused values": float(np.mean(empty)),
        "flat runs": float(np.mean(flat_runs)),
        "clipped": float(((pair.changed <= 0) | (pair.changed >= 255)).mean())
        - float(((pair.reference <= 0) | (pair.reference >= 255)).mean()),
    }


def _empty_share(histogram: Values) -> float:
    used = np.flatnonzero(histogram)
    if used.size < 2:
        return 0.0
    inside = histogram[used[0] : used[-1] + 1]
    return float((inside == 0).mean())


def _equal_neighbours(plane: Values) -> float:
    return float((plane[:, 1:] == plane[:, :-1]).mean())
