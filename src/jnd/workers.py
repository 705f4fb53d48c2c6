"""Jobs over processes, where a process that dies takes only its own job with it.

In go a function and jobs, out come pairs (job, result) as they are ready. ``concurrent.futures`` fails every
pending job when one worker is killed and cannot say whose fault it was; here each worker has a pipe of its own,
so that we know. A job may have limits of time and memory, which cost only itself as well.
"""

import multiprocessing
import os
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Generic, Protocol, TypeVar

Job = TypeVar("Job")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class JobLimits:
    """What one job may take; None for no limit."""

    seconds: float | None = None
    """From the moment at which its worker has it; then the worker is killed."""
    memory_bytes: int | None = None
    """That the worker may allocate beside what it has when the job begins; beyond it allocations fail, in Python with
    ``MemoryError``. On Linux alone, whose ``RLIMIT_DATA`` counts all that a process allocates."""


FIRST_LOOK = JobLimits(seconds=300, memory_bytes=4 * 2**30)
"""What finding out the limits of a job may take: reading the largest file from a slow disk."""


@dataclass(frozen=True, slots=True)
class WorkerDied:
    """In place of a result: the process was stopped, or died twice, the second time with no other job beside it."""

    exit_code: int | None
    limits: JobLimits = JobLimits()
    timed_out: bool = False
    """``limits.seconds`` were over; such a job is not tried again."""

    def __str__(self) -> str:
        if self.timed_out:
            return f"was stopped after {self.limits.seconds:g} s, the limit of time for it"
        if self.exit_code is not None and self.exit_code < 0:
            try:
                how = f"was killed by {signal.Signals(-self.exit_code).name}"
            except ValueError:
                how = f"was killed by signal {-self.exit_code}"
        else:
            how = f"ended with status {self.exit_code}"
        memory = self.limits.memory_bytes
        perhaps = (
            "there is too little memory for it"
            if memory is None or not _limits_memory()
            else f"it needs more than the {memory / 1e6:.0f} MB of memory that it may take"
        )
        return f"the process that worked on it {how}, twice; perhaps {perhaps}"


@dataclass(slots=True)
class _Worker(Generic[Job]):
    process: BaseProcess
    pipe: "Connection[Job, object]"
    job: Job
    limits: JobLimits = field(default_factory=JobLimits)
    deadline: float | None = None
    """On the monotonic clock; None until the worker has the job, as it may take a while to start."""

    def begin(self, limits: JobLimits) -> None:
        self.limits = limits
        self.deadline = None if limits.seconds is None else time.monotonic() + limits.seconds


class Pool(Protocol):
    """Other machines that can do the work of :func:`in_processes`."""

    def run(
        self,
        function: Callable[[Job], Result],
        jobs: Iterable[Job],
        limits: Callable[[Job], JobLimits] | None = None,
    ) -> Generator[tuple[Job, Result | WorkerDied], None, None]:
        """See :func:`in_processes`."""


Workers = int | Pool
"""So many processes of this machine, or other machines."""


