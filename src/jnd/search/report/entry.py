"""What the report shows of one picture, made by the worker that has its pixels.

In go the picture and the answer of its search, out comes a :class:`ReportEntry`: a thumbnail, the result as a
browser can show it, the original to compare with, and the map of visible difference.
"""

import io
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from jnd.codecs import CODECS
from jnd.errors import JndError
from jnd.metrics.colorvideovdp import heat_map
from jnd.picture import BACKGROUNDS, Picture, read_picture, seen
from jnd.picture.colour import in_8_bits
from jnd.picture.lossless import lossless_bytes
from jnd.records import Attempt, Found, NotFound
from jnd.search.report.heat_picture import HeatPicture, heat_picture
from jnd.viewing import ViewingConditions

MEDIA_TYPES = {"jpeg": "image/jpeg", "webp": "image/webp", "avif": "image/avif", "png": "image/png"}
"""``Picture.file_format`` → media type, of what every current browser shows."""

THUMBNAIL_SIDE = 160
THUMBNAIL_MAX_BYTES = 8000

WEBP_MAX_SIDE = 16383


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture for the browser."""

    data: bytes
    media_type: str
    is_copy: bool
    """Whether these are not the bytes of the file itself but its pixels, stored again without loss."""


@dataclass(frozen=True, slots=True)
class ReportEntry:
    """What the report shows of one picture."""

    thumbnail: bytes
    """WebP, sides to ``THUMBNAIL_SIDE``, at most ``THUMBNAIL_MAX_BYTES`` but for odd cases."""
    attempts: tuple[Attempt, ...]
    chosen: Attempt | None
    """The attempt that ``result`` is; None if the source was kept."""
    result: Shown | None
    """The file written; if no setting reaches the target, the best attempt, which was not written."""
    original: Shown | None
    """None if the source was kept: then ``result`` is the original."""
    heat: HeatPicture | None
    transparent: bool
    bit_depth: int
    """Of the original; more than 8 are rounded to 8 to be shown."""


def report_entry(
    picture: Picture,
    answer: Found | NotFound,
    source: Path,
    viewing: ViewingConditions,
    *,
    kept: bytes | None = None,
    effort: str | None = None,
) -> ReportEntry:
    """Prepare one picture.

    Parameters
    ----------
    picture : the original.
    answer : the last event of its search.
    source : the original's file.
    viewing : what the heat map is for.
    kept : what is written if the source itself is the result.
    effort : that the search was made with.

    Raises
    ------
    JndError, OSError, MemoryError
        The source cannot be read any more, or is too large to be prepared.
    """
    attempts = answer.result.attempts if isinstance(answer, Found) else answer.attempts
    chosen, data = (None, kept) if kept is not None else _chosen(picture, answer, effort)
    decoded = None if kept is not None or data is None else read_picture(data)
    return ReportEntry(
        thumbnail=_thumbnail(picture),
        attempts=attempts,
        chosen=chosen,
        result=None if data is None else _result(data, picture if decoded is None else decoded),
        original=None if decoded is None else _original(picture, source),
        heat=None if decoded is None else _heat(picture, decoded, viewing),
        transparent=picture.alpha is not None,
        bit_depth=8 * picture.pixels.itemsize,
    )


def _chosen(
    picture: Picture, answer: Found | NotFound, effort: str | None
) -> tuple[Attempt | None, bytes | None]:
    if isinstance(answer, Found):
        return answer.result.attempt, answer.result.data
    best = answer.best
    if best is None:
        return None, None
    assert best.distortion_level is not None, "a file without loss meets every target"
    # The search keeps no bytes of what it rejects; encoding is deterministic, so these pixels are the same again.
    # Without metadata: nothing was written, so nobody said which may leave the source.
    data = CODECS[best.codec].encode(
        replace(picture, exif=None, xmp=None),
        best.distortion_level,
        chroma_subsampling=best.chroma_subsampling,
        effort=effort,
    )
    return best, data


def _result(data: bytes, decoded: Picture) -> Shown:
    media_type = MEDIA_TYPES.get(decoded.file_format or "")
    return _lossless(decoded) if media_type is None else Shown(data, media_type, is_copy=False)


def _original(picture: Picture, source: Path) -> Shown:
    """The original's pixels without loss; a JPEG's own bytes where they are smaller and give these pixels."""
    copy = _lossless(picture)
    if picture.file_format == "jpeg" and picture.pixels.dtype == np.uint8:
        data = source.read_bytes()
        if len(data) < len(copy.data) and _is_plain_jpeg_of(data, picture):
            return Shown(data, MEDIA_TYPES["jpeg"], is_copy=False)
    return copy


def _is_plain_jpeg_of(data: bytes, picture: Picture) -> bool:
    """Whether a browser shows ``picture`` for ``data``, and nothing private travels along."""
    try:
        again = read_picture(data)
    except JndError:  # the file changed since
        return False
    return again.exif is None and again.xmp is None and np.array_equal(again.pixels, picture.pixels)


def _lossless(picture: Picture) -> Shown:
    """8 bits in the picture's own colour space with its profile, so that the browser treats both sides alike."""
    pixels, profile = in_8_bits(picture.pixels), picture.icc_profile
    if profile is not None and profile[16:20] == b"GRAY":  # no place for it in WebP
        pixels, profile = seen(Picture(pixels, icc_profile=profile)), None
    alpha = None if picture.alpha is None else in_8_bits(picture.alpha)
    if max(pixels.shape[:2]) > WEBP_MAX_SIDE:
        png = lossless_bytes(Picture(pixels, alpha=alpha, icc_profile=profile), ".png")
        return Shown(png, MEDIA_TYPES["png"], is_copy=True)
    buffer = io.BytesIO()
    channels = pixels if alpha is None else np.dstack([pixels, alpha])
    # Effort 2: a quarter of a second per megapixel, 2 % more bytes than Pillow's own choice in half the time.
    Image.fromarray(channels).save(
        buffer, "WEBP", lossless=True, exact=True, method=2, quality=30, icc_profile=profile or b""
    )
    return Shown(buffer.getvalue(), MEDIA_TYPES["webp"], is_copy=True)


def _heat(picture: Picture, decoded: Picture, viewing: ViewingConditions) -> HeatPicture:
    """Of a transparent picture, the worse of both backgrounds at every pixel."""
    backgrounds = BACKGROUNDS[:1] if picture.alpha is None else BACKGROUNDS
    maps = [heat_map(seen(picture, grey), seen(decoded, grey), viewing) for grey in backgrounds]
    return heat_picture(maps[0] if len(maps) == 1 else np.maximum(*maps))


def _thumbnail(picture: Picture) -> bytes:
    pixels = in_8_bits(seen(picture))
    height, width = pixels.shape[:2]
    scale = min(1.0, THUMBNAIL_SIDE / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = Image.fromarray(np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)))
    for quality in (60, 35, 15, 0):
        buffer = io.BytesIO()
        small.save(buffer, "WEBP", quality=quality, method=4)
        if buffer.tell() <= THUMBNAIL_MAX_BYTES:
            break
    return buffer.getvalue()
