"""VideoSet [Wang2017]: H.264 QP at which each subject noticed, one row per clip.

Table: sequence_index, samples ("[33, 35, …]"), anchor, jnd, mean, standard_deviation, normality, samples_no.
Which JND (first, second, third) is in the file's name, for example 1280x720_2nd.csv.
"""

import json
import re

import numpy as np

from jnd.datasets.table import Table
from jnd.errors import UnusableAnswersError
from jnd.psychometrics.answer_tables import Axis, JndSampleTable


def is_videoset(table: Table) -> bool:
    """Whether a table has a list of samples per clip."""
    return {"samples", "sequence_index"} <= table.columns.keys()


def read_videoset(table: Table) -> JndSampleTable:
    """All samples, one row per subject and clip.

    Raises
    ------
    UnusableAnswersError
        A list of samples that cannot be read, or a QP outside of 1 to 51.
    """
    match = re.search(r"([123])(st|nd|rd)", table.name)
    number = int(match.group(1)) if match else 1
    clips: list[str] = []
    subjects: list[str] = []
    levels: list[float] = []
    for i, (clip, text) in enumerate(zip(table.text("sequence_index"), table.text("samples"), strict=True)):
        try:
            samples = [float(v) for v in json.loads(text)]
        except (ValueError, TypeError):
            raise UnusableAnswersError(
                f'{table.name}, line {table.lines[i]}: samples "{text[:40]}" is not a list such as [33, 35]'
            ) from None
        if any(not 1 <= v <= 51 for v in samples):
            raise UnusableAnswersError(f"{table.name}, line {table.lines[i]}: a QP is not from 1 to 51")
        clips += [clip] * len(samples)
        subjects += [str(n) for n in range(len(samples))]
        levels += samples
    return JndSampleTable(
        tuple(clips), (number,) * len(clips), tuple(subjects), np.array(levels), 1.0, 51.0, 1.0,
        "VideoSet bisection", Axis("H.264 QP"),
    )  # fmt: skip
