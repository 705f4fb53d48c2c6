"""One file of a batch, from its bytes to the bytes of its output; run by a worker, which writes nothing."""

import time
from dataclasses import dataclass, field, replace
from pathlib import Path

from jnd.codecs import CODECS
from jnd.codecs.lossless import LOSSLESS
from jnd.errors import JndError
from jnd.picture import Picture, allowing, file_bytes, fit_within, read_picture
from jnd.picture.file_limits import FileLimits, tries_hard, why_failed
from jnd.records import Attempt, EncodeResult, FileRecord, Found, NotFound
from jnd.report.words import bytes_in_words, percent
from jnd.search.kept_source import kept_source
from jnd.search.lossless_picture import encode_lossless
from jnd.search.manifest import Done, sha256
from jnd.search.one_picture import AUTO, AUTO_ALL, encode
from jnd.search.report import ReportEntry, report_entry
from jnd.search.request import Request
from jnd.search.sources import Job
from jnd.workers import JobLimits

BROWSER_FORMATS = ("jpeg", "webp", "avif", "png")
"""Whose files "auto" may keep as they are."""


@dataclass(frozen=True, slots=True)
class Task:
    """What a worker is given."""

    job: Job
    request: Request
    with_report: bool = False
    earlier: Done | None = None
    """What the manifest says of this output."""
    earlier_output: Path | None = None
    """The file that was written then."""
    limits: FileLimits = field(default_factory=FileLimits)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a worker gives back: the record, the bytes to write if there are any, what the report shows."""

    record: FileRecord
    data: bytes | None = None
    extension: str = ""
    shown: ReportEntry | None = None
    source_sha256: str = ""
    attempts: tuple[Attempt, ...] = ()
    chosen: int | None = None
    """Index of the attempt that ``data`` is, or that came nearest to the target."""


def encode_file(task: Task) -> Outcome:
    """Read and search one file; whatever goes wrong becomes a record."""
    begin = time.perf_counter()
    job, request = task.job, task.request
    try:
        outcome = _encode_file(task)
    except (JndError, OSError, MemoryError) as error:
        outcome = Outcome(failed(job, request, why_failed(error, job.source)))
    except Exception as error:  # noqa: BLE001 - a bug on one picture must not cost the others
        outcome = Outcome(failed(job, request, f"{type(error).__name__}: {why_failed(error, job.source)}"))
    if outcome.record.from_earlier_run:  # its time was spent then
        return outcome
    return replace(outcome, record=replace(outcome.record, seconds=time.perf_counter() - begin))


def limits_of(task: Task) -> JobLimits:
    """What a worker may take for the file; asked in the worker, because the file's header is read."""
    request = task.request
    slow = request.exact or request.lossless or tries_hard(request.effort, request.finish_effort)
    return task.limits.of_files(task.job.source, formats=len(request.formats), slow=slow)


def failed(job: Job, request: Request, error: str) -> FileRecord:
    """The record of a file that nothing was made of."""
    return replace(_blank(job, request), error=error)


def _encode_file(task: Task) -> Outcome:
    job, request = task.job, task.request
    source = file_bytes(job.source, max_pixels=task.limits.max_pixels)
    digest = sha256(source)
    if task.earlier is not None and _is_done(task.earlier, digest, request, task.earlier_output):
        return _from_earlier_run(task, task.earlier, source)
    original = read_picture(source, max_pixels=task.limits.max_pixels)
    picture = original if request.max_size is None else fit_within(original, *request.max_size)
    answer = _answer(picture, request, source if picture is original else None)
    outcome = replace(_outcome(job, request, original, picture, source, answer), source_sha256=digest)
    if not task.with_report:
        return outcome
    kept = outcome.data if outcome.record.status == "kept" else None
    return replace(outcome, shown=_shown(task, picture, answer, kept))


def _answer(picture: Picture, request: Request, source: bytes | None) -> Found | NotFound:
    if request.lossless:
        *_, answer = encode_lossless(
            picture if source is None else source,
            format=request.format,
            keep_metadata=request.keep_metadata,
            max_pixels=allowing(picture.pixels),
        )
    else:
        *_, answer = encode(
            picture,
            format=request.format,
            satisfied=request.satisfied,
            protocol=request.protocol,
            viewing=request.viewing,
            chroma_subsampling=request.chroma_subsampling,
            effort=request.effort,
            finish_effort=request.finish_effort,
            keep_metadata=request.keep_metadata,
            worst_window=request.worst_window,
            exact=request.exact,
            verify=request.verify,
        )
    assert isinstance(answer, Found | NotFound)
    return answer


def _outcome(
    job: Job, request: Request, original: Picture, picture: Picture, source: bytes, answer: Found | NotFound
) -> Outcome:
    attempts = answer.result.attempts if isinstance(answer, Found) else answer.attempts
    height, width = picture.pixels.shape[:2]
    record = replace(
        _blank(job, request), source_bytes=len(source), width=width, height=height, encodes=len(attempts)
    )
    if picture is original:
        kept = _kept(record, job, request, original, source, answer)
        if kept is not None:
            return replace(kept, attempts=attempts)
    else:
        rows, columns = original.pixels.shape[:2]
        record = replace(record, note=f"resized from {columns} x {rows}")
    if isinstance(answer, NotFound):
        chosen = None if answer.best is None else attempts.index(answer.best)
        return Outcome(_not_reachable(record, answer), attempts=attempts, chosen=chosen)
    result = answer.result
    return Outcome(
        _encoded(record, result),
        result.data,
        result.extension,
        attempts=attempts,
        chosen=attempts.index(result.attempt),
    )


