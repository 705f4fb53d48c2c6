"""A quantisation table for each picture, by the DCT models: coarse where its own texture hides it [Watson1993].

In: pixels. Out: two tables of 64, and JPEG bytes made with them by libjpeg-turbo.
"""

import io
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from jnd._lookup import lookup
from jnd.models.subband.watson1993 import POOLING_EXPONENT
from jnd.redundancy.removal import DCT_MODELS, luma_of
from jnd.viewing import ViewingConditions
from jnd.vision.dct8 import block_dct, padded_to_blocks

Array = npt.NDArray[np.floating[Any]]
Table = npt.NDArray[np.uint8]

STANDARD_LUMA: npt.NDArray[np.int64] = np.array(
    [
        [16, 11, 10, 16, 24, 40, 51, 61],
        [12, 12, 14, 19, 26, 58, 60, 55],
        [14, 13, 16, 24, 40, 57, 69, 56],
        [14, 17, 22, 29, 51, 87, 80, 62],
        [18, 22, 37, 56, 68, 109, 103, 77],
        [24, 35, 55, 64, 81, 104, 113, 92],
        [49, 64, 78, 87, 103, 121, 120, 101],
        [72, 92, 95, 98, 112, 100, 103, 99],
    ]
)
"""ITU-T T.81, table K.1."""
STANDARD_CHROMA: npt.NDArray[np.int64] = np.full((8, 8), 99)
STANDARD_CHROMA[:4, :4] = [[17, 18, 24, 47], [18, 21, 26, 66], [24, 26, 56, 99], [47, 66, 99, 99]]
"""ITU-T T.81, table K.2."""
CHROMA_SUBSAMPLINGS = ("4:2:0", "4:2:2", "4:4:4")
LARGEST_SIDE = 65500
"""Of libjpeg."""


@dataclass(frozen=True, slots=True, eq=False)
class QuantisationTables:
    """Tables of one picture, rows from low to high vertical frequency."""

    luma: Table
    chroma: Table
    perceptual_error: float
    """Of the luma table on this picture, in the model's units: 1 is just noticeable by the model's own pooling."""
    model: str


def quantisation_tables(
    pixels: npt.NDArray[Any],
    *,
    perceptual_error: float = 1.0,
    model: str = "watson1993",
    viewing: ViewingConditions | None = None,
) -> QuantisationTables:
    """The coarsest luma table whose perceptual error on this picture is at most ``perceptual_error``.

    DCTune's optimisation [Watson1993]: the error of each frequency, pooled over blocks with exponent 4, is brought
    to one common value; pooled over frequencies it meets the target. Differs: blocks are pooled by their mean, not
    their sum. With the sum, rounding to whole grey levels alone has an error of about 3 on a picture of 768 by 512
    pixels, so that no table has an error of 1, and a table that does on a small picture has more on a large one.

    Parameters
    ----------
    pixels : (H, W) or (H, W, 3) uint8 code values (uint16 is seen as 8 bits).
    perceptual_error : the target, more than 0.
    model : a DCT model of ``SUBBAND_MODELS``.
    viewing : of the model.

    Returns
    -------
    Luma by the optimisation; chroma is ITU-T T.81 table K.2, scaled as libjpeg scales, to the quality whose luma
    table has the same geometric mean (the models at hand say nothing of colour).

    Raises
    ------
    UnknownNameError, TypeError, ValueError
        No such model, no such picture, or a target that is not positive.
    """
    entry = lookup(DCT_MODELS, model, kind="DCT model")
    if not (math.isfinite(perceptual_error) and perceptual_error > 0):
        raise ValueError(
            f"the perceptual error must be positive and finite, got {perceptual_error}; 1 is strict"
        )
    assert entry.thresholds is not None, "every sub-band model makes thresholds"
    luma = np.rint(luma_of(pixels))
    thresholds = entry.thresholds(luma, viewing=viewing).thresholds.reshape(-1, 64)
    coefficients = block_dct(padded_to_blocks(luma, "reflect") - 128).reshape(-1, 64)
    each = perceptual_error / 64 ** (1 / POOLING_EXPONENT)
    steps = np.empty(64, np.int64)
    errors = np.empty(64)
    for frequency in range(64):
        steps[frequency], errors[frequency] = _coarsest(
            coefficients[:, frequency], thresholds[:, frequency], each
        )
    table = steps.reshape(8, 8).astype(np.uint8)
    quality = _nearest_quality(table)
    found = float((errors**POOLING_EXPONENT).sum() ** (1 / POOLING_EXPONENT))
    return QuantisationTables(table, standard_table(STANDARD_CHROMA, quality), found, model)


