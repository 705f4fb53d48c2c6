"""``jnd study serve``: the study over HTTP."""

import errno
import signal
from pathlib import Path
from typing import Annotated

import typer

from jnd.cli.study import study_app


@study_app.command("serve")
def serve(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The study.", show_default=False)],
    host: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="Where to listen; 0.0.0.0 for every network that this machine is in.",
            show_default="as study.toml says",
        ),
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(
            min=0, max=65535, metavar="N", help="0 for any free one.", show_default="as study.toml says"
        ),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(
            "--workers", "-w", min=1, metavar="N", help="Processes.", show_default="as study.toml says"
        ),
    ] = None,
    database: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="postgresql+psycopg://user@host/name.",
            show_default="as study.toml says, or study.db in FOLDER",
        ),
    ] = None,
    open_page: Annotated[bool, typer.Option("--open", help="Show the participant's page here.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
) -> None:
    """Let people take part: print the link for participants and that of the experimenter's page, and serve both.

    Every answer is in the database before the page is told so; stop and start it as you like. People elsewhere need a
    server with https before it (see the guide): the page's cookie is only as safe as the way there.

    **Exit status:** 0 after a stop, 1 when the study cannot be served: a mistake in it, a port in use.
    """
    from jnd.errors import needing
    from jnd.study.design import read_design

    with needing("study", "serving a study"):
        from jnd.study.server.admin.login import DEFAULT_NAME, first_password
        from jnd.study.server.serving import listening, serve_until_stopped
        from jnd.study.store.store import database_of, open_store

    design = read_design(folder)
    host, port = host or design.server.host, design.server.port if port is None else port
    try:
        listener = listening(host, port)
    except OSError as error:
        typer.echo(f"Error: {_why_not(host, port, error)}", err=True)
        raise typer.Exit(1) from None
    number = listener.getsockname()[1]
    address = f"http://{_shown(host)}:{number}"
    if not quiet:
        typer.echo(f"For participants  {address}/s/{design.study.name}", err=True)
        typer.echo(f"For you           {address}/admin", err=True)
        store = open_store(database_of(folder, database or design.server.database))
        password = first_password(store)
        store.close()
        if password is not None:
            typer.echo(
                f"                  name {DEFAULT_NAME}, password {password}: shown only now; "
                "jnd study admin sets another",
                err=True,
            )
        typer.echo("Ctrl-C stops it; what was answered is kept.", err=True)
    if open_page:
        typer.launch(f"{address}/s/{design.study.name}")
    for one in (signal.SIGTERM, signal.SIGINT):  # uvicorn raises them again after a stop that went well
        signal.signal(one, lambda *_: None)
    serve_until_stopped(folder, listener, workers=workers or design.server.workers, database=database)


def _shown(host: str) -> str:
    """An address that a browser of this machine can open."""
    if host in ("0.0.0.0", "::", ""):  # noqa: S104 - compared, not listened on
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def _why_not(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} is in use, perhaps by this study already; name another with --port, or 0 for any free one"
    if error.errno == errno.EACCES:
        return f"port {port} may not be used by you; name one above 1023 with --port"
    return f"cannot listen on {host}: {error.strerror or error}"
