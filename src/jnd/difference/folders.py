"""Two folders of pictures, paired by name, compared in processes.

In go two folders, out come pairs, and per pair a :class:`PairResult` in the order in which they finish.
"""

from collections import defaultdict
from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from jnd.difference.comparison import Compared, look_at
from jnd.difference.report.entry import PairEntry, pair_entry
from jnd.difference.request import CompareRequest
from jnd.difference.sides import side
from jnd.errors import JndError
from jnd.picture.file_limits import FileLimits, done_in_limits, why_died, why_failed
from jnd.picture.files import pictures_in
from jnd.records import Comparison
from jnd.workers import JobLimits, WorkerDied, Workers


@dataclass(frozen=True, slots=True)
class Pair:
    """Two files, of which one may be missing."""

    name: str
    """Within the folders; of single files their own."""
    reference: Path | None
    changed: Path | None


@dataclass(frozen=True, slots=True)
class PairTask:
    """What a worker needs for one pair."""

    pair: Pair
    request: CompareRequest
    limits: FileLimits
    with_entry: bool
    with_pixels: bool

    @property
    def files(self) -> tuple[Path, ...]:
        """Those that are there."""
        return tuple(path for path in (self.pair.reference, self.pair.changed) if path is not None)


@dataclass(frozen=True, slots=True)
class PairResult:
    """What became of a pair, and what was asked for beside it."""

    record: Comparison
    entry: PairEntry | None = None
    """What a report shows; None of a broken pair."""
    compared: Compared | None = None
    """The pixels and the map; None of a broken pair."""


def pairs_of_folders(reference: Path, changed: Path) -> tuple[Pair, ...]:
    """Files of one name in both folders, at any depth; what is left is paired by its name without the ending.

    Hidden files and files without a picture's ending are left out.

    Raises
    ------
    ValueError
        Neither folder holds a picture.
    """
    before, after = _pictures(reference), _pictures(changed)
    if not before and not after:
        raise ValueError(f"no pictures in {reference} and {changed}; name folders that hold some")
    pairs = [Pair(name, before.pop(name), after.pop(name)) for name in sorted(before.keys() & after.keys())]
    stems: dict[str, list[str]] = defaultdict(list)
    for name in after:
        stems[_stem(name)].append(name)
    counts: dict[str, int] = defaultdict(int)
    for name in before:
        counts[_stem(name)] += 1
    for name in sorted(before):
        others = stems[_stem(name)]
        if len(others) == 1 and counts[_stem(name)] == 1:
            pairs.append(Pair(name, before[name], after.pop(others[0])))
        else:
            pairs.append(Pair(name, before[name], None))
    pairs += [Pair(name, None, path) for name, path in sorted(after.items())]
    return tuple(sorted(pairs, key=lambda pair: pair.name))


def compare_pairs(
    pairs: Sequence[Pair],
    request: CompareRequest,
    *,
    workers: Workers,
    limits: FileLimits | None = None,
    with_entries: bool = False,
    with_pixels: bool = False,
) -> Generator[tuple[Pair, PairResult], None, None]:
    """Compare every pair; what cannot be compared is "broken" and the others are done.

    Parameters
    ----------
    workers : processes, at least 1, or a cluster; one pair is done in this process unless that is a risk.
    limits : of pixels, and of a worker's time and memory; without it those of :class:`FileLimits`.
    with_entries : prepare what a report shows.
    with_pixels : give the pixels and the map as well, many bytes a pair.
    """
    limits = limits or FileLimits()
    tasks = [PairTask(pair, request, limits, with_entries, with_pixels) for pair in pairs]
    results = done_in_limits(
        compare_task, tasks, workers, limits_of, needs_process=lambda task: limits.need_process(*task.files)
    )
    for task, result in results:
        if isinstance(result, WorkerDied):
            yield task.pair, _broken(task, why_died(result))
        else:
            yield task.pair, result


def compare_task(task: PairTask) -> PairResult:
    """One pair, in a worker; never raises."""
    pair, most = task.pair, task.limits.max_pixels
    if pair.reference is None or pair.changed is None:
        return _broken(task, f"missing in {'REFERENCE' if pair.reference is None else 'CHANGED'}")
    try:
        reference, changed = (side(path, max_pixels=most) for path in (pair.reference, pair.changed))
        compared = look_at(reference, changed, task.request)
        entry = pair_entry(compared) if task.with_entry else None
    except (JndError, OSError, ValueError, MemoryError) as error:
        return _broken(task, why_failed(error))
    return PairResult(compared.record, entry, compared if task.with_pixels else None)


def limits_of(task: PairTask) -> JobLimits:
    """What a worker may take for the pair; asked in the worker, because the files' headers are read."""
    return task.limits.of_files(*task.files)


def _broken(task: PairTask, why: str) -> PairResult:
    request, pair = task.request, task.pair
    record = replace(
        Comparison(None, None, "broken"),
        reference=None if pair.reference is None else str(pair.reference),
        changed=None if pair.changed is None else str(pair.changed),
        pool=request.pool,
        protocol=request.protocol,
        viewing=request.viewing.name,
        pixels_per_degree=request.viewing.pixels_per_degree,
        error=why,
    )
    return PairResult(record)


def _pictures(folder: Path) -> dict[str, Path]:
    return {path.relative_to(folder).as_posix(): path for path in pictures_in(folder)}


def _stem(name: str) -> str:
    return str(Path(name).with_suffix("").as_posix())
