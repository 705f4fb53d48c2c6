"""The participant's page: one document, the same for everybody; all else comes from the interface."""

from html import escape
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Final

from fastapi.responses import HTMLResponse

from jnd.study.server.context import StudyContext

STATIC: Final = Path(__file__).parent / "static"


def page_of(context: StudyContext) -> HTMLResponse:
    """The page of a study."""
    template = files("jnd.study.server").joinpath("templates/participant.html").read_text("utf-8")
    study = context.design.study
    return HTMLResponse(
        Template(template).safe_substitute(
            title=escape(study.title or study.name),
            study=escape(study.name),
            locale=escape(study.locale),
            build=escape(version("jnd")),
        )
    )
