"""Cameras whose sensors are known: pictures = light (1 + K) + noise, rounded, and saved as JPEG."""

import io

import numpy as np
from PIL import Image
from scipy.ndimage import gaussian_filter

SIZE = (384, 512)
STRENGTH = 0.01
"""Standard deviation of K, as of real sensors."""


def sensor(seed, size=SIZE):
    """K of one sensor."""
    return np.random.default_rng([1, seed]).normal(0, STRENGTH, size)


def scene(seed, size=SIZE):
    """Smooth light with an edge, code values."""
    random = np.random.default_rng([2, seed])
    light = gaussian_filter(random.normal(0, 1, size), 12)
    light *= 45 / light.std()
    light[:, size[1] // 2 :] += 25
    return (120 + light).clip(25, 215)


def flat(seed, size=SIZE):
    rows, columns = np.mgrid[: size[0], : size[1]]
    return 150 + (seed % 5) - 20 * ((rows / size[0] - 0.5) ** 2 + (columns / size[1] - 0.5) ** 2)


def taken(light, prnu, seed=0, noise=2.0):
    """(H, W, 3) uint8: what the sensor makes of light."""
    random = np.random.default_rng([3, seed])
    exposed = light * (1 + prnu)
    colours = [exposed * gain + random.normal(0, noise, light.shape) for gain in (0.9, 1.0, 0.8)]
    return np.stack(colours, axis=-1).round().clip(0, 255).astype(np.uint8)


def jpeg(pixels, quality=95, orientation=None):
    data = io.BytesIO()
    exif = Image.Exif()
    if orientation is not None:
        exif[0x0112] = orientation
    Image.fromarray(pixels).save(data, "JPEG", quality=quality, exif=exif)
    return data.getvalue()


def decoded(data):
    return np.asarray(Image.open(io.BytesIO(data)))


def write_flats(folder, name, seed, count=8, size=SIZE):
    prnu, paths = sensor(seed, size), []
    for number in range(count):
        path = folder / f"{name}_{number}.jpg"
        path.write_bytes(jpeg(taken(flat(number, size), prnu, 100 * seed + number)))
        paths.append(path)
    return paths
