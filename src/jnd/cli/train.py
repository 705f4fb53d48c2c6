"""``jnd train``: a model from a configuration, with progress; goes on where it was stopped."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Self

import typer

if TYPE_CHECKING:
    from jnd.learned.config import TaskOf
    from jnd.learned.training_events import TrainingEvent


def train_command(
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
    """Train a model as CONFIG.toml says, and write it as ONNX.

    The output folder gets `checkpoint.pt`, `log.csv` and, in the end, `model.onnx`. A training that was stopped or
    killed goes on from its last checkpoint when the same command is given again, and ends with the same weights.
    Several processes or machines: `torchrun --nproc-per-node 2 -m jnd train CONFIG.toml`. Needs `jnd[train]`.

    **Exit status:** 0 when the model is written, 1 when training stopped with an error, 2 when the command or the
    configuration was not understood, 130 when it was interrupted.
    """
    run_training(config_file, fresh=fresh, quiet=quiet)


def run_training(config_file: Path, *, fresh: bool, quiet: bool, task_of: "TaskOf | None" = None) -> None:
    """Train and print; ``task_of`` is where models are looked up. Ends with the command's status on errors."""
    import os

    from jnd.errors import ConfigurationError, JndError
    from jnd.learned.config import read_config

    quiet = quiet or int(os.environ.get("RANK", "0")) > 0
    try:
        config = read_config(config_file, task_of)
        from jnd.learned.training import train

        printer = _Printer(quiet=quiet)
        with printer:
            for event in train(config, resume=not fresh, task_of=task_of):
                printer.show(event)
    except ConfigurationError as error:
        raise typer.BadParameter(str(error), param_hint="CONFIG.toml") from None
    except KeyboardInterrupt:
        typer.echo("Stopped. The same command goes on from the last checkpoint.", err=True)
        raise typer.Exit(130) from None
    except (JndError, OSError) as error:
        typer.echo(f"Error: {error}", err=True)
        raise typer.Exit(1) from None


class _Printer:
    """A line per epoch and a bar with the time left, on standard error."""

    def __init__(self, *, quiet: bool) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn

        self._console = Console(stderr=True, highlight=False, markup=False, emoji=False, soft_wrap=True)
        self._quiet = quiet
        self._progress = Progress(
            TextColumn("Training"),
            BarColumn(),
            TextColumn("{task.percentage:.0f} %  {task.fields[left]} left"),
            console=self._console,
            transient=True,
            disable=quiet or not self._console.is_terminal,
        )
        self._task = self._progress.add_task("", total=None, left="?")

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def _say(self, text: str) -> None:
        if not self._quiet:
            self._console.print(text)

    def show(self, event: "TrainingEvent") -> None:
        """Print one event."""
        from jnd.learned.training_events import Began, EpochDone, StepDone, Trained

        match event:
            case Began():
                for line in event.skipped:
                    self._say(f"left out: {line}")
                goes_on = "" if event.resumed_at is None else f", going on from step {event.resumed_at}"
                several = f" in each of {event.processes} processes" if event.processes > 1 else ""
                self._say(
                    f"{event.training} pictures to train on, {event.validation} to validate with, "
                    f"{event.parameters} parameters, {event.epochs} epochs, {event.device}{several}{goes_on}"
                )
            case StepDone():
                self._progress.update(
                    self._task,
                    completed=event.step,
                    total=event.steps,
                    left=_duration(event.seconds_left),
                )
            case EpochDone():
                row = event.row
                shown = "  ".join(
                    f"{name} {value:.4g}"
                    for name, value in row.items()
                    if name not in ("epoch", "step", "seconds") and not name.startswith("level_error_")
                )
                self._say(f"epoch {int(row['epoch'])}  {shown}{'  best' if event.best else ''}")
            case Trained():
                early = ", stopped early" if event.stopped_early else ""
                self._say(
                    f"{event.model_file}: weights of epoch {int(event.best['epoch'])}, "
                    f"{_duration(event.seconds)} of training{early}"
                )


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s" if minutes else f"{rest} s"
