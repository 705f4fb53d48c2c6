"""Many observers at once who answer over HTTP as fast as the server lets them, and what must hold afterwards.

Used by the tests beside it and by ``benchmarks/study_load.py``. The client is written on sockets: libraries for HTTP take
more of the processor than the server that is measured.
"""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import sqlalchemy as sa

from jnd.study.methods import shown_level, told_level
from jnd.study.server.context import StudyContext
from jnd.study.server.searches import current, replayed
from jnd.study.store.tables import ResponseRow, SeriesRow, SessionRow, TrialRow

PATIENCE_SECONDS = 90.0
START_SECONDS = 60.0


@dataclass(slots=True)
class Told:
    """What the server said to the observers."""

    acknowledged: dict[str, str] = field(default_factory=dict)
    """Trial → the answer that was acknowledged."""
    seconds: list[float] = field(default_factory=list)
    """Of each answer with the trial that follows, from its first try."""
    sessions: list[str] = field(default_factory=list)
    retries: int = 0
    wall: float = 0.0
    """From the first answer to the last."""

    def percentile(self, share: float) -> float:
        """Milliseconds within which this share of the answers was taken."""
        return float(np.percentile(self.seconds, 100 * share)) * 1000


class Line:
    """One observer's connection; made again when it breaks."""

    def __init__(self, port: int) -> None:
        self.port, self.token = port, ""
        self.streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self.retries = 0

    async def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """One request, repeated as the page does while the server is away."""
        end = time.monotonic() + PATIENCE_SECONDS
        wait = 0.05
        while True:
            try:
                status, said = await asyncio.wait_for(self._once(method, path, body), 20)
            except (OSError, EOFError, TimeoutError, ValueError):
                status, said = 0, None
                self.close()
            if status and status < 500:
                return status, said
            if time.monotonic() > end:
                raise AssertionError(f"{method} {path}: {status} {said}")
            self.retries += 1
            await asyncio.sleep(wait)
            wait = min(2 * wait, 0.5)

    async def _once(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        if self.streams is None:
            self.streams = await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self.streams
        data = b"" if body is None else json.dumps(body).encode()
        head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-JND: 1\r\nContent-Type: application/json\r\nContent-Length: {len(data)}\r\n"
        if self.token:
            head += f"Authorization: Bearer {self.token}\r\n"
        writer.write(head.encode() + b"\r\n" + data)
        start = await reader.readuntil(b"\r\n\r\n")
        lines = start.lower().split(b"\r\n")
        length = next(int(line[15:]) for line in lines if line.startswith(b"content-length:"))
        said = await reader.readexactly(length)
        if b"connection: close" in lines:
            self.close()
        return int(start.split(b" ", 2)[1]), json.loads(said)

    def close(self) -> None:
        """Hang up."""
        if self.streams is not None:
            self.streams[1].close()
            self.streams = None


def _run(work: Coroutine[Any, Any, Any]) -> Any:
    """In a thread of its own: a browser of another test may have a loop in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


def answered_by_a_crowd(
    port: int, study: str, ppd: float, observers: int, answers: int, **trouble: Any
) -> Told:
    """``observers`` give ``answers`` in all; ``trouble(told)`` may happen meanwhile, called again and again."""
    return _run(_crowd(port, study, ppd, observers, answers, **trouble))


async def _crowd(
    port: int, study: str, ppd: float, observers: int, answers: int, trouble: Any = None, double: float = 0.02
) -> Told:
    told = Told()
    lines = [Line(port) for _ in range(observers)]
    gate = asyncio.Semaphore(8)

    async def enter(line: Line) -> Any:
        async with gate:
            return await _to_the_trials(line, study, ppd, told)

    first = await asyncio.gather(*map(enter, lines))
    left = answers
    rng = np.random.default_rng(1)

    async def sit(line: Line, trial: Any) -> None:
        nonlocal left
        while trial is not None and left > 0:
            left -= 1
            value = trial["choices"][int(rng.random() < 0.4)]
            body = {"value": value, "rt_ms": 700.0, "timing": {"frames": 120, "frames_dropped": 0}}
            path = f"/api/trials/{trial['id']}/answer?next=1"
            began = time.perf_counter()
            before = line.retries
            status, said = await line.ask("POST", path, body)
            assert status == 200, (status, said)
            # The server tries again itself where the database went away after keeping the answer.
            assert trouble or not said["dup"] or line.retries > before, "nobody else answers this trial"
            told.seconds.append(time.perf_counter() - began)
            assert trial["id"] not in told.acknowledged
            told.acknowledged[trial["id"]] = value
            if rng.random() < double:  # sent twice, the second time with another value
                other = {**body, "value": trial["choices"][0 if value == trial["choices"][1] else 1]}
                status, again = await line.ask("POST", path, other)
                assert (status, again["dup"]) == (200, True), again
            trial = said["next"]["trial"] if said["next"]["kind"] == "trial" else None
        line.close()

    async def disturb() -> None:
        while left > 0:
            await asyncio.sleep(0.02)
            await asyncio.to_thread(trouble, told)

    began = time.perf_counter()
    jobs = [sit(line, trial) for line, trial in zip(lines, first, strict=True)]
    await asyncio.gather(*jobs, *([disturb()] if trouble else []))
    told.wall = time.perf_counter() - began
    told.retries = sum(line.retries for line in lines)
    return told


async def _to_the_trials(line: Line, study: str, ppd: float, told: Told) -> Any:
    status, begun = await line.ask("POST", "/api/session?bearer=1", {"study": study})
    assert status == 201, begun
    line.token, view = begun["token"], begun["session"]
    told.sessions.append(view["id"])
    bodies = {
        "consent": {"sha256": view["study"]["consent"]["sha256"], "agreed": True},
        "calibration": {"ppd_image": ppd},
        "screening": {"age_ok": True, "photosensitive": False},
    }
    while view["step"] != "trials":
        status, view = await line.ask("POST", f"/api/session/{view['step']}", bodies.get(view["step"], {}))
        assert status == 200, view
    _, item = await line.ask("GET", "/api/session/next")
    assert item["kind"] == "trial", item
    return item["trial"]


@contextmanager
def served_by_processes(folder: Path, workers: int, database: str | None = None) -> Iterator[tuple[int, int]]:
    """``jnd study serve`` with several processes: its port and the id of the process that keeps them."""
    words = [
        sys.executable,
        "-m",
        "jnd",
        "study",
        "serve",
        str(folder),
        "--port",
        "0",
        "--workers",
        str(workers),
    ]
    words += ["--database", database] if database else []
    # A file, since a pipe that nobody reads holds up who writes into it.
    log = folder / "server.log"
    with log.open("wb") as output:
        server = subprocess.Popen(words, stderr=output, env=os.environ | {"OMP_NUM_THREADS": "1"})
    try:
        end = time.monotonic() + START_SECONDS
        while (found := re.search(r"For participants +http://[^:]+:(\d+)/", log.read_text("utf-8"))) is None:
            assert server.poll() is None, log.read_text("utf-8")
            assert time.monotonic() < end, "the server did not start"
            time.sleep(0.05)
        port = int(found[1])
        _run(_answers(port))
        yield port, server.pid
    finally:
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(30)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
            raise


async def _answers(port: int) -> None:
    line = Line(port)
    status, _ = await line.ask("GET", "/healthz")
    line.close()
    assert status == 200


def worker_of(keeper: int) -> int:
    """Of the processes that answer requests, the one with the most observers."""

    def lines(process: int) -> int:
        files = Path(f"/proc/{process}/fd").iterdir()
        return sum(str(file.readlink()).startswith("socket:") for file in files)

    return max(workers_of(keeper), key=lines)


def workers_of(keeper: int) -> list[int]:
    """The processes that answer requests."""
    children = Path(f"/proc/{keeper}/task/{keeper}/children").read_text().split()
    return [int(child) for child in children if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]


def check_that_nothing_is_lost(folder: Path, told: Told, database: str | None = None) -> dict[str, int]:
    """Every acknowledged answer is stored once and as it was given; shared searches equal a replay of the answers."""
    context = StudyContext(folder, database)
    try:
        with context.store.reading() as connection:
            rows = connection.execute(
                sa.select(ResponseRow.trial, ResponseRow.value, ResponseRow.number, TrialRow.series, TrialRow.level,
                          TrialRow.asked, ResponseRow.adaptive, TrialRow.state)
                .join(TrialRow, TrialRow.id == ResponseRow.trial)
            ).all()  # fmt: skip
            assert len(rows) == len(told.acknowledged), "as many as were acknowledged"
            assert {row.trial: row.value for row in rows} == told.acknowledged
            assert {row.state for row in rows} == {"answered"}
            counted = connection.scalar(sa.select(sa.func.sum(SessionRow.answered)))
            assert counted == len(rows), "the sessions count what they hold"
            series = connection.execute(sa.select(SeriesRow.id, SeriesRow.key, SeriesRow.told)).all()
            asked = connection.execute(sa.select(TrialRow.series, TrialRow.asked)).all()
            for identity, key, count in series:
                own = sorted((row for row in rows if row.series == identity), key=lambda row: row.number)
                assert [row.number for row in own] == list(range(1, count + 1)), (
                    "no place lost or taken twice"
                )
                state = context.method.start(context.design, context.manifest, key)
                levels = context.manifest.levels(key)
                for row in own:
                    state = state.tell(told_level(context.design, levels, row.level, row.asked), row.adaptive)
                assert {one.asked for one in asked if one.series == identity} <= set(levels)
                assert replayed(connection, context, identity, key).answers == state.answers
                assert current(connection, context, told.sessions[0], key)[1].state.answers == state.answers
                assert shown_level(context.design, levels, state.ask()) in levels
        return {"answers": len(rows), "searches": len(series)}
    finally:
        context.store.close()
