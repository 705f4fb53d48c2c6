"""``jnd study``: subjective tests, from a folder of pictures to what people see. A command per file."""

import typer

study_app = typer.Typer(
    no_args_is_help=True, help="Ask people: tests in the browser, from pictures to thresholds."
)
