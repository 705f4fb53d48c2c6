"""Observer labels: what the observer says of pictures along the level axis of codecs.

In go files and a request, out come :class:`LabelRecord` entries as files finish, and in the end one Parquet file
(:mod:`jnd.datasets.observer_labels`). Every picture's scan is kept in a part beside it as soon as it is done, so
that a run that was killed goes on where it was. Labels are the metric's, calibrated on people but not given by them.
"""

import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from jnd.datasets.observer_labels import picture_hash, pyarrow
from jnd.errors import JndError, UnsupportedPictureError
from jnd.learned.label_parts import part_path, parts_folder, write_labels, write_part
from jnd.learned.label_request import LabelRequest
from jnd.learned.label_scan import Row, label_picture
from jnd.picture import read_picture, seen
from jnd.picture.file_limits import FileLimits, done_in_limits, tries_hard, why_died, why_failed
from jnd.places import is_remote
from jnd.workers import JobLimits, WorkerDied, Workers


@dataclass(frozen=True, slots=True)
class LabelJob:
    """A picture to label."""

    source: Path
    name: str
    """Unique in the run."""
    group: str
    """Source photograph; see :class:`~jnd.datasets.labelled.LabelledPicture`."""


@dataclass(frozen=True, slots=True)
class LabelTask:
    """What a worker is given."""

    job: LabelJob
    request: LabelRequest
    parts: Path
    limits: FileLimits


LabelStatus = Literal["labelled", "known", "duplicate", "failed"]


@dataclass(frozen=True, slots=True)
class LabelRecord:
    """What became of one picture: one JSON object of ``jnd datasets label --json``.

    "labelled" now, "known" from an earlier run, "duplicate" (``note`` names the picture with the same pixels), or
    "failed" (``error`` says why). What is not known is None.
    """

    source: str
    name: str
    group: str
    status: LabelStatus
    picture: str | None = None
    """Hash of the pixels."""
    width: int | None = None
    height: int | None = None
    labels: int = 0
    """Levels measured, over all codecs."""
    seconds: float = 0.0
    note: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class LabelOutcome:
    """What a worker gives back: the record, and the rows to keep if it made any."""

    record: LabelRecord
    rows: tuple[Row, ...] = ()


def label(
    jobs: Sequence[LabelJob],
    request: LabelRequest,
    output: Path,
    *,
    workers: Workers = 1,
    limits: FileLimits | None = None,
    command: str | None = None,
) -> Generator[LabelRecord, None, None]:
    """Label pictures; the file is written when the generator has come to its end.

    Pictures with the same pixels are labelled once, under the first one's name. Closing the generator early leaves
    the parts, and the next run with the same request goes on from there.

    Parameters
    ----------
    output : of the Parquet file; what is there is replaced. Parts go to :func:`parts_folder`, where the workers of a
        cluster must see them too, or a run that goes on labels again what is done.
    workers : processes, or a cluster. One picture is done in this process unless that is a risk.
    limits : of pixels, and of a worker's time and memory; without it those of :class:`FileLimits`.
    command : recorded in the file.

    Raises
    ------
    CodecError, UnavailableChoiceError, UnknownNameError, ValueError
        See :meth:`LabelRequest.check`.
    MissingExtraError
        pyarrow is not installed.
    OSError
        The parts or the file cannot be written.
    UnusableDatasetError
        A part of an earlier run is damaged.
    """
    request.check()
    pyarrow()
    parts = parts_folder(output)
    if not is_remote(parts):
        parts.mkdir(parents=True, exist_ok=True)
    tasks = [LabelTask(job, request, parts, limits or FileLimits()) for job in jobs]
    place = {job.name: number for number, job in enumerate(jobs)}
    done: dict[str, LabelJob] = {}
    outcomes = done_in_limits(
        label_file,
        tasks,
        workers,
        limits_of,
        needs_process=lambda task: task.limits.need_process(task.job.source),
    )
    with closing(outcomes) as results:
        for task, result in results:
            outcome = _failed(task.job, why_died(result)) if isinstance(result, WorkerDied) else result
            record, picture = outcome.record, outcome.record.picture
            if picture is not None:
                if outcome.rows:
                    write_part(part_path(parts, picture, request), outcome.rows, request)
                other = done.get(picture)
                if other is not None:
                    note = f"the same pixels as {other.source}"
                    record = replace(record, status="duplicate", note=note, labels=0)
                candidates = [task.job] if other is None else [other, task.job]
                # The first in order, not in time, so that the file does not depend on the number of processes.
                done[picture] = min(candidates, key=lambda job: place[job.name])
            yield record
    if done:
        _write(output, parts, done, request, command)


def _write(
    output: Path, parts: Path, done: Mapping[str, LabelJob], request: LabelRequest, command: str | None
) -> None:
    named: list[tuple[Path, Row]] = []
    for picture, job in sorted(done.items(), key=lambda item: item[1].name):
        path = str(job.source if is_remote(job.source) else job.source.resolve())
        names: Row = {"name": job.name, "path": path, "group": job.group}
        named.append((part_path(parts, picture, request), names))
    write_labels(output, named, request, {"command": command})


def label_file(task: LabelTask) -> LabelOutcome:
    """Read and scan one file; whatever goes wrong becomes a record. For a worker: nothing is written."""
    begin = time.perf_counter()
    try:
        outcome = _label_file(task)
    except (JndError, OSError, MemoryError) as error:
        outcome = _failed(task.job, why_failed(error, task.job.source))
    return replace(outcome, record=replace(outcome.record, seconds=round(time.perf_counter() - begin, 3)))


def limits_of(task: LabelTask) -> JobLimits:
    """What a worker may take for the picture; asked in the worker, because the file's header is read."""
    codecs, slow = task.request.codecs, tries_hard(task.request.effort)
    return task.limits.of_files(task.job.source, formats=len(codecs), slow=slow)


def _label_file(task: LabelTask) -> LabelOutcome:
    picture = read_picture(task.job.source, max_pixels=task.limits.max_pixels)
    if picture.alpha is not None:
        raise UnsupportedPictureError(
            "has transparent pixels; labels are of opaque pictures: put it on a background first"
        )
    pixels = seen(picture)
    height, width = pixels.shape[:2]
    record = LabelRecord(
        str(task.job.source), task.job.name, task.job.group, "known", picture_hash(pixels), width, height
    )
    assert record.picture is not None
    if part_path(task.parts, record.picture, task.request).exists():
        return LabelOutcome(record)
    rows = tuple(label_picture(picture, task.request))
    return LabelOutcome(replace(record, status="labelled", labels=len(rows)), rows)


def _failed(job: LabelJob, error: str) -> LabelOutcome:
    return LabelOutcome(LabelRecord(str(job.source), job.name, job.group, "failed", error=error))
