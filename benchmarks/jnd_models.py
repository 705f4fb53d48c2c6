"""Speed and memory of the pixel-domain JND models beside plain numpy readings of the same equations.

One core, 8-bit input, least processor time of several runs in one process; the readings below are numpy and scipy as one would write
them from the papers (64 bits, one operation after the other), without OpenCV or compiled code of ours. They share our
Canny edges, which they would not find faster. Peak memory: what numpy and OpenCV allocate during the call, in
float32 planes of the picture's size, the result included, the picture not.

    OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 python benchmarks/jnd_models.py [--markdown]
"""

import argparse
import time
from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt
import skimage.data
from measuring import peak_planes
from scipy import ndimage, signal

from jnd.models import PIXEL_MODELS
from jnd.models.jiang2022 import critical_point
from jnd.vision.contrast_masking import GRADIENT_KERNELS
from jnd.vision.edges import canny, disc
from jnd.vision.total_variation import ITERATIONS

Array = npt.NDArray[np.float64]
Levels = npt.NDArray[np.uint8]

PUBLIC_PORT_MS = {"chou1995": 371, "yang2005": 350, "wu2017": 660, "wu2013": 730}
"""512x512 on one x86-64 core of another, slower machine (about 2.4 times, by the port of yang2005): the Python ports of
OpenJND, and the MATLAB program of wu2013."""
BACKGROUND = (
    np.array([[1, 1, 1, 1, 1], [1, 2, 2, 2, 1], [1, 2, 0, 2, 1], [1, 2, 2, 2, 1], [1, 1, 1, 1, 1]]) / 32
)


def correlate(plane: Array, kernel: Array) -> Array:
    return signal.correlate2d(plane, kernel, mode="same", boundary="symm")


def background(plane: Array) -> Array:
    return correlate(plane, BACKGROUND)


def gradient(plane: Array) -> Array:
    return np.max([np.abs(correlate(plane, kernel) / 16) for kernel in GRADIENT_KERNELS], axis=0)


def adaptation(b: Array) -> Array:
    return np.where(b <= 127, 17 * (1 - np.sqrt(b / 127)) + 3, 3 / 128 * (b - 127) + 3)


def masking(mg: Array, b: Array) -> Array:
    return mg * (0.0001 * b + 0.115) + 0.5 - 0.01 * b


def add(first: Array, second: Array) -> Array:
    return first + second - 0.3 * np.minimum(first, second)


def lifted(b: Array) -> Array:
    level = np.floor(b)
    return adaptation(np.where(level <= 127, np.floor(32 + level * 95 / 127 + 0.5), level))


def deviation(plane: Array, side: int) -> Array:
    box = np.full((side, side), 1 / side**2)
    return np.sqrt(np.maximum(correlate(plane**2, box) - correlate(plane, box) ** 2, 0))


def gaussian(plane: Array, length: int, sigma: float) -> Array:
    x = np.arange(length) - length // 2
    kernel = np.exp(-(x**2) / (2 * sigma**2))
    kernel = np.outer(kernel, kernel)
    return correlate(plane, kernel / kernel.sum())


def protection(plane: Array, threshold: float, element: Array, depth: float, length: int) -> Array:
    edges = ndimage.binary_dilation(canny(plane, threshold), element)
    return gaussian(1 - depth * edges, length, 0.8)


def strong_edges(plane: Array) -> Array:
    return protection(plane, min(0.8, 60 / gradient(plane)[2:-2, 2:-2].max()), disc(3), 1, 5)


def plain_chou1995(plane: Array) -> Array:
    b = background(plane)
    return np.maximum(masking(gradient(plane), b), adaptation(b))


def plain_yang2005(plane: Array) -> Array:
    b = background(plane)
    weight = protection(plane, 0.5, disc(6), 0.95, 7)
    return add(adaptation(b), np.maximum(masking(gradient(plane) * weight, b), 0))


def plain_liu2010(plane: Array) -> Array:
    u, px, py = plane.copy(), np.zeros_like(plane), np.zeros_like(plane)
    for _ in range(ITERATIONS):
        divergence = px + py
        divergence[1:] -= py[:-1]
        divergence[:, 1:] -= px[:, :-1]
        v = u + 2 * divergence
        new = np.clip(plane, v - 1.6, v + 1.6)
        ahead = 2 * new - u
        u = new
        px[:, :-1] = np.clip(px[:, :-1] + np.diff(ahead, axis=1) / 16, -1, 1)
        py[:-1] = np.clip(py[:-1] + np.diff(ahead, axis=0) / 16, -1, 1)
    u, b = np.rint(u), background(plane)
    parts = [np.clip(masking(gradient(part), b), 0, 10) for part in (u, plane - u)]
    return add(adaptation(b), 0.7 * parts[0] + 1.4 * parts[1])


