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
from jnd.redundancy.removal import DCT_MODELS
from jnd.viewing import ViewingConditions
from jnd.vision.dct8 import block_dct, padded_to_blocks
from jnd.vision.ijg_tables import ijg_table
from jnd.vision.luma import luma_of

Array = npt.NDArray[np.floating[Any]]
Table = npt.NDArray[np.uint8]

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
    Luma by the optimisation; chroma is ITU-T T.81 table K.2, scaled as libjpeg scales, at the quality whose
    scaled luma table K.1 has the same perceptual error on this picture (the models at hand say nothing of colour).
    Where even steps of 1 have a larger error, ``perceptual_error`` says so.

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
    pooled = [_PooledError(coefficients[:, index], thresholds[:, index]) for index in range(64)]
    table = np.array([error.coarsest_step(each) for error in pooled], np.uint8)
    return QuantisationTables(
        luma=table.reshape(8, 8),
        chroma=ijg_table(_quality_of_error(pooled, perceptual_error), chroma=True).astype(np.uint8),
        perceptual_error=_total(pooled, table),
        model=model,
    )


class _PooledError:
    """Perceptual error of one frequency over all blocks, by its quantisation step."""

    def __init__(self, coefficients: Array, thresholds: Array) -> None:
        self._coefficients = coefficients
        self._weight = thresholds**-POOLING_EXPONENT

    def at(self, step: int) -> float:
        difference = self._coefficients - step * np.rint(self._coefficients / step)
        difference *= difference
        difference *= difference
        pooled = float(np.mean(self._weight * difference, dtype=np.float64))
        return math.pow(pooled, 1 / POOLING_EXPONENT)

    def coarsest_step(self, target: float) -> int:
        """The largest step of 1..255 whose error stays within ``target``, by bisection; 1 if none does."""
        low, high = 1, 256
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self.at(middle) <= target else (low, middle)
        return low


def _total(pooled: list[_PooledError], table: npt.NDArray[np.integer[Any]]) -> float:
    errors = (error.at(int(step)) ** POOLING_EXPONENT for error, step in zip(pooled, table.flat, strict=True))
    return float(sum(errors) ** (1 / POOLING_EXPONENT))


def _quality_of_error(pooled: list[_PooledError], target: float) -> int:
    """The lowest libjpeg quality whose luma table has at most this perceptual error; 100 if none has."""
    low, high = 0, 100
    while high - low > 1:
        middle = (low + high) // 2
        fine = _total(pooled, ijg_table(middle)) <= target
        low, high = (low, middle) if fine else (middle, high)
    return high


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
