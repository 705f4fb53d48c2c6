"""The server for the time of a block, in a thread of this process: tests and simulated observers use it."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from jnd.study.server.app import create_app
from jnd.study.server.context import StudyContext
from jnd.study.server.serving import listening

START_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Running:
    """A server that listens."""

    address: str
    """http://127.0.0.1:PORT"""
    app: FastAPI

    @property
    def context(self) -> StudyContext:
        """Design, stimuli and store on the server's side."""
        context: StudyContext = self.app.state.context
        return context


@contextmanager
def running(folder: Path, port: int = 0, *, database: str | None = None) -> Iterator[Running]:
    """A server of the study in ``folder``, which ends with the block.

    Raises
    ------
    JndError
        As :func:`create_app`.
    OSError
        The port is in use.
    """
    app = create_app(folder, database=database)
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error", lifespan="on")
    server = uvicorn.Server(config)
    listener = listening("127.0.0.1", port)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    end = time.monotonic() + START_SECONDS
    while not server.started:
        if not thread.is_alive() or time.monotonic() > end:
            raise RuntimeError("the server did not start")
        time.sleep(0.01)
    try:
        yield Running(f"http://127.0.0.1:{listener.getsockname()[1]}", app)
    finally:
        server.should_exit = True
        thread.join(START_SECONDS)
        listener.close()
