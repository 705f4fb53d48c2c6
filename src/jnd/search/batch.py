"""Many files to a folder: one process per picture, one record per file, nothing half written or done twice.

In go a plan and a request, out come :class:`~jnd.records.FileRecord` entries in the order in which files finish.
Workers read, encode and look; this process alone writes, so that a killed worker leaves nothing behind. What is
finished stands in the folder's manifest, so that a run that was stopped or killed goes on where it was.
"""

import os
from collections.abc import Generator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from jnd.codecs import CODECS
from jnd.codecs.lossless import LOSSLESS
from jnd.picture import remove_abandoned_parts, write_bytes_atomically
from jnd.picture.file_limits import FileLimits, done_in_limits, why_died
from jnd.places import is_remote, is_writable
from jnd.records import FileRecord
from jnd.search.manifest import Done, Manifest, sha256
from jnd.search.one_file import Outcome, Task, encode_file, failed, limits_of
from jnd.search.report import ReportEntry, ReportWriter
from jnd.search.request import Request
from jnd.search.sources import Job
from jnd.workers import WorkerDied, Workers

__all__ = ["Request", "run"]


def run(
    jobs: tuple[Job, ...],
    request: Request,
    folder: Path,
    *,
    workers: Workers,
    report: ReportWriter | None = None,
    overwrite: bool = False,
    dry_run: bool = False,
    limits: FileLimits | None = None,
) -> Generator[FileRecord, None, None]:
    """Encode every job and write its output, atomically and never onto a source.

    A source that an earlier run has made into ``folder`` is not encoded again, if its content and the request are the
    same and its output is still what was written; its record then says so. One file is encoded in this process where
    its decoder is a simple one and no limits were asked for, all others in ``workers`` other processes. Closing the generator stops the workers at once.

    Parameters
    ----------
    jobs : of ``sources.plan`` with the same folder.
    request : what is wanted of every file.
    folder : where the outputs go; it holds the manifest.
    workers : processes, at least 1; or a cluster.
    report : gets every record; closing it is up to the caller.
    overwrite : also replace files in ``folder`` that jnd did not write, or that were changed since.
    dry_run : do everything but write; a record's output is then where the file would be.
    limits : of pixels, and of a worker's time and memory; without it those of :class:`FileLimits`.

    Raises
    ------
    OSError
        The manifest is there but cannot be read.
    """
    batch = _Batch(request, Manifest(folder, read_only=dry_run), overwrite, dry_run, limits)
    with closing(batch.results(jobs, workers, with_report=report is not None)) as results:
        for record, shown in results:
            if report is not None:
                report.add(record, shown)
            yield record


class _Batch:
    def __init__(
        self, request: Request, manifest: Manifest, overwrite: bool, dry_run: bool, limits: FileLimits | None
    ) -> None:
        self._request, self._manifest = request, manifest
        self._overwrite, self._dry_run = overwrite, dry_run
        self._limits = limits or FileLimits()
        self._sources: set[tuple[int, int] | str] = set()

    def results(
        self, jobs: tuple[Job, ...], workers: Workers, *, with_report: bool
    ) -> Generator[tuple[FileRecord, ReportEntry | None], None, None]:
        self._sources = {identity for job in jobs if (identity := _identity(job.source)) is not None}
        if not self._dry_run:
            for folder in {job.stem.parent for job in jobs}:
                remove_abandoned_parts(folder)
        tasks = []
        for job in jobs:
            problem = job.conflict or self._folder_problem(job.stem.parent) or self._early_problem(job)
            if problem is not None:
                yield failed(job, self._request, problem), None
            else:
                earlier = self._manifest.earlier(job.stem)
                output = None if earlier is None else self._manifest.path_of(earlier)
                tasks.append(Task(job, self._request, with_report, earlier, output, self._limits))
        results = done_in_limits(
            encode_file,
            tasks,
            workers,
            limits_of,
            needs_process=lambda task: self._limits.need_process(task.job.source),
        )
        for task, result in results:
            if isinstance(result, WorkerDied):
                yield failed(task.job, self._request, why_died(result)), None
            else:
                yield self._write(task, result), result.shown

    def _write(self, task: Task, outcome: Outcome) -> FileRecord:
        job, record = task.job, outcome.record
        if record.from_earlier_run or record.status == "failed":
            return record
        path = None
        if outcome.data is not None:
            path = job.stem.with_name(job.stem.name + outcome.extension)
            if (problem := self._path_problem(path)) is not None:
                return failed(job, self._request, problem)
            record = replace(record, output=str(path))
        if self._dry_run:
            return record
        try:
            if not is_remote(job.stem):  # stores of objects have no folders
                job.stem.parent.mkdir(parents=True, exist_ok=True)
            self._manifest.add(job.stem, self._entry(record, path, outcome))
            if path is not None and outcome.data is not None:
                write_bytes_atomically(path, outcome.data)
        except OSError as error:
            return failed(
                job, self._request, f"cannot write {path or job.stem.parent}: {error.strerror or error}"
            )
        return record

    def _entry(self, record: FileRecord, path: Path | None, outcome: Outcome) -> Done:
        return Done(
            source_sha256=outcome.source_sha256,
            settings=self._request.fingerprint(),
            record=record,
            output=None if path is None else self._manifest.name(path),
            output_sha256=None if outcome.data is None else sha256(outcome.data),
            attempts=outcome.attempts,
            chosen=outcome.chosen,
        )

    def _early_problem(self, job: Job) -> str | None:
        """Where only one name is possible, known before any work is done."""
        if len(self._request.formats) > 1:
            return None
        (name,) = self._request.formats
        extension = (LOSSLESS if self._request.lossless else CODECS)[name].extension
        return self._path_problem(job.stem.with_name(job.stem.name + extension))

    def _path_problem(self, path: Path) -> str | None:
        """Why nothing may be written to ``path``."""
        identity = _identity(path)
        if identity in self._sources:
            return f"its output {path} is one of the sources; choose another folder"
        if self._overwrite or identity is None:
            return None
        try:
            ours = path.is_file() and self._manifest.has_made(path, sha256(path.read_bytes()))
        except OSError:
            ours = False
        if ours:
            return None
        return f"there is already a file {path} that jnd did not write, or that was changed since; --overwrite replaces it"

    def _folder_problem(self, folder: Path) -> str | None:
        """Why nothing can be written to ``folder``, found out before any work is done; it need not exist yet."""
        if self._dry_run:
            return None
        if is_remote(folder):
            return (
                None
                if is_writable(folder)
                else f"cannot write to {folder}: pages are read only; name a store"
            )
        existing = next((parent for parent in (folder, *folder.parents) if parent.exists()), Path())
        if not existing.is_dir():
            return f"cannot write to {folder}: {existing} is not a folder"
        if not os.access(existing, os.W_OK | os.X_OK):
            return f"cannot write to {folder}: no permission to write in {existing}"
        return None


def _identity(path: Path) -> tuple[int, int] | str | None:
    """Device and inode: the same for a file's other names and links. Its address, behind one; None if there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return str(path) if is_remote(path) else (status.st_dev, status.st_ino)
