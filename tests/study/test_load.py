"""Many observers at several server processes: nothing lost, nothing double, also when a process or the database dies."""

import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from jnd.study.design import read_design
from jnd.study.server.serving import listening
from jnd.study.stimuli import viewing_of

from .crowd import (
    Told,
    answered_by_a_crowd,
    check_that_nothing_is_lost,
    served_by_processes,
    worker_of,
    workers_of,
)

TRIALS = {
    "adaptive": "quest_plus", "scope": "collective", "practice_trials": 0, "catch_share": 0.0, "repeat_share": 0.0,
    "break_every": 0,
}  # fmt: skip
FEW = 12, 400
MANY = 100, 20_000


def crowded(make_study: Any, observers: int, answers: int) -> Path:
    per_picture = -(-answers // observers // 4) + 20
    folder: Path = make_study("crowded", sources=4, trials={**TRIALS, "per_picture": per_picture})
    return folder


def taken(folder: Path, observers: int, answers: int, database: str | None, trouble: Any = None) -> Told:
    ppd = viewing_of(read_design(folder)).pixels_per_degree
    with served_by_processes(folder, 2, database) as (port, keeper):
        disturb = None if trouble is None else lambda told: trouble(told, keeper)
        told = answered_by_a_crowd(port, "crowded", ppd, observers, answers, trouble=disturb)
    found = check_that_nothing_is_lost(folder, told, database)
    assert found == {"answers": answers, "searches": 4}
    return told


@pytest.mark.parametrize("size", [FEW, pytest.param(MANY, marks=pytest.mark.slow)], ids=["few", "many"])
def test_a_crowd_loses_nothing(make_study: Any, database_url: str, size: tuple[int, int]) -> None:
    taken(crowded(make_study, *size), *size, database_url)


class Once:
    """Something that happens when so many answers were acknowledged."""

    def __init__(self, after: int, what: Any) -> None:
        self.after, self.what, self.done = after, what, False

    def __call__(self, told: Told, keeper: int) -> None:
        if not self.done and len(told.acknowledged) >= self.after:
            self.done = True
            self.what(keeper)


def test_a_killed_process_loses_nothing_that_was_acknowledged(make_study: Any, database_url: str) -> None:
    killed = []

    def kill(keeper: int) -> None:
        killed.append(worker_of(keeper))
        os.kill(killed[0], signal.SIGKILL)

    trouble = Once(150, kill)
    told = taken(crowded(make_study, *FEW), *FEW, database_url, trouble)
    assert killed
    assert told.retries > 0, "its observers had to ask again"


def runs(process: int) -> bool:
    try:
        return bool(
            Path(f"/proc/{process}/cmdline").read_bytes()
        )  # empty of one that ended and was not waited for
    except OSError:
        return False


def test_workers_end_with_the_process_that_keeps_them(make_study: Any) -> None:
    with served_by_processes(crowded(make_study, *FEW), 2) as (port, keeper):
        workers = workers_of(keeper)
        assert len(workers) == 2
        os.kill(keeper, signal.SIGKILL)
        end = time.monotonic() + 30
        while left := [worker for worker in workers if runs(worker)]:
            assert time.monotonic() < end, f"{left} stayed behind"
            time.sleep(0.05)
        listening("127.0.0.1", port).close()  # and nobody keeps the port


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_a_database_that_starts_again_loses_nothing_that_was_acknowledged(
    make_study: Any, postgres_server: Any, mode: str
) -> None:
    def restart(keeper: int) -> None:
        postgres_server.stop(mode)
        postgres_server.start()

    url = postgres_server.url()
    told = taken(crowded(make_study, *FEW), *FEW, url, Once(150, restart))
    assert told.retries > 0, "the observers had to ask again"
