"""``jnd study status``: how far a study is."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from jnd.cli.study import study_app


@study_app.command("status")
def status(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The study.", show_default=False)],
    database: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="postgresql+psycopg://user@host/name.",
            show_default="as study.toml says, or study.db in FOLDER",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
) -> None:
    """Say how many sessions there are, how far they are, and how many answers each picture has.

    It may run while the study is served.

    **Exit status:** 0, or 1 when there is no study, nobody was served yet, or its database cannot be read.
    """
    from jnd.errors import needing
    from jnd.study.design import read_design
    from jnd.study.stimuli import read_manifest

    design, manifest = read_design(folder), read_manifest(folder)
    with needing("study", "a study's database"):
        from jnd.study.store import store_in_use
        from jnd.study.store.progress import progress_of
    store = store_in_use(folder, database or design.server.database)
    try:
        content = progress_of(store, design.study.name, list(manifest.series))
    finally:
        store.close()
    if as_json:
        typer.echo(json.dumps(content))
    else:
        _print(content)


def _print(content: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False, markup=False, emoji=False)
    sessions = content["sessions"]
    console.print(
        f"{content['study']}: {sessions['done']} sessions done, {sessions['running']} running, {sessions['left']} left "
        f"unfinished, {sessions['excluded']} excluded by the screening"
    )
    console.print(
        f"{content['answers']} answers, {content['practice']} more in practice; {content['voided']} trials void, "
        f"{content['expired']} given up, {content['withdrawn']} persons withdrew"
    )
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("picture")
    for name in ("observers", "answers", "right"):
        table.add_column(name, justify="right")
    for row in content["series"]:
        right = "" if row["correct_share"] is None else f"{row['correct_share']:.0%}"
        table.add_row(row["series"], str(row["observers"]), str(row["answers"]), right)
    console.print(table)
