"""The options that bound what a hostile or huge picture may take."""

import math
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from jnd.picture.file_limits import FileLimits

DEFAULT_MAX_MEGAPIXELS = 300.0
"""As :data:`jnd.picture.MAX_PIXELS`, which would take long to import; a test compares them."""

MaxPixels = Annotated[
    float,
    typer.Option(
        "--max-pixels", metavar="MP", help="Refuse pictures of more megapixels, before they are decoded."
    ),
]
Timeout = Annotated[
    float | None,
    typer.Option(
        "--timeout",
        min=0,
        metavar="SECONDS",
        help="Give up a picture after this time; 0 for never.",
        show_default="by its size, minutes to hours",
    ),
]
WorkerMemory = Annotated[
    int | None,
    typer.Option(
        "--worker-memory",
        min=0,
        metavar="MB",
        help="Memory that the work on one picture may take (on Linux); 0 for no limit.",
        show_default="by its size, from 1610",
    ),
]


def pixels_of(megapixels: float) -> int:
    """As pixels; a size that no picture can have ends with status 2."""
    if not (math.isfinite(megapixels) and megapixels > 0):
        raise typer.BadParameter(
            f"must be a positive number of megapixels, got {megapixels:g}; the default is "
            f"{DEFAULT_MAX_MEGAPIXELS:g}",
            param_hint="--max-pixels",
        )
    return round(megapixels * 1_000_000)


def limits_of(max_pixels: float, timeout: float | None, worker_memory: int | None) -> "FileLimits":
    """The three options as the library wants them."""
    from jnd.picture.file_limits import FileLimits

    memory = None if worker_memory is None else worker_memory * 1_000_000
    return FileLimits(pixels_of(max_pixels), timeout, memory)
