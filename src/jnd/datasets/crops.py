"""Square crops of large photographs, also of reduced ones: more pictures of the size that people were shown.

Tiles are spread evenly, so that the outer ones touch the edges; per side there are round(side / size) of them, at
least one. Reduction is by pixel areas (OpenCV's INTER_AREA) on sRGB code values, as picture software does it.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np

from jnd.errors import UnsupportedPictureError
from jnd.picture import CodeValues, Picture, read_picture, seen, write_picture


def crops(pixels: CodeValues, size: int, scale: float = 1.0) -> Iterator[tuple[int, int, CodeValues]]:
    """(x, y, pixels) of every crop of a picture that was reduced by ``scale`` first.

    Parameters
    ----------
    pixels : (H, W, 3) sRGB code values.
    size : side of a crop in pixels; none comes out where the reduced picture is smaller.
    scale : above 0, at most 1.

    Raises
    ------
    ValueError
        A size or scale outside of its range.
    """
    if size < 1:
        raise ValueError(f"the side of a crop must be at least 1 pixel, got {size}")
    if not 0 < scale <= 1:
        raise ValueError(
            f"the scale must be above 0 and at most 1 (pictures are only reduced), got {scale:g}"
        )
    reduced = pixels if scale == 1 else _reduced(pixels, scale)
    height, width = reduced.shape[:2]
    for y in _starts(height, size):
        for x in _starts(width, size):
            yield x, y, np.ascontiguousarray(reduced[y : y + size, x : x + size])


def write_crops(source: Path, folder: Path, size: int, scales: Sequence[float]) -> list[Path]:
    """Write the crops of one picture as PNG to ``folder/<stem>/``; what is there already is not written again.

    The folder is the group of its crops: ``jnd datasets label FOLDER --group folder`` keeps them together.

    Raises
    ------
    UnsupportedPictureError
        A transparent picture, or one that is too small for any crop.
    """
    picture = read_picture(source)
    if picture.alpha is not None:
        raise UnsupportedPictureError(f"{source} has transparent pixels; put it on a background first")
    pixels = seen(picture)
    paths = []
    for scale in scales:
        for x, y, crop in crops(pixels, size, scale):
            path = folder / source.stem / f"{source.stem}_{scale:g}_{x}_{y}.png"
            paths.append(path)
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                write_picture(Picture(crop), path, overwrite=True)
    if not paths:
        height, width = pixels.shape[:2]
        raise UnsupportedPictureError(
            f"{source} has {width} x {height} pixels, too few for a crop of {size} x {size}; "
            "give a smaller --size or a larger --scale"
        )
    return paths


def _reduced(pixels: CodeValues, scale: float) -> CodeValues:
    height, width = pixels.shape[:2]
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), dtype=pixels.dtype)


def _starts(side: int, size: int) -> list[int]:
    if side < size:
        return []
    count = max(1, round(side / size))
    return (
        [round(start) for start in np.linspace(0, side - size, count)] if count > 1 else [(side - size) // 2]
    )
