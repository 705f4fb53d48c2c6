"""``jnd distort``: pictures changed in a named way, at a level or at so many JND."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from jnd.cli.refusal import or_usage_error
from jnd.cli.viewing_options import Viewing, conditions_of

if TYPE_CHECKING:
    from jnd.distortions.distortion import Pixels
    from jnd.observer import Observer

Steps = tuple[tuple[str, float], ...]

USUAL_LEVEL = 0.5
"""Where no level is given."""
WIDE = 150


@dataclass(frozen=True, slots=True)
class _Job:
    source: Path
    steps: Steps
    label: str
    target: Path


def distort(
    sources: Annotated[
        list[Path] | None,
        typer.Argument(metavar="PICTURE...", help="Pictures to change.", show_default=False),
    ] = None,
    kinds: Annotated[
        list[str] | None,
        typer.Option(
            "--kind",
            "-k",
            metavar="NAME[:LEVEL][,...]",
            help="A distortion and its level, 0 to 1; several with commas are done one after the other. Give the option "
            "again for more versions of each picture, or `all` for one of each kind.",
            show_default=False,
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FOLDER", help="Where the PNG files go.", show_default=False),
    ] = None,
    seed: Annotated[int, typer.Option(metavar="N", help="Decides what is drawn at random.", min=0)] = 0,
    jnd: Annotated[
        float | None,
        typer.Option(
            "--jnd",
            metavar="X",
            help="Search for the level at which the observer says X JND. Given levels then are in proportion.",
            show_default=False,
        ),
    ] = None,
    viewing: Viewing = "standard_fhd",
    protocol: Annotated[str, typer.Option(metavar="NAME", help="The task that JND speak of.")] = "aic3",
    listing: Annotated[bool, typer.Option("--list", help="List the distortions and leave.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object per picture (or distortion) on standard output.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
) -> None:
    """Change pictures in a known way: blur, noise, JPEG, warps, edits, …

    Files are PNG, in sRGB of 8 bits, and named after what was done. The same seed makes the same files.

    **Exit status:** 0 when everything was written, 1 when a picture could not be read or written or is not X JND away
    at any level, 2 when the command was not understood.
    """
    from jnd.observer import protocol_named

    if listing:
        _list(as_json=as_json)
        return
    if not sources:
        raise typer.BadParameter("name at least one picture, or --list", param_hint="PICTURE")
    if not kinds:
        raise typer.BadParameter("name at least one distortion; --list shows them", param_hint="--kind")
    if output is None:
        raise typer.BadParameter("name the folder for the results", param_hint="-o")
    if jnd is not None and not 0 < jnd < float("inf"):
        raise typer.BadParameter(f"must be above 0, got {jnd}; 1 is just noticeable", param_hint="--jnd")
    conditions = conditions_of(viewing)
    or_usage_error(lambda: protocol_named(protocol), "--protocol")
    recipes = or_usage_error(lambda: _recipes(kinds, 1.0 if jnd is not None else USUAL_LEVEL), "--kind")
    jobs = or_usage_error(lambda: _jobs(sources, recipes, output, jnd), "-o")
    output.mkdir(parents=True, exist_ok=True)
    failed = False
    opened: dict[Path, tuple[Pixels, Observer] | None] = {}
    for job in jobs:
        if job.source not in opened:
            opened = {job.source: _opened(job.source, conditions, protocol)}
        found = opened[job.source]
        fields = None if found is None else _written(job, found[0], found[1], seed, jnd)
        if fields is None:
            failed = True
            continue
        failed |= not fields["reached"]
        fields |= {"protocol": protocol, "viewing": viewing}
        if as_json:
            typer.echo(json.dumps(fields))
        elif not quiet:
            typer.echo(_line(fields), err=True)
    if failed:
        raise typer.Exit(1)


def _recipes(kinds: list[str], usual: float) -> list[Steps]:
    from jnd._lookup import lookup
    from jnd.distortions import DISTORTIONS

    recipes: list[Steps] = []
    for kind in kinds:
        if kind == "all" or kind.startswith("all:"):
            level = _level(kind, kind.partition(":")[2], usual)
            recipes += [((name, level),) for name in DISTORTIONS]
            continue
        steps = []
        for part in kind.split(","):
            name, _, level_text = part.strip().partition(":")
            lookup(DISTORTIONS, name, kind="distortion")
            steps.append((name, _level(part, level_text, usual)))
        recipes.append(tuple(steps))
    return recipes


def _level(part: str, text: str, usual: float) -> float:
    if not text and ":" not in part:
        return usual
    try:
        level = float(text)
    except ValueError:
        level = float("nan")
    if not 0 <= level <= 1:
        raise ValueError(f'the level in "{part.strip()}" must be a number from 0 (nothing) to 1 (strongest)')
    return level


def _jobs(sources: list[Path], recipes: list[Steps], output: Path, jnd: float | None) -> list[_Job]:
    if output.exists() and not output.is_dir():
        raise ValueError(f"{output} is a file; name a folder")
    taken: dict[Path, Path] = {}
    originals = {source.resolve() for source in sources}
    jobs = []
    for source in sources:
        for steps in recipes:
            label = "+".join(name if jnd is not None else f"{name}-{level:g}" for name, level in steps)
            suffix = f"_{jnd:g}jnd" if jnd is not None else ""
            target = output / f"{source.stem}_{label}{suffix}.png"
            if target.resolve() in originals:
                raise ValueError(f"{target} is a source, which is never changed; name another folder")
            if target in taken:
                raise ValueError(
                    f"{source} and {taken[target]} would both become {target}; do them in two folders, or once"
                )
            taken[target] = source
            jobs.append(_Job(source, steps, label, target))
    return jobs


def _opened(source: Path, conditions: Any, protocol: str) -> "tuple[Pixels, Observer] | None":
    import numpy as np

    from jnd.errors import JndError
    from jnd.observer import Observer
    from jnd.picture import read_picture, seen
    from jnd.picture.colour import in_8_bits

    try:
        pixels: Pixels = in_8_bits(seen(read_picture(source))).astype(np.uint8)
        return pixels, Observer(pixels, conditions, protocol)
    except (JndError, ValueError, OSError) as error:
        typer.echo(f"Error: {source}: {error}", err=True)
        return None


def _written(
    job: _Job, pixels: "Pixels", observer: "Observer", seed: int, jnd: float | None
) -> dict[str, Any] | None:
    from jnd.distortions import DISTORTIONS, distort_sequence, level_of_jnd
    from jnd.errors import JndError
    from jnd.picture import Picture, write_picture

    factor, reached = 1.0, True
    if jnd is None:
        changed = distort_sequence(pixels, job.steps, seed)
    else:
        found = level_of_jnd(
            lambda share: distort_sequence(
                pixels, [(name, share * level) for name, level in job.steps], seed
            ),
            observer,
            jnd,
        )
        changed, factor, reached = found.pixels, found.level, found.reached
    sight = observer.look(changed)
    try:
        write_picture(Picture(changed), job.target, overwrite=True)
    except (JndError, ValueError, OSError) as error:
        typer.echo(f"Error: {job.target}: {error}", err=True)
        return None
    if not reached:
        typer.echo(
            f"Error: {job.target}: at its strongest it is {sight.jnd:.2f} JND away, not {jnd:g}", err=True
        )
    return {
        "source": str(job.source),
        "output": str(job.target),
        "steps": [
            {
                "name": name,
                "level": factor * level,
                "parameter": DISTORTIONS[name].axis.parameter,
                "value": DISTORTIONS[name].axis.value(factor * level),
            }
            for name, level in job.steps
        ],
        "seed": seed,
        "jod": sight.jod,
        "jnd": sight.jnd,
        "target_jnd": jnd,
        "reached": reached,
    }


def _line(fields: dict[str, Any]) -> str:
    steps = ", ".join(
        f"{step['name']} {step['level']:.3g} ({step['value']:.3g}: {step['parameter']})"
        for step in fields["steps"]
    )
    return f"{Path(fields['source']).name}  {steps}  {fields['jnd']:.2f} JND → {fields['output']}"


def _list(*, as_json: bool) -> None:
    from rich.console import Console
    from rich.table import Table

    from jnd.distortions import DISTORTIONS

    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=WIDE)
    table = Table(box=None, padding=(0, 2, 0, 0))
    for title in ("Name", "Group", "Level 0 to 1 is", "From", "To", "Seed decides", "BAPPS"):
        table.add_column(title, overflow="fold", no_wrap=title == "Name")
    for entry in DISTORTIONS.values():
        axis = entry.axis
        if as_json:
            fields = {
                "name": entry.name,
                "title": entry.title,
                "group": entry.group,
                "parameter": axis.parameter,
                "at_zero": axis.at_zero,
                "at_one": axis.at_one,
                "exponent": axis.exponent,
                "logarithmic": axis.logarithmic,
                "drawn": entry.drawn,
                "bapps": entry.bapps,
            }
            typer.echo(json.dumps(fields))
            continue
        table.add_row(
            entry.name,
            entry.group,
            axis.parameter,
            f"{axis.at_zero:g}",
            f"{axis.at_one:g}",
            entry.drawn,
            entry.bapps or "",
        )
    if not as_json:
        console.print(table)
