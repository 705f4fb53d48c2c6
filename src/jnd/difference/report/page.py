"""The page of comparisons, written as the pairs come; memory does not grow with them.

In go records and entries in any order, out comes one HTML file when the page is closed.
"""

from collections import Counter
from html import escape
from importlib.resources import files
from pathlib import Path

from jnd.difference.report.entry import PairEntry
from jnd.difference.report.pair_markup import detail, row
from jnd.difference.request import CompareRequest
from jnd.observer import calibration_notes, protocol_named
from jnd.records import Comparison
from jnd.report.page import DEFAULT_SIZE_LIMIT, filled, stopped_note
from jnd.report.page_body import Markup, PageBody
from jnd.report.words import plural, printable

VERDICTS = ("visible", "broken", "invisible", "identical")


class ComparisonPage:
    """Collects comparisons and writes their page.

    Parameters
    ----------
    path : of the page; an earlier one is replaced when this is complete. Missing folders are made.
    request : how the pairs are compared.
    size_limit : bytes of the page; beyond it the last references are left out, then the last changed pictures.

    Raises
    ------
    OSError
        Nothing can be written beside ``path``.
    """

    def __init__(self, path: Path, request: CompareRequest, *, size_limit: int = DEFAULT_SIZE_LIMIT) -> None:
        self.path, self._request = path, request
        self._body = PageBody(path, size_limit)
        self._verdicts: Counter[str] = Counter()
        self._only_name = ""
        self._lowest: float | None = None

    def add(self, name: str, record: Comparison, entry: PairEntry | None) -> None:
        """Take one pair; ``entry`` is None where there is nothing to show.

        Never raises: a full disk must not stop the work, so :meth:`close` tells.
        """
        number = self._body.count
        self._body.add(
            printable(name),
            row(number, name, record, entry),
            detail(number, record, entry),
            None if entry is None else entry.heat,
            None if entry is None else entry.changed,
            None if entry is None else entry.reference,
        )
        self._verdicts[record.verdict] += 1
        self._only_name = printable(Path(name).name)
        if record.worst_window_jod is not None:
            self._lowest = min(self._lowest or 10.0, record.worst_window_jod)

    def close(self, *, stopped_of: int | None = None) -> None:
        """Write the page; it is used up.

        Parameters
        ----------
        stopped_of : how many pairs there would have been, if the work was stopped before its end.

        Raises
        ------
        OSError
            The page cannot be written. What was at ``path`` is as before.
        """
        self._body.write(lambda references, changed: self._markup(references, changed, stopped_of))

    def _markup(self, references: int, changed: int, stopped_of: int | None) -> Markup:
        request, count = self._request, self._body.count
        protocol = protocol_named(request.protocol)
        notes = calibration_notes(request.protocol, request.viewing, self._lowest)
        present = [name for name in VERDICTS if self._verdicts[name]]
        words = ", ".join(f"{self._verdicts[name]} {name}" for name in present)
        title = f"{self._only_name}: {words[2:]}" if count == 1 else f"{plural(count, 'pair')}: {words}"
        return filled(
            files("jnd.difference.report").joinpath("page.html"),
            before="reference",
            after="changed",
            title=escape(title),
            rule=escape(f"What counts as {request.in_words()}."),
            stopped=stopped_note(count, stopped_of, "pair"),
            left_out=self._body.left_out(references, changed, "reference", "changed picture"),
            protocol=escape(f"{protocol.name} ({protocol.description})"),
            calibration="".join(f"<li>{escape(note)}</li>" for note in notes),
            viewing=escape(str(request.viewing)),
            statuses="".join(
                f'<option value="{name}">{name} ({self._verdicts[name]})</option>' for name in present
            ),
            count=plural(count, "pair"),
            tools_hidden=" hidden" if count == 1 else "",
            open="first" if count == 1 else "",
        )
