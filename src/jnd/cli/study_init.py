"""``jnd study init``: a folder of pictures to a study."""

from pathlib import Path
from typing import Annotated, Any

import typer

from jnd.cli.study import study_app


@study_app.command("init")
def init(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="The study; made new.", show_default=False)
    ],
    method: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="flicker, flicker-slider, side-by-side, same-different, acr, dcr, quality-ruler, btc, ptc or pan.",
            show_default=False,
        ),
    ],
    pictures: Annotated[
        Path, typer.Option(metavar="DIR", help="Folder of the source pictures.", show_default=False)
    ],
    codecs: Annotated[
        list[str] | None,
        typer.Option("--codec", metavar="NAME", help="Again for more.", show_default="jpeg:turbo"),
    ] = None,
    distortions: Annotated[
        list[str] | None,
        typer.Option(
            "--distortion",
            metavar="NAME",
            help="In place of codecs; again for more; a+b is a followed by b.",
            show_default=False,
        ),
    ] = None,
    levels: Annotated[
        str | None,
        typer.Option(
            metavar="A,B,...",
            help="Distortion levels, rising.",
            show_default="12 per picture, from hardly to clearly visible by jnd's observer",
        ),
    ] = None,
    count: Annotated[int, typer.Option(min=2, metavar="N", help="How many, where they are chosen.")] = 12,
    max_side: Annotated[
        int, typer.Option(min=0, metavar="PX", help="Cut the middle of larger pictures; 0 for never.")
    ] = 0,
    preset: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Published procedure.", show_default="the usual one of the method"),
    ] = None,
    title: Annotated[
        str, typer.Option(metavar="TEXT", help="What participants read.", show_default=False)
    ] = "",
    workers: Annotated[
        int | None,
        typer.Option("--workers", "-w", min=1, metavar="N", help="Processes.", show_default="all cores"),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
) -> None:
    """Make a study: its commented study.toml, and the stimuli from a folder of pictures.

    Stimuli are decoded once by jnd's codecs and kept without loss. To change levels or codecs later, edit study.toml
    and give the same command with the same FOLDER: what is there is kept, stimuli are made as the file says.

    **Exit status:** 0 when the study is there, 1 when a picture cannot be used, 2 when the command was not understood.
    """
    from jnd.study.design import DESIGN_NAME, read_design
    from jnd.study.design.template import toml_of
    from jnd.study.stimuli import pictures_of

    path = folder / DESIGN_NAME
    try:
        if path.exists():
            design = read_design(folder)
            if design.study.method != method:
                raise typer.BadParameter(
                    f"{path} is of the method {design.study.method}; name another FOLDER for {method}",
                    param_hint="--method",
                )
        else:
            design = _design(
                folder, method, pictures, codecs, distortions, levels, count, max_side, preset, title
            )
        sources = pictures_of(pictures)
        folder.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            from jnd.picture import write_bytes_atomically

            write_bytes_atomically(path, toml_of(design).encode())
        made = _make(design, sources, folder, workers, quiet=quiet)
    except OSError as error:
        typer.echo(f"Error: cannot write {error.filename or folder}: {error.strerror or error}", err=True)
        raise typer.Exit(1) from None
    if not quiet:
        typer.echo(
            f"{made} stimuli of {len(sources)} pictures in {folder}. Look over {path}, then:", err=True
        )
        typer.echo(f"  jnd study check {folder}\n  jnd study serve {folder}", err=True)


def _design(
    folder: Path,
    method: str,
    pictures: Path,
    codecs: list[str] | None,
    distortions: list[str] | None,
    levels: str | None,
    count: int,
    max_side: int,
    preset: str | None,
    title: str,
) -> Any:
    import re

    from jnd._lookup import lookup
    from jnd.errors import JndError
    from jnd.study.design import METHODS, PRESETS, USUAL, design_from
    from jnd.study.stimuli.levels import check_change

    if codecs and distortions:
        raise typer.BadParameter("name codecs or distortions, not both", param_hint="--distortion")
    try:
        lookup(dict.fromkeys(METHODS), method, kind="method")
        name = preset or USUAL[method]
        if lookup(PRESETS, name, kind="preset").method != method:
            raise typer.BadParameter(f"{name} is a preset of {PRESETS[name].method}", param_hint="--preset")
        for kind in (*(codecs or ()), *(distortions or ())):
            check_change(kind)
        slug = re.sub(r"[^a-z0-9]+", "-", folder.resolve().name.lower()).strip("-") or "study"
        stimuli: dict[str, Any] = {"pictures": str(pictures.resolve()), "count": count, "max_side": max_side}
        if method == "same-different" and not codecs:
            from jnd.study.stimuli.bapps import BAPPS_KINDS

            stimuli |= {
                "codecs": [],
                "distortions": distortions or list(BAPPS_KINDS),
                "count": 2,
                "patches": 1,
            }
        elif distortions:
            stimuli |= {"codecs": [], "distortions": distortions}
        elif codecs:
            stimuli["codecs"] = codecs
        if levels is not None:
            stimuli["levels"] = _numbers(levels)
        content = {
            "study": {"name": slug, "title": title, "method": method, "preset": name},
            "stimuli": stimuli,
        }
        return design_from(content)
    except JndError as error:
        raise typer.BadParameter(str(error)) from None


def _numbers(text: str) -> list[float]:
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        raise typer.BadParameter(
            f"must be numbers parted by commas, got {text}", param_hint="--levels"
        ) from None


def _make(design: Any, sources: dict[str, Path], folder: Path, workers: int | None, *, quiet: bool) -> int:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from jnd.study.stimuli import make_stimuli
    from jnd.workers import available_cores

    console = Console(stderr=True)
    count = 0
    with Progress(
        TextColumn("Making stimuli"), BarColumn(), MofNCompleteColumn(), console=console, transient=True,
        disable=quiet or not console.is_terminal,
    ) as progress:  # fmt: skip
        task = progress.add_task("", total=len(sources))
        for made in make_stimuli(design, sources, folder, workers=workers or available_cores()):
            count += len(made.stimuli)
            progress.advance(task)
    return count
