"""``jnd study``: subjective tests, from a folder of pictures to what people see. A command per file."""

import typer

from jnd.cli.group import CommandGroup

study_app = typer.Typer(
    cls=CommandGroup,
    no_args_is_help=True,
    help="Ask people: tests in the browser, from pictures to thresholds.",
)
