"""``jnd study export``: a study's answers to files that other tools read."""

import json
from pathlib import Path
from typing import Annotated

import typer

from jnd.cli.study import study_app


@study_app.command("export", no_args_is_help=True)
def export_command(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The study's folder.", show_default=False)],
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", metavar="DIR", help="Where the files go; an earlier export there is replaced."
        ),
    ],
    formats: Annotated[
        list[str] | None,
        typer.Option(
            "--format",
            metavar="NAME",
            help="bundle, csv, parquet or sureal; again for more.",
            show_default="bundle",
        ),
    ] = None,
    personal: Annotated[
        bool,
        typer.Option(
            "--personal", help="With personal columns: browser, time zone, screening, hashed crowd id."
        ),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
) -> None:
    """Write a study's answers as a Psych-DS bundle, CSV, Parquet or SUREAL JSON.

    Nothing is left out but personal columns: answers that break the study's rules of exclusion are there, with the rule.
    The bundle goes back into a study with `jnd study import`.

    **Exit status:** 0 when it is written, 1 when not, 2 when the command was not understood.
    """
    from jnd.study.export.bundle import FORMATS, write_export
    from jnd.study.export.from_store import export_study

    chosen = tuple(dict.fromkeys(formats or ["bundle"]))
    for name in chosen:
        if name not in FORMATS:
            raise typer.BadParameter(
                f'must be one of {", ".join(FORMATS)}, got "{name}"', param_hint="--format"
            )
    if not (folder / "study.toml").is_file():
        raise typer.BadParameter(
            f"{folder} holds no study.toml; jnd study init makes a study", param_hint="FOLDER"
        )
    try:
        export = export_study(folder, personal=personal)
        files = write_export(export, output, chosen)
    except OSError as error:
        typer.echo(f"Error: cannot write {error.filename or output}: {error.strerror or error}", err=True)
        raise typer.Exit(1) from None
    summary = {
        "study": export.name,
        "version": export.version,
        "output": str(output),
        "formats": list(chosen),
        "files": [str(path.relative_to(output)) for path in files],
        "sessions": export.sessions.num_rows,
        "answers": export.answers.num_rows,
        "snapshot": export.snapshot,
        "verified": export.verified,
        "personal": personal,
    }
    if as_json:
        typer.echo(json.dumps(summary, ensure_ascii=False))
    elif not quiet:
        fields = "with personal columns" if personal else "without personal columns"
        typer.echo(
            f"{output}: {len(files)} files, {summary['sessions']} sessions, {summary['answers']} answers, {fields}"
        )
