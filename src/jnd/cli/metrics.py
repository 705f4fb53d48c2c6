"""``jnd metrics``: the scores that jnd has, whose values they have, and how fast they are here."""

import json
import math
import time
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from jnd.metrics.metric_entry import MetricEntry

SIDE = 512
WIDE = 150
"""Characters that a line with every column needs."""


def metrics(
    speed: Annotated[
        bool,
        typer.Option("--speed/--no-speed", help="Time each metric on a 512x512 picture, on this machine."),
    ] = True,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object per metric on standard output.")
    ] = False,
) -> None:
    """List the metrics: year, what is better, range, and the implementation whose values they have."""
    from rich.console import Console
    from rich.table import Table

    from jnd.metrics import METRICS

    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=WIDE)
    table = Table(box=None, padding=(0, 2, 0, 0))
    for title in ("Metric", "Year", "Better", "Range", "Smallest"):
        table.add_column(title, no_wrap=True)
    table.add_column("ms", justify="right", no_wrap=True)
    table.add_column("Values of", overflow="fold")
    for name, entry in METRICS.items():
        milliseconds = _milliseconds(entry) if speed else None
        if as_json:
            fields = {
                "metric": name,
                "title": entry.title,
                "year": entry.year,
                "better": entry.better,
                "lowest": _finite(entry.range[0]),
                "highest": _finite(entry.range[1]),
                "identical": _finite(entry.identical),
                "full_reference": entry.full_reference,
                "needs_jnd_map": entry.needs_jnd_map,
                "has_map": entry.map_home is not None,
                "smallest_side": entry.smallest_side,
                "equal_to": entry.equal_to,
                "citation": entry.citation,
                "milliseconds": milliseconds,
            }
            typer.echo(json.dumps(fields))
            continue
        table.add_row(
            name,
            str(entry.year),
            entry.better if entry.full_reference else f"{entry.better}, one picture",
            " to ".join(
                "∞" if math.isinf(end) and end > 0 else "-∞" if math.isinf(end) else f"{end:g}"
                for end in entry.range
            ),
            f"{entry.smallest_side} px",
            "" if milliseconds is None else f"{milliseconds:.1f}",
            entry.equal_to,
        )
    if not as_json:
        console.print(table)


def _finite(value: float | None) -> float | None:
    """JSON has no infinity."""
    return None if value is None or math.isinf(value) else value


def _milliseconds(entry: "MetricEntry") -> float:
    """Processor time of one call, the second of two."""
    import numpy as np

    noise = np.random.default_rng(0)
    picture = (
        noise.integers(0, 256, (SIDE // 8, SIDE // 8, 3)).repeat(8, axis=0).repeat(8, axis=1).astype(np.uint8)
    )
    changed = np.clip(picture + noise.integers(-5, 6, picture.shape), 0, 255).astype(np.uint8)
    arguments: tuple[object, ...] = (picture, changed) if entry.full_reference else (picture,)
    if entry.needs_jnd_map:
        planes = [array[..., 1].astype(np.float32) for array in (picture, changed)]
        arguments = (*planes, np.full(planes[0].shape, 4.0))
    function = entry.function
    function(*arguments)
    begin = time.perf_counter()
    function(*arguments)
    return round(1000 * (time.perf_counter() - begin), 2)
