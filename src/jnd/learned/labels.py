"""Observer labels: what the observer says of pictures along the level axis of codecs.

In go files and a request, out come :class:`LabelRecord` entries as files finish, and in the end one Parquet file
(:mod:`jnd.datasets.observer_labels`). Every picture's scan is kept in a part beside it as soon as it is done, so
that a run that was killed goes on where it was. Labels are the metric's, calibrated on people but not given by them.
"""

import hashlib
import io
import json
import math
import platform
import sys
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np

import jnd
from jnd.codecs import CODECS, Codec
from jnd.datasets.observer_labels import COLUMNS, METADATA_KEY, picture_hash, pyarrow
from jnd.errors import JndError, UnsupportedPictureError, UnusableDatasetError
from jnd.observer import Observer, protocol_named
from jnd.picture import CodeValues, Picture, read_picture, seen, write_bytes_atomically
from jnd.places import is_remote
from jnd.viewing import ViewingConditions
from jnd.workers import WorkerDied, Workers, in_processes

Row = dict[str, str | int | float | None]

STEPS: Final[dict[str, int]] = {
    "jpeg": 2, "jpeg:turbo": 2, "jpeg:mozjpeg": 2, "webp": 3, "avif": 4, "jpegxl": 4, "heic": 2,
}  # fmt: skip
"""Levels between two labels where people begin to notice. Against a scan of every level, thresholds from 9.33 to 9.89 JOD
that are read from such labels lie 0.1 (JPEG) to 0.6 levels (JPEG XL) off in the mean; 4.4 at most, with WebP, whose
curves are not monotone (4 pictures; ``reproduce/observer_labels.py --steps``)."""

COARSE: Final = 3
"""Outside of :data:`DENSE_JOD` labels are so many times farther apart."""

DENSE_JOD: Final = (9.0, 9.97)
"""Between these, from 3.2 to 0.1 JND on the scale of AIC-3, lies every threshold that is asked for."""

LOWEST_JOD: Final = 8.0
"""A scan ends at the first label below: far beyond the observer's calibration (8.89 JOD)."""


@dataclass(frozen=True, slots=True)
class LabelRequest:
    """How pictures are labelled. Parts made under another request, encoder or version are not used."""

    codecs: tuple[str, ...]
    viewing: ViewingConditions
    protocol: str = "aic3"
    chroma_subsampling: str | None = None
    """None is each codec's usual one."""
    effort: str | None = None
    """None is "medium", as in ``jnd encode``."""
    step: int | None = None
    """Levels between two labels where people begin to notice; None is :data:`STEPS`."""

    def check(self) -> None:
        """Raise unless every codec is installed and has what is asked for.

        Raises
        ------
        CodecError, UnavailableChoiceError, UnknownNameError, ValueError
            An encoder that is not installed, a choice it does not have, a protocol or step that does not exist.
        """
        protocol_named(self.protocol)
        if self.step is not None and self.step < 1:
            raise ValueError(f"the step must be at least 1 level, got {self.step}")
        for name in self.codecs:
            CODECS[name].check_installed()
            CODECS[name].check_choices(self.chroma_subsampling, self.effort)

    def provenance(self) -> dict[str, Any]:
        """What a label depends on beside the picture, for the file's metadata; JSON types only."""
        return {
            "labels": "observer labels: answers of the metric, not of people",
            "jnd": jnd.__version__,
            "metric": "ColorVideoVDP 0.5.7, still pictures, with jnd's guard for uniform shifts",
            "protocol": self.protocol,
            "jnd_per_jod": protocol_named(self.protocol).jnd_per_jod,
            "viewing": self.viewing.name,
            "pixels_per_degree": self.viewing.pixels_per_degree,
            "display": asdict(self.viewing.display),
            "encoders": {name: CODECS[name].encoder for name in self.codecs},
            "chroma_subsampling": self.chroma_subsampling or "each codec's usual one",
            "effort": self.effort or "medium",
            "steps": {name: self.step or STEPS.get(name, 2) for name in self.codecs},
            "dense_jod": list(DENSE_JOD),
            "lowest_jod": LOWEST_JOD,
        }

    def digest(self) -> str:
        """Short hash of :meth:`provenance`: the same for requests that give the same labels."""
        return hashlib.sha256(json.dumps(self.provenance(), sort_keys=True).encode()).hexdigest()[:16]


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


