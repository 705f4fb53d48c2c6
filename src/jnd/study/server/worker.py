"""The application for worker processes, which know the study by the environment."""

import multiprocessing
import os
import signal
import threading
from pathlib import Path

from fastapi import FastAPI

from jnd.study.server.app import create_app


def app() -> FastAPI:
    """The study that JND_STUDY_FOLDER and JND_STUDY_DATABASE name."""
    threading.Thread(target=_stop_after_the_parent, daemon=True).start()
    database = os.environ.get("JND_STUDY_DATABASE") or None
    return create_app(Path(os.environ["JND_STUDY_FOLDER"]), database=database)


def _stop_after_the_parent() -> None:
    """A parent that is killed cannot stop its workers, which would keep the port and go on with an old design."""
    parent = multiprocessing.parent_process()
    assert parent is not None, "uvicorn makes workers by multiprocessing"
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)
