"""``jnd study admin``, ``withdraw`` and ``purge``: passwords, and what is personal."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from jnd.cli.study import study_app

if TYPE_CHECKING:
    from jnd.study.design import StudyDesign
    from jnd.study.store import Store


@study_app.command("admin")
def admin(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The study.", show_default=False)],
    name: Annotated[str, typer.Option(metavar="NAME", help="The experimenter.")] = "admin",
) -> None:
    """Set the password of an experimenter, which is asked for and not shown.

    **Exit status:** 0 when it is set, 1 when not.
    """
    from jnd.errors import needing

    with needing("study", "the experimenter's page"):
        from jnd.study.server.admin.login import set_password
    store, _ = _opened(folder, make=True)
    password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    try:
        set_password(store, password, name)
    finally:
        store.close()
    typer.echo(f"The password of {name} is set.", err=True)


@study_app.command("withdraw")
def withdraw(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The study.", show_default=False)],
    participant: Annotated[
        str,
        typer.Option(
            metavar="ID", help="The participant's id of an export, or a session's.", show_default=False
        ),
    ],
) -> None:
    """Remove a person with all sessions and answers. A count stays in the audit.

    **Exit status:** 0 when the person is removed, 1 when there is no such person.
    """
    store, design = _opened(folder)
    try:
        sessions = {facts.session: facts.participant for facts in store.sessions(design.study.name)}
        found = store.withdraw(sessions.get(participant, participant), "command line")
    finally:
        store.close()
    if not found:
        typer.echo(
            f"Error: {folder}: nobody is called {participant}; jnd study export lists participants", err=True
        )
        raise typer.Exit(1)
    typer.echo("Removed.", err=True)


@study_app.command("purge")
def purge(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The study.", show_default=False)],
    now: Annotated[
        bool, typer.Option("--yes", help="Do it; without, only say what would be removed.")
    ] = False,
) -> None:
    """Remove what is personal of sessions older than [retention] days: ids, browser, screening. Answers stay.

    **Exit status:** 0 when it is done or there is nothing to do, 1 when study.toml sets no days.
    """
    store, design = _opened(folder)
    from jnd.study.store.retention import purge as purged

    try:
        if not design.retention.days:
            typer.echo(
                f"Error: {folder}: retention.days is 0 in study.toml: nothing is ever removed", err=True
            )
            raise typer.Exit(1)
        count = purged(store, design.study.name, design.retention.days, dry_run=not now)
    finally:
        store.close()
    what = "Removed what is personal of" if now else "Would remove what is personal of"
    typer.echo(f"{what} {count} sessions." + ("" if now else " --yes does it."), err=True)


def _opened(folder: Path, *, make: bool = False) -> "tuple[Store, StudyDesign]":
    """The store of a study; a password may be set before anybody was served."""
    from jnd.errors import needing
    from jnd.study.design import read_design

    with needing("study", "a study's database"):
        from jnd.study.store import open_store, store_in_use
        from jnd.study.store.store import database_of
    design = read_design(folder)
    url = design.server.database
    return open_store(database_of(folder, url)) if make else store_in_use(folder, url), design
