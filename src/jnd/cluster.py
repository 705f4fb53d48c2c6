"""Jobs on other machines: the workers of a Dask cluster in place of this machine's processes.

In go a scheduler's address, a function and jobs, out come the same pairs as from :func:`jnd.workers.in_processes`,
which this stands in for. Each worker does its jobs in a process of its own, under the same limits as on one machine.
What a worker cannot know, such as the outputs, is written by the caller alone; so it does not matter how often a
job was begun.
"""

import multiprocessing
import re
import threading
from collections.abc import Callable, Generator, Iterable
from importlib import metadata
from itertools import islice
from typing import Any, Final, Self, TypeVar

from jnd.errors import ClusterError, needing
from jnd.workers import JobLimits, OneProcess, WorkerDied

Job = TypeVar("Job")
Result = TypeVar("Result")

CONNECT_SECONDS: Final = 10
AHEAD: Final = 3
"""Jobs per thread that the scheduler holds: enough to keep workers busy, few enough for a scheduler of a million jobs."""


class Cluster:
    """A running cluster.

    Parameters
    ----------
    address : of its scheduler, for example ``tcp://10.0.0.5:8786``.

    Raises
    ------
    ClusterError
        Nobody answers, there is no worker, or a worker has other versions than this machine, which could give
        other bytes.
    MissingExtraError
        Dask is not installed.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self._client = _connected(address)
        try:
            self._check_versions()
        except ClusterError:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Leave the cluster, which goes on running; what it still does for us is dropped."""
        self._client.close()

    @property
    def threads(self) -> int:
        """Jobs that run at once."""
        return sum(self._client.nthreads().values())

    def run(
        self,
        function: Callable[[Job], Result],
        jobs: Iterable[Job],
        limits: Callable[[Job], JobLimits] | None = None,
    ) -> Generator[tuple[Job, Result | WorkerDied], None, None]:
        """As :func:`jnd.workers.in_processes`.

        A job whose worker is lost is done by another one; after three lost workers it counts as what kills them.

        Raises
        ------
        ClusterError
            The scheduler is gone.
        """
        dask = _dask()
        waiting = iter(jobs)
        running: dict[Any, Job] = {}

        def submit(count: int) -> list[Any]:
            begun = []
            for job in islice(waiting, count):
                future = self._client.submit(_do, function, job, limits, pure=False)
                running[future] = job
                begun.append(future)
            return begun

        try:
            completed = dask.as_completed(submit(AHEAD * max(1, self.threads)), loop=self._client.loop)
            for future in completed:
                job = running.pop(future)
                yield job, self._result(future)
                future.release()
                # New workers may have come.
                for begun in submit(max(1, AHEAD * self.threads - len(running))):
                    completed.add(begun)
        finally:
            if (
                self._client.status == "running"
            ):  # else the cluster is gone, or was left before this generator
                self._client.cancel(list(running))

    def _result(self, future: Any) -> Any:
        if future.status == "finished":
            return future.result()
        if future.status == "error":
            error = future.exception()
            if type(error).__name__ == "KilledWorker":
                return WorkerDied(None)
            raise ClusterError(f"a worker of {self.address} cannot do this: {type(error).__name__}: {error}")
        raise ClusterError(
            f"the scheduler at {self.address} is gone; the same command goes on when there is one again"
        )

    def _check_versions(self) -> None:
        ours = versions()
        found: dict[str, dict[str, str]] = self._client.run(versions, on_error="return")
        if not found:
            raise ClusterError(
                f"the cluster at {self.address} has no workers; start some: dask worker {self.address} --nthreads 1"
            )
        for worker, theirs in found.items():
            if not isinstance(theirs, dict):
                raise ClusterError(
                    f'the worker {worker} cannot run jnd: {theirs}; there: pip install "jnd[cluster]"'
                )
            for name in sorted(ours.keys() | theirs.keys()):
                here, there = ours.get(name, "none"), theirs.get(name, "none")
                if here != there:
                    raise ClusterError(
                        f"the worker {worker} has {name} {there}, this machine {here}: results could differ; "
                        "install the same versions on all machines"
                    )


def versions() -> dict[str, str]:
    """Of jnd and of all installed packages that it is built on, extras included: what decides about bytes."""
    found = {"jnd": metadata.version("jnd")}
    for requirement in metadata.requires("jnd") or ():
        extra = re.search(r"extra == ['\"](\w+)['\"]", requirement)
        if extra is not None and extra[1] not in ("jxl", "heic"):
            continue
        name = re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0]
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def _dask() -> Any:
    with needing("cluster", "a cluster"):
        import distributed
    return distributed


def _connected(address: str) -> Any:
    try:
        return _dask().Client(address, timeout=CONNECT_SECONDS, set_as_default=False, name="jnd")
    except (OSError, ValueError) as error:
        why = " ".join(str(error).split()) or type(error).__name__
        raise ClusterError(
            f"no scheduler answers at {address} ({why}); start one with: dask scheduler, and name its address, "
            "for example tcp://10.0.0.5:8786"
        ) from None


_processes: dict[Any, OneProcess[Any, Any]] = {}
"""On a worker: thread, function and limits → the process that does such jobs."""


def _do(function: Callable[[Job], Result], job: Job, limits: Callable[[Job], JobLimits] | None) -> Any:
    """On a worker: one job, in a process of the thread's own."""
    key = (threading.get_ident(), function, limits)
    if key not in _processes:
        for other in [other for other in _processes if other[0] == key[0]]:
            _processes.pop(other).close()  # the command before needs it no more
        # Dask's workers are daemons, which may have no children because these would survive a kill; ours end
        # when their pipe does.
        multiprocessing.current_process()._config["daemon"] = False  # type: ignore[attr-defined]  # noqa: SLF001
        _processes[key] = OneProcess(function, limits)
    return _processes[key].do(job)
