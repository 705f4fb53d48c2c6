"""``jnd study import``: a bundle of ``jnd study export`` to a study again."""

import json
from pathlib import Path
from typing import Annotated

import typer

from jnd.cli.study import study_app


@study_app.command("import", no_args_is_help=True)
def import_command(
    bundle: Annotated[
        Path,
        typer.Argument(metavar="BUNDLE", help="The folder that jnd study export wrote.", show_default=False),
    ],
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="FOLDER",
            help="The study: a new folder, or one of the same design without answers.",
            show_default=False,
        ),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
) -> None:
    """Make a study from its export: design, list of stimuli, sessions and answers.

    The pictures are not in an export. Without them the study can be analysed and exported again, not served; copy its
    folder `stimuli` to serve it.

    **Exit status:** 0 when it is there, 1 when not, 2 when the command was not understood.
    """
    from jnd.study.importing.bundle import import_bundle

    if not bundle.is_dir():
        raise typer.BadParameter(f"no such folder: {bundle}", param_hint="BUNDLE")
    try:
        done = import_bundle(bundle, folder)
    except OSError as error:
        typer.echo(f"Error: cannot write {error.filename or folder}: {error.strerror or error}", err=True)
        raise typer.Exit(1) from None
    if as_json:
        typer.echo(json.dumps({"bundle": str(bundle), "folder": str(folder)} | done, ensure_ascii=False))
    elif not quiet:
        typer.echo(f"{folder}: {done['sessions']} sessions, {done['answers']} answers of {done['study']}")
        if done["missing_pictures"]:
            typer.echo(
                f"Note: {done['missing_pictures']} pictures are not there; without them it cannot be served",
                err=True,
            )
