"""Fewer samples: of the whole picture, or of its chroma."""

import cv2
import numpy as np

from jnd.distortions.distortion import Distortion, LevelAxis, Pixels, Planes
from jnd.vision.luma import BT601, RGB_OF_CHROMA

FACTOR = LevelAxis("factor by which each side is made smaller and larger again", 1.0, 10.0, logarithmic=True)
CHROMA_FACTOR = LevelAxis("samples of luma per sample of chroma, each side", 1.0, 32.0, logarithmic=True)


def _resampling(pixels: Pixels, factor: float, random: np.random.Generator) -> Planes:
    return _there_and_back(pixels.astype(np.float64), factor, cv2.INTER_CUBIC)


def _chroma_subsampling(pixels: Pixels, factor: float, random: np.random.Generator) -> Planes:
    """As in JPEG: Cb and Cr of JFIF, averaged over areas and interpolated linearly; 4:2:0 is a factor of 2."""
    red, green, blue = (pixels[:, :, channel].astype(np.float64) for channel in range(3))
    luma = BT601[0] * red + BT601[1] * green + BT601[2] * blue
    chroma = np.stack([(blue - luma) / RGB_OF_CHROMA[2][0], (red - luma) / RGB_OF_CHROMA[0][1]], axis=2)
    chroma = _there_and_back(chroma, factor, cv2.INTER_LINEAR)
    cb, cr = chroma[:, :, 0], chroma[:, :, 1]
    return np.stack([luma + of_cb * cb + of_cr * cr for of_cb, of_cr in RGB_OF_CHROMA], axis=2)


def _there_and_back(planes: Planes, factor: float, interpolation: int) -> Planes:
    height, width = planes.shape[:2]
    small = (max(1, round(width / factor)), max(1, round(height / factor)))
    if small == (width, height):
        return planes
    reduced = cv2.resize(planes, small, interpolation=cv2.INTER_AREA)
    return np.asarray(
        cv2.resize(reduced, (width, height), interpolation=interpolation), dtype=np.float64
    ).reshape(planes.shape)


RESAMPLING = Distortion(
    "resampling", "Resampling (smaller and back)", "sampling", FACTOR, _resampling, "nothing"
)
CHROMA_SUBSAMPLING = Distortion(
    "chroma_subsampling", "Chroma subsampling", "sampling", CHROMA_FACTOR, _chroma_subsampling, "nothing"
)
