"""VideoSet [Wang2017]: H.264 QP at which each subject noticed, one row per clip.

Table: sequence_index, samples ("[33, 35, …]"), anchor, jnd, mean, standard_deviation, normality, samples_no.
Which JND (first, second, third) is in the file's name, for example 1280x720_2nd.csv.

Data set (:func:`load_videoset`): such tables, up to three per size, and the clips. A clip is video; what is read here is
one frame of the uncompressed clip as a picture, ``videoSRC001_1280x720….png``, which you take out of it, for example with
``ffmpeg -i videoSRC001_1280x720_30.yuv … -frames:v 1``. Every frame of that name is one record, the subjects' QPs are
the clip's. Compressed frames, ``videoSRC001_1280x720…_qp_27.png``, are used where there are all of QP 1 to 51.
"""

import json
import re
from pathlib import Path
from typing import Final

import numpy as np

from jnd.datasets.collection import Collection, FileIndex, Problem, missing_in_words, readable_rows
from jnd.datasets.labelled import LabelledPicture
from jnd.datasets.table import Table
from jnd.errors import UnusableAnswersError, UnusableDatasetError
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


FOLDERS: Final = ("VideoSet", "videoset")
SIGNS: Final = ("*_1st.csv", "videoSRC*")
CLIPS: Final = 220
QPS: Final = tuple(range(1, 52))
SIZE: Final = re.compile(r"(\d+x\d+)")
FRAME: Final = re.compile(
    r"^videosrc(\d+)_(\d+x\d+)((?!_qp_).)*\.(png|bmp|webp|tiff?|ppm|jpe?g)$", re.IGNORECASE
)


def load_videoset(root: Path) -> Collection:
    """Frames and samples below ``root``; see the head of this file for the layout.

    Raises
    ------
    UnusableDatasetError
        No table of samples, or two of one size and JND.
    """
    index = FileIndex(root)
    tables = index.tables("samples", "sequence_index")
    if not tables:
        raise UnusableDatasetError(
            f"{root}: no table of samples, such as 1280x720_1st.csv with the columns sequence_index and samples"
        )
    problems: list[Problem] = []
    samples: dict[tuple[str, str], dict[int, list[float]]] = {}
    seen: dict[tuple[str, int], str] = {}
    for table in tables:
        size = SIZE.search(table.name)
        if size is None:
            problems.append(Problem(table.name, "no size such as 1280x720 in its name"))
            continue
        readable, wrong = readable_rows(table, read_videoset)
        problems += [Problem(problem.where, problem.what) for problem in wrong]
        answers = read_videoset(readable)
        number = answers.jnd[0]
        other = seen.setdefault((size.group(1), number), table.name)
        if other != table.name:
            raise UnusableDatasetError(
                f"{root}: {other} and {table.name} are both JND {number} at {size.group(1)}; leave one"
            )
        for clip, level in zip(answers.source, answers.noticed_at.tolist(), strict=True):
            samples.setdefault((clip, size.group(1)), {}).setdefault(number, []).append(level)
    frames: dict[tuple[str, str], list[Path]] = {}
    for path in index.files:
        match = FRAME.match(path.name)
        if match is not None:
            frames.setdefault((str(int(match.group(1))), match.group(2)), []).append(path)
    pictures = []
    for (clip, size_name), by_number in samples.items():
        found = frames.get((clip, size_name), [])
        stem = f"videoSRC{int(clip):03d}_{size_name}"
        if not found:
            problems.append(
                Problem(stem, f"no frame of this clip: {stem}.png, taken out of the uncompressed clip")
            )
        for path in found:
            ladder, missing = index.ladder(f"{path.stem}_qp_{qp:02d}" for qp in QPS)
            if ladder and missing:
                problems.append(
                    Problem(path.stem, f"compressed frames: {missing_in_words(missing, len(QPS))}")
                )
                continue
            pictures.append(
                LabelledPicture(
                    path=path, name=path.stem, group=f"videoSRC{int(clip):03d}", dataset="videoset", kind="people",
                    codec="h264", level=np.array(QPS, dtype=np.float64), setting=np.array(QPS, dtype=np.float64),
                    parameter="QP", samples={n: np.array(v) for n, v in sorted(by_number.items())}, distorted=ladder,
                )
            )  # fmt: skip
    clips = {clip for clip, _ in samples}
    notes: tuple[str, ...] = ()
    if len(clips) != CLIPS:
        notes = (f"samples of {len(clips)} clips; the complete data set has {CLIPS}",)
    return Collection("videoset", root, pictures=tuple(pictures), problems=tuple(problems), notes=notes)
