"""Features of the change's own texture: where it is, how it is distributed, the grid of blocks, its correlations."""

import cv2
import numpy as np

from jnd.difference.kinds.planes import Pair, Plane, Values, log_ratio
from jnd.vision.dct8 import dct_basis

BLOCK = 8
"""Pixels of a side of JPEG's blocks."""
PATCH = 16
"""Side of the patches whose energies tell local changes from those everywhere."""

MIDDLE = 320
"""Side of the middle of the picture in which correlations are measured, pixels."""


def texture_features(pair: Pair) -> dict[str, float]:
    """Locality, distribution, correlation, relation to edges, blocks and quantised coefficients."""
    return {
        **_locality(pair),
        **_distribution(pair),
        **_correlation(pair),
        **_edges(pair),
        **_blocks(pair),
    }


def _locality(pair: Pair) -> dict[str, float]:
    energy = (pair.difference**2).sum(axis=2)
    patches = _patch_means(energy)
    ordered = np.sort(patches.ravel())[::-1]
    total = float(ordered.sum()) + 1e-6
    found = {
        f"share of top {share}": float(ordered[: max(1, int(len(ordered) * share))].sum()) / total
        for share in (0.02, 0.1, 0.3)
    }
    found["unchanged patches"] = float((ordered < 0.02).mean())
    found["unchanged pixels"] = float((energy < 0.5).mean())
    changed = cv2.blur((energy >= 0.5).astype(np.float32), (5, 5))
    found["solid change"] = float(((changed > 0.6) & (energy >= 0.5)).sum()) / float(
        (energy >= 0.5).sum() + 1
    )
    hit = patches > 0.05 * patches.max() + 1e-6
    down, across = np.nonzero(hit)
    box = (np.ptp(down) + 1) * (np.ptp(across) + 1) / hit.size if down.size else 0.0
    found["box of change"] = float(box)
    found["filled box"] = float(hit.mean()) / (float(box) + 1e-6)
    flat_before = _detail(pair.before[:, :, 0], hit)
    flat_after = _detail(pair.after[:, :, 0], hit)
    found["detail where changed"] = log_ratio(flat_after, flat_before, 0.05)
    return found


def _detail(plane: Values, hit: Values) -> float:
    """Power of the finest detail within the patches that changed."""
    patches = _patch_means((plane - cv2.blur(plane, (3, 3))) ** 2)
    return float(patches[hit].mean()) if hit.any() else 0.0


