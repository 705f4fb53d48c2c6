"""What the commands that work on many pictures share: files at addresses, and ``--cluster``, whose processes do it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from jnd.places import place

if TYPE_CHECKING:
    from jnd.workers import Workers


def place_argument(text: str) -> Path:
    """What an argument names: a path here, or an address elsewhere; usage error where that cannot be reached."""
    from jnd.errors import MissingExtraError, PlaceError

    try:
        return place(text)
    except (MissingExtraError, PlaceError) as error:
        raise typer.BadParameter(str(error)) from None


ClusterAddress = Annotated[
    str | None,
    typer.Option(
        "--cluster",
        metavar="ADDRESS",
        help="Let the workers of a Dask cluster do it, for example tcp://10.0.0.5:8786; this machine only reads the "
        "list and writes the results.",
        show_default=False,
    ),
]


@contextmanager
def workers_of(cluster: str | None, workers: int) -> "Iterator[Workers]":
    """So many processes of this machine, or a cluster, which is left at the end; status 1 where there is none."""
    if cluster is None:
        yield workers
        return
    from jnd.cluster import Cluster

    with Cluster(cluster) as pool:
        yield pool
