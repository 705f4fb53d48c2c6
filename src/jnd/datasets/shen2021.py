"""Shen's VVC patches [Shen2021]: the QP at which the structure of a patch of 64 by 64 pixels begins to look changed.

202 references, each in 39 versions (7878 pictures) by the VVC test model. The files are not public under names that we
could find, so this is our layout: ``reference/NAME.png``, ``vvc/NAME_13.png`` to ``_51.png`` (the QP), and a table with
the columns image, x, y, qp and perhaps subject: the QP of the just noticeable difference of the patch whose upper left
corner is (x, y).
"""

from pathlib import Path
from typing import Final

import numpy as np

from jnd.datasets.collection import Collection, FileIndex, Problem, missing_in_words, one_table
from jnd.datasets.labelled import LabelledPicture
from jnd.errors import UnusableAnswersError

FOLDERS: Final = ("Shen-VVC", "shen-vvc", "SVL")
SIGNS: Final = ("vvc",)
PATCH: Final = 64
REFERENCES: Final = 202
QPS: Final = tuple(range(13, 52))
"""39 versions: all that the paper's abstract says; 13 to 51 is our reading of it."""


def load_shen2021(root: Path) -> Collection:
    """Patches with their QPs below ``root``; see the head of this file for the layout.

    Raises
    ------
    UnusableDatasetError
        No table of labels, or several.
    UnusableAnswersError
        A value that is not a number, with its line.
    """
    index = FileIndex(root)
    table = one_table(index, ("image", "x", "y", "qp"), "table of labels")
    problems: list[Problem] = []
    patches: dict[tuple[str, int, int], list[float]] = {}
    for i, image in enumerate(table.text("image")):
        one = table.rows(np.arange(len(table)) == i)
        place = f"{table.name}, line {table.lines[i]}"
        try:
            x, y, qp = (float(one.numbers(name)[0]) for name in ("x", "y", "qp"))
        except UnusableAnswersError as error:
            problems.append(Problem(place, str(error).removeprefix(f"{place}: ")))
            continue
        if not QPS[0] <= qp <= QPS[-1]:
            problems.append(Problem(place, f"QP {qp:g} is not from {QPS[0]} to {QPS[-1]}"))
        elif x < 0 or y < 0 or x != round(x) or y != round(y):
            problems.append(Problem(place, f"corner ({x:g}, {y:g}) is not a pixel"))
        else:
            patches.setdefault((image, int(x), int(y)), []).append(qp)
    ladders: dict[str, tuple[Path, tuple[Path, ...]]] = {}
    for image in dict.fromkeys(image for image, _, _ in patches):
        reference = index.picture(image)
        ladder, missing = index.ladder(f"{image}_{qp}" for qp in QPS)
        if reference is None:
            problems.append(Problem(image, f"no reference picture reference/{image}.png"))
        elif missing:
            problems.append(Problem(image, f"VVC versions: {missing_in_words(missing, len(QPS))}"))
        else:
            ladders[image] = reference, ladder
    pictures = tuple(
        LabelledPicture(
            path=ladders[image][0], name=f"{image} {x},{y}", group=image, dataset="shen2021", kind="people",
            codec="vvc", level=np.array(QPS, dtype=np.float64), setting=np.array(QPS, dtype=np.float64),
            parameter="QP", samples={1: np.array(qps)}, distorted=ladders[image][1], window=(x, y, PATCH, PATCH),
        )
        for (image, x, y), qps in patches.items()
        if image in ladders
    )  # fmt: skip
    notes: tuple[str, ...] = ()
    if len(ladders) != REFERENCES:
        notes = (f"{len(ladders)} references; the complete data set has {REFERENCES}",)
    return Collection("shen2021", root, pictures=pictures, problems=tuple(problems), notes=notes)
