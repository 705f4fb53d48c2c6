"""What one request asks of a worker process, and what it answers. Pictures travel as files in the spool folder."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jnd.difference.as_json import comparison_json
from jnd.difference.comparison import compare
from jnd.difference.request import CompareRequest
from jnd.errors import JndError
from jnd.picture import read_picture, seen
from jnd.picture.file_limits import FileLimits
from jnd.search.as_json import record_json
from jnd.search.one_file import Task, encode_file
from jnd.search.one_file import limits_of as encode_limits
from jnd.search.request import Request
from jnd.search.sources import Job as EncodeFile
from jnd.workers import JobLimits

MEDIA_TYPES = {
    ".jpg": "image/jpeg",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".jxl": "image/jxl",
    ".heic": "image/heic",
    ".png": "image/png",
    ".gif": "image/gif",
}


@dataclass(frozen=True, slots=True)
class EncodeJob:
    """One picture to the smallest file that almost nobody can tell from it."""

    source: Path
    request: Request


@dataclass(frozen=True, slots=True)
class CompareJob:
    """Would anyone notice the difference?"""

    reference: Path
    changed: Path
    request: CompareRequest


@dataclass(frozen=True, slots=True)
class PredictJob:
    """At which setting of each codec people begin to notice."""

    source: Path
    satisfied: float
    protocol: str


Job = EncodeJob | CompareJob | PredictJob


@dataclass(frozen=True, slots=True)
class JobAndLimits:
    """What is sent to a worker."""

    job: Job
    limits: FileLimits


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back to the client."""

    status: int
    body: bytes
    media_type: str = "application/json"
    facts: str | None = None
    """Of an encoded file: its record as JSON, for a header."""


def do(order: JobAndLimits) -> Answer:
    """In a worker: never raises."""
    try:
        return _do(order)
    except (JndError, OSError) as error:
        return refusal(422, _without_spool(str(error), order.job))
    except MemoryError:
        return refusal(413, "the picture needs more memory than a job may take; make it smaller")
    except Exception as error:  # noqa: BLE001 - a bug on one picture must not cost the worker
        return refusal(500, f"{type(error).__name__}: {_without_spool(str(error), order.job)}")


def limits_of(order: JobAndLimits) -> JobLimits:
    """Time and memory; asked in the worker, because headers of files are read."""
    job = order.job
    if isinstance(job, EncodeJob):
        return encode_limits(_task(job, order.limits))
    pictures = (job.reference, job.changed) if isinstance(job, CompareJob) else (job.source,)
    return order.limits.of_files(*pictures)


def refusal(status: int, why: str) -> Answer:
    """An error as JSON."""
    return Answer(status, json.dumps({"error": why}).encode())


def _do(order: JobAndLimits) -> Answer:
    job = order.job
    if isinstance(job, EncodeJob):
        return _encoded(job, order.limits)
    if isinstance(job, CompareJob):
        result = compare(
            read_picture(job.reference, max_pixels=order.limits.max_pixels),
            read_picture(job.changed, max_pixels=order.limits.max_pixels),
            notice=job.request.notice,
            pool=job.request.pool,
            protocol=job.request.protocol,
            viewing=job.request.viewing,
            align=job.request.align,
        )
        return Answer(200, _bytes(comparison_json(result)))
    return _predicted(job, order.limits)


def _encoded(job: EncodeJob, limits: FileLimits) -> Answer:
    outcome = encode_file(_task(job, limits))
    record = outcome.record
    if outcome.data is None:
        return refusal(422, record.error or record.note or record.status)
    facts = {key: value for key, value in record_json(record).items() if key not in ("source", "output")}
    media_type = MEDIA_TYPES.get(outcome.extension.lower(), "application/octet-stream")
    return Answer(200, outcome.data, media_type, json.dumps(facts))


def _predicted(job: PredictJob, limits: FileLimits) -> Answer:
    from jnd.learned.as_json import prediction_json
    from jnd.learned.predictor import Predictor, pjnd_predictions

    predictor = Predictor()
    prediction = predictor.predict(seen(read_picture(job.source, max_pixels=limits.max_pixels)))
    records = pjnd_predictions(
        prediction, "", predictor.codecs, satisfied=job.satisfied, protocol=job.protocol
    )
    return Answer(200, _bytes([prediction_json(record) for record in records]))


def _task(job: EncodeJob, limits: FileLimits) -> Task:
    return Task(EncodeFile(job.source, job.source.with_name("output")), job.request, limits=limits)


def _bytes(content: Any) -> bytes:
    return json.dumps(content, allow_nan=False).encode()


def _without_spool(text: str, job: Job) -> str:
    """The client knows its picture by no name of ours."""
    folder = (job.reference if isinstance(job, CompareJob) else job.source).parent
    return re.sub(rf"{re.escape(str(folder))}/\w+(: )?", "", text)
