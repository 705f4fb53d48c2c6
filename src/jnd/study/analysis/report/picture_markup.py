"""One picture of the page: its charts and its table of levels."""

from collections.abc import Sequence
from html import escape

from jnd.psychometrics.analysis.results import Result
from jnd.report.words import printable
from jnd.study.analysis.report.chart import Chart

VERDICT_WORDS = {
    "pass": "lossless shown",
    "fail": "visible shown",
    "undecidable": "undecidable",
}


def number(value: float | None, digits: int = 4) -> str:
    """A number as the page writes it; "open" where an interval has no end."""
    return "open" if value is None else f"{value:.{digits}g}"


def interval(picture: Result) -> str:
    """Threshold with its interval, or why there is none."""
    if picture.get("threshold") is not None:
        return f"{number(picture['threshold'])} [{number(picture['low'])}, {number(picture['high'])}]"
    bound = picture.get("bound")
    if bound:
        return f"{'below' if bound['side'] == 'below' else 'above'} {number(bound['setting'])}"
    return "none"


def section(picture: Result, place: int) -> str:
    """The picture's part of the page."""
    charts = [chart for chart in (_psychometric(picture), _satisfied(picture), _stimuli(picture)) if chart]
    setting = picture.get("setting")
    facts = [
        ("Threshold (level)", interval(picture)),
        ("Setting", "" if setting is None else number(setting)),
        ("Trials", str(picture["trials"])),
        ("Observers", str(picture.get("observers", ""))),
        ("Width", number(picture["width"]) if picture.get("width") else ""),
        ("Lapse rate", f"{picture['lapse_rate']:.3f}" if picture.get("lapse_rate") is not None else ""),
        (
            "Goodness of fit",
            f"p = {picture['goodness_p']:.2f}" if picture.get("goodness_p") is not None else "",
        ),
        ("With excluded", interval(picture["with_excluded"]) if picture.get("with_excluded") else ""),
    ]
    people = picture.get("distribution")
    if people:
        sur = people["sur75"]
        facts.append(
            (
                "Mean over people",
                f"{number(people['mean'])}, sd {number(people['sd'])}, n = {people['people']}",
            )
        )
        facts.append(
            ("75 % see nothing", f"{number(sur['level'])} [{number(sur['low'])}, {number(sur['high'])}]")
        )
    shown = "".join(f"<div><dt>{escape(k)}</dt><dd>{escape(v)}</dd></div>" for k, v in facts if v)
    notes = "".join(f"<li>{escape(note)}</li>" for note in picture.get("notes", []))
    remarks = f'<ul class="remarks">{notes}</ul>' if notes else ""
    return (
        f'<section class="picture" id="p{place}"><h3><bdi>{escape(printable(picture["name"]))}</bdi> '
        f"<small>{escape(picture['method'])}</small></h3>"
        f'<div class="charts">{"".join(charts)}</div><dl class="facts">{shown}</dl>'
        f"{remarks}{_table(picture)}</section>"
    )


def _psychometric(picture: Result) -> str:
    points = picture.get("detection_ratio") or picture.get("said_different")
    if not points:
        return ""
    forced = "detection_ratio" in picture
    levels = [row["level"] for row in points]
    chart = Chart(
        (min(levels), max(levels)), (0.0, 1.0), x_name="distortion level (larger is worse)",
        y_name="right" if forced else "said different", percent=True,
        label=f"{picture['name']}: share of answers over level; threshold {interval(picture)}",
    )  # fmt: skip
    curve = picture.get("curve")
    if curve:
        chart.band(curve["setting"], curve["low"], curve["high"])
        chart.line(list(zip(curve["setting"], curve["p"], strict=True)))
    if forced:
        chart.horizontal(0.75, "75 % right")
    most = max(row["trials"] for row in points)
    for row in points:
        share = f"{row['right']} of {row['trials']} right, {VERDICT_WORDS[row['verdict']]}" if forced else (
            f"{row['different']} of {row['trials']} different"
        )  # fmt: skip
        chart.point(row["level"], row["proportion"], f"level {number(row['level'])}: {share}", low=row["low"], high=row["high"],
                    radius=2 + 3.5 * (row["trials"] / most) ** 0.5, kind=row.get("verdict", ""))  # fmt: skip
    if picture.get("threshold") is not None and curve:
        half = (1 + picture["guess_rate"] - picture["lapse_rate"]) / 2
        chart.threshold(
            picture["threshold"], half, picture["low"], picture["high"], f"threshold {interval(picture)}"
        )
    return _figure(chart, "All answers together")


