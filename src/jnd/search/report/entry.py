"""What the report shows of one picture, made by the worker that has its pixels.

In go the picture and the answer of its search, out comes a :class:`ReportEntry`: a thumbnail, the result as a
browser can show it, the original to compare with, and the map of visible difference.
"""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from jnd.codecs import CODECS
from jnd.errors import JndError
from jnd.metrics.colorvideovdp import heat_map
from jnd.picture import BACKGROUNDS, Picture, allowing, read_picture, seen
from jnd.records import Attempt, Found, NotFound
from jnd.report.heat_picture import HeatPicture, heat_picture
from jnd.report.shown import MEDIA_TYPES, Shown, shown_without_loss, thumbnail_of
from jnd.viewing import ViewingConditions


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
    decoded = (
        None if kept is not None or data is None else read_picture(data, max_pixels=allowing(picture.pixels))
    )
    return ReportEntry(
        thumbnail=thumbnail_of(picture),
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
    return shown_without_loss(decoded) if media_type is None else Shown(data, media_type, is_copy=False)


def _original(picture: Picture, source: Path) -> Shown:
    """The original's pixels without loss; a JPEG's own bytes where they are smaller and give these pixels."""
    copy = shown_without_loss(picture)
    if picture.file_format == "jpeg" and picture.pixels.dtype == np.uint8:
        data = source.read_bytes()
        if len(data) < len(copy.data) and _is_plain_jpeg_of(data, picture):
            return Shown(data, MEDIA_TYPES["jpeg"], is_copy=False)
    return copy


def _is_plain_jpeg_of(data: bytes, picture: Picture) -> bool:
    """Whether a browser shows ``picture`` for ``data``, and nothing private travels along."""
    try:
        again = read_picture(data, max_pixels=allowing(picture.pixels))
    except JndError:  # the file changed since
        return False
    return again.exif is None and again.xmp is None and np.array_equal(again.pixels, picture.pixels)


def _heat(picture: Picture, decoded: Picture, viewing: ViewingConditions) -> HeatPicture:
    """Of a transparent picture, the worse of both backgrounds at every pixel."""
    backgrounds = BACKGROUNDS[:1] if picture.alpha is None else BACKGROUNDS
    maps = [heat_map(seen(picture, grey), seen(decoded, grey), viewing) for grey in backgrounds]
    return heat_picture(maps[0] if len(maps) == 1 else np.maximum(*maps))
