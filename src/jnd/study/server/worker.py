"""The application for worker processes, which know the study by the environment."""

import os
from pathlib import Path

from fastapi import FastAPI

from jnd.study.server.app import create_app


def app() -> FastAPI:
    """The study that JND_STUDY_FOLDER and JND_STUDY_DATABASE name."""
    database = os.environ.get("JND_STUDY_DATABASE") or None
    return create_app(Path(os.environ["JND_STUDY_FOLDER"]), database=database)
