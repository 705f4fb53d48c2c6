"""Many files inspected in processes, each for itself.

In go paths, out come pairs (path, :class:`~jnd.artifacts.inspection.Inspection` or what is wrong) as they are ready.
"""

from collections.abc import Generator, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from jnd.artifacts.inspection import Inspection, inspect
from jnd.errors import JndError
from jnd.picture.file_limits import FileLimits, done_in_limits, why_died, why_failed
from jnd.viewing import ViewingConditions
from jnd.workers import JobLimits, WorkerDied, Workers


@dataclass(frozen=True, slots=True)
class InspectTask:
    """What a worker is given."""

    source: Path
    artifacts: tuple[str, ...] | None
    effects: bool
    viewing: ViewingConditions | None
    with_maps: bool
    limits: FileLimits


def inspect_files(
    sources: Iterable[Path],
    *,
    artifacts: tuple[str, ...] | None = None,
    effects: bool = True,
    viewing: ViewingConditions | None = None,
    workers: Workers = 1,
    limits: FileLimits | None = None,
    with_maps: bool = False,
) -> Generator[tuple[Path, Inspection | str], None, None]:
    """Inspect every file; of one that cannot be, say why in one line without its name.

    Parameters
    ----------
    artifacts, effects, viewing : of :func:`~jnd.artifacts.inspection.inspect`; scores only where all artifacts are asked for.
    workers : processes, at least 1, or a cluster; one file is done in this process unless that is a risk.
    limits : of pixels, and of a worker's time and memory; without it those of :class:`FileLimits`.
    with_maps : give the maps of the artifacts as well, some floats per pixel.
    """
    limits = limits or FileLimits()
    tasks = [InspectTask(source, artifacts, effects, viewing, with_maps, limits) for source in sources]
    results = done_in_limits(
        inspect_task, tasks, workers, limits_of, needs_process=lambda task: limits.need_process(task.source)
    )
    for task, result in results:
        yield task.source, why_died(result) if isinstance(result, WorkerDied) else result


def inspect_task(task: InspectTask) -> Inspection | str:
    """One file, in a worker; never raises."""
    try:
        inspection = inspect(
            task.source,
            artifacts=task.artifacts,
            effects=task.effects,
            scores=task.artifacts is None,
            viewing=task.viewing,
            max_pixels=task.limits.max_pixels,
        )
    except (JndError, OSError, MemoryError) as error:
        return why_failed(error, task.source)
    if task.with_maps:
        return inspection
    findings = {name: replace(finding, map=None) for name, finding in inspection.findings.items()}
    return replace(inspection, findings=findings)


def limits_of(task: InspectTask) -> JobLimits:
    """What a worker may take for the file; asked in the worker, because the file's header is read."""
    return task.limits.of_files(task.source)
