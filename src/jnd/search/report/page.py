"""The page of a report, written as the pictures come; memory does not grow with them.

In go records and entries in any order, out comes one HTML file when the writer is closed. What pictures need waits
in unnamed temporary files beside it, which vanish with the process.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from importlib.resources import files
from pathlib import Path
from string import Template

import jnd
from jnd.observer import calibration_notes, protocol_named
from jnd.picture.writing import opened_atomically
from jnd.records import FileRecord
from jnd.report.heat_picture import SCALE_TOP_JOD
from jnd.report.page import (
    DEFAULT_SIZE_LIMIT,
    Span,
    Spool,
    asset,
    content_hash,
    embedded,
    viewer_markup,
    viewer_scripts,
)
from jnd.report.words import bytes_in_words, change_in_words, percent, plural, printable
from jnd.search.criterion import SatisfiedUsers
from jnd.search.report.entry import ReportEntry
from jnd.search.report.picture_markup import detail, row

STATUS_WORDS = {"encoded": "encoded", "kept": "kept", "not reachable": "not reachable", "failed": "failed"}


class ReportWriter:
    """Collects a batch and writes its page.

    Parameters
    ----------
    path : of the page; an earlier one is replaced when this is complete. Missing folders are made.
    criterion : what was asked of every picture.
    size_limit : bytes of the page. Beyond it the originals of the last pictures are left out, then results; the
        page says which. Numbers, curves, thumbnails and heat maps always stay.

    Raises
    ------
    OSError
        Nothing can be written beside ``path``.
    """

    def __init__(
        self, path: Path, criterion: SatisfiedUsers, *, size_limit: int = DEFAULT_SIZE_LIMIT
    ) -> None:
        self.path, self._criterion, self._size_limit = path, criterion, size_limit
        path.parent.mkdir(parents=True, exist_ok=True)
        self._rows = Spool(path.parent)
        self._details = Spool(path.parent)
        self._results = Spool(path.parent)
        self._originals = Spool(path.parent)
        self._pictures: list[_Spans] = []
        self._totals = _Totals()
        self._problem: OSError | None = None

    def add(self, record: FileRecord, entry: ReportEntry | None) -> None:
        """Take one picture; ``entry`` is None where there is nothing to show.

        Never raises: a full disk must not stop the batch, so :meth:`close` tells.
        """
        if self._problem is not None:
            return
        try:
            self._add(record, entry)
        except OSError as error:
            self._problem = error

    def _add(self, record: FileRecord, entry: ReportEntry | None) -> None:
        number = len(self._pictures)
        spans = _Spans(printable(record.source), self._rows.append(row(number, record, entry)))
        spans.details.append(self._details.append(detail(number, record, entry)))
        if entry is not None and entry.heat is not None:
            spans.details.append(self._details.append(embedded(f"h{number}", entry.heat.data)))
        if entry is not None and entry.result is not None:
            spans.result = self._results.append_within(
                self._size_limit, embedded(f"r{number}", entry.result.data)
            )
        if entry is not None and entry.original is not None:
            spans.original = self._originals.append_within(
                self._size_limit, embedded(f"o{number}", entry.original.data)
            )
        spans.has_result = entry is not None and entry.result is not None
        spans.has_original = entry is not None and entry.original is not None
        # Last, so that a picture at which the user stopped the run is not there by half.
        self._totals.add(record)
        self._pictures.append(spans)

    def close(self, *, stopped_of: int | None = None) -> None:
        """Write the page; the writer is used up.

        Parameters
        ----------
        stopped_of : how many pictures there would have been, if the batch was stopped before its end.

        Raises
        ------
        OSError
            The page cannot be written. What was at ``path`` is as before.
        """
        try:
            if self._problem is not None:
                raise self._problem
            self._write(stopped_of)
        finally:
            for spool in (self._rows, self._details, self._results, self._originals):
                spool.close()

    def _write(self, stopped_of: int | None) -> None:
        originals_left_out, results_left_out = self._fit()
        head, between, tail = self._markup(originals_left_out, results_left_out, stopped_of)
        order = sorted(self._pictures, key=lambda picture: picture.name.casefold())
        with opened_atomically(self.path) as page:
            page.write(head)
            for picture in order:
                self._rows.copy(picture.row, page)
            page.write(between)
            for picture in order:
                for span in picture.details:
                    self._details.copy(span, page)
                if picture.result is not None:
                    self._results.copy(picture.result, page)
                if picture.original is not None:
                    self._originals.copy(picture.original, page)
            page.write(tail)

    def _fit(self) -> tuple[int, int]:
        """Leave out what the limit has no place for: the last originals, and if that is not enough the last results."""
        room = self._size_limit - self._rows.size - self._details.size
        results = originals = 0
        for picture in self._pictures:
            if picture.result is not None and not results and picture.result.length <= room:
                room -= picture.result.length
            else:
                picture.result = None
                results += picture.has_result
        for picture in self._pictures:
            if picture.original is not None and not originals and picture.original.length <= room:
                room -= picture.original.length
            else:
                picture.original = None
                originals += picture.has_original
        return originals, results

    def _markup(self, originals: int, results: int, stopped_of: int | None) -> tuple[bytes, bytes, bytes]:
        style, script = asset("report.css"), viewer_scripts() + _asset("table.js")
        viewing = self._criterion.viewing
        count = len(self._pictures)
        protocol = protocol_named(self._criterion.protocol)
        notes = calibration_notes(self._criterion.protocol, viewing, self._totals.lowest_jod)
        page = Template(_asset("page.html")).substitute(
            style=style,
            style_hash=content_hash(style),
            script=script,
            script_hash=content_hash(script),
            version=escape(jnd.__version__),
            title=f"{plural(count, 'picture')}, {self._totals.headline()}",
            target=escape(f"Target: {self._criterion.in_words()}."),
            stopped=""
            if stopped_of is None
            else f'<p class="warning">The run was stopped: {count} of {plural(stopped_of, "picture")}.</p>',
            totals=self._totals.as_list(),
            formats=self._totals.formats(),
            left_out=_left_out(originals, results, self._size_limit),
            protocol=escape(f"{protocol.name} ({protocol.description})"),
            calibration="".join(f"<li>{escape(note)}</li>" for note in notes),
            viewing=escape(str(viewing)),
            statuses=self._totals.status_options(),
            count=plural(count, "picture"),
            scale_top=f"{SCALE_TOP_JOD:g}",
            viewer=viewer_markup("original", "result"),
        )
        head, rest = page.split("<!-- rows -->")
        between, tail = rest.split("<!-- data -->")
        return head.encode(), between.encode(), tail.encode()


@dataclass(slots=True)
class _Spans:
    """Where the parts of one picture lie in the spools."""

    name: str
    row: Span
    details: list[Span] = field(default_factory=list)
    result: Span | None = None
    original: Span | None = None
    has_result: bool = False
    has_original: bool = False
    """Whether there was one, even if it is left out."""


class _Totals:
    """What the head of the page sums up."""

    def __init__(self) -> None:
        self._statuses: Counter[str] = Counter()
        self._formats: Counter[str] = Counter()
        self._before = self._after = 0
        self._lowest: FileRecord | None = None
        self._worst: FileRecord | None = None
        self.lowest_jod: float | None = None

    def add(self, record: FileRecord) -> None:
        self._statuses[record.status] += 1
        if record.jod is not None:
            self.lowest_jod = record.jod if self.lowest_jod is None else min(self.lowest_jod, record.jod)
        if record.output is None:
            return
        self._formats[record.codec or ""] += 1
        self._before += record.source_bytes or 0
        self._after += record.bytes or 0
        if record.status == "encoded":
            if self._lowest is None or (record.satisfied or 0) < (self._lowest.satisfied or 0):
                self._lowest = record
            if self._worst is None or (record.worst_window_jod or 0) < (self._worst.worst_window_jod or 0):
                self._worst = record

    def headline(self) -> str:
        if not self._formats:
            return "nothing written"
        return f"{bytes_in_words(self._before)} → {bytes_in_words(self._after)}"

    def as_list(self) -> str:
        statuses = ", ".join(f"{self._statuses[name]} {words}" for name, words in self._present())
        entries = [("Pictures", statuses or "none")]
        if self._formats:
            change = change_in_words(self._before, self._after)
            entries += [
                ("Before", bytes_in_words(self._before)),
                ("After", f"{bytes_in_words(self._after)} ({change})"),
            ]
        if self._lowest is not None:
            entries.append(
                ("Fewest satisfied", f"{percent(self._lowest.satisfied or 0)} ({_short(self._lowest)})")
            )
        if self._worst is not None:
            entries.append(
                ("Worst window", f"{self._worst.worst_window_jod or 0:.2f} JOD ({_short(self._worst)})")
            )
        return "".join(
            f"<div><dt>{escape(term)}</dt><dd>{escape(words)}</dd></div>" for term, words in entries
        )

    def formats(self) -> str:
        """The share of each format of what was written: a bar, and the same in words."""
        total = sum(self._formats.values())
        if not total:
            return ""
        at, bars, words = 0.0, [], []
        for name, count in self._formats.most_common():
            kind = format_class(name)
            width = 100 * count / total
            bars.append(f'<rect class="{kind}" x="{at:.3f}" y="0" width="{width:.3f}" height="4"/>')
            words.append(
                f'<li><svg viewBox="0 0 10 10" aria-hidden="true"><rect class="{kind}" width="10" height="10"/></svg>'
                f"{escape(name)} {count} ({width:.0f} %)</li>"
            )
            at += width
        return (
            '<svg class="formats" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">'
            f'{"".join(bars)}</svg><ul class="formats" aria-label="Share of each format">{"".join(words)}</ul>'
        )

    def status_options(self) -> str:
        return "".join(
            f'<option value="{escape(name)}">{words} ({self._statuses[name]})</option>'
            for name, words in self._present()
        )

    def _present(self) -> Iterator[tuple[str, str]]:
        return ((name, words) for name, words in STATUS_WORDS.items() if self._statuses[name])


def format_class(codec: str) -> str:
    """The style of a codec's format.

    >>> format_class("jpeg:turbo")
    'f-jpeg'
    """
    name = codec.partition(":")[0]
    return f"f-{name}" if name.isalnum() else "f-other"


def _short(record: FileRecord) -> str:
    return printable(Path(record.source).name)


def _left_out(originals: int, results: int, limit: int) -> str:
    if not originals and not results:
        return ""
    what = [plural(originals, "original")] if originals else []
    what += [plural(results, "result")] if results else []
    return (
        f'<p class="warning">Left out to keep this page below {bytes_in_words(limit)}: {" and ".join(what)}. '
        "Their numbers, curves and maps are here; a larger <code>--report-size</code> brings the pictures.</p>"
    )


def _asset(name: str) -> str:
    return files("jnd.search.report").joinpath(name).read_text("utf-8")
