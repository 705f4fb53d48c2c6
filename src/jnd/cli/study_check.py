"""``jnd study check``: what a study will be, before anybody takes part."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from jnd.cli.study import study_app


@study_app.command("check")
def check(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The study.", show_default=False)],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
) -> None:
    """Check study.toml and the stimuli, and show what a session will be and what its answers can show.

    **Exit status:** 0 when the study can run, 1 when something is wrong with it.
    """
    from jnd.errors import JndError
    from jnd.study.design import read_design
    from jnd.study.design_table import frame_rows, power_rows, study_figures
    from jnd.study.methods import STUDY_METHODS
    from jnd.study.stimuli import read_manifest, viewing_of
    from jnd.study.texts import check_texts

    try:
        design = read_design(folder)
        manifest = read_manifest(folder)
        viewing = viewing_of(design)
        check_texts(folder)
    except (JndError, ValueError) as error:
        typer.echo(f"Error: {error}", err=True)
        raise typer.Exit(1) from None
    method = STUDY_METHODS[design.study.method]
    problems = method.problems(design, manifest)
    for problem in problems:
        typer.echo(f"Error: {folder}: {problem}", err=True)
    if problems:
        raise typer.Exit(1)
    content: dict[str, Any] = {
        "study": design.study.name,
        "version": design.study.version,
        "method": method.name,
        "follows": method.follows,
        "verified": design.study.verified,
        "pixels_per_degree": viewing.pixels_per_degree,
        "session": study_figures(design, manifest).to_json(),
        "frames": frame_rows(design) if method.name in ("flicker", "flicker-slider", "btc") else [],
        "power": power_rows() if method.guess_rate == 0.5 and method.searches else [],
    }
    if as_json:
        typer.echo(json.dumps(content))
    else:
        _print(content, str(viewing))


def _print(content: dict[str, Any], viewing: str) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False, markup=False, emoji=False)
    session = content["session"]
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    rows = {
        "Study": f"{content['study']}, version {content['version']}: {content['method']}",
        "Follows": content["follows"]
        + ("" if content["verified"] else " (values not confirmed in the standard's text)"),
        "Viewing": viewing,
        "Pictures": f"{session['pictures']} with {session['stimuli']} stimuli in {session['series']} series",
        "A session": f"{session['practice']} practice and {session['trials']} trials ({session['catches']} catch, "
        f"{session['repeats']} repeats), about {session['minutes']:.0f} minutes",
        "Per series": f"{session['answers_per_series']} answers of each observer, at most",
    }
    for name, text in rows.items():
        table.add_row(name, text)
    console.print(table)
    if content["frames"]:
        console.print("\nA phase in display frames")
        frames = Table(box=None, padding=(0, 2, 0, 0))
        for name in ("Hz", "frames", "real ms"):
            frames.add_column(name, justify="right")
        for row in content["frames"]:
            frames.add_row(str(row["refresh_hz"]), str(row["frames"]), f"{row['phase_ms']:.1f}")
        console.print(frames)
    if content["power"]:
        console.print("\nForced choice at one level: what so many answers can show (exact, one-sided 5 %)")
        power = Table(box=None, padding=(0, 2, 0, 0))
        for name in (
            "answers",
            "lossless if right at most",
            "seen if right at least",
            "95 % interval at 0.75",
        ):
            power.add_column(name, justify="right")
        for row in content["power"]:
            power.add_row(
                str(row["trials"]),
                _or_never(row["lossless_at_most"]),
                _or_never(row["seen_at_least"]),
                f"{row['low_at_75']:.2f} to {row['high_at_75']:.2f}",
            )
        console.print(power)


def _or_never(value: int | None) -> str:
    return "never" if value is None else str(value)