def _coarsest(coefficients: Array, thresholds: Array, target: float) -> tuple[int, float]:
    """Largest step 1..255 whose pooled error stays within ``target``, by bisection; and that error."""
    weight = thresholds**-POOLING_EXPONENT

    def error(step: int) -> float:
        difference = coefficients - step * np.rint(coefficients / step)
        pooled = float(np.mean(weight * difference**POOLING_EXPONENT, dtype=np.float64))
        return pooled ** (1 / POOLING_EXPONENT)

    low, low_error, high = 1, error(1), 256
    while high - low > 1:
        middle = (low + high) // 2
        found = error(middle)
        if found <= target:
            low, low_error = middle, found
        else:
            high = middle
    return low, low_error


def standard_table(table: npt.NDArray[np.int64], quality: int) -> Table:
    """A table of ITU-T T.81 at libjpeg's ``quality`` 1 to 100.

    >>> standard_table(STANDARD_LUMA, 50)[0, :4]
    array([16, 11, 10, 16], dtype=uint8)
    """
    scale = 5000 // quality if quality < 50 else 200 - 2 * quality
    return np.clip((table * scale + 50) // 100, 1, 255).astype(np.uint8)


def _nearest_quality(table: Table) -> int:
    wanted = np.log(table).mean()
    means = [np.log(standard_table(STANDARD_LUMA, quality)).mean() for quality in range(1, 101)]
    return int(np.argmin(np.abs(np.array(means) - wanted))) + 1


def encode_jpeg(
    pixels: npt.NDArray[np.uint8],
    tables: QuantisationTables,
    *,
    chroma_subsampling: str = "4:2:0",
    icc_profile: bytes | None = None,
    exif: bytes | None = None,
) -> bytes:
    """A progressive JPEG of ``pixels`` with these tables, by libjpeg-turbo through Pillow.

    Raises
    ------
    TypeError, ValueError
        Not uint8 (H, W) or (H, W, 3); a side over 65500 pixels; an unknown chroma subsampling.
    """
    if pixels.dtype != np.uint8:
        raise TypeError(f"JPEG holds 8 bits, got {pixels.dtype}; divide 16-bit code values by 257 first")
    if pixels.ndim not in (2, 3) or pixels.shape[2:] not in ((), (3,)) or 0 in pixels.shape:
        raise ValueError(f"pixels must be (H, W) or (H, W, 3), got {pixels.shape}")
    if max(pixels.shape) > LARGEST_SIDE:
        raise ValueError(f"JPEG holds at most {LARGEST_SIDE} pixels a side, got {pixels.shape}; use PNG")
    if chroma_subsampling not in CHROMA_SUBSAMPLINGS:
        raise ValueError(
            f"chroma subsampling must be one of {', '.join(CHROMA_SUBSAMPLINGS)}, got {chroma_subsampling!r}"
        )
    both = [[int(step) for step in table.ravel()] for table in (tables.luma, tables.chroma)]
    more: dict[str, Any] = {"icc_profile": icc_profile} if icc_profile else {}
    if exif:
        more["exif"] = exif
    if pixels.ndim == 3:
        more["subsampling"] = chroma_subsampling
    out = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(
        out, "JPEG", qtables=both if pixels.ndim == 3 else both[:1], optimize=True, progressive=True, **more
    )
    return out.getvalue()
