"""``jnd camera train``: a network that tells cameras apart, by the machinery of ``jnd train``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from jnd.learned.task import Task


def train(
    config_file: Annotated[
        Path,
        typer.Argument(
            metavar="CONFIG.toml", help="What to train on what; see the guide.", show_default=False
        ),
    ],
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Begin anew, even where a checkpoint could be continued.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
) -> None:
    """Train a network on pictures whose cameras are known, and write it as ONNX.

    The output folder gets `checkpoint.pt`, `log.csv` and, in the end, `model.onnx`; the same command goes on where a
    training was stopped. Several processes: `torchrun --nproc-per-node 2 -m jnd camera train CONFIG.toml`. Needs
    `jnd[train]`.

    **Exit status:** 0 when the model is written, 1 when training stopped with an error, 2 when the command or the
    configuration was not understood, 130 when it was interrupted.
    """
    from jnd.cli.train import run_training

    def task_of(name: str) -> "Task":
        from jnd.errors import needing

        with needing("train", "training"):
            from jnd.camera.networks.patch_task import task_of as find
        return find(name)

    run_training(config_file, fresh=fresh, quiet=quiet, task_of=task_of)
