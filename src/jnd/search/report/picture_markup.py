"""One picture in HTML: its row of the table, and what opens under the row.

Everything that comes from outside goes through ``html.escape``: file names, messages, the encoder's name.
"""

import base64
from html import escape
from pathlib import Path

from jnd.records import Attempt, FileRecord
from jnd.report.words import (
    bytes_in_words,
    change_in_words,
    percent,
    plural,
    printable,
    satisfied_in_words,
    settings_in_words,
)
from jnd.search.report.curve import curves
from jnd.search.report.entry import ReportEntry


def row(number: int, record: FileRecord, entry: ReportEntry | None) -> str:
    """The row of picture ``number``; ``data-v`` of a cell is what it is sorted by."""
    path = printable(record.source)
    before, after = record.source_bytes, record.bytes
    change = (after - before) / before if before and after is not None else None
    cells = [
        _number(before, "" if before is None else bytes_in_words(before), "Before"),
        _number(after, "" if after is None else bytes_in_words(after), "After"),
        _number(
            change,
            "" if before is None or after is None else change_in_words(before, after),
            "Change",
        ),
        f'<td role="cell" data-v="{escape(_format(record))}" data-label="Format">{_format_cell(record)}</td>',
        _number(
            record.satisfied,
            "" if record.satisfied is None else percent(record.satisfied),
            "See no difference",
        ),
        _number(
            record.worst_window_jod,
            "" if record.worst_window_jod is None else f"{record.worst_window_jod:.2f} JOD",
            "Worst window",
        ),
    ]
    size = "" if record.width is None else f"<small>{record.width} × {record.height}</small>"
    folder = str(Path(path).parent)
    return (
        f'<tr role="row" data-n="{number}" data-status="{record.status}" data-name="{escape(path)}"{_facts(record, entry)}>'
        f'<th role="rowheader" scope="row" data-v="{escape(path)}">'
        f'<button type="button" class="open" aria-expanded="false">{_thumbnail(entry)}'
        f"<span><bdi>{escape(Path(path).name)}</bdi>"
        f"{'' if folder == '.' else f'<small><bdi>{escape(folder)}</bdi></small>'}{size}</span></button></th>"
        f"{''.join(cells)}</tr>\n"
    )


def detail(number: int, record: FileRecord, entry: ReportEntry | None) -> str:
    """What opens under the row: words, facts, curves and trials; the page's script adds the viewer."""
    parts = [f'<p class="lead">{escape(_lead(record))}</p>']
    parts += [f'<p class="note">{escape(text)}</p>' for text in _notes(record, entry)]
    parts.append(f'<dl class="facts">{"".join(_fact(*fact) for fact in _fact_list(record))}</dl>')
    if entry is not None and entry.attempts:
        charts = curves(entry.attempts, entry.chosen, record.target_satisfied or 0)
        if charts:
            key = f"Points are trials, filled where the target (dashed) was met; {_ring(record, entry)}."
            if len({attempt.chroma_subsampling for attempt in entry.attempts}) > 1:
                key += " Squares are full chroma."
            parts.append(
                f'<figure class="curves"><figcaption>People who see no difference</figcaption>{charts}<p>{key}</p></figure>'
            )
        parts.append(_trials(record, entry))
    return f'<template id="d{number}">{"".join(parts)}</template>\n'


def _number(value: float | None, words: str, label: str) -> str:
    sort = "" if value is None else f"{value:.6g}" if isinstance(value, float) else str(value)
    return f'<td role="cell" class="number" data-v="{sort}" data-label="{label}">{words or "–"}</td>'


def _format(record: FileRecord) -> str:
    if record.status == "encoded":
        return f"{record.codec} {settings_in_words(record.setting or {}, record.chroma_subsampling)}"
    return {"kept": "kept as it is", "not reachable": "not reachable", "failed": "failed"}[record.status]


def _format_cell(record: FileRecord) -> str:
    if record.status == "encoded":
        settings = settings_in_words(record.setting or {}, record.chroma_subsampling)
        return f"{escape(record.codec or '')} <small>{escape(settings)}</small>"
    if record.status == "kept":
        return f"{escape(record.codec or '')} <small>kept as it is</small>"
    why = printable(record.error or "") if record.status == "failed" else ""
    return f'<strong class="bad">{record.status}</strong>' + (f" <small>{escape(why)}</small>" if why else "")


