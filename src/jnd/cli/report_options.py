"""The options of the commands that write one page of HTML about many pictures."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer

Page = TypeVar("Page")

DEFAULT_REPORT_MB = 300
"""As :data:`jnd.report.page.DEFAULT_SIZE_LIMIT`, which would take long to import; a test compares them."""

ReportSize = Annotated[
    int,
    typer.Option(
        "--report-size",
        min=1,
        metavar="MB",
        help="Largest size of that page; beyond it the last pictures are left out.",
    ),
]


def page_at(path: Path, make: Callable[[], Page]) -> Page:
    """What ``make`` returns, called before any work, so that a page that cannot be written is known at once."""
    if path.suffix.lower() not in (".html", ".htm"):
        raise typer.BadParameter(
            f"the report is a page: its name must end in .html, got {path}; for example report.html",
            param_hint="--report",
        )
    if path.is_dir():
        raise typer.BadParameter(f"{path} is a folder; name a file in it", param_hint="--report")
    try:
        return make()
    except OSError as error:
        raise typer.BadParameter(
            f"cannot write {path}: {error.strerror or error}; choose another place", param_hint="--report"
        ) from error
