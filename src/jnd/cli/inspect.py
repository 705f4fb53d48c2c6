"""``jnd inspect``: what was done to a picture, and how good it is, without its original."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from jnd.cli.limit_options import DEFAULT_MAX_MEGAPIXELS, MaxPixels, Timeout, WorkerMemory, limits_of
from jnd.cli.refusal import or_usage_error
from jnd.cli.viewing_options import conditions_of
from jnd.cli.work_options import ClusterAddress, place_argument, workers_of

if TYPE_CHECKING:
    from jnd.artifacts.inspection import Inspection

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
    max_pixels: MaxPixels = DEFAULT_MAX_MEGAPIXELS,
    timeout: Timeout = None,
    worker_memory: WorkerMemory = None,
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
    from jnd.artifacts.batch import inspect_files
    from jnd.cli.inspect_printer import InspectPrinter
    from jnd.picture.files import picture_files

    for name in artifacts or ():
        or_usage_error(lambda name=name: lookup(ARTIFACTS, name, kind="artifact"), "--artifact")  # type: ignore[misc]
    conditions = None if viewing is None else conditions_of(viewing)
    paths = picture_files(sources)
    if map_file is not None:
        _check_map(map_file, artifacts, paths)
    if not paths:
        typer.echo(
            f"Error: no pictures in {', '.join(map(str, sources))}; name files or folders that hold some",
            err=True,
        )
        raise typer.Exit(1)
    limits = limits_of(max_pixels, timeout, worker_memory)
    failed = False
    with (
        workers_of(cluster, workers) as pool,
        InspectPrinter(len(paths), as_json=as_json, quiet=quiet) as printer,
    ):
        results = inspect_files(
            paths,
            artifacts=tuple(artifacts) if artifacts else None,
            effects=effects,
            viewing=conditions,
            workers=pool,
            limits=limits,
            with_maps=map_file is not None,
        )
        for path, result in results:
            if isinstance(result, str):
                failed = True
                printer.failed(str(path), result)
                continue
            printer.show(str(path), result)
            if map_file is not None:
                failed |= not _write_map(result, (artifacts or [""])[0], map_file, quiet=quiet)
    raise typer.Exit(1 if failed else 0)


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
