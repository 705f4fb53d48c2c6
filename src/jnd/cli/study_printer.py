"""What ``jnd study analyze`` prints for people: tables on standard output, remarks on standard error."""

from typing import Any

import typer

Result = dict[str, Any]


def print_study(result: Result) -> None:
    """Print the results of :func:`jnd.study.analysis.analyse_study`."""
    if result["simulated"]:
        typer.echo("SIMULATION: programs answered, not people.")
    typer.echo(
        f"{result['title'] or result['study'] or 'Answers'}: {result['observers']} observers, {result['sessions']} sessions, "
        f"{result['answers']} answers, {result['scored']} of them scored"
    )
    scored = [p for p in result["pictures"] if p["method"] in ("acr", "dcr")]
    others = [p for p in result["pictures"] if p not in scored]
    differs = any(p.get("with_excluded") for p in result["pictures"])
    if others:
        head = [
            "picture",
            "method",
            "threshold",
            "low",
            "high",
            "setting",
            "75 % see none",
            "trials",
            "observers",
        ]
        typer.echo(f"Threshold: distortion level, {result['confidence']:.0%} intervals")
        _table(
            head + (["with excluded"] if differs else []),
            [_threshold_row(p, differs=differs) for p in others],
        )
    if scored:
        typer.echo(f"Opinion scores, {result['confidence']:.0%} intervals")
        rows = [
            [
                p["name"],
                p["method"],
                _number(s["level"]),
                f"{s['score']:.2f}",
                _number(s["low"]),
                _number(s["high"]),
                str(s["votes"]),
            ]
            for p in scored
            for s in p["stimuli"]
        ]
        _table(["picture", "method", "level", "score", "low", "high", "votes"], rows)
    _rulers(others)
    _ratios(others)
    _comparison(result["comparison"])
    exclusion = result["exclusion"]
    for flag in exclusion["flags"]:
        word = "excluded" if exclusion["declared"] else "flagged"
        typer.echo(f"{word}: session {flag['session']}: {flag['rule']}: {flag['reason']}", err=True)
    if exclusion["excluded_answers"]:
        typer.echo(
            f"{exclusion['excluded_answers']} answers left out by the study's rules; none deleted", err=True
        )
    for note in result["notes"]:
        typer.echo(f"Note: {note}", err=True)
    for picture in result["pictures"]:
        for note in picture.get("notes", []):
            typer.echo(f"Note: {picture['name']}: {note}", err=True)


def _threshold_row(p: Result, *, differs: bool) -> list[str]:
    bound = p.get("bound")
    threshold = "none"
    if p["threshold"] is not None:
        threshold = _number(p["threshold"])
    elif bound:
        threshold = f"{'<' if bound['side'] == 'below' else '>'} {_number(bound['setting'])}"
    known = p["threshold"] is not None
    people = p.get("distribution")
    row = [
        p["name"], p["method"], threshold, _number(p["low"]) if known else "", _number(p["high"]) if known else "",
        "" if p.get("setting") is None else _number(p["setting"]),
        "" if not people else _number(people["sur75"]["level"]), str(p["trials"]), str(p.get("observers", "")),
    ]  # fmt: skip
    if differs:
        other = p.get("with_excluded")
        row.append("" if other is None or other["threshold"] is None else _number(other["threshold"]))
    return row


def _rulers(pictures: list[Result]) -> None:
    rulers = [p for p in pictures if p["method"] == "quality-ruler" and p.get("stimuli")]
    if not rulers:
        return
    typer.echo("Quality on the ruler (SQS2, JND)")
    _table(
        ["picture", "level", "SQS2", "low", "high", "observers"],
        [
            [
                p["name"],
                _number(s["level"]),
                f"{s['sqs2']:.2f}",
                _number(s["low"]),
                _number(s["high"]),
                str(s["observers"]),
            ]
            for p in rulers
            for s in p["stimuli"]
        ],
    )


def _ratios(pictures: list[Result]) -> None:
    rows = [
        [
            p["name"], _number(r["level"]), f"{r['right']}/{r['trials']}", f"{r['proportion']:.3f}",
            f"{r['low']:.3f}", f"{r['high']:.3f}", r["verdict"],
        ]
        for p in pictures
        for r in p.get("detection_ratio", [])
    ]  # fmt: skip
    if rows:
        typer.echo("Detection ratio: pass is visually lossless shown (p ≤ 0.75 at 5 %), fail the contrary")
        _table(["picture", "level", "right", "ratio", "low", "high", "verdict"], rows)


def _comparison(comparison: Result | None) -> None:
    if comparison is None:
        return
    typer.echo("Single stimulus against quality ruler, in JND")
    rows = []
    for key in ("single_stimulus", "quality_ruler"):
        found = comparison[key]
        shift = found["shift_of_shared_pictures_jnd"]
        rows.append(
            [
                key.replace("_", " "), _number(found["interval_width_jnd"]),
                "" if shift is None else f"{shift['mean']:+.2f}", "" if shift is None else f"{shift['mean_absolute']:.2f}",
                _number(found["trials_per_interval_of_1_jnd"]),
            ]
        )  # fmt: skip
    _table(
        ["method", "interval width", "shift of shared", "mean |shift|", "trials per interval of 1 JND"], rows
    )


def _number(value: float | None) -> str:
    return "open" if value is None else f"{value:.4g}"


def _table(header: list[str], rows: list[list[str]]) -> None:
    widths = [max(len(row[i]) for row in [header, *rows]) for i in range(len(header))]
    for row in [header, *rows]:
        cells = [
            c.ljust(w) if i == 0 else c.rjust(w) for i, (c, w) in enumerate(zip(row, widths, strict=True))
        ]
        typer.echo("  ".join(cells).rstrip())
