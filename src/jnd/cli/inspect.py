"""``jnd inspect``: what was done to a picture, and how good it is, without its original."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from jnd.cli.refusal import or_usage_error
from jnd.cli.viewing_options import conditions_of
from jnd.cli.work_options import ClusterAddress, place_argument, workers_of
from jnd.places import files_under, is_remote

if TYPE_CHECKING:
    from jnd.artifacts.inspection import Inspection
    from jnd.workers import Workers

MAP_SUFFIXES = (".png", ".npy", ".tiff", ".tif")


def inspect(
    sources: Annotated[
        list[Path],
        typer.Argument(
            metavar="PICTURE...",
            parser=place_argument,
            help="Pictures, and folders of them; also at addresses such as s3://bucket/folder.",
            show_default=False,
        ),
    ],
    artifacts: Annotated[
        list[str] | None,
        typer.Option(
            "--artifact",
            "-a",
            metavar="NAME",
            help="Look for this one only; may be given several times: jpeg_history, blockiness, ringing, blur, noise, "
            "banding, clipping, resampling, chroma_subsampling.",
            show_default="all",
        ),
    ] = None,
    map_file: Annotated[
        Path | None,
        typer.Option(
            "--map",
            metavar="FILE",
            help="Where the artifact is: of one picture and one --artifact. .png: colours with a bar; .npy and .tiff: "
            "32-bit floats.",
            show_default=False,
        ),
    ] = None,
    effects: Annotated[
        bool,
        typer.Option("--effect/--no-effect", help="Ask the observer what each artifact does to quality."),
    ] = True,
    viewing: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="Display and distance of the observer.", show_default="standard_fhd"
        ),
    ] = None,
    workers: Annotated[
        int, typer.Option("--workers", "-w", min=1, metavar="N", help="Processes, for many pictures.")
    ] = 1,
    cluster: ClusterAddress = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object per picture on standard output.")
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Print nothing but errors (and JSON where asked for).")
    ] = False,
) -> None:
    """Find out what was done to a picture, and how good it is, from the picture alone.

    JPEG history (also of pictures saved without loss since), blockiness, ringing, blur, noise, banding, clipping,
    change of size and chroma subsampling; each with its strength and, by the observer, how visible it is; and two
    scores of quality without a reference.

    **Exit status:** 0 when every picture was inspected, whatever was found; 1 when one could not be read or a map not
    written; 2 when the command was not understood.
    """
    from jnd._lookup import lookup
    from jnd.artifacts import ARTIFACTS
    from jnd.cli.inspect_printer import InspectPrinter

    for name in artifacts or ():
        or_usage_error(lambda name=name: lookup(ARTIFACTS, name, kind="artifact"), "--artifact")  # type: ignore[misc]
    if viewing is not None:
        conditions_of(viewing)
    paths = picture_files(sources)
    if map_file is not None:
        _check_map(map_file, artifacts, paths)
    if not paths:
        typer.echo(
            f"Error: no pictures in {', '.join(map(str, sources))}; name files or folders that hold some",
            err=True,
        )
        raise typer.Exit(1)
    jobs = [(str(path), tuple(artifacts) if artifacts else None, effects, viewing) for path in paths]
    failed = False
    with (
        workers_of(cluster, workers) as pool,
        InspectPrinter(len(jobs), as_json=as_json, quiet=quiet) as printer,
    ):
        for source, result in _results(jobs, pool):
            if isinstance(result, str):
                failed = True
                printer.failed(source, result)
                continue
            printer.show(source, result)
            if map_file is not None:
                failed |= not _write_map(result, (artifacts or [""])[0], map_file, quiet=quiet)
    raise typer.Exit(1 if failed else 0)


Job = tuple[str, tuple[str, ...] | None, bool, str | None]


def inspected(job: Job) -> "Inspection | str":
    """The inspection of one file, or what is wrong with it. Runs in a process of its own for many pictures."""
    from jnd.artifacts.inspection import inspect as look
    from jnd.errors import JndError
    from jnd.viewing import viewing_conditions

    source, artifacts, effects, viewing = job
    try:
        return look(
            source,
            artifacts=artifacts,
            effects=effects,
            scores=artifacts is None,
            viewing=None if viewing is None else viewing_conditions(viewing),
        )
    except (JndError, OSError) as error:
        return str(error)


def _results(jobs: list[Job], workers: "Workers") -> Any:
    if isinstance(workers, int) and (workers == 1 or len(jobs) == 1):
        yield from ((job[0], inspected(job)) for job in jobs)
        return
    from jnd.workers import WorkerDied, in_processes

    for job, result in in_processes(inspected, jobs, workers):
        yield job[0], f"{job[0]}: {result}" if isinstance(result, WorkerDied) else result


def picture_files(sources: list[Path]) -> list[Path]:
    """Files as named, and the pictures in folders and the folders in these, by name."""
    from jnd.picture.identify import READABLE_EXTENSIONS

    found: list[Path] = []
    for source in sources:
        if is_remote(source) and source.is_dir():
            found += [path for path in files_under(source) if path.suffix.lower() in READABLE_EXTENSIONS]
        elif source.is_dir():
            found += sorted(
                path
                for path in source.rglob("*")
                if path.suffix.lower() in READABLE_EXTENSIONS
                and path.is_file()
                and not any(part.startswith(".") for part in path.relative_to(source).parts)
            )
        else:
            found.append(source)
    return list(dict.fromkeys(found))


def _check_map(map_file: Path, artifacts: list[str] | None, paths: list[Path]) -> None:
    if map_file.suffix.lower() not in MAP_SUFFIXES:
        raise typer.BadParameter(
            f"{map_file.name} must end in .png, .npy or .tiff; the ending decides what is written",
            param_hint="--map",
        )
    if artifacts is None or len(artifacts) != 1 or len(paths) != 1:
        raise typer.BadParameter(
            f"is of one picture and one artifact, got {len(paths)} pictures and {len(artifacts or ())} artifacts; "
            "name one with --artifact",
            param_hint="--map",
        )


def _write_map(inspection: "Inspection", artifact: str, path: Path, *, quiet: bool) -> bool:
    from jnd.artifacts import ARTIFACTS
    from jnd.cli.map import write_map

    finding = inspection.findings.get(artifact)
    place = finding.map if finding is not None else None
    if place is None:
        typer.echo(
            f"Error: no map of {artifact} here: it was not found, or has no place in the picture", err=True
        )
        return False
    entry = ARTIFACTS[artifact]
    try:
        write_map(path, abs(place), f"{entry.title}, {entry.unit}", None)
    except OSError as error:
        typer.echo(f"Error: {path}: cannot be written: {error}", err=True)
        return False
    if not quiet:
        typer.echo(f"map of {artifact} → {path}", err=True)
    return True
