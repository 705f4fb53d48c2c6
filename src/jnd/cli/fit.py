"""``jnd fit``: people's answers to thresholds, satisfied-user curves, scores or scales, with intervals."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer


def fit(
    answers: Annotated[
        list[Path],
        typer.Argument(
            metavar="ANSWERS",
            help="CSV of answers, jsPsych JSON, or a table of a known data set; two files for boosted and plain "
            "AIC-3 triplets.",
            show_default=False,
        ),
    ],
    method: Annotated[
        str | None,
        typer.Option(
            "--method",
            "-m",
            metavar="NAME",
            help="Seen or not: ml, posterior. JND samples: normal, logistic, weibull, gumbel, gev, auto, empirical, "
            "mixture. Ratings: p910, mos, bt500, p913, p913-screened, z-scores. Pairs: thurstone, bradley-terry. "
            "Triplets: aic3, aic3-monotone. The first of its kind is the default.",
            show_default=False,
        ),
    ] = None,
    function: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="Psychometric function: normal, logistic, weibull, gumbel, reversed_gumbel or hyperbolic_secant.",
        ),
    ] = "normal",
    layout: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="Layout of the file: auto, answers, jspsych, aic3, konjnd1k, mcl-jci, videoset, bapps, pairs, matrix.",
        ),
    ] = "auto",
    guess: Annotated[
        str,
        typer.Option(
            metavar="RATE",
            help="Chance of a right answer without seeing: a number, free, or auto (0.5 for forced choice of two).",
        ),
    ] = "auto",
    falling: Annotated[
        bool,
        typer.Option("--falling", help="The level falls with the distortion, as a JPEG quality does."),
    ] = False,
    only: Annotated[
        str | None,
        typer.Option(
            metavar="METHOD", help="Take the answers of this protocol only, where a table has several."
        ),
    ] = None,
    satisfied: Annotated[
        float, typer.Option(metavar="SHARE", help="Share of people who notice nothing at the level printed.")
    ] = 0.75,
    confidence: Annotated[float, typer.Option(metavar="SHARE", help="Of the intervals.")] = 0.95,
    resamples: Annotated[int, typer.Option(min=50, metavar="N", help="Of bootstraps.")] = 1000,
    seed: Annotated[int, typer.Option(metavar="N", help="Of bootstraps.")] = 0,
    per_observer: Annotated[
        bool, typer.Option("--per-observer", help="Thresholds of each observer too.")
    ] = False,
    plot: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Draw the curves with data and bands (PNG, PDF or SVG).", show_default=False
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
) -> None:
    """People's answers to thresholds with intervals.

    The kind of answers is told by the columns: seen or not per trial (or counts per level), the level at which
    each person first noticed, ratings (stimuli in rows, observers in columns), pairs, or AIC-3 triplets.
    Answers are never deleted; what was left out is said.

    **Exit status:** 0 when there is a result, 1 when the answers give none, 2 when the command was not
    understood.
    """
    from jnd.cli.fit_printer import print_result
    from jnd.datasets.pairs import pairs_of_matrix
    from jnd.datasets.reader import read
    from jnd.errors import UnknownNameError
    from jnd.psychometrics.analysis import METHODS, analyse
    from jnd.psychometrics.answer_tables import RatingTable
    from jnd.psychometrics.psychometric_function import sigmoid

    guess_rate = _guess_rate(guess)
    for value, name in ((satisfied, "--satisfied"), (confidence, "--confidence")):
        if not 0 < value < 1:
            raise typer.BadParameter(f"must lie between 0 and 1, got {value:g}", param_hint=name)
    if plot is not None:
        check_plot(plot)
    try:
        sigmoid(function)
        if method is not None and method not in METHODS:
            from jnd._lookup import lookup

            lookup(METHODS, method, kind="method of jnd fit")
        table = read(answers, layout=layout, guess_rate=guess_rate, falling=falling, method=only)
        if isinstance(table, RatingTable) and method in ("thurstone", "bradley-terry"):
            table = pairs_of_matrix(table)
        result = analyse(
            table,
            method=method,
            function=function,
            confidence=confidence,
            satisfied=satisfied,
            resamples=resamples,
            seed=seed,
            per_observer=per_observer,
            curves=plot is not None,
        )
    except UnknownNameError as error:
        raise typer.BadParameter(str(error)) from None
    if as_json:
        typer.echo(json.dumps({"source": str(answers[0])} | result, ensure_ascii=False, allow_nan=False))
    else:
        print_result(result)
    if plot is not None:
        from jnd.cli.fit_plot import draw

        draw(result, plot)
        typer.echo(f"drawn: {plot}", err=True)
    raise typer.Exit(0 if _has_result(result) else 1)


def _guess_rate(text: str) -> float | str:
    if text in ("auto", "free"):
        return text
    try:
        value = float(text)
    except ValueError:
        raise typer.BadParameter(
            f'must be a number, auto or free, got "{text}"', param_hint="--guess"
        ) from None
    if not 0 <= value < 1:
        raise typer.BadParameter(f"must be from 0 to below 1, got {value:g}", param_hint="--guess")
    return value


def check_plot(path: Path) -> None:
    """Raise a usage error unless a figure can be drawn to ``path``."""
    if path.suffix.lower() not in (".png", ".pdf", ".svg"):
        raise typer.BadParameter(f'draws PNG, PDF or SVG, got "{path.name}"', param_hint="--plot")
    if not path.parent.is_dir():
        raise typer.BadParameter(f"no such folder: {path.parent}", param_hint="--plot")
    try:
        import matplotlib  # noqa: F401, ICN001
    except ImportError:
        raise typer.BadParameter('needs matplotlib: pip install "jnd[plot]"', param_hint="--plot") from None


def _has_result(result: dict[str, Any]) -> bool:
    pictures = result.get("pictures")
    if pictures is None:
        return True
    return any(p.get("threshold") is not None or p.get("items") or p.get("components") for p in pictures)
