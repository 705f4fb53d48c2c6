"""``jnd evaluate``: how well metrics agree with people, and models with labels."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from jnd.cli.evaluate_model import evaluate_model
from jnd.cli.group import CommandGroup

if TYPE_CHECKING:
    from jnd.evaluation import MetricEvaluation

evaluate_app = typer.Typer(
    cls=CommandGroup,
    rich_markup_mode="markdown",
    no_args_is_help=True,
    help="Check metrics against people's answers, and learned models against labels.",
)


@evaluate_app.callback()
def evaluate() -> None:
    """Check metrics against people's answers, and learned models against labels."""


evaluate_app.command("model", no_args_is_help=True)(evaluate_model)


@evaluate_app.command("metric", no_args_is_help=True)
def metric(
    dataset: Annotated[
        str,
        typer.Argument(
            metavar="DATASET",
            help="toyama, mucped23, aic4 (published scores), tid2013, kadid-10k, csiq, live, pipal, bapps-2afc or bapps-jnd.",
            show_default=False,
        ),
    ],
    names: Annotated[
        str, typer.Option("--metric", metavar="NAME,…", help="Metrics to evaluate, separated by commas.")
    ] = "all",
    root: Annotated[
        Path | None,
        typer.Option(
            "--root",
            metavar="FOLDER",
            help="Where the data set lies.",
            envvar="JND_DATASETS",
            show_default=False,
        ),
    ] = None,
    curve: Annotated[
        str,
        typer.Option(
            metavar="NAME", help="Fitted before PLCC and RMSE: logistic5, or logistic4, which is monotone."
        ),
    ] = "logistic5",
    resamples: Annotated[
        int, typer.Option(min=50, metavar="N", help="Of the bootstrap over pictures.")
    ] = 1000,
    seed: Annotated[int, typer.Option(metavar="N", help="Of the bootstrap.")] = 0,
    max_pictures: Annotated[
        int | None,
        typer.Option(min=2, metavar="N", help="mucped23: take this many pictures.", show_default="all"),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False,
) -> None:
    """Correlations of metrics with people's scores, with 95 % intervals, and which metrics differ.

    **Exit status:** 0 when there is a table, 1 when the data set cannot be read, 2 when the command was not
    understood.
    """
    from jnd.errors import UnknownNameError
    from jnd.evaluation import evaluate_metrics

    if root is None:
        raise typer.BadParameter("say where the data set lies, or set JND_DATASETS", param_hint="--root")
    if curve not in ("logistic4", "logistic5"):
        raise typer.BadParameter(f'must be logistic4 or logistic5, got "{curve}"', param_hint="--curve")
    chosen = None if names == "all" else [name.strip() for name in names.split(",") if name.strip()]
    if chosen == []:
        raise typer.BadParameter("must name a metric, or all", param_hint="--metric")
    show = not quiet and not as_json and sys.stderr.isatty()

    def progress(done: int, count: int) -> None:
        if show:
            typer.echo(f"\r{done} of {count} comparisons", err=True, nl=done == count)

    try:
        result = evaluate_metrics(
            dataset,
            root,
            chosen,
            curve="logistic4" if curve == "logistic4" else "logistic5",
            resamples=resamples,
            seed=seed,
            max_pictures=max_pictures,
            progress=progress,
        )
    except UnknownNameError as error:
        raise typer.BadParameter(str(error)) from None
    typer.echo(json.dumps(asdict(result)) if as_json else table(result))


def table(result: "MetricEvaluation") -> str:
    """The result as text."""
    lines = [
        f"{result.dataset}: {result.stimuli} stimuli, {result.sources} pictures resampled for the intervals"
    ]
    if result.scores:
        lines += [f"{name:18} {score:.4f}" for name, score in result.scores.items()]
        return "\n".join(lines)
    lines.append(f"{'':18} {'SROCC':22} {'PLCC':22} {'KROCC':>6} {'RMSE':>9} {'outliers':>8}")
    best = sorted(result.agreement.items(), key=lambda item: -item[1].srocc.value)
    for name, a in best:
        outliers = "–" if a.outlier_ratio is None else f"{a.outlier_ratio:.3f}"
        cells = [f"{e.value:6.3f} [{e.low:.3f}, {e.high:.3f}]" for e in (a.srocc, a.plcc)]
        lines.append(f"{name:18} {cells[0]:22} {cells[1]:22} {a.krocc:6.3f} {a.rmse:9.4g} {outliers:>8}")
    apart = [d for d in result.differences if d.significant]
    lines.append(
        f"{len(apart)} of {len(result.differences)} differences of SROCC are significant (95 % together, Bonferroni)"
    )
    lines += [
        f"  {d.first} − {d.second}: {d.difference.value:+.3f} [{d.difference.low:+.3f}, {d.difference.high:+.3f}]"
        for d in apart
    ]
    return "\n".join(lines)
