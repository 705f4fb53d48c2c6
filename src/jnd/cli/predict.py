"""``jnd predict``: the setting at which people begin to notice, from the picture alone."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from jnd.cli.limit_options import DEFAULT_MAX_MEGAPIXELS, MaxPixels, Timeout, WorkerMemory, limits_of
from jnd.cli.work_options import ClusterAddress, place_argument, workers_of

if TYPE_CHECKING:
    from jnd.learned.predictor import Predictor
    from jnd.records import PjndPrediction

ALL = "all"


def predict(
    sources: Annotated[
        list[Path],
        typer.Argument(
            metavar="PICTURE...",
            parser=place_argument,
            help="Pictures, and folders of them; also at addresses such as s3://bucket/folder.",
            show_default=False,
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
    cluster: ClusterAddress = None,
    max_pixels: MaxPixels = DEFAULT_MAX_MEGAPIXELS,
    timeout: Timeout = None,
    worker_memory: WorkerMemory = None,
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
    from jnd.learned.as_json import prediction_json
    from jnd.learned.prediction_batch import predict_files, predictor_of
    from jnd.observer import protocol_named
    from jnd.picture.files import picture_files

    if not 0 < satisfied < 1:
        raise typer.BadParameter(
            f"must lie between 0 and 1, both excluded, got {satisfied:g}", param_hint="--satisfied"
        )
    if plot is not None:
        check_plot(plot)
    try:
        protocol_named(protocol)
        predictor = predictor_of(model)
        codecs = predictor.codecs
        if format_name != ALL:
            lookup(dict.fromkeys((*codecs, ALL)), format_name, kind="format of this model")
            codecs = (format_name,)
    except JndError as error:
        raise typer.BadParameter(str(error)) from None
    pictures = picture_files(sources)
    if not pictures:
        raise typer.BadParameter(
            f"no pictures in {', '.join(map(str, sources))}; name files or folders that hold some",
            param_hint="PICTURE",
        )
    failed = 0
    drawn = False
    limits = limits_of(max_pixels, timeout, worker_memory)
    with workers_of(cluster, 1) as pool:
        results = predict_files(
            pictures,
            codecs,
            satisfied=satisfied,
            protocol=protocol,
            model=model,
            workers=pool,
            limits=limits,
        )
        for path, records in results:
            if isinstance(records, str):
                failed += 1
                typer.echo(f"Error: {path}: {records}", err=True)
                continue
            if as_json:
                for record in records:
                    typer.echo(json.dumps(prediction_json(record), ensure_ascii=False, allow_nan=False))
            else:
                _print(str(path), records, predictor, first=path is pictures[0])
            if plot is not None and not drawn and path is pictures[0]:
                from jnd.cli.predict_plot import draw

                draw(records, plot)
                drawn = True
                typer.echo(f"drawn: {plot}", err=True)
    raise typer.Exit(1 if failed else 0)


def _print(path: str, records: "list[PjndPrediction]", predictor: "Predictor", *, first: bool) -> None:
    from rich.console import Console
    from rich.table import Table

    from jnd.search.criterion import share_in_words

    console = Console(highlight=False, markup=False, emoji=False)
    table = Table(box=None, padding=(0, 2, 0, 0), title=path, title_justify="left", title_style="bold")
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
