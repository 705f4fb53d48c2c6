"""What one file of a batch may take of time and memory, by the size that it says it has.

The rules are generous on purpose: they are not to stop an honest file on a slow computer, but one that would take
the whole computer, or for ever.
"""

import math
import os
from dataclasses import dataclass

from jnd.picture import MAX_PIXELS, declared_pixels
from jnd.search.request import Request
from jnd.workers import JobLimits, available_cores

SECONDS, SECONDS_PER_MEGAPIXEL = 300, 120
"""Per format. Three formats at once take some 20 s per megapixel in all (`benchmarks/codec_effort.py` has each)."""

SLOW_EFFORT_FACTOR = 10
"""Where an effort other than low and medium is asked for, the search is exact, or nothing may be lost."""

MEMORY_BYTES, MEMORY_BYTES_PER_PIXEL = 3 * 2**29, 400
"""Beside what the process has taken for itself. Measured: 60 to 120 bytes per pixel, with a report."""

MEMORY_BYTES_PER_CORE = 2**24
"""Stacks and buffers of the threads that libraries start."""

_RISKY_FORMATS = ("jpegxl", "heic", "avif", "tiff")


@dataclass(frozen=True, slots=True)
class FileLimits:
    """What the user allows; it never changes an output, so it is no part of the request."""

    max_pixels: int = MAX_PIXELS
    seconds: float | None = None
    """Per file; 0 for no limit, None for the rule above."""
    memory_bytes: int | None = None
    """Per worker; 0 for no limit, None for the rule above."""

    def of(self, pixels: int | None, *, formats: int = 1, slow: bool = False) -> JobLimits:
        """For work on a picture that says it has so many ``pixels``; None if it says nothing.

        Parameters
        ----------
        formats : in which it is searched; looking at pictures takes less than a search in one.
        slow : an encoder tries hard, or the search is exact.
        """
        pixels = min(pixels or 0, self.max_pixels)
        seconds, memory = self.seconds, self.memory_bytes
        if seconds is None:
            per_format = SECONDS + SECONDS_PER_MEGAPIXEL * pixels / 1e6
            seconds = math.ceil(per_format * formats * (SLOW_EFFORT_FACTOR if slow else 1))
        if memory is None:
            memory = (
                MEMORY_BYTES + MEMORY_BYTES_PER_PIXEL * pixels + MEMORY_BYTES_PER_CORE * available_cores()
            )
            machine = _machine_memory()
            memory = memory if machine is None else min(memory, machine)
        return JobLimits(seconds or None, memory or None)


def is_risky(file_format: str | None) -> bool:
    """Whether files of the format may take far more time and memory to decode than they say.

    Their decoders are large, or follow what the file says into the depth; the others' work is bounded by the size
    in the header, so one file of them is encoded without the half second that a process of its own takes to start.
    """
    return file_format in _RISKY_FORMATS


def job_limits(pixels_of: str | os.PathLike[str], request: Request, limits: FileLimits) -> JobLimits:
    """The limits for the file at this path, whose header is read if they depend on it."""
    if limits.seconds is not None and limits.memory_bytes is not None:
        return limits.of(None)
    slow = request.exact or request.lossless or not _usual(request.effort, request.finish_effort)
    pixels = declared_pixels(pixels_of, max_pixels=limits.max_pixels)
    return limits.of(pixels, formats=len(request.formats), slow=slow)


def _usual(*efforts: str | None) -> bool:
    return all(effort in (None, "low", "medium") for effort in efforts)


def _machine_memory() -> int | None:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # not on Windows
        return None
