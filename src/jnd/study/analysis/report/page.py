"""The page of a study's results."""

from html import escape
from importlib.resources import files
from pathlib import Path
from string import Template

import jnd
from jnd.picture.writing import write_bytes_atomically
from jnd.psychometrics.analysis.results import Result
from jnd.report.page import asset, head_markup
from jnd.report.words import plural, printable
from jnd.study.analysis.report.picture_markup import interval, number, plain_table, section


def write_report(result: Result, path: Path) -> None:
    """Write the page of the results; an earlier one is replaced.

    Raises
    ------
    OSError
        It cannot be written. What was at ``path`` is as before.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    write_bytes_atomically(path, report(result).encode())


def report(result: Result) -> str:
    """The page as HTML."""
    style = asset("report.css") + files("jnd.study.analysis.report").joinpath("page.css").read_text("utf-8")
    title = result["title"] or result["study"] or "Study"
    template = files("jnd.study.analysis.report").joinpath("page.html").read_text("utf-8")
    return Template(template).substitute(
        head=head_markup(escape(printable(title)), style),
        version=jnd.__version__,
        title=escape(printable(title)),
        subtitle=escape(_subtitle(result)),
        warnings="".join(f'<p class="warning">{escape(note)}</p>' for note in result["notes"]),
        totals=_totals(result),
        confidence=f"{result['confidence']:.0%}".replace("%", " %"),
        summary=_summary(result),
        comparison=_comparison(result["comparison"]),
        exclusion=_exclusion(result["exclusion"]),
        sections="\n".join(section(p, i) for i, p in enumerate(result["pictures"]) if p["trials"]),
    )


def _subtitle(result: Result) -> str:
    parts = [
        "Answers of simulated observers" if result["simulated"] else "Answers of people",
        ", ".join(result["methods"]),
    ]
    if result["version"] is not None:
        parts.append(f"version {result['version']} of the design")
    if result["snapshot"]:
        parts.append(f"database read {result['snapshot'][:16].replace('T', ' ')} UTC")
    return " · ".join(parts)


def _totals(result: Result) -> str:
    excluded = result["exclusion"]
    totals = [
        ("Observers", str(result["observers"])),
        ("Sessions", str(result["sessions"])),
        ("Answers", f"{_grouped(result['answers'])}, of which {_grouped(result['scored'])} scored"),
        (
            "Left out by rules",
            plural(len(excluded["excluded_sessions"]), "session")
            + f", {plural(excluded['excluded_answers'], 'answer')}",
        ),
    ]
    if result["pixels_per_degree"]:
        totals.append(("Pixels per degree", f"{result['pixels_per_degree']['median']:.1f}"))
    if result["response_time_ms"]:
        totals.append(("Median answer time", f"{result['response_time_ms']['median'] / 1000:.1f} s"))
    return "".join(f"<div><dt>{escape(k)}</dt><dd>{escape(v)}</dd></div>" for k, v in totals)


def _grouped(count: int) -> str:
    return f"{count:,}".replace(",", "\N{THIN SPACE}")


def _summary(result: Result) -> str:
    differs = any(p.get("with_excluded") for p in result["pictures"])
    head = ["Picture", "Method", "Threshold (level) and interval", "Setting", "Trials", "Observers"]
    head += ["With excluded"] if differs else []
    rows = []
    for i, picture in enumerate(result["pictures"]):
        name = escape(printable(picture["name"]))
        cells = [
            f'<a href="#p{i}"><bdi>{name}</bdi></a>' if picture["trials"] else f"<bdi>{name}</bdi>",
            escape(picture["method"]),
            escape(interval(picture)),
            "" if picture.get("setting") is None else number(picture["setting"]),
            str(picture["trials"]),
            str(picture.get("observers", "")),
        ]
        if differs:
            cells.append(escape(interval(picture["with_excluded"])) if picture.get("with_excluded") else "")
        rows.append("<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>")
    top = "".join(f'<th scope="col">{cell}</th>' for cell in head)
    return f'<div class="scroll"><table class="plain"><thead><tr>{top}</tr></thead><tbody>{"".join(rows)}</tbody></table></div>'


def _comparison(comparison: Result | None) -> str:
    if comparison is None:
        return ""
    rows = []
    for key, name in (("single_stimulus", "Single stimulus (ACR)"), ("quality_ruler", "Quality ruler")):
        found = comparison[key]
        shift = found["shift_of_shared_pictures_jnd"]
        rows.append(
            (
                name,
                number(found["interval_width_jnd"], 3),
                "not measured"
                if shift is None
                else f"{shift['mean']:+.2f} (mean of |shift| {shift['mean_absolute']:.2f})",
                number(found["trials_per_interval_of_1_jnd"], 3),
                str(found["stimuli"]),
            )
        )
    head = (
        "Method",
        "Interval width, JND",
        "Shift of shared pictures between sets, JND",
        "Trials per interval of 1 JND",
        "Pictures",
    )
    text = (
        f"Both methods judged the same pictures. Ratings are put into JND by the line through both scores "
        f"({comparison['single_stimulus']['rating_per_jnd']:.3g} categories per JND, {comparison['single_stimulus']['calibrated_on']})."
    )
    return f"<h2>Single stimulus against quality ruler</h2><p>{escape(text)}</p>{plain_table(head, rows)}"


def _exclusion(exclusion: Result) -> str:
    rules = ", ".join(f"{key} = {value:g}" for key, value in exclusion["rules"].items()) or "none"
    words = (
        "declared by the study"
        if exclusion["declared"]
        else "the defaults; no study declared them, so nothing is left out"
    )
    text = f"<h2>Exclusion</h2><p>Rules ({escape(words)}): {escape(rules)}.</p>"
    if not exclusion["flags"]:
        return text + "<p>No session broke a rule.</p>"
    rows = [
        (printable(f["session"]), f["rule"], f["reason"], f"{f['value']:.3g}", f"{f['limit']:.3g}")
        for f in exclusion["flags"]
    ]
    return text + plain_table(("Session", "Rule", "Found", "Value", "Limit"), rows)
