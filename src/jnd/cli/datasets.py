"""``jnd datasets``: what is found where, and its subcommands."""

from pathlib import Path
from typing import Annotated

import typer

from jnd.cli.label import label_command

datasets_app = typer.Typer(rich_markup_mode="markdown")


@datasets_app.command("crop", no_args_is_help=True)
def crop(
    sources: Annotated[
        list[Path],
        typer.Argument(metavar="PICTURES", help="Pictures and folders of pictures.", show_default=False),
    ],
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", metavar="FOLDER", help="One folder per picture in it.", show_default=False
        ),
    ],
    size: Annotated[int, typer.Option(min=8, metavar="N", help="Side of a crop in pixels.")] = 512,
    scales: Annotated[
        list[float] | None,
        typer.Option("--scale", metavar="X", help="Reduce by this first; again for more.", show_default="1"),
    ] = None,
) -> None:
    """Cut photographs into crops of one size, as PNG, to label them with `--group folder`.

    **Exit status:** 0 when every picture was cut, 1 when one was not, 2 when the command was not understood.
    """
    from jnd.datasets.crops import write_crops
    from jnd.errors import JndError
    from jnd.search import sources as source_files

    for scale in scales or ():
        if not 0 < scale <= 1:
            raise typer.BadParameter(f"must be above 0 and at most 1, got {scale:g}", param_hint="--scale")
    try:
        plan = source_files.plan(sources, output)
    except (ValueError, JndError) as error:
        raise typer.BadParameter(str(error), param_hint="PICTURES") from None
    if not plan.jobs:
        raise typer.BadParameter(f"no pictures in {', '.join(map(str, sources))}", param_hint="PICTURES")
    failed = 0
    for job in plan.jobs:
        try:
            paths = write_crops(job.source, job.stem.parent, size, scales or [1.0])
        except (JndError, OSError, ValueError) as error:
            failed += 1
            typer.echo(f"Error: {error}", err=True)
        else:
            typer.echo(f"{job.source}: {len(paths)} crops", err=True)
    raise typer.Exit(1 if failed else 0)


datasets_app.command("label", no_args_is_help=True)(label_command)