def _kept(
    record: FileRecord,
    job: Job,
    request: Request,
    picture: Picture,
    source: bytes,
    answer: Found | NotFound,
) -> Outcome | None:
    """The source as its own output, if no encoding beats it by enough; None if one does.

    Compared without the metadata that go: nobody wants worse pixels for a saving of metadata.
    """
    size = len(answer.result.data) if isinstance(answer, Found) else None
    codec = _own_format(picture.file_format, request)
    if codec is None and (size is None or not request.min_saving):
        return None
    data, how = kept_source(source, picture, request.keep_metadata)
    if size is None:
        why = "no encoding reaches the target"
    elif codec is not None and size >= len(data):
        why = f"the smallest encoding has {size} bytes"
    elif size > (1 - request.min_saving) * len(data):
        saved = 1 - size / len(data)
        why = (
            f"the smallest encoding saves {percent(saved)}, less than {percent(request.min_saving)}"
            if saved >= 0
            else f"the smallest encoding is larger, {bytes_in_words(size)}"
        )
    else:
        return None
    record = replace(
        record,
        status="kept",
        codec=codec if codec in CODECS else None,
        bytes=len(data),
        jod=10.0,
        notice=0.0,
        satisfied=1.0,
        worst_window_jod=10.0,
        note=f"source kept {how}: {why}",
    )
    extension = CODECS[codec].extension if codec in CODECS else job.source.suffix.lower()
    return Outcome(record, data, extension or f".{picture.file_format}")


def _own_format(file_format: str | None, request: Request) -> str | None:
    """Of what was asked for, the format that the source already has."""
    entries = LOSSLESS if request.lossless else CODECS
    own = next((name for name in request.formats if entries[name].file_format == file_format), None)
    if own is None and request.lossless and request.format in (AUTO, AUTO_ALL):
        return file_format if file_format in BROWSER_FORMATS else None
    return own


def _encoded(record: FileRecord, result: EncodeResult) -> FileRecord:
    notes = [*([record.note] if record.note else []), *result.notes]
    return replace(
        _with_attempt(record, result.attempt),
        status="encoded",
        encoder=result.encoder,
        note="; ".join(notes) or None,
    )


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
        worst_window_jod=None if attempt.predicted else attempt.worst_window_jod,
        worst_window=None if attempt.predicted else attempt.worst_window,
        verified=not attempt.predicted,
    )


def _is_done(earlier: Done, digest: str, request: Request, output: Path | None) -> bool:
    """Whether the manifest's entry is of this content and these settings, and its file still there as it was."""
    if (earlier.source_sha256, earlier.settings) != (digest, request.fingerprint()):
        return False
    if output is None:
        return True
    try:
        return sha256(output.read_bytes()) == earlier.output_sha256
    except OSError:
        return False


def _from_earlier_run(task: Task, earlier: Done, source: bytes) -> Outcome:
    output = task.earlier_output
    record = replace(
        earlier.record,
        source=str(task.job.source),
        output=None if output is None else str(output),
        from_earlier_run=True,
    )
    if not task.with_report:
        return Outcome(record)
    picture = read_picture(source, max_pixels=task.limits.max_pixels)
    if task.request.max_size is not None:
        picture = fit_within(picture, *task.request.max_size)
    data = None if output is None else output.read_bytes()
    kept = data if record.status == "kept" else None
    return Outcome(record, shown=_shown(task, picture, _answer_again(earlier, record, data), kept))


def _answer_again(earlier: Done, record: FileRecord, data: bytes | None) -> Found | NotFound:
    """The answer of the search that the manifest's entry ended."""
    chosen = None if earlier.chosen is None else earlier.attempts[earlier.chosen]
    if data is None or chosen is None:
        return NotFound(record.codec or "", record.note or "", chosen, earlier.attempts)
    entry = LOSSLESS[chosen.codec] if chosen.distortion_level is None else CODECS[chosen.codec]
    assert record.width is not None, "of every record with an output"
    assert record.height is not None, "of every record with an output"
    return Found(
        EncodeResult(
            data=data,
            codec=chosen.codec,
            file_format=entry.file_format,
            extension=entry.extension,
            encoder=record.encoder or entry.encoder,
            width=record.width,
            height=record.height,
            attempt=chosen,
            attempts=earlier.attempts,
            bits_per_pixel=8 * len(data) / (record.width * record.height),
            target=record.target_satisfied or 1.0,
            protocol=record.protocol,
            viewing=record.viewing,
            pixels_per_degree=record.pixels_per_degree,
            pool=record.pool,
        )
    )


def _shown(task: Task, picture: Picture, answer: Found | NotFound, kept: bytes | None) -> ReportEntry | None:
    """What the report shows; None, which the page says, if that cannot be made: the result is not lost for it."""
    request = task.request
    try:
        return report_entry(
            picture, answer, task.job.source, request.viewing, kept=kept, effort=request.effort
        )
    except Exception:  # noqa: BLE001 - see above
        return None


def _blank(job: Job, request: Request) -> FileRecord:
    record = FileRecord(source=str(job.source), status="failed")
    if request.lossless:
        return replace(record, target_satisfied=1.0)
    return replace(
        record,
        target_satisfied=request.satisfied,
        pool="window" if request.worst_window else "picture",
        protocol=request.protocol,
        viewing=request.viewing.name,
        pixels_per_degree=request.viewing.pixels_per_degree,
        protocol_note="; ".join(request.criterion.notes),
    )
