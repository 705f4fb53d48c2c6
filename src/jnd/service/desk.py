"""Takes orders while there is room and gives each to a free process."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

from jnd.service.jobs import Answer, JobAndLimits, do, limits_of, refusal
from jnd.workers import OneProcess, WorkerDied


class DeskIsFullError(Exception):
    """So many are working and waiting already."""


class Desk:
    """Processes, and the queue before them.

    Parameters
    ----------
    workers : processes.
    waiting : orders that may wait for one, beside those at work.
    """

    def __init__(self, workers: int, waiting: int) -> None:
        self.room = workers + waiting
        self.workers = workers
        self.taken = 0
        """Orders waiting or at work."""
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="jnd-desk")
        self._own = threading.local()
        self._processes: list[OneProcess[JobAndLimits, Answer]] = []

    @property
    def is_full(self) -> bool:
        """Whether the next order is turned away."""
        return self.taken >= self.room

    async def order(self, order: JobAndLimits) -> Answer:
        """The answer; a caller who does not wait for it any more costs no work if it was not begun.

        Raises
        ------
        DeskIsFullError
            There is no room; nothing was done.
        """
        if self.is_full:
            raise DeskIsFullError
        self.taken += 1
        try:
            return await asyncio.wrap_future(self._threads.submit(self._work, order))
        finally:
            self.taken -= 1

    def close(self) -> None:
        """Finish what is at work, then end the processes."""
        self._threads.shutdown(wait=True)
        for process in self._processes:
            process.close()

    def _work(self, order: JobAndLimits) -> Answer:
        if not hasattr(self._own, "process"):
            self._own.process = OneProcess(do, limits_of)
            self._processes.append(self._own.process)
        result = self._own.process.do(order)
        if not isinstance(result, WorkerDied):
            answer: Answer = result
            return answer
        if result.timed_out:
            return refusal(504, f"the work {result}; a smaller picture or one format takes less")
        return refusal(413, str(result))
