"""``jnd models``: the JND models, what they need, and how fast they are here."""

import time
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from jnd.models.model_entry import ModelEntry

SIDE = 512
WIDE = 150
"""Characters that a line with summaries needs."""


def models(
    speed: Annotated[
        bool,
        typer.Option("--speed/--no-speed", help="Time each model on a 512x512 picture, on this machine."),
    ] = True,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object per model on standard output.")
    ] = False,
) -> None:
    """List the JND models by year.

    The first variant is the default: paper is the paper with evident misprints corrected, code the authors'
    program.
    """
    import json

    from rich.console import Console
    from rich.table import Table

    from jnd.models import JND_MODELS

    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=WIDE)
    wide = console.width >= WIDE
    entries = sorted(JND_MODELS.items(), key=lambda item: (item[1].year, item[0]))
    table = Table(box=None, padding=(0, 2, 0, 0))
    for title in ("Model", "Year", "Domain", "Variants", "Smallest"):
        table.add_column(title, no_wrap=True)
    table.add_column("ms", justify="right", no_wrap=True)
    table.add_column("Reference", overflow="fold")
    if wide:
        table.add_column("From", overflow="fold")
    for name, entry in entries:
        height, width = entry.smallest_size
        milliseconds = _milliseconds(entry) if speed else None
        if as_json:
            fields = {
                "model": name,
                "year": entry.year,
                "domain": entry.domain,
                "variants": list(entry.variants),
                "smallest_width": width,
                "smallest_height": height,
                "reference": entry.reference,
                "summary": entry.summary,
                "milliseconds": milliseconds,
            }
            typer.echo(json.dumps(fields))
            continue
        table.add_row(
            name,
            str(entry.year),
            entry.domain,
            ", ".join(entry.variants),
            f"{width}x{height}",
            "" if milliseconds is None else f"{milliseconds:.0f}",
            entry.reference,
            *([entry.summary] if wide else []),
        )
    if not as_json:
        console.print(table)
        if speed:
            console.print(
                f"ms: of one map of {SIDE}x{SIDE} pixels, here and now. Next: jnd map PICTURE --model NAME"
            )


def _milliseconds(entry: "ModelEntry") -> float:
    """The faster of two runs of the pixel map, all cores that the libraries take."""
    import numpy as np

    random = np.random.default_rng(0)
    ramp = np.linspace(20, 235, SIDE)
    luma = np.clip(ramp + random.normal(0, 12, (SIDE, SIDE)), 0, 255).astype(np.uint8)
    times = []
    for _ in range(2):
        begin = time.perf_counter()
        entry.function(luma)
        times.append(time.perf_counter() - begin)
    return round(1000 * min(times), 2)
