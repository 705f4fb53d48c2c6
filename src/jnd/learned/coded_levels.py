"""Pictures as one codec changes them: which have labels, where people begin to notice, patches of every level.

For the models that look at a reference and at what a codec made of it. Levels are made with our codecs, or taken from a
data set that brings its changed pictures.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from jnd.codecs import CODECS
from jnd.datasets.labelled import LabelledPicture
from jnd.errors import ConfigurationError
from jnd.learned.curve_labels import (
    CurveDataOptions,
    CurvePicture,
    picture_pixels,
    read_labels,
    split_by_source,
)
from jnd.learned.patches import patch_corners, patches_at
from jnd.observer import satisfied_users
from jnd.picture import read_picture, seen

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class CodecDataOptions(CurveDataOptions):
    """``[data]`` of a training configuration."""

    codec: str = "jpeg"
    satisfied: float = 0.75
    """People notice at a level when a smaller share than this is satisfied."""


def pictures_of_codec(
    options: CodecDataOptions,
) -> tuple[tuple[list[CurvePicture], list[CurvePicture]], tuple[str, ...]]:
    """Pictures to train on and to validate with that have labels of ``options.codec``; and those left out.

    Raises
    ------
    ConfigurationError
        No picture has such labels.
    """
    pictures, skipped = read_labels(options)
    some = [picture for picture in pictures if options.codec in picture.curves]
    if not some:
        known = sorted({codec for picture in pictures for codec in picture.curves})
        raise ConfigurationError(f'data.codec: no labels of "{options.codec}"; there are {", ".join(known)}')
    return split_by_source(some, options), skipped


def axis_levels(entry: LabelledPicture) -> list[int]:
    """The levels at which a changed picture can be had, ascending: the data set's own, or those of our codec.

    Raises
    ------
    ConfigurationError
        Neither is there.
    """
    if entry.distorted:
        return [int(level) for level in entry.level]
    if entry.codec not in CODECS:
        raise ConfigurationError(
            f'data.codec: there are no pictures of "{entry.codec}" and jnd cannot make them; it has {", ".join(CODECS)}'
        )
    return list(CODECS[entry.codec].levels)


def shares_at(entry: LabelledPicture, levels: Sequence[int]) -> Array:
    """(levels,) share of people who notice nothing, never rising with the level."""
    if entry.jod is not None:
        shares = satisfied_users(np.minimum.accumulate(entry.jod))
    else:
        known = entry.satisfied.get(1)
        shares = entry.satisfied_users(1) if known is None else known
    return np.asarray(np.interp(levels, entry.level, shares), dtype=np.float64)


def first_noticed(entry: LabelledPicture, satisfied: float) -> int:
    """The first level at which a smaller share than ``satisfied`` notices nothing; the last one where there is none."""
    levels = axis_levels(entry)
    noticed = shares_at(entry, levels) < satisfied
    return levels[int(np.argmax(noticed)) if noticed.any() else -1]


def level_patches(
    entry: LabelledPicture, levels: Sequence[int], count: int, size: int
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """(P, S, S, 3) of the reference, and (levels, P, S, S, 3) of the same places at each level."""
    pixels = picture_pixels(entry.path)
    corners = patch_corners(pixels, count, size)
    files = dict(zip((int(level) for level in entry.level), entry.distorted, strict=False))
    picture = None if files else read_picture(entry.path)
    changed = []
    for level in levels:
        if picture is None:
            shown = picture_pixels(files[level])
        else:
            codec = CODECS[entry.codec]
            shown = seen(codec.decode(codec.encode(picture, level)))
        changed.append(patches_at(shown, corners, size))
    return patches_at(pixels, corners, size), np.stack(changed)
