"""The server for a study that runs: one process, or several that share the port."""

import os
import socket
from pathlib import Path
from typing import Any, Final

import uvicorn

from jnd.study.server.app import create_app

BACKLOG: Final = 2048
GRACEFUL_SECONDS: Final = 10
"""In which requests that were begun are finished after a stop was asked for."""


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens; port 0 takes any free one.

    Raises
    ------
    OSError
        The port is in use, or the address is not of this machine.
    """
    family, kind, protocol, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP, flags=socket.AI_PASSIVE
    )[0]
    # With its protocol named, since asyncio sends small packets at once only then; else answers take 40 ms longer.
    found = socket.socket(family, kind, protocol)
    try:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind(address)
        found.listen(BACKLOG)
    except OSError:
        found.close()
        raise
    found.set_inheritable(True)
    return found


def serve_until_stopped(folder: Path, listener: socket.socket, *, workers: int, database: str | None) -> None:
    """Serve until SIGINT or SIGTERM; what was begun is finished.

    Raises
    ------
    JndError
        As :func:`jnd.study.server.create_app`; also before several processes are started.
    """
    # Made in any case: tables are made and mistakes are told once, here.
    app = create_app(folder, database=database)
    settings: dict[str, Any] = {
        "log_level": "warning",
        "access_log": False,
        "server_header": False,
        "backlog": BACKLOG,
        "timeout_graceful_shutdown": GRACEFUL_SECONDS,
    }
    if workers == 1:
        uvicorn.Server(uvicorn.Config(app, **settings)).run([listener])
        return
    from uvicorn.supervisors import Multiprocess

    app.state.context.store.close()
    os.environ["JND_STUDY_FOLDER"] = str(folder)
    os.environ["JND_STUDY_DATABASE"] = database or ""
    config = uvicorn.Config("jnd.study.server.worker:app", factory=True, workers=workers, **settings)
    Multiprocess(config, [listener]).run()
