"""The application for worker processes, which know the study by the environment."""

import os
from pathlib import Path

from jnd.study.server.app import create_app

app = create_app(Path(os.environ["JND_STUDY_FOLDER"]), database=os.environ.get("JND_STUDY_DATABASE") or None)