def _satisfied(picture: Result) -> str:
    people = picture.get("distribution")
    if not people:
        return ""
    sur = people["sur"]
    chart = Chart(
        (sur["level"][0], sur["level"][-1]), (0.0, 1.0), x_name="distortion level (larger is worse)",
        y_name="people who notice nothing", percent=True,
        label=f"{picture['name']}: satisfied-user ratio over level; 75 % at {number(people['sur75']['level'])}",
    )  # fmt: skip
    if sur["low"] is not None:
        chart.band(sur["level"], sur["low"], sur["high"])
    chart.line(list(zip(sur["level"], sur["satisfied"], strict=True)))
    noticed = [(sur["level"][0], 1.0)]
    noticed += [(v, 1 - (i + 1) / people["people"]) for i, v in enumerate(people["samples"])]
    noticed.append((sur["level"][-1], noticed[-1][1]))
    chart.steps(noticed)
    level = people["sur75"]
    chart.horizontal(0.75)
    if sur["level"][0] <= level["level"] <= sur["level"][-1]:
        chart.threshold(
            level["level"], 0.75, level["low"], level["high"], f"75 % see nothing: {number(level['level'])}"
        )
    return _figure(chart, "People: satisfied-user ratio")


def _stimuli(picture: Result) -> str:
    stimuli = picture.get("stimuli")
    if not stimuli:
        return ""
    key, name = _scale(picture)
    known = [s for s in stimuli if s.get(key) is not None]
    ends = [v for s in known for v in (s.get("low"), s.get("high"), s[key]) if v is not None]
    if not known:
        return ""
    y = (1.0, 5.0) if key == "score" else (min(0.0, *ends) if key == "jnd" else min(ends), max(ends))
    chart = Chart(
        (min(s["level"] for s in known), max(s["level"] for s in known)), y, x_name="distortion level (larger is worse)",
        y_name=name, label=f"{picture['name']}: {name} over level",
    )  # fmt: skip
    chart.line([(s["level"], s[key]) for s in known], "between")
    for s in known:
        title = (
            f"level {number(s['level'])}: {number(s[key])} [{number(s.get('low'))}, {number(s.get('high'))}]"
        )
        chart.point(s["level"], s[key], title, low=s.get("low"), high=s.get("high"))
    if key == "jnd":
        chart.horizontal(1.0, "1 JND")
    return _figure(chart, "Scores of the shown pictures")


def _scale(picture: Result) -> tuple[str, str]:
    if picture["method"] in ("acr", "dcr"):
        return "score", "opinion score"
    if picture["method"] == "quality-ruler":
        return "sqs2", "quality on the ruler (SQS2, JND)"
    return "jnd", "distortion in JND"


def _figure(chart: Chart, caption: str) -> str:
    return f"<figure>{chart.svg()}<figcaption>{escape(caption)}</figcaption></figure>"


def _table(picture: Result) -> str:
    if picture.get("detection_ratio"):
        head: Sequence[str] = (
            "Level",
            "Setting",
            "Right",
            "Trials",
            "Proportion",
            "95 % exact",
            "Verdict",
            "Observers above chance",
        )
        rows: Sequence[Sequence[str]] = [
            (number(r["level"]), "" if r["setting"] is None else number(r["setting"]), str(r["right"]), str(r["trials"]),
             f"{r['proportion']:.3f}", f"{r['low']:.3f} to {r['high']:.3f}", VERDICT_WORDS[r["verdict"]],
             f"{r['observers_above_chance']} of {r['observers']}")
            for r in picture["detection_ratio"]
        ]  # fmt: skip
        return _details("Detection ratio of every level", head, rows)
    if picture.get("said_different"):
        head = ("Level", "Setting", "Different", "Trials", "Proportion", "95 % exact")
        rows = [
            (number(r["level"]), "" if r["setting"] is None else number(r["setting"]), str(r["different"]), str(r["trials"]),
             f"{r['proportion']:.3f}", f"{r['low']:.3f} to {r['high']:.3f}")
            for r in picture["said_different"]
        ]  # fmt: skip
        return _details("Share of “different” at every level", head, rows)
    if picture.get("stimuli"):
        key, name = _scale(picture)
        head = ("Level", "Setting", name[0].upper() + name[1:], "Low", "High")
        rows = [
            (number(s["level"]), "" if s.get("setting") is None else number(s["setting"]), number(s.get(key)),
             number(s.get("low")), number(s.get("high")))
            for s in picture["stimuli"]
        ]  # fmt: skip
        return _details("Every shown picture", head, rows)
    return ""


def _details(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return f"<details><summary>{escape(title)}</summary>{plain_table(head, rows)}</details>"


def plain_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in a frame of its own that scrolls on a narrow screen."""
    top = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in head)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<div class="scroll"><table class="plain"><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'
