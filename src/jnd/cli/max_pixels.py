"""The option ``--max-pixels`` of the commands that read pictures."""

import math
from typing import Annotated

import typer

DEFAULT_MAX_MEGAPIXELS = 300.0
"""As :data:`jnd.picture.MAX_PIXELS`, which would take long to import; a test compares them."""

MaxPixels = Annotated[
    float,
    typer.Option(
        "--max-pixels", metavar="MP", help="Refuse pictures of more megapixels, before they are decoded."
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
