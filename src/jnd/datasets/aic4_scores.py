"""JPEG AIC-4 example data set [Jenadeleh2025]: JND from the source on a scale, and published scores of metrics.

Layout: ``JPEG-AIC_metric_scores.csv`` (img_num, distortion, a column per metric) and, with the intervals,
``JPEG_AIC_reconstructed_jnd_scores.csv`` (img_distorted, CI_min, CI_max). No picture is needed.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from jnd.datasets.opinion_scores import number, rows_of, the_file
from jnd.errors import UnusableAnswersError

METRICS: Final = (
    "PSNR-Y", "SSIM", "MS-SSIM", "IW-SSIM", "VMAF-neg", "SSIMULACRA2", "HDR-VDP-2 Q", "HDR-VDP-3 Q", "CVVDP",
)  # fmt: skip
"""All are larger for better pictures."""


@dataclass(frozen=True, slots=True, eq=False)
class PublishedScores:
    """Of N changed pictures."""

    jnd: npt.NDArray[np.float64]
    """(N,) distance from the source in JND; larger is worse."""
    spread: npt.NDArray[np.float64]
    """(N,) standard deviation: half the 95 % interval over 1.96."""
    sources: tuple[str, ...]
    metrics: dict[str, npt.NDArray[np.float64]]


def load_aic4_scores(root: Path) -> PublishedScores:
    """The two tables, joined by the name of the changed picture.

    Raises
    ------
    UnusableAnswersError
        A table or a column is missing, a value is not a number, or a picture has no interval.
    """
    table = the_file(root, "JPEG-AIC_metric_scores.csv")
    rows = rows_of(table, "img_distorted", "img_num", "distortion", *METRICS)
    intervals = the_file(root, "JPEG_AIC_reconstructed_jnd_scores.csv")
    widths = {
        row["img_distorted"]: number(row["CI_max"], intervals) - number(row["CI_min"], intervals)
        for row in rows_of(intervals, "img_distorted", "CI_min", "CI_max")
    }
    missing = [row["img_distorted"] for row in rows if row["img_distorted"] not in widths]
    if missing:
        raise UnusableAnswersError(
            f"{intervals}: no interval for {len(missing)} pictures, first {missing[0]}"
        )
    return PublishedScores(
        jnd=np.array([number(row["distortion"], table) for row in rows]),
        spread=np.array([widths[row["img_distorted"]] / 2 / 1.96 for row in rows]),
        sources=tuple(row["img_num"] for row in rows),
        metrics={name: np.array([number(row[name], table) for row in rows]) for name in METRICS},
    )
