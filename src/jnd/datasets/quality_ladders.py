"""JPEG quality ladders: a reference, its JPEGs by quality factor, and the factor at which each subject noticed.

MCL-JCI and JND-Pano have this form. Distortion level = 100 − quality factor, which is the level of our codec
"jpeg:turbo" (libjpeg's quantisation tables), so that pictures that are missing can be made.
"""

import re
from pathlib import Path
from typing import Final

import numpy as np

from jnd.datasets.collection import Collection, FileIndex, Problem, missing_in_words
from jnd.datasets.labelled import Array, LabelledPicture
from jnd.psychometrics.answer_tables import JndSampleTable

PIVOT: Final = 101.0
"""Of tables of answers: level = 101 − quality factor, 1 for quality 100, as on the slider of KonJND-1k."""
CODEC: Final = "jpeg:turbo"
QUALITIES: Final = tuple(range(100, 0, -1))


def load_ladders(
    dataset: str,
    root: Path,
    index: FileIndex,
    samples: JndSampleTable,
    *,
    stem: str,
    folds: dict[str, int],
    expected: int,
    problems: tuple[Problem, ...] = (),
) -> Collection:
    """The records of a data set of quality ladders.

    Parameters
    ----------
    samples : per subject, levels 101 − quality factor; the source's number is taken from its name ("SRC07" → 7).
    stem : of the reference's file with a place for the number; "_093" and so on is added for a quality factor.
    folds : number of the source as text → fold.
    expected : sources of the complete data set.
    problems : found in the labels already.
    """
    pictures: list[LabelledPicture] = []
    found, notes = list(problems), []
    sources = sorted(set(samples.source))
    without_ladder = 0
    for source in sources:
        number = _number(source)
        name = stem.format(number)
        reference = index.picture(name)
        if reference is None:
            found.append(
                Problem(name, f"no reference picture ({name}.bmp or .png) for the labels of {source}")
            )
            continue
        ladder, missing = index.ladder(f"{name}_{quality:03d}" for quality in QUALITIES)
        if ladder and missing:
            found.append(Problem(name, f"distorted pictures: {missing_in_words(missing, len(QUALITIES))}"))
            continue
        without_ladder += not ladder
        pictures.append(
            LabelledPicture(
                path=reference, name=source, group=source, dataset=dataset, kind="people", codec=CODEC,
                level=np.arange(100, dtype=np.float64), setting=np.array(QUALITIES, dtype=np.float64),
                parameter="quality", samples=_samples(samples, source), distorted=ladder,
                fold=folds.get(source),
            )
        )  # fmt: skip
    if len(sources) != expected:
        notes.append(f"labels of {len(sources)} sources; the complete data set has {expected}")
    if without_ladder:
        notes.append(
            f"{without_ladder} sources without distorted pictures: they are made by {CODEC} where needed"
        )
    return Collection(
        dataset, root, pictures=tuple(pictures), problems=tuple(found), notes=(*samples.notes, *notes)
    )


def _number(source: str) -> int:
    digits = re.findall(r"\d+", source)
    return int(digits[-1]) if digits else 0


def _samples(table: JndSampleTable, source: str) -> dict[int, Array]:
    chosen: dict[int, list[float]] = {}
    for name, number, level in zip(table.source, table.jnd, table.noticed_at.tolist(), strict=True):
        if name == source:
            chosen.setdefault(number, []).append(level - (PIVOT - 100.0))
    return {number: np.array(levels) for number, levels in sorted(chosen.items())}
