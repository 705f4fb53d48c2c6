"""A process that dies takes only its own job with it."""

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from jnd.workers import JobLimits, WorkerDied, in_processes


def square(number: int) -> int:
    return number * number


def die_on_three(number: int) -> int:
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return number * number


def die_the_first_time(path: str) -> str:
    if Path(path).exists():
        return "alive"
    Path(path).touch()
    os._exit(7)


def sleep_long(number: int) -> int:
    time.sleep(60 if number else 0)
    return number


def test_every_job_gets_its_result() -> None:
    assert dict(in_processes(square, range(7), 2)) == {n: n * n for n in range(7)}


def test_no_jobs_no_processes() -> None:
    assert list(in_processes(square, [], 4)) == []


def test_a_killed_worker_loses_only_its_own_job() -> None:
    results = dict(in_processes(die_on_three, range(6), 2))
    assert {n: r for n, r in results.items() if n != 3} == {n: n * n for n in range(6) if n != 3}
    died = results[3]
    assert isinstance(died, WorkerDied)
    assert "SIGKILL" in str(died) and "memory" in str(died)


def test_a_job_whose_worker_died_is_tried_again_alone(tmp_path: Path) -> None:
    assert list(in_processes(die_the_first_time, [str(tmp_path / "mark")], 1)) == [
        (str(tmp_path / "mark"), "alive")
    ]


def test_closing_stops_running_jobs_at_once() -> None:
    begin = time.monotonic()
    results = in_processes(sleep_long, [0, 1, 2], 3)
    assert next(results) == (0, 0)
    results.close()
    assert time.monotonic() - begin < 30


def allocate_or_sleep(job: str) -> str:
    if job == "sleep":
        time.sleep(60)
    if job == "allocate":
        try:
            return f"took {len(bytes(900_000_000))}"
        except MemoryError:
            return "too little memory"
    return job


def small_limits(job: str) -> JobLimits:
    if job == "unknown":
        time.sleep(60)
    return JobLimits(seconds=0.5, memory_bytes=800_000_000)


def test_a_job_is_stopped_at_its_limit_of_time_and_not_tried_again() -> None:
    begin = time.monotonic()
    results = dict(in_processes(allocate_or_sleep, ["sleep", "a", "b"], 1, small_limits))
    assert time.monotonic() - begin < 30
    assert (results.pop("sleep"), results) == (
        WorkerDied(-signal.SIGKILL, small_limits(""), timed_out=True),
        {"a": "a", "b": "b"},
    )


def test_the_message_says_the_limit() -> None:
    assert "after 0.5 s" in str(WorkerDied(-9, small_limits(""), timed_out=True))


@pytest.mark.skipif(sys.platform != "linux", reason="the system does not limit memory")
def test_a_job_gets_no_more_memory_than_its_limit() -> None:
    assert dict(in_processes(allocate_or_sleep, ["allocate", "a"], 1, small_limits)) == {
        "allocate": "too little memory",
        "a": "a",
    }
    assert "800 MB" in str(WorkerDied(-6, small_limits("")))
