"""Features of movement: what a shift, an affine map or a smooth field of shifts explains, per channel too."""

from typing import Any

import cv2
import numpy as np

from jnd.difference.kinds.planes import Pair, Values, log_ratio

TILES = 8
"""Along each side, each with a shift of its own."""
SCALES = (1, 4)
"""Larger movements are seen in the smaller picture."""


def motion_features(pair: Pair) -> dict[str, float]:
    """By least squares on the slopes of the reference (Lucas and Kanade's equation), at two scales."""
    found: dict[str, float] = {}
    for scale in SCALES:
        channels: list[Values] = [pair.before[:, :, 0], *np.moveaxis(pair.reference, 2, 0)]
        changed: list[Values] = [pair.after[:, :, 0], *np.moveaxis(pair.changed, 2, 0)]
        if scale > 1:
            size = (channels[0].shape[1] // scale, channels[0].shape[0] // scale)
            channels = [cv2.resize(plane, size, interpolation=cv2.INTER_AREA) for plane in channels]
            changed = [cv2.resize(plane, size, interpolation=cv2.INTER_AREA) for plane in changed]
        fits = [_fit(x, y) for x, y in zip(channels, changed, strict=True)]
        for name, value in fits[0].items():
            found[f"{name} at {scale}"] = value
        for name in ("left of shift", "left of affine", "zoom", "movement"):
            found[f"{name} red over green at {scale}"] = fits[1][name] - fits[2][name]
            found[f"{name} blue over green at {scale}"] = fits[3][name] - fits[2][name]
        found[f"zoom red over blue at {scale}"] = fits[1]["zoom"] - fits[3]["zoom"]
    return found


def _fit(before: Values, after: Values) -> dict[str, float]:
    difference = after - before
    difference = difference - difference.mean()
    slope_x = cv2.Sobel(before, cv2.CV_32F, 1, 0, ksize=3, scale=0.125, borderType=cv2.BORDER_REPLICATE)
    slope_y = cv2.Sobel(before, cv2.CV_32F, 0, 1, ksize=3, scale=0.125, borderType=cv2.BORDER_REPLICATE)
    height, width = before.shape
    tile = (max(2, height // TILES), max(2, width // TILES))
    inside = tuple(side // part * part for side, part in zip(before.shape, tile, strict=True))
    xx, xy, yy, xd, yd, dd = (
        _tiles(plane[: inside[0], : inside[1]], tile)
        for plane in (
            slope_x * slope_x,
            slope_x * slope_y,
            slope_y * slope_y,
            slope_x * difference,
            slope_y * difference,
            difference * difference,
        )
    )
    total = float(dd.sum()) + 1e-3 * before.size
    damping = 0.02 * float((xx + yy).mean()) + 1e-3
    u, v, explained = _solve(xx + damping, xy, yy + damping, xd, yd)
    gu, gv, global_explained = _solve(xx.sum() + damping, xy.sum(), yy.sum() + damping, xd.sum(), yd.sum())
    rows, columns = u.shape
    row, column = np.indices((rows, columns))
    y, x = (row + 0.5) / rows * 2 - 1, (column + 0.5) / columns * 2 - 1
    affine = _affine(x, y, xx, xy, yy, xd, yd)
    movement = np.hypot(u, v)
    roughness = float(
        np.hypot(np.diff(u, axis=0), np.diff(v, axis=0)).mean()
        + np.hypot(np.diff(u, axis=1), np.diff(v, axis=1)).mean()
    )
    return {
        "left of shift": log_ratio(max(total - float(global_explained), 0.0), total, 1e-3),
        "left of affine": log_ratio(max(total - affine[0], 0.0), total, 1e-3),
        "left of tile shifts": log_ratio(max(total - float(explained.sum()), 0.0), total, 1e-3),
        "movement": float(np.log(np.sqrt((movement**2).mean()) + 1e-3)),
        "shift": float(np.log(np.hypot(gu, gv) + 1e-3)),
        "roughness of movement": log_ratio(roughness, float(movement.mean()), 1e-3),
        "zoom": affine[1],
    }


def _tiles(plane: Values, tile: tuple[int, int]) -> Values:
    rows, columns = plane.shape[0] // tile[0], plane.shape[1] // tile[1]
    tiles: Values = plane.reshape(rows, tile[0], columns, tile[1]).sum(axis=(1, 3), dtype=np.float64)
    return tiles


def _solve(xx: Any, xy: Any, yy: Any, xd: Any, yd: Any) -> tuple[Any, Any, Any]:
    determinant = xx * yy - xy * xy + 1e-9
    u = (yy * xd - xy * yd) / determinant
    v = (xx * yd - xy * xd) / determinant
    return u, v, u * xd + v * yd


def _affine(
    x: Values, y: Values, xx: Values, xy: Values, yy: Values, xd: Values, yd: Values
) -> tuple[float, float]:
    """What six parameters explain, and their divergence: how much larger the picture became."""
    basis = [np.ones_like(x), x, y]
    normal, right = np.zeros((6, 6)), np.zeros(6)
    for i, a in enumerate(basis):
        right[i], right[i + 3] = float((a * xd).sum()), float((a * yd).sum())
        for j, b in enumerate(basis):
            normal[i, j] = float((a * b * xx).sum())
            normal[i, j + 3] = normal[i + 3, j] = float((a * b * xy).sum())
            normal[i + 3, j + 3] = float((a * b * yy).sum())
    solution = np.linalg.solve(normal + (1e-3 * np.trace(normal) / 6 + 1e-3) * np.eye(6), right)
    zoom = float(solution[1] + solution[5])
    return float(solution @ right), float(np.sign(zoom) * np.log1p(10 * abs(zoom)))
