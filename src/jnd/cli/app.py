"""The ``jnd`` command and its subcommands."""

from typing import Annotated

import typer

from jnd.cli.camera import camera_app
from jnd.cli.compare import compare
from jnd.cli.datasets import datasets_app
from jnd.cli.distort import distort
from jnd.cli.doctor import doctor
from jnd.cli.encode import encode
from jnd.cli.evaluate import evaluate_app
from jnd.cli.fit import fit
from jnd.cli.group import CommandGroup
from jnd.cli.inspect import inspect
from jnd.cli.map import map_command
from jnd.cli.metrics import metrics
from jnd.cli.models import models
from jnd.cli.predict import predict
from jnd.cli.prefilter import prefilter
from jnd.cli.score import score
from jnd.cli.serve import serve
from jnd.cli.study_commands import study_app
from jnd.cli.train import train_command

app = typer.Typer(
    cls=CommandGroup,
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)


def _print_version(wanted: bool) -> None:
    if wanted:
        import jnd
        from jnd.codecs import CODECS

        typer.echo(f"jnd {jnd.__version__}")
        for encoder in dict.fromkeys(codec.encoder for codec in CODECS.values() if codec.installed):
            typer.echo(encoder)
        raise typer.Exit


@app.callback()
def jnd_command(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            help="Print the versions of jnd and of its encoders, and leave.",
            callback=_print_version,
            is_eager=True,
        ),
    ] = False,
) -> None:
    """Which changes of a picture people can see, and the smallest file that almost nobody can tell."""


# The order of the help: what most people come for first.
FILES, CHANGE, PEOPLE, MODELS, CAMERAS, ABOUT = (
    "Smaller files",
    "Seeing change",
    "People's answers",
    "Learned models",
    "Cameras",
    "About",
)
app.command("encode", no_args_is_help=True, rich_help_panel=FILES)(encode)
app.command("prefilter", no_args_is_help=True, rich_help_panel=FILES)(prefilter)
app.command("serve", rich_help_panel=FILES)(serve)
app.command("compare", no_args_is_help=True, rich_help_panel=CHANGE)(compare)
app.command("inspect", no_args_is_help=True, rich_help_panel=CHANGE)(inspect)
app.command("score", no_args_is_help=True, rich_help_panel=CHANGE)(score)
app.command("map", no_args_is_help=True, rich_help_panel=CHANGE)(map_command)
app.command("distort", no_args_is_help=True, rich_help_panel=CHANGE)(distort)
app.add_typer(study_app, name="study", rich_help_panel=PEOPLE)
app.command("fit", no_args_is_help=True, rich_help_panel=PEOPLE)(fit)
app.add_typer(datasets_app, name="datasets", rich_help_panel=PEOPLE)
app.add_typer(evaluate_app, name="evaluate", rich_help_panel=PEOPLE)
app.command("predict", no_args_is_help=True, rich_help_panel=MODELS)(predict)
app.command("train", no_args_is_help=True, rich_help_panel=MODELS)(train_command)
app.add_typer(camera_app, name="camera", rich_help_panel=CAMERAS)
app.command("metrics", rich_help_panel=ABOUT)(metrics)
app.command("models", rich_help_panel=ABOUT)(models)
app.command("doctor", rich_help_panel=ABOUT)(doctor)
