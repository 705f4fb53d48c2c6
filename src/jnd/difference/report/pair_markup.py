"""One pair in HTML: its row of the table, and what opens under the row.

Everything that comes from outside goes through ``html.escape``.
"""

from html import escape

from jnd.difference.report.entry import PairEntry
from jnd.difference.words import (
    direction_in_words,
    kinds_in_words,
    misregistration_in_words,
    trials_in_words,
)
from jnd.records import ChangedRegion, Comparison
from jnd.report.table_row import number_cell, table_row, viewer_facts
from jnd.report.words import plural, printable

MOST_ROWS = 100
"""Regions in the page's table; a picture of noise has more than anyone reads."""


def row(number: int, name: str, record: Comparison, entry: PairEntry | None) -> str:
    """The row of pair ``number``; ``data-v`` of a cell is what it is sorted by."""
    path = printable(name)
    regions = None if record.verdict == "broken" else len(record.regions) + record.regions_left_out
    bad = ' class="bad"' if record.verdict in ("visible", "broken") else ""
    why = f" <small>{escape(printable(record.error))}</small>" if record.error else ""
    cells = [
        f'<td role="cell" data-v="{record.verdict}" data-label="Verdict"><strong{bad}>{record.verdict}</strong>{why}</td>',
        _number(record.worst_window_jnd, "{:.2f} JND", "Worst window"),
        _number(_percent(record.worst_window_notice), "{:.0f} of 100", "Noticed"),
        _number(record.jnd, "{:.2f} JND", "Picture"),
        _number(record.changed_pixels, "{}", "Changed pixels"),
        _number(regions, "{}", "Regions"),
    ]
    facts = viewer_facts(
        record.width,
        record.height,
        record.worst_window,
        None if entry is None else entry.changed,
        None if entry is None else entry.reference,
        None if entry is None else entry.heat,
        transparent=entry is not None and entry.transparent,
    )
    return table_row(
        number,
        path,
        record.verdict,
        width=record.width,
        height=record.height,
        facts=facts,
        thumbnail=None if entry is None else entry.thumbnail,
        cells=cells,
    )


def detail(number: int, record: Comparison, entry: PairEntry | None) -> str:
    """What opens under the row: words, regions and facts; the page's script adds the viewer."""
    parts = [f'<p class="lead">{escape(_lead(record))}</p>']
    parts += [f'<p class="note">{escape(printable(text))}</p>' for text in _notes(record, entry)]
    if record.verdict != "broken":
        facts = "".join(
            f"<div><dt>{escape(term)}</dt><dd><bdi>{escape(words)}</bdi></dd></div>"
            for term, words in _fact_list(record)
        )
        parts.append(f'<dl class="facts">{facts}</dl>')
        parts.append(_regions(record))
    return f'<template id="d{number}">{"".join(parts)}</template>\n'


def _lead(record: Comparison) -> str:
    if record.verdict == "broken":
        return f"Not compared: {printable(record.error or '')}"
    if record.misregistration is not None and not record.aligned:
        found = misregistration_in_words(record)
        return f"{found[0].upper()}{found[1:]}; with --align what else differs is judged."
    if record.verdict == "identical":
        return "As people see them, every pixel is the same."
    notice = trials_in_words(record.worst_window_notice or 0.0)
    return f"The average observer notices the worst window in {notice}: the difference is {record.verdict}."


def _notes(record: Comparison, entry: PairEntry | None) -> list[str]:
    notes = [*kinds_in_words(record), *direction_in_words(record), *record.notes]
    if record.misregistration is not None and record.aligned:
        notes.append(f"Before it was aligned, {misregistration_in_words(record)}.")
    if entry is not None and entry.bit_depth > 8:
        notes.append(f"There are {entry.bit_depth} bits per channel; shown are 8.")
    return notes


def _fact_list(record: Comparison) -> list[tuple[str, str]]:
    facts = [("Reference", printable(record.reference or "")), ("Changed", printable(record.changed or ""))]
    if record.worst_window is not None:
        x, y, width, height = record.worst_window
        facts.append(
            (
                "Worst window",
                f"{record.worst_window_jod:.3f} JOD, {record.worst_window_jnd:.2f} JND at {x}, {y} ({width} × {height})",
            )
        )
        facts.append(("Picture", f"{record.jod:.3f} JOD, {record.jnd:.2f} JND"))
        by_protocol = record.worst_window_notice_by_protocol or {}
        facts += [
            (f"Worst window noticed, {name}", f"in {trials_in_words(value)}")
            for name, value in by_protocol.items()
        ]
        facts.append(
            ("Above 1 JND in the map", f"{100 * (record.share_above_threshold or 0):.2g} % of the picture")
        )
    share = 100 * (record.changed_pixels or 0) / ((record.width or 1) * (record.height or 1))
    facts.append(("Changed pixels", f"{record.changed_pixels} ({share:.3g} %)"))
    facts.append(("Largest difference", f"{record.largest_difference:.3g} code values of 255"))
    if record.ignored_pixels:
        facts.append(("Ignored pixels", str(record.ignored_pixels)))
    return facts


def _regions(record: Comparison) -> str:
    if not record.regions:
        return ""
    count = len(record.regions) + record.regions_left_out
    heads = ("Place", "Size", "Changed pixels", "Largest difference", "Peak", "Above 1 JND")
    rows = "".join(_region(region) for region in record.regions[:MOST_ROWS])
    more = count - min(len(record.regions), MOST_ROWS)
    rest = f"<p class='note'>and {plural(more, 'weaker region')}</p>" if more else ""
    return (
        f"<details open><summary>{plural(count, 'region')}, the strongest first</summary><div class='scroll'><table class='trials'><thead><tr>"
        f"{''.join(f'<th scope=col>{head}</th>' for head in heads)}</tr></thead><tbody>{rows}</tbody></table></div>{rest}</details>"
    )


def _region(region: ChangedRegion) -> str:
    x, y, width, height = region.box
    cells = (
        f"{x}, {y}",
        f"{width} × {height}",
        str(region.changed_pixels),
        f"{region.largest_difference:.3g}",
        f"{region.peak_jod_lost:.2f} JOD",
        plural(region.visible_pixels, "pixel"),
    )
    return f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>"


def _number(value: float | None, form: str, label: str) -> str:
    return number_cell(value, "" if value is None else form.format(value), label)


def _percent(share: float | None) -> float | None:
    """In 100 trials, never rounded to always."""
    return None if share is None else min(99.0, 100 * share)
