"""The page of a report, written as the pictures come; memory does not grow with them.

In go records and entries in any order, out comes one HTML file when the writer is closed. What pictures need waits
in unnamed temporary files beside it, which vanish with the process.
"""

from collections import Counter
from collections.abc import Iterator
from html import escape
from importlib.resources import files
from pathlib import Path

from jnd.observer import calibration_notes, protocol_named
from jnd.records import FileRecord
from jnd.report.page import DEFAULT_SIZE_LIMIT, filled, stopped_note
from jnd.report.page_body import Markup, PageBody
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
        self.path, self._criterion = path, criterion
        self._body = PageBody(path, size_limit)
        self._totals = _Totals()

    def add(self, record: FileRecord, entry: ReportEntry | None) -> None:
        """Take one picture; ``entry`` is None where there is nothing to show.

        Never raises: a full disk must not stop the batch, so :meth:`close` tells.
        """
        number = self._body.count
        self._body.add(
            printable(record.source),
            row(number, record, entry),
            detail(number, record, entry),
            None if entry is None else entry.heat,
            None if entry is None else entry.result,
            None if entry is None else entry.original,
        )
        self._totals.add(record)

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
        self._body.write(lambda originals, results: self._markup(originals, results, stopped_of))

    def _markup(self, originals: int, results: int, stopped_of: int | None) -> Markup:
        viewing = self._criterion.viewing
        count = self._body.count
        protocol = protocol_named(self._criterion.protocol)
        notes = calibration_notes(self._criterion.protocol, viewing, self._totals.lowest_jod)
        return filled(
            files("jnd.search.report").joinpath("page.html"),
            before="original",
            after="result",
            title=f"{plural(count, 'picture')}, {self._totals.headline()}",
            target=escape(f"Target: {self._criterion.in_words()}."),
            stopped=stopped_note(count, stopped_of, "picture"),
            totals=self._totals.as_list(),
            formats=self._totals.formats(),
            left_out=self._body.left_out(originals, results, "original", "result"),
            protocol=escape(f"{protocol.name} ({protocol.description})"),
            calibration="".join(f"<li>{escape(note)}</li>" for note in notes),
            viewing=escape(str(viewing)),
            statuses=self._totals.status_options(),
            count=plural(count, "picture"),
        )


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
