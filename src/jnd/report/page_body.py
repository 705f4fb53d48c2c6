"""The pictures of a page: rows, details and bytes that wait on disk until the page is written.

In go markup and bytes per picture, in any order; out comes one file below a limit. Memory does not grow with them.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from jnd.picture.writing import opened_atomically
from jnd.report.heat_picture import HeatPicture
from jnd.report.page import DEFAULT_SIZE_LIMIT, Span, Spool, embedded
from jnd.report.shown import Shown
from jnd.report.words import bytes_in_words, plural

Markup = tuple[bytes, bytes, bytes]
"""What stands before the rows, between rows and data, and behind the data."""


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


class PageBody:
    """Collects what a page shows of its pictures and writes the page.

    Parameters
    ----------
    path : of the page; an earlier one is replaced when this is complete. Missing folders are made.
    size_limit : bytes of the page. Beyond it the originals of the last pictures are left out, then results;
        :meth:`left_out` says it in words. Rows, details and maps always stay.

    Raises
    ------
    OSError
        Nothing can be written beside ``path``.
    """

    def __init__(self, path: Path, size_limit: int = DEFAULT_SIZE_LIMIT) -> None:
        self.path, self.size_limit = path, size_limit
        path.parent.mkdir(parents=True, exist_ok=True)
        self._rows, self._details = Spool(path.parent), Spool(path.parent)
        self._results, self._originals = Spool(path.parent), Spool(path.parent)
        self._pictures: list[_Spans] = []
        self._problem: OSError | None = None

    @property
    def count(self) -> int:
        """Pictures so far; the number of the next one."""
        return len(self._pictures)

    def add(
        self,
        name: str,
        row: str,
        detail: str,
        heat: HeatPicture | None,
        result: Shown | None,
        original: Shown | None,
    ) -> None:
        """Take picture number :attr:`count`; ``name`` is what the page is sorted by.

        Never raises: a full disk must not stop the work, so :meth:`write` tells.
        """
        if self._problem is not None:
            return
        try:
            self._add(name, row, detail, heat, result, original)
        except OSError as error:
            self._problem = error

    def _add(
        self,
        name: str,
        row: str,
        detail: str,
        heat: HeatPicture | None,
        result: Shown | None,
        original: Shown | None,
    ) -> None:
        number = self.count
        spans = _Spans(name, self._rows.append(row))
        spans.details.append(self._details.append(detail))
        if heat is not None:
            spans.details.append(self._details.append(embedded(f"h{number}", heat.data)))
        if result is not None:
            spans.result = self._results.append_within(self.size_limit, embedded(f"r{number}", result.data))
        if original is not None:
            spans.original = self._originals.append_within(
                self.size_limit, embedded(f"o{number}", original.data)
            )
        spans.has_result, spans.has_original = result is not None, original is not None
        self._pictures.append(spans)

    def write(self, markup: Callable[[int, int], Markup]) -> None:
        """Write the page, and let go of the disk.

        Parameters
        ----------
        markup : gets how many originals and results are left out.

        Raises
        ------
        OSError
            The page cannot be written, or not all that was added could be kept. What was at ``path`` is as before.
        """
        try:
            if self._problem is not None:
                raise self._problem
            self._write(markup)
        finally:
            for spool in (self._rows, self._details, self._results, self._originals):
                spool.close()

    def _write(self, markup: Callable[[int, int], Markup]) -> None:
        head, between, tail = markup(*self._fit())
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

    def left_out(self, originals: int, results: int, original: str, result: str) -> str:
        """A warning in HTML, or nothing; ``original`` and ``result`` are what the pictures are called."""
        if not originals and not results:
            return ""
        what = [plural(originals, original)] if originals else []
        what += [plural(results, result)] if results else []
        return (
            f'<p class="warning">Left out to keep this page below {bytes_in_words(self.size_limit)}: '
            f"{escape(' and '.join(what))}. "
            "Their numbers, curves and maps are here; a larger <code>--report-size</code> brings the pictures.</p>"
        )

    def _fit(self) -> tuple[int, int]:
        """Leave out what the limit has no place for: the last originals, and if that is not enough the last results."""
        room = self.size_limit - self._rows.size - self._details.size
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