def _facts(record: FileRecord, entry: ReportEntry | None) -> str:
    """What the script needs to know, as attributes."""
    facts: dict[str, object] = {"width": record.width, "height": record.height}
    if record.worst_window is not None and record.status != "kept":
        facts["window"] = ",".join(map(str, record.worst_window))
    if entry is not None:
        facts["result"] = entry.result.media_type if entry.result else None
        facts["original"] = entry.original.media_type if entry.original else None
        if entry.heat is not None:
            facts["block"], facts["peak"] = entry.heat.block, f"{entry.heat.peak_jod:.2f}"
        if entry.transparent:
            facts["transparent"] = "yes"
    return "".join(
        f' data-{name}="{escape(str(value))}"' for name, value in facts.items() if value is not None
    )


def _thumbnail(entry: ReportEntry | None) -> str:
    if entry is None:
        return '<span class="thumbnail"></span>'
    data = base64.b64encode(entry.thumbnail).decode()
    return (
        f'<img class="thumbnail" src="data:image/webp;base64,{data}" alt="" loading="lazy" decoding="async">'
    )


def _lead(record: FileRecord) -> str:
    if record.status == "failed":
        return f"Failed: {printable(record.error or '')}"
    if record.status == "kept":
        return "The source was kept as it is: there is no difference to see."
    words = satisfied_in_words(record.satisfied or 0)
    if record.status == "not reachable":
        return f"Nothing was written. At the best setting, {words}."
    return f"{words[0].upper()}{words[1:]}."


def _notes(record: FileRecord, entry: ReportEntry | None) -> list[str]:
    notes = [] if record.note is None else [printable(record.note)]
    if record.status == "not reachable" and entry is not None and entry.result is not None:
        notes.append("The viewer shows the best attempt.")
    if entry is None:
        return (
            notes
            if record.status == "failed"
            else [*notes, "The pictures could not be prepared for the report."]
        )
    if entry.result is not None and entry.result.is_copy:
        notes.append(
            "Browsers cannot show this format: the result is shown as decoded by jnd, without further loss."
        )
    if entry.bit_depth > 8:
        notes.append(f"The original has {entry.bit_depth} bits per channel; it is shown rounded to 8.")
    return notes


def _fact_list(record: FileRecord) -> list[tuple[str, str]]:
    facts = [("Source", printable(record.source))]
    if record.output is not None:
        facts.append(("Output", printable(record.output)))
    if record.encoder is not None:
        facts.append(("Encoder", record.encoder))
    if record.bytes and record.width and record.height:
        facts.append(("Bits per pixel", f"{8 * record.bytes / (record.width * record.height):.3f}"))
    if record.jod is not None and record.status != "kept":
        facts.append(("Quality", f"{record.jod:.3f} JOD"))
    if record.notice is not None and record.status != "kept":
        facts.append(("Noticed by the average observer", f"in {100 * record.notice:.0f} % of trials"))
    if record.worst_window is not None and record.worst_window_jod is not None and record.status != "kept":
        x, y, width, height = record.worst_window
        facts.append(("Worst window", f"{record.worst_window_jod:.3f} JOD at {x}, {y} ({width} × {height})"))
    facts.append(("Trial encodes", f"{record.encodes} in {record.seconds:.1f} s"))
    return facts


def _fact(term: str, words: str) -> str:
    return f"<div><dt>{escape(term)}</dt><dd><bdi>{escape(words)}</bdi></dd></div>"


def _ring(record: FileRecord, entry: ReportEntry) -> str:
    if entry.chosen is None:
        return "none was chosen"
    return f"the ring marks the {_place(record)}"


def _place(record: FileRecord) -> str:
    return "chosen one" if record.status == "encoded" else "best one"


def _trials(record: FileRecord, entry: ReportEntry) -> str:
    heads = ("Codec", "Setting", "Size", "JOD", "See no difference")
    rows = (_trial(attempt, _place(record) if attempt == entry.chosen else "") for attempt in entry.attempts)
    return (
        f"<details><summary>{plural(len(entry.attempts), 'trial')}</summary><table class='trials'><thead><tr>"
        f"{''.join(f'<th scope=col>{head}</th>' for head in heads)}</tr></thead>"
        f"<tbody>{''.join(rows)}</tbody></table></details>"
    )


def _trial(attempt: Attempt, place: str) -> str:
    remarks = [word for word in (place, "" if attempt.meets_target else "too few") if word]
    cells = (
        attempt.codec,
        settings_in_words(attempt.setting, attempt.chroma_subsampling),
        bytes_in_words(attempt.size_bytes),
        f"{attempt.jod:.3f}",
        " – ".join([percent(attempt.satisfied), *remarks]),
    )
    return f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>"
