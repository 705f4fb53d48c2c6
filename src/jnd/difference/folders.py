"""Two folders of pictures, paired by name, compared in processes.

In go two folders, out come pairs, and per pair a :class:`~jnd.records.Comparison` in the order in which they finish.
"""

from collections import defaultdict
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from jnd.difference.comparison import Compared, look_at
from jnd.difference.report.entry import PairEntry, pair_entry
from jnd.difference.request import CompareRequest
from jnd.difference.sides import side
from jnd.errors import JndError
from jnd.picture.identify import READABLE_EXTENSIONS
from jnd.places import files_under
from jnd.records import Comparison
from jnd.workers import WorkerDied, Workers, in_processes


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
    with_entry: bool


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
    with_entries: bool = False,
    also: Callable[[Compared], None] | None = None,
) -> Generator[tuple[Pair, Comparison, PairEntry | None], None, None]:
    """Compare every pair; what cannot be compared is "broken" and the others are done.

    Parameters
    ----------
    workers : processes, at least 1, or a cluster; one pair, or one worker, is done in this process.
    with_entries : prepare what a report shows.
    also : gets the pixels and the map of each pair; then everything is done in this process.
    """
    tasks = [PairTask(pair, request, with_entries) for pair in pairs]
    local = isinstance(workers, int) and (len(tasks) == 1 or workers == 1)
    if local or also is not None:
        for task in tasks:
            yield (task.pair, *_compared(task, also))
        return
    for task, result in in_processes(compare_task, tasks, workers):
        if isinstance(result, WorkerDied):
            yield task.pair, _broken(task, str(result)), None
        else:
            yield (task.pair, *result)


def compare_task(task: PairTask) -> tuple[Comparison, PairEntry | None]:
    """One pair, in a worker; never raises."""
    return _compared(task, None)


def _compared(task: PairTask, also: Callable[[Compared], None] | None) -> tuple[Comparison, PairEntry | None]:
    pair = task.pair
    if pair.reference is None or pair.changed is None:
        return _broken(task, f"missing in {'REFERENCE' if pair.reference is None else 'CHANGED'}"), None
    try:
        compared = look_at(side(pair.reference), side(pair.changed), task.request)
        entry = pair_entry(compared) if task.with_entry else None
    except (JndError, OSError, ValueError) as error:
        return _broken(task, str(error)), None
    except MemoryError:
        return _broken(task, "too little memory to compare these pictures; compare fewer at once"), None
    if also is not None:
        also(compared)
    return compared.record, entry


def _broken(task: PairTask, why: str) -> Comparison:
    request, pair = task.request, task.pair
    return replace(
        Comparison(None, None, "broken"),
        reference=None if pair.reference is None else str(pair.reference),
        changed=None if pair.changed is None else str(pair.changed),
        pool=request.pool,
        protocol=request.protocol,
        viewing=request.viewing.name,
        pixels_per_degree=request.viewing.pixels_per_degree,
        error=why,
    )


def _pictures(folder: Path) -> dict[str, Path]:
    return {
        path.relative_to(folder).as_posix(): path
        for path in files_under(folder)
        if path.suffix.lower() in READABLE_EXTENSIONS
    }


def _stem(name: str) -> str:
    return str(Path(name).with_suffix("").as_posix())
