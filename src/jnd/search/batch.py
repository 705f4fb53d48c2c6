"""Many files to a folder: one process per picture, one record per file, nothing half written.

In go a plan and a request, out come :class:`~jnd.records.FileRecord` entries in the order in which files finish.
Workers read, encode and look; this process alone writes, so that a killed worker leaves nothing behind.
"""

import os
import time
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from jnd.codecs import CODECS
from jnd.errors import JndError
from jnd.observer import calibration_notes
from jnd.picture import Picture, read_picture, write_bytes_atomically
from jnd.records import Attempt, EncodeResult, FileRecord, Found, NotFound
from jnd.search.kept_source import kept_source
from jnd.search.one_picture import FORMATS, encode
from jnd.search.report import ReportEntry, ReportWriter, report_entry
from jnd.search.sources import Job
from jnd.search.workers import WorkerDied, in_processes
from jnd.viewing import ViewingConditions


@dataclass(frozen=True, slots=True)
class Request:
    """What is wanted of every file of a batch; the arguments of :func:`jnd.encode`."""

    format: str
    satisfied: float
    protocol: str
    viewing: ViewingConditions
    exact: bool = False
    chroma_subsampling: str | None = None
    effort: str | None = None
    keep_metadata: str = "default"


@dataclass(frozen=True, slots=True)
class Task:
    """What a worker is given."""

    job: Job
    request: Request
    with_report: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a worker gives back: the record, the bytes to write if there are any, what the report shows."""

    record: FileRecord
    data: bytes | None = None
    extension: str = ""
    shown: ReportEntry | None = None


def run(
    jobs: tuple[Job, ...], request: Request, *, workers: int, report: ReportWriter | None = None
) -> Generator[FileRecord, None, None]:
    """Encode every job and write its output, atomically and never onto a source.

    An output of an earlier run is replaced. One file is encoded in this process, several in ``workers`` others.
    Closing the generator stops the workers at once. ``report`` gets every record; closing it is up to the caller.
    """
    with closing(_run(jobs, request, workers, with_report=report is not None)) as results:
        for record, shown in results:
            if report is not None:
                report.add(record, shown)
            yield record


def _run(
    jobs: tuple[Job, ...], request: Request, workers: int, *, with_report: bool
) -> Generator[tuple[FileRecord, ReportEntry | None], None, None]:
    sources = {identity for job in jobs if (identity := _identity(job.source)) is not None}
    tasks = []
    for job in jobs:
        problem = job.conflict or _folder_problem(job.stem.parent)
        if problem is not None:
            yield _failed(job, request, problem), None
        else:
            tasks.append(Task(job, request, with_report))
    if len(tasks) == 1:
        outcome = encode_file(tasks[0])
        yield _write(tasks[0], outcome, sources), outcome.shown
        return
    for task, result in in_processes(encode_file, tasks, workers):
        if isinstance(result, WorkerDied):
            yield _failed(task.job, request, str(result)), None
        else:
            yield _write(task, result, sources), result.shown


def encode_file(task: Task) -> Outcome:
    """Read and search one file; whatever goes wrong becomes a record."""
    begin = time.perf_counter()
    job, request = task.job, task.request
    try:
        outcome = _encode_file(job, request, with_report=task.with_report)
    except (JndError, OSError, MemoryError) as error:
        outcome = Outcome(_failed(job, request, _line(error, job.source)))
    except Exception as error:  # noqa: BLE001 - a bug on one picture must not cost the others
        outcome = Outcome(_failed(job, request, f"{type(error).__name__}: {_line(error, job.source)}"))
    return replace(outcome, record=replace(outcome.record, seconds=time.perf_counter() - begin))


def _encode_file(job: Job, request: Request, *, with_report: bool) -> Outcome:
    picture = read_picture(job.source)
    source_bytes = job.source.stat().st_size
    *_, answer = encode(
        picture,
        format=request.format,
        satisfied=request.satisfied,
        protocol=request.protocol,
        viewing=request.viewing,
        chroma_subsampling=request.chroma_subsampling,
        effort=request.effort,
        keep_metadata=request.keep_metadata,
        exact=request.exact,
    )
    assert isinstance(answer, Found | NotFound)
    outcome = _outcome(job, request, picture, source_bytes, answer)
    if not with_report:
        return outcome
    try:
        kept = outcome.data if outcome.record.status == "kept" else None
        shown = report_entry(picture, answer, job.source, request.viewing, kept=kept, effort=request.effort)
    except Exception:  # noqa: BLE001 - the page says that it is missing; the result is not lost for it
        return outcome
    return replace(outcome, shown=shown)


def _outcome(
    job: Job, request: Request, picture: Picture, source_bytes: int, answer: Found | NotFound
) -> Outcome:
    height, width = picture.pixels.shape[:2]
    record = replace(
        _blank(job, request),
        source_bytes=source_bytes,
        width=width,
        height=height,
        encodes=len(answer.result.attempts if isinstance(answer, Found) else answer.attempts),
    )
    codec = _codec_of_source(picture.file_format, request.format)
    size = len(answer.result.data) if isinstance(answer, Found) else None
    if codec is not None:
        # Compared without the metadata that go: nobody wants worse pixels for a saving of metadata.
        kept, how = kept_source(job.source.read_bytes(), picture, request.keep_metadata)
        if size is None or size >= len(kept):
            why = (
                "no encoding reaches the target"
                if size is None
                else f"the smallest encoding has {size} bytes"
            )
            return _kept(record, codec, kept, f"source kept {how}: {why}")
    if isinstance(answer, NotFound):
        return Outcome(_not_reachable(record, answer))
    return _encoded(record, answer.result)


def _codec_of_source(file_format: str | None, requested: str) -> str | None:
    """The codec among those requested whose format the source already has."""
    return next((name for name in FORMATS[requested] if CODECS[name].file_format == file_format), None)


def _encoded(record: FileRecord, result: EncodeResult) -> Outcome:
    record = replace(
        _with_attempt(record, result.attempt),
        status="encoded",
        encoder=result.encoder,
        note="; ".join(result.notes) or None,
    )
    return Outcome(record, result.data, result.extension)


def _kept(record: FileRecord, codec: str, data: bytes, note: str) -> Outcome:
    record = replace(
        record,
        status="kept",
        codec=codec,
        bytes=len(data),
        jod=10.0,
        notice=0.0,
        satisfied=1.0,
        worst_window_jod=10.0,
        note=note,
    )
    return Outcome(record, data, CODECS[codec].extension)


def _not_reachable(record: FileRecord, answer: NotFound) -> FileRecord:
    record = replace(record, status="not reachable", note=answer.reason)
    return record if answer.best is None else replace(_with_attempt(record, answer.best), bytes=None)


def _with_attempt(record: FileRecord, attempt: Attempt) -> FileRecord:
    return replace(
        record,
        codec=attempt.codec,
        setting=attempt.setting,
        chroma_subsampling=attempt.chroma_subsampling,
        bytes=attempt.size_bytes,
        jod=attempt.jod,
        notice=attempt.notice,
        satisfied=attempt.satisfied,
        worst_window_jod=attempt.worst_window_jod,
        worst_window=attempt.worst_window,
    )


def _write(task: Task, outcome: Outcome, sources: set[tuple[int, int]]) -> FileRecord:
    job, record = task.job, outcome.record
    if outcome.data is None:
        return record
    path = job.stem.with_name(job.stem.name + outcome.extension)
    if _identity(path) in sources:
        return _failed(job, task.request, f"its output {path} is one of the sources; choose another folder")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_bytes_atomically(path, outcome.data)
    except OSError as error:
        return _failed(job, task.request, f"cannot write {path}: {error.strerror or error}")
    return replace(record, output=str(path))


def _identity(path: Path) -> tuple[int, int] | None:
    """Device and inode: the same for a file's other names and links."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _folder_problem(folder: Path) -> str | None:
    """Why nothing can be written to ``folder``, found out before any work is done; it need not exist yet."""
    existing = next((parent for parent in (folder, *folder.parents) if parent.exists()), Path())
    if not existing.is_dir():
        return f"cannot write to {folder}: {existing} is not a folder"
    if not os.access(existing, os.W_OK | os.X_OK):
        return f"cannot write to {folder}: no permission to write in {existing}"
    return None


def _blank(job: Job, request: Request) -> FileRecord:
    return FileRecord(
        source=str(job.source),
        status="failed",
        target_satisfied=request.satisfied,
        protocol=request.protocol,
        viewing=request.viewing.name,
        pixels_per_degree=request.viewing.pixels_per_degree,
        protocol_note="; ".join(calibration_notes(request.protocol, request.viewing)),
    )


def _failed(job: Job, request: Request, error: str) -> FileRecord:
    return replace(_blank(job, request), error=error)


def _line(error: BaseException, source: Path) -> str:
    """One line that says what went wrong, without the file's name, which stands beside it."""
    if isinstance(error, MemoryError):
        return "there is too little memory for it"
    if isinstance(error, OSError) and error.strerror is not None:
        return error.strerror
    text = " ".join(str(error).split()) or type(error).__name__
    return text.removeprefix(f"{source}: ")