def _patch_means(plane: Values) -> Values:
    rows, columns = (side // PATCH for side in plane.shape)
    patches = plane[: rows * PATCH, : columns * PATCH].reshape(rows, PATCH, columns, PATCH)
    return np.asarray(patches.mean(axis=(1, 3)))


def _distribution(pair: Pair) -> dict[str, float]:
    change = pair.difference[:, :, 0]
    size = np.abs(change)
    variance = float((change**2).mean())
    high = change - cv2.blur(change, (3, 3))
    high_variance = float((high**2).mean())
    extreme = np.asarray((pair.changed <= 1).all(axis=2) | (pair.changed >= 254).all(axis=2))
    extreme &= ~((pair.reference <= 8).all(axis=2) | (pair.reference >= 247).all(axis=2))
    # Alone among its neighbours: an impulse, not a clipped area.
    alone = extreme & (cv2.blur(extreme.astype(np.float32), (3, 3)) < 0.7)
    return {
        "mean size": float(np.log(size.mean() + 1e-3)),
        "largest": float(np.log1p(size.max())),
        "kurtosis": log_ratio(float((change**4).mean()), variance**2, 1e-2),
        "kurtosis of detail": log_ratio(float((high**4).mean()), high_variance**2, 1e-2),
        "share above 40": float((size > 40).mean()),
        "impulses": float(np.log(alone.mean() + 1e-5)),
        "median over mean": float(np.median(size[:: max(1, size.shape[0] // 256)]))
        / (float(size.mean()) + 1e-3),
    }


def _correlation(pair: Pair) -> dict[str, float]:
    change = _middle(pair.residual)
    power = float((change**2).mean()) + 1e-3
    found = {}
    for down, across in ((0, 1), (1, 0), (1, 1), (0, 2), (2, 0), (0, 4), (4, 0), (0, 8), (8, 0)):
        a = change[: change.shape[0] - down, : change.shape[1] - across]
        found[f"correlation {down} {across}"] = float((a * change[down:, across:]).mean()) / power
    row, column = (np.asarray(index) for index in np.indices(change.shape))
    for cell in (1, 2, 4):
        rows, columns = change.shape
        # Whatever its offset, a checkerboard is alike across two cells and opposite across one.
        a = change[: rows - cell, : columns - cell]
        b = change[cell:, : columns - cell]
        c = change[: rows - cell, cell:]
        d = change[cell:, cell:]
        found[f"checks {cell}"] = float(
            np.abs(((a - b - c + d) / 4 * _signs(row, column, cell, a.shape)).mean())
        ) / float(np.sqrt(power))
    step = max(1, pair.residual.size // 60_000)
    rgb = pair.changed.reshape(-1, 3)[::step] - pair.reference.reshape(-1, 3)[::step]
    rgb = rgb - rgb.mean(axis=0)
    covariance = rgb.T @ rgb / len(rgb) + 0.05 * np.eye(3)
    deviation = np.sqrt(np.diag(covariance))
    for (i, j), name in (((0, 1), "red green"), ((1, 2), "green blue"), ((0, 2), "red blue")):
        found[f"channels {name}"] = float(covariance[i, j] / (deviation[i] * deviation[j]))
    found["red over green change"] = float(np.log(deviation[0] / deviation[1]))
    found["blue over green change"] = float(np.log(deviation[2] / deviation[1]))
    return found


def _middle(plane: Plane) -> Plane:
    height, width = plane.shape
    top, left = max(0, height - MIDDLE) // 2, max(0, width - MIDDLE) // 2
    return plane[top : top + MIDDLE, left : left + MIDDLE]


def _signs(row: Values, column: Values, cell: int, shape: tuple[int, int]) -> Values:
    rows, columns = shape
    signs: Values = 1.0 - 2.0 * ((row[:rows, :columns] // cell + column[:rows, :columns] // cell) % 2)
    return signs


def _edges(pair: Pair) -> dict[str, float]:
    luma, change = pair.before[:, :, 0], pair.residual
    found = {}
    power = float((change**2).mean()) + 1e-3
    for sigma in (0.8, 1.6, 3.2):
        detail = luma - cv2.GaussianBlur(luma, (0, 0), sigma, borderType=cv2.BORDER_REFLECT)
        size = float((detail**2).mean()) + 1e-3
        along = float((detail * change).mean())
        found[f"detail taken {sigma}"] = along / size
        found[f"detail explains {sigma}"] = along * abs(along) / (size * power)
    step = max(1, change.size // 60_000)
    activity, magnitude = pair.activity.ravel()[::step], np.abs(change).ravel()[::step]
    order = np.argsort(activity, kind="stable")
    quarters = [float(np.sqrt((magnitude[part] ** 2).mean())) for part in np.array_split(order, 5)]
    for index, value in enumerate(quarters):
        found[f"change in fifth {index} of activity"] = log_ratio(value, float(np.sqrt(power)), 0.02)
    a, b = np.log(activity + 1), np.log(magnitude + 1)
    found["change follows activity"] = (
        float(np.corrcoef(a, b)[0, 1]) if a.std() > 1e-3 and b.std() > 1e-3 else 0.0
    )
    before, after = (
        (plane - cv2.blur(plane, (3, 3))).ravel()[::step] for plane in (luma, pair.after[:, :, 0])
    )
    for index, part in enumerate(np.array_split(order, 5)):
        found[f"detail gain in fifth {index} of activity"] = log_ratio(
            float((after[part] ** 2).mean()), float((before[part] ** 2).mean()), 0.1
        )
    return found


def _blocks(pair: Pair) -> dict[str, float]:
    """Steps at each phase of the grid of eight, and coefficients of the blocks that became zero."""
    found = {}
    for name, plane in (("luma", pair.difference[:, :, 0]), ("chroma", pair.difference[:, :, 1])):
        across = np.abs(np.diff(plane, axis=1)).mean(axis=0)
        down = np.abs(np.diff(plane, axis=0)).mean(axis=1)
        ratios = []
        for steps in (across, down):
            phases = np.array([float(steps[phase::BLOCK].mean()) for phase in range(BLOCK)])
            ratios.append(log_ratio(float(phases.max()), float(np.median(phases)), 0.02))
            found[f"grid at {name} {'across' if steps is across else 'down'}"] = log_ratio(
                float(phases[BLOCK - 1]), float(np.median(phases)), 0.02
            )
        found[f"grid {name}"] = min(ratios)
    dct = dct_basis().astype(np.float32)
    zeros = []
    for plane in (pair.before[:, :, 0], pair.after[:, :, 0]):
        rows, columns = (side // BLOCK for side in plane.shape)
        step = max(1, rows * columns // 1500)
        blocks = plane[: rows * BLOCK, : columns * BLOCK].reshape(rows, BLOCK, columns, BLOCK).swapaxes(1, 2)
        blocks = blocks.reshape(-1, BLOCK, BLOCK)[::step]
        size = np.abs(dct @ (blocks - 128.0) @ dct.T)
        order = np.add.outer(np.arange(BLOCK), np.arange(BLOCK))
        zeros.append([float((size[:, (order >= low) & (order < high)] < 1.0).mean()) for low, high in ZONES])
    for index, (before, after) in enumerate(zip(*zeros, strict=True)):
        found[f"zero coefficients {index}"] = after - before
        found[f"zero coefficients left {index}"] = after
    return found


ZONES = ((1, 3), (3, 6), (6, 10), (10, 15))
"""Of the DCT's indices, row plus column."""
