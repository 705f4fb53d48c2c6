"""``jnd evaluate model``: how well a learned model does on labelled pictures."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from jnd.learned.evaluation import Score


def evaluate_model(
    labels: Annotated[
        list[Path],
        typer.Argument(
            metavar="LABELS", help="Files of observer labels (`jnd datasets label`).", show_default=False
        ),
    ],
    model: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.onnx",
            help="A model that `jnd train` made.",
            show_default="the one that ships with jnd",
        ),
    ] = None,
    fit: Annotated[
        list[Path] | None,
        typer.Option(
            "--fit",
            metavar="LABELS",
            help="Labels of other pictures, on which the constant and the ridge are fitted; again for more files.",
            show_default=False,
        ),
    ] = None,
    pictures: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Where the pictures are, if they moved since they were labelled.",
            show_default=False,
        ),
    ] = None,
    satisfied: Annotated[
        float, typer.Option(metavar="SHARE", help="Share of people who shall see no difference.")
    ] = 0.75,
    skip_broken: Annotated[
        bool,
        typer.Option("--skip-broken", help="Leave pictures out that cannot be read, and list them."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per line of the table.")] = False,
) -> None:
    """Compare a model's predictions with observer labels, beside a constant, a ridge and an oracle.

    Labels are the observer's answers: the table says how well a model copies the observer, nothing about people.
    Never set it beside figures that were measured on people's answers.

    **Exit status:** 0 when there is a table, 1 when the data give none, 2 when the command was not understood.
    """
    from jnd.learned.curve_labels import CurveDataOptions, read_labels
    from jnd.learned.evaluation import evaluate_predictor
    from jnd.learned.model_file import read_model
    from jnd.learned.predictor import Predictor

    if not 0 < satisfied < 1:
        raise typer.BadParameter(
            f"must lie between 0 and 1, both excluded, got {satisfied:g}", param_hint="--satisfied"
        )
    predictor = Predictor(None if model is None else read_model(model))
    asked, skipped = read_labels(CurveDataOptions(tuple(labels), pictures=pictures, skip_broken=skip_broken))
    known = read_labels(CurveDataOptions(tuple(fit), skip_broken=skip_broken))[0] if fit else []
    for line in skipped:
        typer.echo(f"left out: {line}", err=True)
    shared = {p.group for p in asked} & {p.group for p in known}
    if shared:
        raise typer.BadParameter(
            f"{len(shared)} sources are in LABELS too, {min(shared)} for one; fit on other pictures",
            param_hint="--fit",
        )
    scores = evaluate_predictor(predictor, asked, satisfied=satisfied, fitted_on=known)
    if not scores:
        typer.echo("Error: the labels hold none of the model's codecs", err=True)
        raise typer.Exit(1)
    if as_json:
        for score in scores:
            typer.echo(json.dumps(asdict(score), allow_nan=False))
    else:
        _print(scores)


def _print(scores: "list[Score]") -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, padding=(0, 2, 0, 0))
    for column in ("codec", "method"):
        table.add_column(column)
    for column in ("pictures", "|Δ setting|", "|Δ level|", "|Δ PSNR| dB", "area"):
        table.add_column(column, justify="right")
    for score in sorted(scores, key=lambda score: score.codec):
        psnr = "" if score.psnr_error is None else f"{score.psnr_error:.2f}"
        table.add_row(
            score.codec,
            score.method,
            str(score.pictures),
            f"{score.setting_error:.2f}",
            f"{score.level_error:.2f}",
            psnr,
            f"{score.area:.2f}",
        )
    Console(highlight=False, markup=False, emoji=False).print(table)
    typer.echo("against observer labels, which are not people's answers", err=True)
