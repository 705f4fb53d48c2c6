"""``jnd study simulate``: synthetic observers through the study's real server."""

import json
from pathlib import Path
from typing import Annotated

import typer

from jnd.cli.study import study_app


@study_app.command("simulate", no_args_is_help=True)
def simulate_command(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The study's folder.", show_default=False)],
    observers: Annotated[int, typer.Option(min=1, max=10_000, metavar="N", help="How many take part.")] = 10,
    threshold: Annotated[
        float | None,
        typer.Option(
            metavar="LEVEL",
            help="Distortion level of which they detect half.",
            show_default="middle of the study's levels",
        ),
    ] = None,
    threshold_sd: Annotated[
        float,
        typer.Option(
            "--threshold-sd", min=0, metavar="LEVELS", help="Spread of the threshold over observers."
        ),
    ] = 0.0,
    width: Annotated[
        float | None,
        typer.Option(
            metavar="LEVELS",
            help="Levels between 5 % and 95 % detected.",
            show_default="a third of the study's levels",
        ),
    ] = None,
    lapse: Annotated[
        float, typer.Option(min=0, max=1, metavar="SHARE", help="Trials answered without looking.")
    ] = 0.02,
    bias: Annotated[
        float,
        typer.Option(
            min=-1,
            max=1,
            metavar="B",
            help="Preference when nothing was seen: -1 left, 1 right or different.",
        ),
    ] = 0.0,
    noise: Annotated[float, typer.Option(min=0, metavar="SD", help="Of ratings, in categories.")] = 0.5,
    contraction: Annotated[
        float,
        typer.Option(
            min=0, max=1, metavar="C", help="How far ratings stretch over what was shown: 0 not, 1 wholly."
        ),
    ] = 0.0,
    seed: Annotated[int, typer.Option(metavar="N", help="Of everything that is drawn.")] = 0,
    parallel: Annotated[int, typer.Option(min=1, max=64, metavar="N", help="Observers at a time.")] = 4,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
) -> None:
    """Run synthetic observers with a known threshold through the study's real server.

    Each goes from consent to completion over HTTP and answers every trial. Their answers are marked as simulated in the
    database and in every export. For checking a design before people come; it says nothing about pictures.

    **Exit status:** 0 when all took part, 1 when not, 2 when the command was not understood, 130 when it was stopped.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from jnd.study.simulation.run import SimulationRequest, simulate_study

    if not (folder / "study.toml").is_file():
        raise typer.BadParameter(
            f"{folder} holds no study.toml; jnd study init makes a study", param_hint="FOLDER"
        )
    request = SimulationRequest(
        observers=observers, threshold=threshold, threshold_sd=threshold_sd, width=width, lapse_rate=lapse, bias=bias,
        rating_noise=noise, contraction=contraction, seed=seed, parallel=parallel,
    )  # fmt: skip
    console = Console(stderr=True, highlight=False, markup=False, emoji=False, soft_wrap=True)
    progress = Progress(
        TextColumn("Simulating"), BarColumn(), MofNCompleteColumn(), TextColumn("sessions, {task.fields[answers]} answers"),
        TimeElapsedColumn(), console=console, transient=True, disable=quiet or not console.is_terminal,
    )  # fmt: skip
    task = progress.add_task("", total=observers, answers=0)
    answers = 0
    try:
        with progress:
            for done in simulate_study(folder, request):
                answers = done.answers
                progress.update(task, completed=done.sessions, answers=answers)
        result = done.result
        assert result is not None
    except KeyboardInterrupt:
        typer.echo("Stopped. What was answered is in the database.", err=True)
        raise typer.Exit(130) from None
    if as_json:
        typer.echo(json.dumps(result, ensure_ascii=False, allow_nan=False))
    elif not quiet:
        typer.echo(
            f"{result['completed']} of {observers} simulated observers completed {result['study']}: {result['answers']} "
            f"answers in {result['seconds']:.1f} s ({result['answers_per_second']:.0f}/s, p99 {result['p99_ms']:.0f} ms)"
        )
        typer.echo(f"Threshold {result['threshold']:g}: jnd study analyze {folder} should bring it back.")
    raise typer.Exit(0 if result["completed"] == observers else 1)
