"""``jnd serve``: the service over HTTP."""

import signal
from typing import Annotated

import typer

from jnd.cli.limit_options import MaxPixels, Timeout, WorkerMemory, limits_of

DEFAULT_MEGAPIXELS = 50.0


def serve(
    host: Annotated[
        str,
        typer.Option(
            metavar="ADDRESS", help="Where to listen; 0.0.0.0 for every network that this machine is in."
        ),
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, metavar="N", help="0 for any free one.")] = 8080,
    workers: Annotated[
        int | None,
        typer.Option("--workers", "-w", min=1, metavar="N", help="Processes.", show_default="all cores"),
    ] = None,
    waiting: Annotated[
        int,
        typer.Option(min=0, metavar="N", help="Requests that may wait for a process; more are answered 503."),
    ] = 16,
    max_upload: Annotated[
        float, typer.Option(min=0.001, metavar="MB", help="Bytes of a picture; more are answered 413.")
    ] = 50.0,
    max_pixels: MaxPixels = DEFAULT_MEGAPIXELS,
    timeout: Timeout = None,
    worker_memory: WorkerMemory = None,
    graceful: Annotated[
        int,
        typer.Option(
            min=1, metavar="SECONDS", help="How long requests may go on after a stop was asked for."
        ),
    ] = 300,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
) -> None:
    """Offer encode, compare and predict over HTTP, for an upload form or another program.

    POST a picture to /v1/encode and get the file back, two to /v1/compare and get JSON. /openapi.json describes all.
    Put it behind a server that knows your users: it asks nobody who they are. SIGTERM finishes what was begun.

    **Exit status:** 0 after a stop, 1 when it cannot listen or a package is missing.
    """
    from jnd.errors import needing

    with needing("serve", "the service"):
        import uvicorn

        from jnd.service.app import ServiceSettings, create_app
    from jnd.workers import available_cores

    settings = ServiceSettings(
        workers=workers or available_cores(),
        waiting=waiting,
        upload_bytes=int(max_upload * 1e6),
        limits=limits_of(max_pixels, timeout, worker_memory),
    )
    config = uvicorn.Config(
        create_app(settings),
        host=host,
        port=port,
        log_level="warning",
        timeout_graceful_shutdown=graceful,
        server_header=False,
    )
    try:
        listener = config.bind_socket()
    except SystemExit:  # uvicorn has logged why
        raise typer.Exit(1) from None
    if not quiet:
        address, number = listener.getsockname()[:2]
        typer.echo(
            f"jnd serves at http://{address}:{number} with {settings.workers} processes; Ctrl-C stops it",
            err=True,
        )
    for number in (signal.SIGTERM, signal.SIGINT):  # uvicorn raises them again after a stop that went well
        signal.signal(number, lambda *_: None)
    uvicorn.Server(config).run([listener])
