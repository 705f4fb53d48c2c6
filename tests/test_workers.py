"""A process that dies takes only its own job with it."""

import os
import signal
import time
from pathlib import Path

from jnd.workers import WorkerDied, in_processes


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
