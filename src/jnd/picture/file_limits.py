"""What the work on one file may take of time and memory, by the size that it says it has.

The rules are generous on purpose: they are not to stop an honest file on a slow computer, but one that would take
the whole computer, or for ever.
"""

import math
import os
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from jnd.picture.limits import MAX_PIXELS
from jnd.picture.reading import declared_pixels, file_format_of
from jnd.workers import JobLimits, WorkerDied, Workers, available_cores, in_processes

SECONDS, SECONDS_PER_MEGAPIXEL = 300, 120
"""Per format. Three formats at once take some 20 s per megapixel in all (`benchmarks/codec_effort.py` has each)."""

SLOW_FACTOR = 10
"""Where an effort other than low and medium is asked for, the search is exact, or nothing may be lost."""

MEMORY_BYTES, MEMORY_BYTES_PER_PIXEL = 3 * 2**29, 400
"""Beside what the process has taken for itself. Measured: 60 to 120 bytes per pixel to encode, with a report."""

MEMORY_BYTES_PER_CORE = 2**24
"""Stacks and buffers of the threads that libraries start."""

_TOO_LITTLE_MEMORY = "too little memory"  # words of ``read_picture``
_RISKY_FORMATS = ("jpegxl", "heic", "avif", "tiff")

_Path = str | os.PathLike[str]
_Task = TypeVar("_Task")
_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class FileLimits:
    """What the user allows; it never changes an output, so it is no part of the request."""

    max_pixels: int = MAX_PIXELS
    seconds: float | None = None
    """Per file; 0 for no limit, None for the rule above."""
    memory_bytes: int | None = None
    """Per worker; 0 for no limit, None for the rule above."""

    def of_files(self, *paths: _Path, formats: int = 1, slow: bool = False) -> JobLimits:
        """For work on these files together, whose headers are read if the limits depend on them.

        Parameters
        ----------
        formats : that they are encoded in; looking at pictures takes less than a search in one.
        slow : an encoder tries hard, or the search is exact.
        """
        if self.seconds is not None and self.memory_bytes is not None:
            return self._of(0, formats, slow)
        sizes = [declared_pixels(path, max_pixels=self.max_pixels) or 0 for path in paths]
        return self._of(sum(min(size, self.max_pixels) for size in sizes), formats, slow)

    def need_process(self, *paths: _Path) -> bool:
        """Whether work on these files must not be done in this process.

        Only a process of its own can be limited. It takes half a second to start, which one file is spared unless
        limits were asked for, or decoding it may take far more than its header says: decoders of some formats are large, or
        follow what the file says into the depth; the others' work is bounded by the size.
        """
        if self.seconds is not None or self.memory_bytes is not None:
            return True
        return any(file_format_of(path) in _RISKY_FORMATS for path in paths)

    def _of(self, pixels: int, formats: int, slow: bool) -> JobLimits:
        seconds, memory = self.seconds, self.memory_bytes
        if seconds is None:
            per_format = SECONDS + SECONDS_PER_MEGAPIXEL * pixels / 1e6
            seconds = math.ceil(per_format * formats * (SLOW_FACTOR if slow else 1))
        if memory is None:
            memory = (
                MEMORY_BYTES + MEMORY_BYTES_PER_PIXEL * pixels + MEMORY_BYTES_PER_CORE * available_cores()
            )
            machine = _machine_memory()
            memory = memory if machine is None else min(memory, machine)
        return JobLimits(seconds or None, memory or None)


def done_in_limits(
    function: Callable[[_Task], _Result],
    tasks: Sequence[_Task],
    workers: Workers,
    limits_of: Callable[[_Task], JobLimits],
    *,
    needs_process: Callable[[_Task], bool],
) -> Generator[tuple[_Task, _Result | WorkerDied], None, None]:
    """As :func:`jnd.workers.in_processes`, but one task alone that needs no process is done in this one."""
    if isinstance(workers, int) and len(tasks) == 1 and not needs_process(tasks[0]):
        yield tasks[0], function(tasks[0])
        return
    yield from in_processes(function, tasks, workers, limits_of)


def why_died(died: WorkerDied) -> str:
    """Why there is nothing of a file, and the option that allows more."""
    return f"{died}; {'--timeout' if died.timed_out else '--worker-memory'} allows more"


def why_failed(error: BaseException, *sources: _Path) -> str:
    """One line that says what went wrong, without the names of ``sources``, which stand beside it."""
    if isinstance(error, MemoryError):
        return "needs more memory than it may take, or than there is; --worker-memory allows more"
    if sources and isinstance(error, OSError) and error.strerror is not None:
        return error.strerror
    text = " ".join(str(error).split()) or type(error).__name__
    for source in sources:
        text = text.removeprefix(f"{source}: ")
    return f"{text}, or allow more with --worker-memory" if _TOO_LITTLE_MEMORY in text else text


def tries_hard(*efforts: str | None) -> bool:
    """Whether an encoder with one of these efforts may take far longer than usual."""
    return any(effort not in (None, "low", "medium") for effort in efforts)


def _machine_memory() -> int | None:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # not on Windows
        return None
