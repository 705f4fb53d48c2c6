"""``jnd camera fingerprint``: the pattern of a sensor, from pictures that its camera took."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from jnd.cli.limit_options import DEFAULT_MAX_MEGAPIXELS, MaxPixels, pixels_of

if TYPE_CHECKING:
    from jnd.camera.prnu.fingerprint import Fingerprint


def fingerprint(
    pictures: Annotated[
        list[Path],
        typer.Argument(
            metavar="PICTURE...", help="Pictures of one camera, and folders of them.", show_default=False
        ),
    ],
    output: Annotated[
        Path,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE.npz",
            help="Where the fingerprint goes, some 4 bytes per pixel.",
            show_default=False,
        ),
    ],
    label: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="What the camera is called.", show_default="the name of the output"
        ),
    ] = None,
    max_pixels: MaxPixels = DEFAULT_MAX_MEGAPIXELS,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Print nothing but errors (and JSON where asked for).")
    ] = False,
) -> None:
    """Make the fingerprint of a camera's sensor from pictures that it took.

    Pixels answer to light a little differently, and always the same way. Give 10 or more pictures straight from the
    camera, neither cropped nor scaled nor edited; best of something bright and smooth, such as an overcast sky.
    `jnd camera match` then finds the same sensor in other pictures.

    **Exit status:** 0 when the fingerprint was written, 1 when not, 2 when the command was not understood.
    """
    from jnd.camera.prnu.fingerprint import estimate_fingerprint
    from jnd.camera.prnu.fingerprint_file import save_fingerprint
    from jnd.cli.progress import counted
    from jnd.picture.files import picture_files
    from jnd.report.words import printable

    if output.suffix.lower() != ".npz":
        raise typer.BadParameter(f"{output.name} must end in .npz, which is what is written", param_hint="-o")
    most = pixels_of(max_pixels)
    paths = picture_files(pictures)
    if not paths:
        typer.echo(
            f"Error: no pictures in {', '.join(map(str, pictures))}; name files or folders that hold some",
            err=True,
        )
        raise typer.Exit(1)
    try:
        with counted("Fingerprint", len(paths), quiet=quiet) as advance:
            made = estimate_fingerprint(
                paths, label=output.stem if label is None else label, max_pixels=most, progress=advance
            )
        save_fingerprint(made, output)
    except OSError as error:
        typer.echo(f"Error: {output}: cannot be written: {error}", err=True)
        raise typer.Exit(1) from None
    if as_json:
        typer.echo(json.dumps(fields(made, output), ensure_ascii=False))
    if not quiet:
        for note in made.notes:
            typer.echo(f"Note: {printable(note)}", err=True)
        if not as_json:
            typer.echo(
                f"{printable(made.label)}: fingerprint of {made.width} x {made.height} pixels from {made.pictures} "
                f"picture{'s' * (made.pictures != 1)} → {output}",
                err=True,
            )


def fields(made: "Fingerprint", output: Path) -> dict[str, Any]:
    """What ``--json`` prints."""
    return {
        "output": str(output),
        "label": made.label,
        "pictures": made.pictures,
        "width": made.width,
        "height": made.height,
        "sigma": made.sigma,
        "orientation_rule": made.orientation_rule,
        "jnd_version": made.jnd_version,
        "source_sha256": list(made.source_sha256),
        "notes": list(made.notes),
    }
