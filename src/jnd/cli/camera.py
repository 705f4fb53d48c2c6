"""``jnd camera``: which camera took a picture."""

import typer

from jnd.cli.camera_fingerprint import fingerprint
from jnd.cli.camera_match import match

camera_app = typer.Typer(
    rich_markup_mode="markdown",
    no_args_is_help=True,
    help="Which camera took a picture: fingerprints of sensors, and how well pictures match them.",
)


@camera_app.callback()
def camera() -> None:
    """Which camera took a picture: fingerprints of sensors, and how well pictures match them."""


camera_app.command("fingerprint", no_args_is_help=True)(fingerprint)
camera_app.command("match", no_args_is_help=True)(match)
