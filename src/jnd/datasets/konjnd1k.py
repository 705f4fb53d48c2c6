"""KonJND-1k [Lin2022]: the flicker slider's position, or the JPEG quality factor or BPG QP it stands for.

The slider runs from 0 (reference) to 100; position v shows quality 101 − v. Table: image, worker, and one of
slider, qf (or quality), qp. The files of the data set were not available to us: this layout follows its
published page, and the reader is tested on files of that layout.
"""

import numpy as np

from jnd.datasets.answers import OBSERVER, SOURCE
from jnd.datasets.table import Table
from jnd.errors import UnusableAnswersError
from jnd.psychometrics.answer_tables import Axis, JndSampleTable

PIVOT = 101.0


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
