"""MCL-JCI [Jin2016]: JPEG quality factors at which each subject noticed, up to three JNDs per source.

Table: source, subject, jnd1_qf, jnd2_qf, jnd3_qf; empty where a subject found no further JND.
"""

import numpy as np

from jnd.datasets.table import Table
from jnd.errors import UnusableAnswersError
from jnd.psychometrics.answer_tables import Axis, JndSampleTable

PIVOT = 101.0
"""Distortion level = 101 − quality factor, as in KonJND-1k: 1 for quality 100."""


def is_mcl_jci(table: Table) -> bool:
    """Whether a table has the columns of MCL-JCI samples."""
    return "jnd1_qf" in table.columns


def read_mcl_jci(table: Table) -> JndSampleTable:
    """All samples, one row per subject and JND.

    Raises
    ------
    UnusableAnswersError
        A quality factor that is not from 1 to 100.
    """
    sources, subjects = table.text("source", "src"), table.text("subject", "observer", "participant")
    numbers = [n for n in (1, 2, 3, 4) if f"jnd{n}_qf" in table.columns]
    rows: list[tuple[str, int, str, float]] = []
    for n in numbers:
        quality = table.numbers(f"jnd{n}_qf", missing=True)
        for i, q in enumerate(quality):
            if np.isnan(q) and n > 1:
                continue
            if not np.isnan(q) and not 0 <= q <= 100:
                raise UnusableAnswersError(
                    f"{table.name}, line {table.lines[i]}: quality factor {q:g} of JND {n} is not from 1 to 100"
                )
            rows.append((sources[i], n, subjects[i], PIVOT - float(q)))
    return JndSampleTable(
        tuple(row[0] for row in rows), tuple(row[1] for row in rows), tuple(row[2] for row in rows),
        np.array([row[3] for row in rows]), 1.0, 100.0, 1.0, "MCL-JCI bisection",
        Axis("JPEG quality", PIVOT),
    )  # fmt: skip
