"""Noise: the part of a picture that no structure explains.

Strength: standard deviation in grey levels of luma, by the eigenvalues of the covariance of 8 by 8 patches, Chen, Zhu &
Heng (2015) [Chen2015]: those that noise alone makes have a mean equal to their median, so the largest are left out until
that is so. Only the smoothest tenth of the patches is looked at, by the spread of their four quarters' means, which noise hardly
moves: the paper's estimate from all patches takes the fine texture of sharp photographs for noise. The map is the local spread after the Laplacian mask of Immerkær (1996) [Immerkaer1996] has taken out planes; it
holds texture too. Ours: patches with pixels at 0 or 255 are left out, and at most 40 000 are looked at.
"""

import cv2
import numpy as np
import numpy.typing as npt

from jnd.artifacts.finding import Artifact, Detail, Finding
from jnd.artifacts.subject import Plane, Subject

SIDE = 8
MOST_PATCHES = 40_000
SMOOTH_SHARE = 0.1
LEAST_PATCHES = 400
"""Six times the 64 numbers of a patch, so that the covariance has full rank with something to spare."""
FOUND_STRENGTH = 3.0
"""Grey levels. Kodak's pictures, scanned from film, have a median of 1.5 and, of 24, one above (5.5, fine texture everywhere)."""
LAPLACIAN = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
"""[Immerkaer1996], equation 1; noise of standard deviation 1 becomes 6."""
MAP_WINDOW = 15
SEED = 0


def detect(subject: Subject) -> Finding:
    """Noise of luma, and of the two chroma planes in the details."""
    strength = noise_level(subject.luma, subject.clipped)
    if strength is None:
        return Finding(False, 0.0, "too small or too much at black or white to tell", {})
    details: dict[str, Detail] = {}
    if subject.chroma is not None:
        for name, plane in zip(("cb", "cr"), subject.chroma, strict=True):
            level = noise_level(plane, subject.clipped)
            details[name] = None if level is None else round(level, 4)
    found = strength > FOUND_STRENGTH
    how = "hardly any noise" if strength < 0.7 else "little noise" if not found else "noise"
    if strength > 8:
        how = "much noise"
    return Finding(
        found, round(strength, 4), f"{how}, {strength:.1f} grey levels", details, noise_map(subject.luma)
    )


def noise_level(plane: Plane, clipped: npt.NDArray[np.bool_]) -> float | None:
    """Standard deviation of noise in ``plane``; None where too few patches can be used."""
    rows, columns = plane.shape[0] - SIDE + 1, plane.shape[1] - SIDE + 1
    if rows < 1 or columns < 1:
        return None
    step = max(1, int(np.sqrt(rows * columns / MOST_PATCHES)))
    # Steps of a power of two would meet JPEG's blocks at few places.
    step += step % 2 == 0
    spare = cv2.erode((~clipped).astype(np.uint8), np.ones((SIDE, SIDE), np.uint8), anchor=(0, 0)) > 0
    windows = np.lib.stride_tricks.sliding_window_view(plane, (SIDE, SIDE))[::step, ::step]
    usable = spare[:rows:step, :columns:step]
    patches = windows[usable].reshape(-1, SIDE * SIDE).astype(np.float32)
    if len(patches) < LEAST_PATCHES:
        return None
    quarters = patches.reshape(-1, 2, SIDE // 2, 2, SIDE // 2).mean(axis=(2, 4)).reshape(-1, 4)
    spread = np.ptp(quarters, axis=1)
    share = max(SMOOTH_SHARE, LEAST_PATCHES / len(patches))
    patches = patches[spread <= np.quantile(spread, share)]
    centred = patches - patches.mean(axis=0)
    eigenvalues = np.linalg.eigvalsh((centred.T @ centred).astype(np.float64) / len(patches))
    for count in range(len(eigenvalues), 0, -1):
        kept = eigenvalues[:count]
        if kept.mean() <= np.median(kept):
            break
    return float(np.sqrt(max(kept.mean(), 0.0)))


def noise_map(luma: Plane) -> Plane:
    """(H, W) local standard deviation in grey levels of what the Laplacian mask leaves."""
    left = np.abs(cv2.filter2D(luma, cv2.CV_32F, LAPLACIAN, borderType=cv2.BORDER_REFLECT_101))
    mean = cv2.boxFilter(left, cv2.CV_32F, (MAP_WINDOW, MAP_WINDOW), borderType=cv2.BORDER_REFLECT_101)
    return np.asarray(mean * np.float32(np.sqrt(np.pi / 2) / 6), np.float32)


def noisier(subject: Subject, finding: Finding) -> npt.NDArray[np.uint8] | None:
    """The picture with white Gaussian noise of the measured level added to its luma."""
    noise = np.random.default_rng(SEED).normal(0, finding.strength, subject.luma.shape)
    if subject.pixels.ndim == 3:
        noise = noise[..., np.newaxis]
    return np.clip(np.rint(subject.pixels + noise), 0, 255).astype(np.uint8)


NOISE = Artifact(
    title="Noise",
    unit="grey levels",
    detect=detect,
    imitated=noisier,
    effect_method="applied once more",
    reference="Chen2015",
)