def plain_wu2013(plane: Array) -> Array:
    m = np.maximum(lifted(background(plane)), 8)
    s = deviation(plane, 7)
    variance = np.where(s > m, m**3 / np.maximum(s, 1e-9), m**2)
    padded = np.pad(plane, 13, mode="symmetric")
    height, width = plane.shape
    here = padded[10:-10, 10:-10]
    weighted, weights, largest = (np.zeros_like(plane) for _ in range(3))
    for u in range(21):
        for v in range(21):
            if u == v == 10:
                continue
            there = padded[u : u + height + 6, v : v + width + 6]
            distance = ndimage.uniform_filter((here - there) ** 2, 7)[3:-3, 3:-3]
            w = np.exp(-distance / variance)
            weighted += w * there[3:-3, 3:-3]
            weights += w
            largest = np.maximum(largest, w)
    expected = np.floor((weighted + largest * plane) / (weights + largest) + 0.5)
    b = background(expected)
    compressed = 80 * np.log10(1 + gradient(expected) / 80) / np.log10(4)
    orderly = add(lifted(b), np.abs(masking(compressed, np.floor(b))))
    disorder = np.abs(plane - expected)
    smooth = np.minimum(disorder, gaussian(disorder, 7, 7 / 3))
    disorder = np.where(deviation(plane, 7) < 10, smooth, disorder)
    return add(orderly, disorder * protection(plane, 0.7, disc(2), 0.8, 5))


def plain_wu2017(plane: Array) -> Array:
    kernel = np.array([[-1, 0, 1]] * 3) / 3
    x, y = correlate(plane, kernel), correlate(plane, kernel.T)
    angle = np.round(np.degrees(np.arctan2(y, x)))
    angle = np.where(angle > 90, angle - 180, np.where(angle < -90, angle + 180, angle)) + 90
    oriented = np.hypot(x, y) >= 5
    bins = np.where(oriented, np.floor(angle / 12 + 0.5), 16)
    padded = np.pad(bins, 1, mode="edge")
    height, width = plane.shape
    kinds = np.zeros_like(plane)
    for k in range(17):
        here = padded == k
        kinds += np.any([here[i : i + height, j : j + width] for i in range(3) for j in range(3)], axis=0)
    complexity = gaussian(np.where(oriented, kinds, 1.0), 3, 1)
    contrast = deviation(plane, 5)
    pattern = contrast * 0.3 * complexity**2.7 / (complexity**2 + 1) * strong_edges(plane)
    by_contrast = 0.115 * 16 * contrast**2.4 / (contrast**2 + 26**2)
    return add(0.7 * lifted(background(plane)), np.maximum(pattern, by_contrast))


def plain_jiang2022(plane: Array) -> Array:
    rows, columns = plane.shape[0] // 8, plane.shape[1] // 8
    whole = plane[: rows * 8, : columns * 8]
    blocks = whole.reshape(rows, 8, columns, 8).transpose(0, 2, 1, 3).reshape(-1, 64)
    _, _, directions = np.linalg.svd(blocks - blocks.mean(axis=0), full_matrices=False)
    coefficients = blocks @ directions.T
    coefficients[:, critical_point(np.mean(coefficients**2, axis=0)) :] = 0
    left = (coefficients @ directions).reshape(rows, columns, 8, 8).transpose(0, 2, 1, 3).reshape(whole.shape)
    return np.abs(whole - left) * strong_edges(whole)


PLAIN = {
    "chou1995": plain_chou1995,
    "yang2005": plain_yang2005,
    "liu2010": plain_liu2010,
    "wu2013": plain_wu2013,
    "wu2017": plain_wu2017,
    "jiang2022": plain_jiang2022,
}


def least_ms(call: Callable[[], Array], *, runs: int) -> float:
    """Least processor time; runs of one call follow each other, as frames of a sequence do."""
    call()
    least = float("inf")
    for _ in range(runs):
        start = time.process_time()
        call()
        least = min(least, 1e3 * (time.process_time() - start))
    return least


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--markdown", action="store_true", help="the table of docs/concepts/jnd-maps.md")
    markdown = parser.parse_args().markdown
    cv2.setNumThreads(1)
    small = skimage.data.camera()
    large = np.tile(small, (3, 4))[:1080, :1920].copy()
    titles = ["model", "512x512 ms", "1920x1080 ms", "plain numpy ms", "times", "public port ms", "planes"]
    row = (
        ("| " + " | ".join(["{}"] * len(titles)) + " |")
        if markdown
        else "{:14s}" + "{:>15s}" * (len(titles) - 1)
    )
    print(row.format(*titles))
    if markdown:
        print("|---|" + "--:|" * (len(titles) - 1))
    for name, entry in PIXEL_MODELS.items():
        ours = least_ms(lambda f=entry.function: f(small), runs=20)
        at_1080p = least_ms(lambda f=entry.function: f(large), runs=4)
        cells = [name, f"{ours:.1f}", f"{at_1080p:.0f}"]
        if name in PLAIN:
            grey = small.astype(np.float64)
            difference = np.abs(PLAIN[name](grey) - entry.function(small)).mean()
            assert difference < 0.02, (name, difference)  # the same equations
            plain = least_ms(lambda f=PLAIN[name], g=grey: f(g), runs=2)
            cells += [f"{plain:.0f}", f"{plain / ours:.0f}"]
        else:
            cells += ["", ""]
        cells.append(str(PUBLIC_PORT_MS.get(name, "")))
        cells.append(f"{peak_planes(lambda f=entry.function: f(large), large.size):.0f}")
        print(row.format(*cells), flush=True)


if __name__ == "__main__":
    main()
