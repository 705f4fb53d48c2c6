"""One picture in HTML: its row of the table, and what opens under the row.

Everything that comes from outside goes through ``html.escape``: file names, messages, the encoder's name.
"""

from html import escape

from jnd.records import Attempt, FileRecord
from jnd.report.table_row import number_cell, table_row, viewer_facts
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
        number_cell(before, "" if before is None else bytes_in_words(before), "Before"),
        number_cell(after, "" if after is None else bytes_in_words(after), "After"),
        number_cell(
            change,
            "" if before is None or after is None else change_in_words(before, after),
            "Change",
        ),
        f'<td role="cell" data-v="{escape(_format(record))}" data-label="Format">{_format_cell(record)}</td>',
        number_cell(
            record.satisfied,
            "" if record.satisfied is None else percent(record.satisfied),
            "See no difference",
        ),
        number_cell(
            record.worst_window_jod,
            "" if record.worst_window_jod is None else f"{record.worst_window_jod:.2f} JOD",
            "Worst window",
        ),
    ]
    window = None if record.status == "kept" else record.worst_window
    facts = viewer_facts(
        record.width,
        record.height,
        window,
        None if entry is None else entry.result,
        None if entry is None else entry.original,
        None if entry is None else entry.heat,
        transparent=entry is not None and entry.transparent,
    )
    return table_row(
        number,
        path,
        record.status,
        width=record.width,
        height=record.height,
        facts=facts,
        thumbnail=None if entry is None else entry.thumbnail,
        cells=cells,
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
