"""Pairs of pictures for golden values of metrics, by name; the same wherever numpy and scikit-image's data are."""

import numpy as np
from skimage import data


def _noise(picture, spread):
    noise = np.random.default_rng(7).integers(-spread, spread + 1, picture.shape)
    return np.clip(picture.astype(int) + noise, 0, 255).astype(np.uint8)


def _quantised(picture, step):
    return np.minimum(picture.astype(int) // step * step + step // 2, 255).astype(np.uint8)


def _smoothed(picture):
    p = np.pad(picture.astype(int), ((1, 1), (1, 1), (0, 0)), mode="edge")
    height, width = picture.shape[:2]
    total = sum(p[y : y + height, x : x + width] for y in range(3) for x in range(3))
    return ((total + 4) // 9).astype(np.uint8)


def pairs():
    astronaut, coffee, cat = data.astronaut(), data.coffee(), data.chelsea()
    return {
        "astronaut noise 8": (astronaut, _noise(astronaut, 8)),
        "coffee quantised 24": (coffee, _quantised(coffee, 24)),
        "cat smoothed": (cat, _smoothed(cat)),
        "cat 101x75 redder": (
            cat[100:175, 100:201],
            np.minimum(cat[100:175, 100:201].astype(int) + np.array([12, 0, 0]), 255).astype(np.uint8),
        ),
        "cat 25x31 noise 40": (cat[:31, :25], _noise(cat[:31, :25], 40)),
        "astronaut 512x9 mirrored": (astronaut[:9], astronaut[:9, ::-1]),
    }
