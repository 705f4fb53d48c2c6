"""``jnd camera``: which camera took a picture."""

import typer

from jnd.cli.camera_evaluate import evaluate
from jnd.cli.camera_fingerprint import fingerprint
from jnd.cli.camera_identify import identify
from jnd.cli.camera_match import match
from jnd.cli.camera_train import train
from jnd.cli.group import CommandGroup

camera_app = typer.Typer(
    cls=CommandGroup,
    rich_markup_mode="markdown",
    no_args_is_help=True,
    help="Which camera took a picture: networks, fingerprints of sensors, and what the pixels say of the metadata.",
)


@camera_app.callback()
def camera() -> None:
    """Which camera took a picture: networks, fingerprints of sensors, and what the pixels say of the metadata."""


camera_app.command("fingerprint", no_args_is_help=True)(fingerprint)
camera_app.command("match", no_args_is_help=True)(match)
camera_app.command("train", no_args_is_help=True)(train)
camera_app.command("evaluate", no_args_is_help=True)(evaluate)
camera_app.command("identify", no_args_is_help=True)(identify)
