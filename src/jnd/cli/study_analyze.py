"""``jnd study analyze``: answers to thresholds, satisfied users, opinion scores, rulers and scales, with intervals."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from jnd.cli.study import study_app

if TYPE_CHECKING:
    from jnd.study.export.sources import Source

SUFFIXES_OF_REPORTS = (".html", ".htm")


@study_app.command("analyze", no_args_is_help=True)
def analyze_command(
    sources: Annotated[
        list[Path],
        typer.Argument(
            metavar="FOLDER|EXPORT|CSV",
            help="A study's folder, an export of one (folder, CSV or Parquet), or another laboratory's table; several "
            "are analysed together.",
            show_default=False,
        ),
    ],
    report: Annotated[
        Path | None,
        typer.Option(metavar="FILE.html", help="Write a page with tables and curves.", show_default=False),
    ] = None,
    labels: Annotated[
        Path | None,
        typer.Option(metavar="FILE.parquet", help="Write labels for jnd train.", show_default=False),
    ] = None,
    method: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="What another laboratory asked, where its table has no column for it: flicker, acr, …",
            show_default=False,
        ),
    ] = None,
    falling: Annotated[
        bool,
        typer.Option(
            "--falling", help="Another laboratory's level falls with the distortion, as a JPEG quality does."
        ),
    ] = False,
    function: Annotated[
        str, typer.Option(metavar="NAME", help="Psychometric function, as in jnd fit.")
    ] = "normal",
    opinion: Annotated[
        str, typer.Option(metavar="NAME", help="Model of ratings: p910, mos, bt500, p913 or p913-screened.")
    ] = "p910",
    confidence: Annotated[float, typer.Option(metavar="SHARE", help="Of the intervals.")] = 0.95,
    resamples: Annotated[int, typer.Option(min=50, metavar="N", help="Of bootstraps.")] = 1000,
    seed: Annotated[int, typer.Option(metavar="N", help="Of bootstraps.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
) -> None:
    """Answers to thresholds, satisfied users, opinion scores, rulers and scales, with intervals.

    Results are given without what the study's [exclusion] rules leave out, and with it. Nothing is deleted or changed.

    **Exit status:** 0 when there is a result, 1 when the answers give none, 2 when the command was not understood.
    """
    from jnd.errors import UnknownNameError
    from jnd.psychometrics.analysis.ratings import OPINION
    from jnd.psychometrics.psychometric_function import sigmoid
    from jnd.study.analysis import ANALYSES, AnalysisOptions, analyse_study
    from jnd.study.export.sources import read_sources

    if not 0 < confidence < 1:
        raise typer.BadParameter(f"must lie between 0 and 1, got {confidence:g}", param_hint="--confidence")
    if method is not None and method not in ANALYSES:
        raise typer.BadParameter(
            f'must be one of {", ".join(ANALYSES)}, got "{method}"', param_hint="--method"
        )
    if opinion not in OPINION:
        raise typer.BadParameter(
            f'must be one of {", ".join(OPINION)}, got "{opinion}"', param_hint="--opinion"
        )
    if report is not None and report.suffix.lower() not in SUFFIXES_OF_REPORTS:
        raise typer.BadParameter(f'a page ends in .html, got "{report.name}"', param_hint="--report")
    for path in sources:
        if not path.exists():
            raise typer.BadParameter(f"no such file or folder: {path}", param_hint="FOLDER|EXPORT|CSV")
    try:
        sigmoid(function)
        source = read_sources(sources, falling=falling, method=method)
        options = AnalysisOptions(confidence, resamples, seed, function, opinion)
        result = analyse_study(source.answers, source.facts, options)
    except UnknownNameError as error:
        raise typer.BadParameter(str(error)) from None
    if as_json:
        typer.echo(json.dumps(result, ensure_ascii=False, allow_nan=False))
    else:
        from jnd.cli.study_printer import print_study

        print_study(result)
    written = _write(result, source, report, labels)
    for line in written:
        typer.echo(line, err=True)
    raise typer.Exit(0 if _has_result(result) else 1)


def _write(result: dict[str, Any], source: "Source", report: Path | None, labels: Path | None) -> list[str]:

    lines = []
    try:
        if report is not None:
            from jnd.study.analysis.report import write_report

            write_report(result, report)
            lines.append(f"page: {report}")
        if labels is not None:
            from jnd.study.analysis.labels import write_labels

            ppd = result["pixels_per_degree"]
            count = write_labels(
                result, source.references, labels, pixels_per_degree=None if ppd is None else ppd["median"]
            )
            lines.append(f"labels: {labels}, {count} rows")
    except OSError as error:
        typer.echo(f"Error: cannot write {error.filename}: {error.strerror or error}", err=True)
        raise typer.Exit(1) from None
    return lines


def _has_result(result: dict[str, Any]) -> bool:
    return any(p["threshold"] is not None or p.get("stimuli") for p in result["pictures"])
