"""What ``jnd fit`` prints for people: a table on standard output, remarks on standard error."""

from typing import Any

import typer

Result = dict[str, Any]


def print_result(result: Result) -> None:
    """Print a result of :mod:`jnd.psychometrics.analysis`."""
    {
        "thresholds": _thresholds,
        "sur": _sur,
        "scores": _scores,
        "triplets": _triplets,
        "scale": _scale,
        "same": _same,
    }[result["kind"]](result)
    for note in result["notes"]:
        typer.echo(f"Note: {note}", err=True)
    for picture in result.get("pictures", []):
        for note in picture.get("notes", []):
            typer.echo(f"Note: {picture['name']}: {note}", err=True)


def _thresholds(result: Result) -> None:
    percent = f"{result['confidence']:.0%}"
    typer.echo(
        f"Threshold ({result['axis']} at which half is detected), {percent} intervals, {result['protocol']}"
    )
    rows = []
    for p in result["pictures"]:
        rows.append([p["name"], *_threshold_cells(p)])
        rows += [[f"  {o['name']}", *_threshold_cells(o)] for o in p.get("per_observer", [])]
    _table(["picture", "threshold", "low", "high", "width", "lapse", "fit p", "trials"], rows)
    methods = {p["interval_method"] for p in result["pictures"] if p.get("interval_method")}
    if methods:
        typer.echo(
            f"{result['function']} function, {result['method']}, intervals: {', '.join(sorted(methods))}",
            err=True,
        )


def _threshold_cells(p: Result) -> list[str]:
    if p["threshold"] is not None:
        return [
            _number(p["threshold"]), _number(p["low"]), _number(p["high"]), _number(p["width"]),
            f"{p['lapse_rate']:.3f}", f"{p['goodness_p']:.2f}", str(p["trials"]),
        ]  # fmt: skip
    bound = p.get("bound")
    if bound:
        sign = "<" if bound["side"] == "below" else ">"
        return [f"{sign} {_number(bound['setting'])}", *[""] * 6]
    return ["none", *[""] * 6]


def _sur(result: Result) -> None:
    typer.echo(
        f"{result['axis']} at which {result['satisfied']:.0%} of people notice nothing, "
        f"{result['confidence']:.0%} intervals over observers, {result['protocol']}"
    )
    if result["method"] == "mixture":
        _table(
            ["picture", "JND", "component", "weight", "mean", "sd"],
            [
                [p["name"], str(p["jnd"]), str(i), f"{c['weight']:.2f}", _number(c["mean"]), _number(c["sd"])]
                for p in result["pictures"]
                for i, c in enumerate(p.get("components", []), start=1)
            ],
        )
        return
    _table(
        ["picture", "JND", "level", "low", "high", "people", "distribution"],
        [
            [
                p["name"], str(p["jnd"]), "none" if p["threshold"] is None else _number(p["threshold"]), _number(p["low"]), _number(p["high"]),
                str(p["observers"]), p.get("distribution", ""),
            ]
            for p in result["pictures"]
        ],
    )  # fmt: skip


def _scores(result: Result) -> None:
    typer.echo(f"Scores by {result['method']}, {result['confidence']:.0%} intervals")
    _table(
        ["stimulus", "score", "low", "high", "votes"],
        [
            [name, f"{s:.3f}", _number(low), _number(high), str(n)]
            for name, s, low, high, n in zip(
                result["stimuli"],
                result["scores"],
                result["low"],
                result["high"],
                result["votes"],
                strict=True,
            )
        ],
    )
    rejected = result["rejected"]
    if rejected:
        names = ", ".join(result["observers"][i] for i in rejected)
        typer.echo(f"Screened out ({len(rejected)} of {len(result['observers'])} observers): {names}")
    elif result["method"] in ("bt500", "p913-screened"):
        typer.echo("Screened out: nobody")


def _triplets(result: Result) -> None:
    typer.echo(f"Distortion in JND, {result['confidence']:.0%} intervals over answers")
    _table(
        ["picture", "codec", "level", "JND", "low", "high"],
        [
            [p["name"], i["codec"], str(i["level"]), f"{i['jnd']:.3f}", _number(i["low"]), _number(i["high"])]
            for p in result["pictures"]
            for i in p["items"]
        ],
    )


def _scale(result: Result) -> None:
    typer.echo(
        f"Scale in {result['unit']} by {result['method']}, {result['confidence']:.0%} intervals: {result['interval_method']}"
    )
    order = sorted(range(len(result["items"])), key=lambda i: -result["scores"][i])
    _table(
        ["item", "score", "low", "high"],
        [
            [
                result["items"][i],
                f"{result['scores'][i]:.3f}",
                _number(result["low"][i]),
                _number(result["high"][i]),
            ]
            for i in order
        ],
    )


def _same(result: Result) -> None:
    typer.echo(
        f'"Same" in {result["same"]:.1%} [{result["low"]:.1%}, {result["high"]:.1%}] of {result["judgements"]} '
        f"judgements of {len(result['pairs'])} pairs"
    )


def _number(value: float | None) -> str:
    return "open" if value is None else f"{value:.4g}"


def _table(header: list[str], rows: list[list[str]]) -> None:
    widths = [max(len(row[i]) for row in [header, *rows]) for i in range(len(header))]
    for row in [header, *rows]:
        cells = [
            cell.ljust(w) if i == 0 else cell.rjust(w)
            for i, (cell, w) in enumerate(zip(row, widths, strict=True))
        ]
        typer.echo("  ".join(cells).rstrip())
