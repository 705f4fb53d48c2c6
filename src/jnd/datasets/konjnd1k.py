"""KonJND-1k [Lin2022]: the flicker slider's position, or the JPEG quality factor or BPG QP it stands for.

The slider runs from 0 (reference) to 100; position v shows quality 101 − v. Table: image, worker, and one of
slider, qf (or quality), qp. The files of the data set were not available to us: this layout follows its
published page, and the reader is tested on files of that layout.

Data set (:func:`load_konjnd1k`), after programs that read it: ``source_image/SRC0001.png`` …, ``jpeg/SRC0001_JPEG_001.jpg``
to ``_100`` (the quality factor) for 504 sources, ``bpg/SRC0505_BPG_001.png`` to ``_051`` (the QP) for 504 others, and
``subjective_ratings.csv`` with the columns image_id, Compression type, No. of ratings, mean, std, ratings: one row per
source, ``ratings`` a list. Those programs take a rating for the number in the file's name, and so do we; nobody of us
has seen the files.
"""

import re
from pathlib import Path
from typing import Final

import numpy as np

from jnd.datasets.answers import OBSERVER, SOURCE
from jnd.datasets.collection import Collection, FileIndex, Problem, missing_in_words, one_table
from jnd.datasets.labelled import Array, LabelledPicture
from jnd.datasets.quality_ladders import PIVOT
from jnd.datasets.table import Table
from jnd.errors import UnusableAnswersError
from jnd.psychometrics.answer_tables import Axis, JndSampleTable


def is_konjnd1k(table: Table) -> bool:
    """Whether a table has one slider, quality factor or QP per worker and picture, and no answers."""
    has_position = table.find("slider", "slider_value", "pjnd_qf", "pjnd_qp", "qf", "qp") is not None
    return (
        has_position
        and table.find(*SOURCE) is not None
        and not table.find("correct", "seen", "response", "answer", "detected")
    )


def read_konjnd1k(table: Table) -> JndSampleTable:
    """All samples, one row per worker and picture.

    Raises
    ------
    UnusableAnswersError
        A position outside of 0 to 100 (slider), 1 to 100 (quality) or 0 to 51 (QP).
    """
    slider = table.find("slider", "slider_value")
    quality = table.find("pjnd_qf", "qf", "quality")
    if slider is not None:
        level, axis, limits = table.numbers(slider, missing=True), Axis("slider"), (0.0, 100.0)
    elif quality is not None:
        level = PIVOT - table.numbers(quality, missing=True)
        axis, limits = Axis("JPEG quality", PIVOT), (1.0, 100.0)
    else:
        level, axis, limits = table.numbers("pjnd_qp", "qp", missing=True), Axis("BPG QP"), (0.0, 51.0)
    outside = np.isfinite(level) & ((level < limits[0]) | (level > limits[1]))
    if outside.any():
        i = int(np.argmax(outside))
        raise UnusableAnswersError(
            f"{table.name}, line {table.lines[i]}: {axis.name} {axis.setting(float(level[i])):g} is outside of the scale"
        )
    observer = table.find(*OBSERVER)
    return JndSampleTable(
        table.text(*SOURCE), (1,) * len(table), table.columns[observer] if observer else ("",) * len(table), level,
        limits[0], limits[1], 1.0, "KonJND flicker slider", axis,
    )  # fmt: skip


FOLDERS: Final = ("KonJND-1k", "KonJND-1k/KonJND-1k", "konjnd-1k", "konjnd1k")
SIGNS: Final = ("subjective_ratings.csv",)
SOURCES: Final = 1008
RATINGS_PER_SOURCE: Final = 2
"""Fewer ratings are no distribution."""

CODECS: Final[dict[str, tuple[str, str, tuple[int, ...]]]] = {
    "JPEG": ("jpeg:turbo", "quality", tuple(range(100, 0, -1))),
    "BPG": ("bpg", "QP", tuple(range(1, 52))),
}
"""Compression type → codec, parameter, its values from best to worst."""


def load_konjnd1k(root: Path) -> Collection:
    """Sources, distorted pictures and ratings below ``root``; see the head of this file for the layout.

    Distorted pictures may be missing altogether (those of JPEG are then made), but not in part.

    Raises
    ------
    UnusableDatasetError
        No table of ratings, or several.
    """
    index = FileIndex(root)
    table = one_table(index, ("image_id", "compression type", "ratings"), "table of ratings")
    pictures, problems = [], []
    for i, (image, kind, text) in enumerate(
        zip(table.text("image_id"), table.text("compression type"), table.text("ratings"), strict=True)
    ):
        place = f"{table.name}, line {table.lines[i]}"
        source = re.sub(r"(_(JPEG|BPG).*)?(\.\w+)?$", "", image, flags=re.IGNORECASE)
        if kind.upper() not in CODECS:
            problems.append(Problem(place, f'compression type "{kind}" is not JPEG or BPG'))
            continue
        codec, parameter, values = CODECS[kind.upper()]
        samples, wrong = _samples(text, values)
        if wrong is not None:
            problems.append(Problem(place, wrong))
            continue
        reference = index.picture(source)
        if reference is None:
            problems.append(Problem(place, f"no source picture {source}.png"))
            continue
        ladder, missing = index.ladder(f"{source}_{kind.upper()}_{value:03d}" for value in values)
        if ladder and missing:
            problems.append(Problem(source, f"distorted pictures: {missing_in_words(missing, len(values))}"))
            continue
        pictures.append(
            LabelledPicture(
                path=reference, name=f"{source} {kind.upper()}", group=source, dataset="konjnd-1k", kind="people",
                codec=codec, level=_levels(np.array(values, dtype=np.float64), values),
                setting=np.array(values, dtype=np.float64), parameter=parameter, samples={1: samples},
                distorted=ladder,
            )
        )  # fmt: skip
    notes: tuple[str, ...] = ()
    if len(table) != SOURCES:
        notes = (f"ratings of {len(table)} sources; the complete data set has {SOURCES}",)
    return Collection("konjnd-1k", root, pictures=tuple(pictures), problems=tuple(problems), notes=notes)


def _levels(settings: Array, values: tuple[int, ...]) -> Array:
    """Distortion levels: 100 − quality as in our codec, or the QP itself."""
    return 100.0 - settings if values[0] > values[-1] else settings


def _samples(text: str, values: tuple[int, ...]) -> tuple[Array, str | None]:
    """The ratings of one row as levels, or what is wrong with them."""
    try:
        ratings = np.array([float(word) for word in re.split(r"[,;\s]+", text.strip("[]() ")) if word])
    except ValueError:
        return np.empty(0), f'ratings "{text[:40]}" are not a list such as [61, 58]'
    if len(ratings) < RATINGS_PER_SOURCE:
        return ratings, f"{len(ratings)} ratings; at least {RATINGS_PER_SOURCE} are needed"
    outside = (ratings < min(values)) | (ratings > max(values))
    if outside.any():
        return (
            ratings,
            f"rating {ratings[np.argmax(outside)]:g} is not from {min(values)} to {max(values)}",
        )
    return _levels(ratings, values), None
