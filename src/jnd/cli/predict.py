"""``jnd predict``: the setting at which people begin to notice, from the picture alone."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from jnd.learned.predictor import Predictor
    from jnd.records import PjndPrediction

ALL = "all"


def predict(
    pictures: Annotated[
        list[Path],
        typer.Argument(
            metavar="PICTURE", help="Pictures (JPEG, PNG, WebP, AVIF, TIFF, PPM, BMP).", show_default=False
        ),
    ],
    format_name: Annotated[
        str,
        typer.Option("--format", "--codec", metavar="NAME", help="all that the model knows, or one of them."),
    ] = ALL,
    satisfied: Annotated[
        float,
        typer.Option(metavar="SHARE", help="Share of people who shall see no difference, between 0 and 1."),
    ] = 0.75,
    protocol: Annotated[
        str, typer.Option(metavar="NAME", help="How people look for the difference: aic3 or konjnd-flicker.")
    ] = "aic3",
    model: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.onnx",
            help="A model that `jnd train` made.",
            show_default="the one that ships with jnd",
        ),
    ] = None,
    plot: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Draw the satisfied-user curves of the first picture (PNG, PDF or SVG).",
            show_default=False,
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object per picture and codec on standard output.")
    ] = False,
) -> None:
    """Predict at which setting of each codec people begin to notice. Nothing is encoded.

    The model learned from the answers of jnd's observer, which is calibrated on people; it has not seen people
    itself. It speaks of pictures shown at `standard_fhd`. `jnd encode` checks what it predicts.

    **Exit status:** 0 when every picture has a prediction, 1 when one has none, 2 when the command was not
    understood.
    """
    from jnd._lookup import lookup
    from jnd.cli.fit import check_plot
    from jnd.errors import JndError
    from jnd.learned.model_file import read_model
    from jnd.learned.predictor import Predictor, pjnd_predictions
    from jnd.observer import protocol_named
    from jnd.picture import read_picture, seen

    if not 0 < satisfied < 1:
        raise typer.BadParameter(
            f"must lie between 0 and 1, both excluded, got {satisfied:g}", param_hint="--satisfied"
        )
    if plot is not None:
        check_plot(plot)
    try:
        protocol_named(protocol)
        predictor = Predictor(None if model is None else read_model(model))
        codecs = predictor.codecs
        if format_name != ALL:
            lookup(dict.fromkeys((*codecs, ALL)), format_name, kind="format of this model")
            codecs = (format_name,)
    except JndError as error:
        raise typer.BadParameter(str(error)) from None
    failed = 0
    for number, path in enumerate(pictures):
        try:
            prediction = predictor.predict(seen(read_picture(path)))
        except (JndError, OSError) as error:
            failed += 1
            typer.echo(f"Error: {path}: {error}", err=True)
            continue
        records = pjnd_predictions(prediction, str(path), codecs, satisfied=satisfied, protocol=protocol)
        if as_json:
            for record in records:
                typer.echo(json.dumps(_json(record), ensure_ascii=False, allow_nan=False))
        else:
            _print(path, records, predictor, first=number == 0)
        if plot is not None and number == 0:
            from jnd.cli.predict_plot import draw

            draw(records, plot)
            typer.echo(f"drawn: {plot}", err=True)
    raise typer.Exit(1 if failed else 0)


def _json(record: "PjndPrediction") -> dict[str, Any]:
    content = asdict(record)
    sur = content.pop("sur")
    content["sur"] = [
        {"level": int(level), record.parameter: setting, "satisfied": s, "low": low, "high": high}
        for level, setting, s, low, high in zip(
            sur["level"], content.pop("settings"), sur["satisfied"], sur["low"], sur["high"], strict=True
        )
    ]
    return content


def _print(path: Path, records: "list[PjndPrediction]", predictor: "Predictor", *, first: bool) -> None:
    from rich.console import Console
    from rich.table import Table

    from jnd.search.criterion import share_in_words

    console = Console(highlight=False, markup=False, emoji=False)
    table = Table(box=None, padding=(0, 2, 0, 0), title=str(path), title_justify="left", title_style="bold")
    table.add_column("codec")
    table.add_column("setting", justify="right")
    table.add_column("half of people notice at", justify="right")
    table.add_column("90 % interval")
    for record in records:
        setting = (
            "none"
            if record.setting is None
            else f"{record.parameter} {_number(record.setting[record.parameter])}"
        )
        table.add_row(
            record.codec,
            setting,
            _number(record.pjnd),
            f"{_number(record.low)} to {_number(record.high)}",
        )
    console.print(table)
    warning = records[0].warning
    if warning is not None:
        typer.echo(f"Warning: {path} is {warning}", err=True)
    if first:
        typer.echo(
            f"setting: {share_in_words(records[0].target_satisfied)} are expected to see no difference. Predicted by "
            f"{predictor.model.metadata['model']} from observer labels, not measured; jnd encode measures.",
            err=True,
        )


def _number(value: float | str) -> str:
    return f"{value:g}" if isinstance(value, int | float) else value