def parts_folder(output: Path) -> Path:
    """Where the parts of ``output`` are kept; it may be deleted when the file is there."""
    return output.with_name(output.name + ".parts")


def label(
    jobs: Sequence[LabelJob],
    request: LabelRequest,
    output: Path,
    *,
    workers: Workers = 1,
    command: str | None = None,
) -> Generator[LabelRecord, None, None]:
    """Label pictures; the file is written when the generator has come to its end.

    Pictures with the same pixels are labelled once, under the first one's name. Closing the generator early leaves
    the parts, and the next run with the same request goes on from there.

    Parameters
    ----------
    output : of the Parquet file; what is there is replaced. Parts go to :func:`parts_folder`, where the workers of a
        cluster must see them too, or a run that goes on labels again what is done.
    workers : processes, 1 works in this one; or a cluster.
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
    tasks = [LabelTask(job, request, parts) for job in jobs]
    place = {job.name: number for number, job in enumerate(jobs)}
    done: dict[str, LabelJob] = {}
    with closing(_outcomes(tasks, workers)) as results:
        for task, result in results:
            outcome = _failed(task.job, str(result)) if isinstance(result, WorkerDied) else result
            record, picture = outcome.record, outcome.record.picture
            if picture is not None:
                if outcome.rows:
                    _write_part(part_path(parts, picture, request), outcome.rows, request)
                other = done.get(picture)
                if other is not None:
                    note = f"the same pixels as {other.source}"
                    record = replace(record, status="duplicate", note=note, labels=0)
                candidates = [task.job] if other is None else [other, task.job]
                # The first in order, not in time, so that the file does not depend on the number of processes.
                done[picture] = min(candidates, key=lambda job: place[job.name])
            yield record
    if done:
        _merge(output, parts, done, request, command)


def _outcomes(
    tasks: Sequence[LabelTask], workers: Workers
) -> Generator[tuple[LabelTask, LabelOutcome | WorkerDied], None, None]:
    if not isinstance(workers, int) or (workers > 1 and len(tasks) > 1):
        yield from in_processes(label_file, tasks, workers)
    else:
        yield from ((task, label_file(task)) for task in tasks)


def label_file(task: LabelTask) -> LabelOutcome:
    """Read and scan one file; whatever goes wrong becomes a record. For a worker: nothing is written."""
    begin = time.perf_counter()
    try:
        outcome = _label_file(task)
    except (JndError, OSError, MemoryError) as error:
        text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        text = " ".join(text.split()).removeprefix(f"{task.job.source}: ")
        outcome = _failed(task.job, text or type(error).__name__)
    return replace(outcome, record=replace(outcome.record, seconds=round(time.perf_counter() - begin, 3)))


def _label_file(task: LabelTask) -> LabelOutcome:
    picture = read_picture(task.job.source)
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


def label_picture(picture: Picture, request: LabelRequest) -> Generator[Row, None, None]:
    """The rows of one opaque picture, codec after codec; columns as in the file, without name, path and group.

    Raises
    ------
    UnsupportedPictureError, CodecError
        A codec cannot hold the picture, or its encoder failed.
    """
    pixels = seen(picture)
    observer = Observer(pixels, request.viewing, request.protocol)
    for name in request.codecs:
        codec = CODECS[name]
        measured: dict[int, Row] = {}
        measure = partial(_measure, picture, pixels, codec, request, observer, measured)
        scan(codec.levels, request.step or STEPS.get(name, 2), measure)
        yield from (measured[level] for level in sorted(measured))


def scan(levels: range, step: int, measure: Callable[[int], float]) -> None:
    """Call ``measure`` (level → JOD) where labels are wanted, each level at most once.

    First every ``COARSE * step`` levels from the best on, until one is below :data:`LOWEST_JOD`; then every
    ``step`` levels between two of these where the curve crosses any part of :data:`DENSE_JOD`.
    """
    low, high = DENSE_JOD
    found: dict[int, float] = {}
    coarse = range(levels.start, levels.stop, COARSE * step)
    for level in dict.fromkeys([*coarse, levels[-1]]):
        found[level] = measure(level)
        if found[level] < LOWEST_JOD:
            break
    for better, worse in pairwise(sorted(found)):
        if min(found[better], found[worse]) < high and max(found[better], found[worse]) > low:
            for level in range(better + step, worse, step):
                measure(level)


def _measure(
    picture: Picture,
    pixels: CodeValues,
    codec: Codec,
    request: LabelRequest,
    observer: Observer,
    measured: dict[int, Row],
    level: int,
) -> float:
    data = codec.encode(picture, level, chroma_subsampling=request.chroma_subsampling, effort=request.effort)
    changed = seen(codec.decode(data))
    sight = observer.look(changed)
    ((parameter, setting),) = codec.setting(level).items()
    chroma = None
    if picture.pixels.ndim == 3:
        chroma = request.chroma_subsampling or codec.limits.chroma_subsampling[0]
    efforts = codec.effort_setting(request.effort or "medium")
    height, width = pixels.shape[:2]
    measured[level] = {
        "picture": picture_hash(pixels) if not measured else next(iter(measured.values()))["picture"],
        "width": width,
        "height": height,
        "codec": codec.name,
        "encoder": codec.encoder,
        "chroma_subsampling": chroma,
        "effort": " ".join(f"{key} {value}" for key, value in efforts.items()) or None,
        "level": level,
        "parameter": parameter,
        "setting": float(setting),
        "bytes": len(data),
        "jod": sight.jod,
        "jnd": sight.jnd,
        "worst_window_jod": sight.worst_window_jod,
        "psnr": _psnr(pixels, changed),
        "viewing": request.viewing.name,
        "pixels_per_degree": request.viewing.pixels_per_degree,
        "protocol": request.protocol,
    }
    return sight.jod


def _psnr(reference: CodeValues, changed: CodeValues) -> float:
    """Decibels over all sRGB code values of three channels; infinite for equal pictures."""
    scale = [float(np.iinfo(pixels.dtype).max) for pixels in (reference, changed)]
    error = np.mean((reference / scale[0] - changed / scale[1]) ** 2)
    return math.inf if error == 0 else float(-10 * np.log10(error))


def part_path(parts: Path, picture: str, request: LabelRequest) -> Path:
    """The part of one picture under one request."""
    return parts / f"{picture[:32]}-{request.digest()}.parquet"


def _write_part(path: Path, rows: Sequence[Row], request: LabelRequest) -> None:
    kept = {key: value for key, value in COLUMNS.items() if key not in ("name", "path", "group")}
    write_bytes_atomically(path, _parquet(rows, kept, request.provenance()))


def _merge(
    output: Path, parts: Path, done: Mapping[str, LabelJob], request: LabelRequest, command: str | None
) -> None:
    arrow = pyarrow()
    rows: list[Row] = []
    for picture, job in sorted(done.items(), key=lambda item: item[1].name):
        path = part_path(parts, picture, request)
        try:
            part: list[Row] = arrow.parquet.read_table(io.BytesIO(path.read_bytes())).to_pylist()
        except (OSError, arrow.ArrowException):
            raise UnusableDatasetError(
                f"{path} is damaged; delete it and run the same command again: only {job.source} is labelled anew"
            ) from None
        names: Row = {
            "name": job.name,
            "path": str(job.source if is_remote(job.source) else job.source.resolve()),
            "group": job.group,
        }
        rows += [names | row for row in part]
    made = {
        "command": command,
        "made": time.strftime("%Y-%m-%d", time.gmtime()),
        "python": platform.python_version(),
        "platform": sys.platform,
        "pictures": len(done),
        "groups": len({job.group for job in done.values()}),
    }
    write_bytes_atomically(output, _parquet(rows, COLUMNS, request.provenance() | made))


def _parquet(rows: Sequence[Row], columns: Mapping[str, str], metadata: dict[str, Any]) -> bytes:
    arrow = pyarrow()
    schema = arrow.schema(
        [(name, getattr(arrow, kind)()) for name, kind in columns.items()],
        metadata={METADATA_KEY: json.dumps(metadata).encode()},
    )
    buffer = io.BytesIO()
    arrow.parquet.write_table(arrow.Table.from_pylist(list(rows), schema=schema), buffer, compression="zstd")
    return buffer.getvalue()


def _failed(job: LabelJob, error: str) -> LabelOutcome:
    return LabelOutcome(LabelRecord(str(job.source), job.name, job.group, "failed", error=error))
