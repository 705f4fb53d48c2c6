"""The participant's page: one document, the same for everybody; all else comes from the interface."""

import json
import re
from html import escape
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any, Final

from fastapi.responses import HTMLResponse

from jnd.study.server.context import StudyContext

STATIC: Final = Path(__file__).parent / "static"
_LOCALE: Final = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")


def texts_of(context: StudyContext, locale: str) -> dict[str, Any] | None:
    """Texts of the page in a language: ours, and over them those of the study's folder; None if there are neither."""
    if not _LOCALE.fullmatch(locale):
        return None
    found: dict[str, Any] = {}
    for folder in (STATIC / "locales", context.folder / "locales"):
        path = folder / f"{locale}.json"
        if path.is_file():
            found |= json.loads(path.read_text("utf-8"))
    return found or None


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
            screen=escape(context.method.screen),
        )
    )
