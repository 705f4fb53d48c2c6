"""Time and memory of calls, as benchmarks of speed against a peer measure them."""

import statistics
import time
import tracemalloc
from collections.abc import Callable


def median_seconds(runs: int, *calls: Callable[[], object]) -> list[float]:
    """Median wall-clock seconds of each, taken in turns so that a busy machine hits all alike."""
    times: list[list[float]] = [[] for _ in calls]
    for _ in range(runs):
        for call, own in zip(calls, times, strict=True):
            begin = time.perf_counter()
            call()
            own.append(time.perf_counter() - begin)
    return [statistics.median(own) for own in times]


def peak_planes(call: Callable[[], object], pixels: int) -> float:
    """What numpy and OpenCV allocate at most during the call, its result included, in float32 planes of ``pixels``."""
    tracemalloc.start()
    call()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak / (4 * pixels)
