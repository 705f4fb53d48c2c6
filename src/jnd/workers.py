"""Jobs over processes, where a process that dies takes only its own job with it.

In go a function and jobs, out come pairs (job, result) as they are ready. ``concurrent.futures`` fails every
pending job when one worker is killed and cannot say whose fault it was; here each worker has a pipe of its own,
so that we know.
"""

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Generator, Iterable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Generic, TypeVar

Job = TypeVar("Job")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class WorkerDied:
    """In place of a result: the process died twice, the second time with no other job beside it."""

    exit_code: int | None

    def __str__(self) -> str:
        if self.exit_code is not None and self.exit_code < 0:
            try:
                how = f"was killed by {signal.Signals(-self.exit_code).name}"
            except ValueError:
                how = f"was killed by signal {-self.exit_code}"
        else:
            how = f"ended with status {self.exit_code}"
        return f"the process that worked on it {how}, twice; perhaps there is too little memory for it"


@dataclass(slots=True)
class _Worker(Generic[Job]):
    process: BaseProcess
    pipe: "Connection[Job, object]"
    job: Job


def available_cores() -> int:
    """Cores that this process may use, which may be fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def in_processes(
    function: Callable[[Job], Result], jobs: Iterable[Job], workers: int
) -> Generator[tuple[Job, Result | WorkerDied], None, None]:
    """Yield ``(job, function(job))`` for every job, in the order in which they finish.

    ``function`` must be importable by name, must not raise, and its argument and result must pickle. Processes
    are spawned, not forked. When the iterator is closed or interrupted, running jobs are stopped at once.
    """
    waiting = deque(jobs)
    bereft: deque[Job] = deque()  # their process died; tried once more when nothing else runs
    context = multiprocessing.get_context("spawn")
    busy: list[_Worker[Job]] = []

    def start(job: Job) -> None:
        ours, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(theirs, function), daemon=True)
        process.start()
        theirs.close()  # or the end of the process would not be seen as the end of the pipe
        busy.append(_Worker(process, ours, job))
        _send(ours, job)

    try:
        while waiting and len(busy) < workers:
            start(waiting.popleft())
        alone = False
        while busy:
            ready = wait([worker.pipe for worker in busy])
            for worker in [worker for worker in busy if worker.pipe in ready]:
                try:
                    result: Result | WorkerDied = worker.pipe.recv()  # type: ignore[assignment]
                except (EOFError, OSError):
                    worker.process.join()
                    busy.remove(worker)
                    if alone:
                        yield worker.job, WorkerDied(worker.process.exitcode)
                    else:
                        bereft.append(worker.job)
                    if waiting:
                        start(waiting.popleft())
                    continue
                job = worker.job
                if waiting:
                    worker.job = waiting.popleft()
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


def _send(pipe: "Connection[Job, object]", job: Job) -> None:
    with suppress(OSError):  # the process is gone: reading its pipe will tell
        pipe.send(job)


def _stop(worker: _Worker[Job]) -> None:
    worker.pipe.close()  # the worker reads the end of its pipe and leaves
    worker.process.join()


def _serve(pipe: "Connection[object, Job]", function: Callable[[Job], object]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what Ctrl-C means
    try:
        while True:
            pipe.send(function(pipe.recv()))
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return
