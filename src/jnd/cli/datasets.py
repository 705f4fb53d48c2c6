"""``jnd datasets``: what is found where, and its subcommands."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from jnd.cli.group import CommandGroup
from jnd.cli.label import label_command

if TYPE_CHECKING:
    from jnd.datasets.catalogue import DataSet
    from jnd.datasets.collection import Collection

datasets_app = typer.Typer(cls=CommandGroup, rich_markup_mode="markdown")

Root = Annotated[
    Path | None,
    typer.Option(
        "--root",
        metavar="FOLDER",
        help="The folder that holds the data sets' folders, or one data set's own.",
        show_default="the environment variable JND_DATASETS",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object per data set on standard output.")]


@datasets_app.callback(invoke_without_command=True)
def datasets(context: typer.Context, root: Root = None, as_json: AsJson = False) -> None:
    """Which data sets of people's just noticeable differences are here; label, crop and check pictures.

    Without a subcommand it lists the data sets that jnd can read: where each was found, how much of it, and what is
    not as documented; then those of cameras, which `jnd camera` takes.

    **Exit status:** 0, also when none is found; 1 when one is there but cannot be read, 2 when the command was not
    understood.
    """
    if context.invoked_subcommand is not None:
        if root is not None or as_json:
            raise typer.BadParameter(
                f"goes after the subcommand: jnd datasets {context.invoked_subcommand} --help"
            )
        return
    from jnd.datasets.catalogue import DATASETS, ROOT_VARIABLE, datasets_root
    from jnd.errors import UnusableDatasetError

    try:
        folder = datasets_root(root)
    except UnusableDatasetError as error:
        raise typer.BadParameter(str(error), param_hint="--root") from None
    unreadable = 0
    for name, entry in DATASETS.items():
        found, collection, problem = _look(name, folder)
        unreadable += problem is not None
        if as_json:
            typer.echo(json.dumps(_fields(name, entry, found, collection, problem)))
        else:
            typer.echo(_lines(name, entry, found, collection, problem))
    if not as_json:
        typer.echo(_camera_lines())
    if not as_json and folder is None:
        typer.echo(f"Looked nowhere: name a folder with --root, or set {ROOT_VARIABLE}.", err=True)
    raise typer.Exit(1 if unreadable else 0)


@datasets_app.command("check", no_args_is_help=True)
def check(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="A data set of `jnd datasets`.", show_default=False)
    ],
    root: Root = None,
    decode: Annotated[
        bool, typer.Option("--decode", help="Open every picture, too. Minutes for a large data set.")
    ] = False,
    skip_problems: Annotated[
        bool, typer.Option("--skip-problems", help="Leave out what has a problem, as training then does.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Read one data set as training does, and list everything that is not as documented.

    **Exit status:** 0 when it can be used, 1 when it has problems (with `--skip-problems`: when nothing is left), 2 when
    the command was not understood.
    """
    from jnd.datasets.catalogue import DATASETS, load_dataset
    from jnd.errors import JndError, UnknownNameError

    try:
        collection = load_dataset(name, root, decode=decode, on_problem="skip")
    except UnknownNameError as error:
        raise typer.BadParameter(str(error), param_hint="NAME") from None
    except (JndError, OSError) as error:
        typer.echo(f"Error: {error}", err=True)
        raise typer.Exit(1) from None
    if as_json:
        typer.echo(json.dumps(_fields(name, DATASETS[name], collection.root, collection, None)))
    else:
        typer.echo(_lines(name, DATASETS[name], collection.root, collection, None))
    for problem in collection.problems:
        typer.echo(str(problem), err=True)
    raise typer.Exit(1 if collection.problems and not skip_problems else 0)


def _look(name: str, folder: Path | None) -> "tuple[Path | None, Collection | None, str | None]":
    """Where a data set is, what is in it, and why it cannot be read."""
    from jnd.datasets.catalogue import find_dataset, load_dataset
    from jnd.errors import JndError

    found = None if folder is None else find_dataset(name, folder)
    if found is None:
        return None, None, None
    try:
        return found, load_dataset(name, folder, on_problem="skip"), None
    except (JndError, OSError) as error:
        return found, None, str(error)


def _fields(
    name: str, entry: "DataSet", found: Path | None, collection: "Collection | None", problem: str | None
) -> dict[str, Any]:
    read = collection is not None
    return {
        "dataset": name,
        "title": entry.title,
        "answers": entry.answers,
        "complete": entry.complete,
        "obtain": entry.obtain,
        "folder": None if found is None else str(found),
        "records": collection.records if collection else None,
        "sources": collection.groups if collection else None,
        "problems": [asdict(p) for p in collection.problems] if collection else None,
        "notes": list(collection.notes) if collection else None,
        "error": None if read else problem,
    }


def _camera_lines() -> str:
    from jnd.datasets.camera_pictures import CAMERA_LAYOUTS

    return "\n".join(
        f"{name:<10} {entry.title}: {entry.holds}\n{'':<10} of cameras: jnd camera, layout {name}; from {entry.obtain}"
        for name, entry in CAMERA_LAYOUTS.items()
    )


def _lines(
    name: str, entry: "DataSet", found: Path | None, collection: "Collection | None", problem: str | None
) -> str:
    head = f"{name:<10} {entry.title}: {entry.answers}"
    if found is None:
        return f"{head}\n{'':<10} not found; {entry.complete}; from {entry.obtain}"
    if collection is None:
        return f"{head}\n{'':<10} {found}: cannot be read: {problem}"
    counts = f"{collection.records} records of {collection.groups} sources" if collection.groups else ""
    counts = counts or f"{collection.records} records"
    wrong = (
        f", {len(collection.problems)} problems (jnd datasets check {name})" if collection.problems else ""
    )
    notes = "".join(f"\n{'':<10} {note}" for note in collection.notes)
    return f"{head}\n{'':<10} {found}: {counts}{wrong}{notes}"


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
