"""``jnd score``: metrics of a pair of pictures, or of one."""

import json
import math
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from jnd.cli.refusal import or_failure, or_usage_error

if TYPE_CHECKING:
    from jnd.metrics.metric_entry import MetricEntry

DEFAULT_METRIC = "all"


def score(
    reference: Annotated[
        Path,
        typer.Argument(metavar="REFERENCE", help="The original, or the one picture.", show_default=False),
    ],
    changed: Annotated[
        Path | None,
        typer.Argument(metavar="CHANGED", help="The changed picture, of the same size.", show_default=False),
    ] = None,
    metric: Annotated[
        str,
        typer.Option(
            metavar="NAME,…", help="Metrics of `jnd metrics`, separated by commas, or all that can be taken."
        ),
    ] = DEFAULT_METRIC,
    model: Annotated[
        str, typer.Option(metavar="NAME", help="JND model (`jnd models`) for the metrics that weigh by one.")
    ] = "wu2017",
    map_file: Annotated[
        Path | None,
        typer.Option(
            "--map",
            metavar="FILE",
            help="Write the map of one metric: .png, .npy or .tiff.",
            show_default=False,
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
) -> None:
    """Score a changed picture against its original, or one picture by itself.

    Pictures are compared as people see them: upright, in sRGB, transparent ones over black.

    **Exit status:** 0 when every metric has a value, 1 when a picture cannot be read or a metric cannot take it, 2
    when the command was not understood.
    """
    from rich.console import Console
    from rich.table import Table

    from jnd.metrics import METRICS

    names = _names(metric, pair=changed is not None)
    pictures = [or_failure(partial(_pixels, path)) for path in (reference, changed) if path is not None]
    if map_file is not None:
        _write_map(map_file, names, pictures)
    values: dict[str, float | None] = {}
    problems: dict[str, str] = {}
    for name in names:
        try:
            values[name] = _value(name, METRICS[name], pictures, model)
        except ValueError as error:
            values[name], problems[name] = None, str(error)
    if as_json:
        scores = {name: _jsonable(value) for name, value in values.items()}
        typer.echo(
            json.dumps(
                {
                    "reference": str(reference),
                    "changed": None if changed is None else str(changed),
                    "scores": scores,
                    "errors": problems,
                }
            )
        )
    else:
        table = Table(box=None, padding=(0, 2, 0, 0))
        for title in ("Metric", "Value", "Better"):
            table.add_column(title, no_wrap=True, justify="right" if title == "Value" else "left")
        for name, value in values.items():
            shown = "–" if value is None else f"{value:.6g}"
            table.add_row(name, shown, problems.get(name, METRICS[name].better))
        Console(highlight=False, width=None if not problems else 160).print(table)
    if problems:
        raise typer.Exit(1)


def _names(text: str, *, pair: bool) -> list[str]:
    from jnd._lookup import lookup
    from jnd.metrics import METRICS

    option = "--metric"
    if text == DEFAULT_METRIC:
        return [name for name, entry in METRICS.items() if pair or not entry.full_reference]
    names = [name.strip() for name in text.split(",") if name.strip()]
    if not names:
        raise typer.BadParameter("names no metric; for example ssim,gmsd", param_hint=option)
    for name in names:
        entry = or_usage_error(partial(lookup, METRICS, name, kind="metric"), option)
        if entry.full_reference and not pair:
            raise typer.BadParameter(
                f"{name} compares two pictures; name the changed one too", param_hint=option
            )
    return names


def _pixels(path: Path) -> Any:
    from jnd.picture import read_picture, seen

    return seen(read_picture(path))


def _value(name: str, entry: "MetricEntry", pictures: list[Any], model: str) -> float:
    import numpy as np

    from jnd.metrics import score as value_of
    from jnd.picture.colour import in_8_bits

    if not entry.full_reference:
        return value_of(name, in_8_bits(pictures[-1]))
    one, other = pictures
    if one.shape != other.shape:
        raise ValueError(
            f"the sizes differ: {one.shape[1]}x{one.shape[0]} and {other.shape[1]}x{other.shape[0]}; scale or crop one"
        )
    if not entry.needs_jnd_map:
        return value_of(name, one, other)
    from jnd.metrics.planes import luma
    from jnd.models import jnd_map

    threshold = jnd_map(luma(one, np.float32), model=model)
    return value_of(name, one, other, threshold=threshold)


def _write_map(path: Path, names: list[str], pictures: list[Any]) -> None:
    from jnd.cli.map import write_map
    from jnd.metrics import METRICS

    option = "--map"
    if len(names) != 1 or METRICS[names[0]].map_function is None:
        known = ", ".join(name for name, entry in METRICS.items() if entry.map_home)
        raise typer.BadParameter(f"name one metric that has a map with --metric: {known}", param_hint=option)
    if path.suffix.lower() not in (".png", ".npy", ".tiff", ".tif"):
        raise typer.BadParameter(f"must end in .png, .npy or .tiff, got {path}", param_hint=option)
    entry = METRICS[names[0]]
    function = entry.map_function
    assert function is not None
    map_ = or_failure(lambda: function(*pictures))
    # A picture of a map is brighter where the change is larger.
    shown = 1 - map_ if (entry.better == "higher" and entry.range[1] == 1) or names[0] == "gmsd" else map_
    or_failure(lambda: write_map(path, shown if path.suffix.lower() == ".png" else map_, entry.title, None))


def _jsonable(value: float | None) -> float | str | None:
    """Infinity as a word: JSON has none."""
    if value is None or math.isfinite(value):
        return value
    return "infinity" if value > 0 else "-infinity"