def available_cores() -> int:
    """Cores that this process may use, which may be fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def in_processes(
    function: Callable[[Job], Result],
    jobs: Iterable[Job],
    workers: Workers,
    limits: Callable[[Job], JobLimits] | None = None,
) -> Generator[tuple[Job, Result | WorkerDied], None, None]:
    """Yield ``(job, function(job))`` for every job, in the order in which they finish.

    ``function`` must be importable by name, must not raise, and its argument and result must pickle. Processes
    are spawned, not forked. ``limits``, of the same kind, is asked in the worker before each job, because finding them
    out may mean to open a file that is not to be trusted; that may take :data:`FIRST_LOOK`. When the iterator is closed or
    interrupted, running jobs are stopped at once.
    """
    if not isinstance(workers, int):
        yield from workers.run(function, jobs, limits)
        return
    waiting = deque(jobs)
    bereft: deque[Job] = deque()  # their process died; tried once more when nothing else runs
    busy: list[_Worker[Job]] = []

    def start(job: Job) -> None:
        busy.append(_start(function, limits, job))
        _send(busy[-1].pipe, job)

    try:
        while waiting and len(busy) < workers:
            start(waiting.popleft())
        alone = False
        while busy:
            ready = wait([worker.pipe for worker in busy], _time_left(busy))
            now = time.monotonic()
            for worker in [worker for worker in busy if worker.pipe not in ready]:
                if worker.deadline is not None and worker.deadline <= now:
                    worker.process.kill()  # not terminate: what hangs may be deaf
                    worker.process.join()
                    worker.pipe.close()
                    busy.remove(worker)
                    yield worker.job, WorkerDied(worker.process.exitcode, worker.limits, timed_out=True)
                    if waiting:
                        start(waiting.popleft())
            for worker in [worker for worker in busy if worker.pipe in ready]:
                try:
                    message = worker.pipe.recv()
                    if isinstance(message, JobLimits):
                        worker.begin(message)
                        continue
                    result: Result | WorkerDied = message  # type: ignore[assignment]
                except (EOFError, OSError):
                    worker.process.join()
                    busy.remove(worker)
                    if alone:
                        yield worker.job, WorkerDied(worker.process.exitcode, worker.limits)
                    else:
                        bereft.append(worker.job)
                    if waiting:
                        start(waiting.popleft())
                    continue
                job = worker.job
                if waiting:
                    worker.job = waiting.popleft()
                    worker.begin(JobLimits())
                    _send(worker.pipe, worker.job)
                else:
                    busy.remove(worker)
                    _stop(worker)
                yield job, result
            if not busy and bereft:
                alone = True
                start(bereft.popleft())
    finally:
        for worker in busy:
            worker.process.terminate()
        for worker in busy:
            worker.process.join()
            worker.pipe.close()


class OneProcess(Generic[Job, Result]):
    """A process that does one job after the other, as those of :func:`in_processes`; made anew where one kills it."""

    def __init__(
        self, function: Callable[[Job], Result], limits: Callable[[Job], JobLimits] | None = None
    ) -> None:
        self._function, self._limits = function, limits
        self._worker: _Worker[Job] | None = None

    def do(self, job: Job) -> Result | WorkerDied:
        """The function's result; a job is tried twice, unless its time was over."""
        died = WorkerDied(None)
        for _ in range(2):
            worker = self._started(job)
            try:
                return self._answer(worker)
            except TimeoutError:
                worker.process.kill()  # not terminate: what hangs may be deaf
                worker.process.join()
                self._forget(worker)
                return WorkerDied(worker.process.exitcode, worker.limits, timed_out=True)
            except (EOFError, OSError):
                worker.process.join()
                died = WorkerDied(worker.process.exitcode, worker.limits)
                self._forget(worker)
        return died

    def close(self) -> None:
        """End the process."""
        if self._worker is not None:
            _stop(self._worker)
            self._worker = None

    def _started(self, job: Job) -> _Worker[Job]:
        if self._worker is None:
            self._worker = _start(self._function, self._limits, job)
        self._worker.job = job
        self._worker.begin(JobLimits())
        _send(self._worker.pipe, job)
        return self._worker

    @staticmethod
    def _answer(worker: _Worker[Job]) -> Result:
        while worker.pipe.poll(_time_left([worker])):
            message = worker.pipe.recv()
            if not isinstance(message, JobLimits):
                return message  # type: ignore[return-value]
            worker.begin(message)
        raise TimeoutError

    def _forget(self, worker: _Worker[Job]) -> None:
        worker.pipe.close()
        self._worker = None


def _start(
    function: Callable[[Job], object], limits: Callable[[Job], JobLimits] | None, job: Job
) -> _Worker[Job]:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, function, limits), daemon=True)
    process.start()
    theirs.close()  # or the end of the process would not be seen as the end of the pipe
    return _Worker(process, ours, job)


def _send(pipe: "Connection[Job, object]", job: Job) -> None:
    with suppress(OSError):  # the process is gone: reading its pipe will tell
        pipe.send(job)


def _stop(worker: _Worker[Job]) -> None:
    worker.pipe.close()  # the worker reads the end of its pipe and leaves
    worker.process.join()


def _time_left(workers: "list[_Worker[Job]]") -> float | None:
    """Seconds until the first deadline; None if there is none."""
    deadlines = [worker.deadline for worker in workers if worker.deadline is not None]
    return max(0.0, min(deadlines) - time.monotonic()) if deadlines else None


def _serve(
    pipe: "Connection[object, Job]",
    function: Callable[[Job], object],
    limits: Callable[[Job], JobLimits] | None,
) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what Ctrl-C means
    try:
        while True:
            job = pipe.recv()
            if limits is not None:
                for find in (lambda _: FIRST_LOOK, limits):
                    found = find(job)
                    pipe.send(found)
                    _limit_memory(found.memory_bytes)
            pipe.send(function(job))
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return


def _limits_memory() -> bool:
    return sys.platform == "linux"


def _limit_memory(limit: int | None) -> None:
    if not _limits_memory():
        return
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    soft = hard
    if limit is not None:
        pages = int(
            Path("/proc/self/statm").read_text(encoding="ascii").split()[5]
        )  # data and stack, proc(5)
        soft = limit + pages * resource.getpagesize()
        soft = soft if hard == resource.RLIM_INFINITY else min(soft, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))
