"""Predictions of many files in processes, each for itself.

In go paths, out come pairs (path, records of :class:`~jnd.records.PjndPrediction` or what is wrong) as they are ready.
"""

from collections.abc import Generator, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jnd.errors import JndError
from jnd.learned.model_file import read_model
from jnd.learned.predictor import Predictor, pjnd_predictions
from jnd.picture import read_picture, seen
from jnd.picture.file_limits import FileLimits, done_in_limits, why_died, why_failed
from jnd.records import PjndPrediction
from jnd.workers import JobLimits, WorkerDied, Workers


@dataclass(frozen=True, slots=True)
class PredictTask:
    """What a worker is given."""

    source: Path
    model: Path | None
    codecs: tuple[str, ...]
    satisfied: float
    protocol: str
    limits: FileLimits


def predict_files(
    sources: Iterable[Path],
    codecs: tuple[str, ...],
    *,
    satisfied: float,
    protocol: str,
    model: Path | None = None,
    workers: Workers = 1,
    limits: FileLimits | None = None,
) -> Generator[tuple[Path, list[PjndPrediction] | str], None, None]:
    """Predict for every file and codec; of a file that cannot be read, say why in one line without its name.

    Parameters
    ----------
    codecs, satisfied, protocol : of :func:`~jnd.learned.predictor.pjnd_predictions`.
    model : a model file; None is the one that ships with jnd.
    workers : processes, at least 1, or a cluster; one file is done in this process unless that is a risk.
    limits : of pixels, and of a worker's time and memory; without it those of :class:`FileLimits`.
    """
    limits = limits or FileLimits()
    tasks = [PredictTask(source, model, codecs, satisfied, protocol, limits) for source in sources]
    results = done_in_limits(
        predict_task, tasks, workers, limits_of, needs_process=lambda task: limits.need_process(task.source)
    )
    for task, result in results:
        yield task.source, why_died(result) if isinstance(result, WorkerDied) else result


def predict_task(task: PredictTask) -> list[PjndPrediction] | str:
    """One file, in a worker; never raises."""
    try:
        pixels = seen(read_picture(task.source, max_pixels=task.limits.max_pixels))
        prediction = predictor_of(task.model).predict(pixels)
    except (JndError, OSError, MemoryError) as error:
        return why_failed(error, task.source)
    return pjnd_predictions(
        prediction, str(task.source), task.codecs, satisfied=task.satisfied, protocol=task.protocol
    )


@cache
def predictor_of(model: Path | None) -> Predictor:
    """Of a model file, loaded once per process; None is the one that ships with jnd."""
    return Predictor(None if model is None else read_model(model))


def limits_of(task: PredictTask) -> JobLimits:
    """What a worker may take for the file; asked in the worker, because the file's header is read."""
    return task.limits.of_files(task.source)
