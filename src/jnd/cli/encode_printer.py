"""What ``jnd encode`` prints: JSON on standard output; lines, progress and the closing table on standard error."""

import json
import time
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from jnd.records import FileRecord
from jnd.search import FORMATS, SatisfiedUsers
from jnd.search.batch import Request

DIGITS = {"jod": 4, "notice": 4, "satisfied": 4, "worst_window_jod": 4, "pixels_per_degree": 3, "seconds": 3}
"""Decimals in JSON; the observer's own error is far larger than a unit of the last one."""

DEFAULT_PROTOCOL = "aic3"
"""Its first note, what it is, stands in the documentation and in JSON, not above every run."""

STYLES = {"encoded": "green", "kept": "cyan", "not reachable": "yellow", "failed": "red"}


class EncodePrinter:
    """Prints each record as it comes and keeps what the closing table needs."""

    def __init__(
        self, request: Request, folder: Path, count: int, skipped: int, *, as_json: bool, quiet: bool
    ) -> None:
        self._request, self._folder, self._skipped = request, folder, skipped
        self._as_json, self._quiet = as_json, quiet
        self._begin = time.perf_counter()
        self._records: list[FileRecord] = []
        self._console = Console(stderr=True, highlight=False, markup=False, emoji=False)
        self._progress = Progress(
            TextColumn("Encoding"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(compact=True),
            TextColumn("left"),
            console=self._console,
            transient=True,
            disable=quiet or not self._console.is_terminal,
        )
        self._task = self._progress.add_task("", total=count)

    def __enter__(self) -> Self:
        if not self._quiet:
            criterion = SatisfiedUsers(self._request.satisfied, self._request.protocol, self._request.viewing)
            self._console.print(f"Target: {criterion.in_words()}.", style="bold")
            for note in (
                criterion.notes if self._request.protocol != DEFAULT_PROTOCOL else criterion.notes[1:]
            ):
                self._console.print(f"Note: {note}.", style="yellow")
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def show(self, record: FileRecord) -> None:
        """Print one picture's result."""
        self._records.append(record)
        if self._as_json:
            typer.echo(json_line(record))
        if not self._quiet or record.status in ("failed", "not reachable"):
            self._console.print(_picture_line(record), soft_wrap=True)
        self._progress.advance(self._task)

    def stopped(self) -> None:
        """Say that the user stopped the run."""
        done = len(self._records)
        self._console.print(f"Stopped. {done} {_plural(done, 'picture')} done, no file is half written.")

    def close(self) -> None:
        """Print the closing table, and what the user may want to do next."""
        if self._quiet:
            return
        say = self._console.print
        say(_table(self._request, self._records, time.perf_counter() - self._begin))
        if self._skipped:
            say(f"{self._skipped} {_plural(self._skipped, 'file')} skipped: no picture by the name.")
        if any(record.status == "not reachable" for record in self._records):
            say("For pictures out of reach, try another --format or a smaller --satisfied.")
        if any(record.output for record in self._records):
            say(f"Written to {_printable(str(self._folder))}", soft_wrap=True)

    def report_written(self, path: Path) -> None:
        """Say where the report is."""
        if not self._quiet:
            self._console.print(f"Report: {_printable(str(path))}", soft_wrap=True)

    def report_failed(self, path: Path, why: str) -> None:
        """Say that the report could not be written; the pictures are not lost for it."""
        self._console.print(
            f"The report {_printable(str(path))} was not written: {_printable(why)}", style="red"
        )

    @property
    def every_picture_has_an_output(self) -> bool:
        """Whether nothing failed and nothing was out of reach."""
        return all(record.output is not None for record in self._records)


def json_line(record: FileRecord) -> str:
    """One JSON object on one line, in ASCII: a file name that is no text survives as an escape."""
    fields: dict[str, Any] = asdict(record)
    for name, digits in DIGITS.items():
        if fields[name] is not None:
            fields[name] = round(fields[name], digits)
    return json.dumps(fields)


def _picture_line(record: FileRecord) -> Text:
    """Sizes, setting and satisfaction in columns, the name last: it may be long."""
    name = _printable(record.source)
    if record.status == "failed":
        return Text.assemble(
            (name, "bold"), (f"  failed: {_printable(record.error or '')}", STYLES["failed"])
        )
    if record.status == "not reachable":
        return Text.assemble((name, "bold"), (f"  not reachable: {record.note}", STYLES["not reachable"]))
    assert record.bytes is not None
    assert record.source_bytes is not None
    assert record.satisfied is not None
    if record.status == "kept":
        return Text.assemble((name, "bold"), (f"  {_bytes(record.bytes)}, {record.note}", STYLES["kept"]))
    settings = " ".join(f"{key} {value}" for key, value in (record.setting or {}).items())
    line = Text(f"{_bytes(record.source_bytes):>8} → {_bytes(record.bytes):>8} ")
    line.append(f"{_change(record.source_bytes, record.bytes):>5}")
    line.append(f"  {f'{record.codec} {settings}':<16}", "cyan")
    line.append(f" {_share(record.satisfied):>6} satisfied  ")
    line.append(name, "bold")
    if record.note:
        line.append(f"\n{'':21}{record.note}", "dim")
    return line


def _table(request: Request, records: list[FileRecord], seconds: float) -> Table:
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0), title=None)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row("", "")
    table.add_row("Pictures", _counts(records))
    written = [record for record in records if record.output is not None]
    if written:
        before = sum(record.source_bytes or 0 for record in written)
        after = sum(record.bytes or 0 for record in written)
        table.add_row("Bytes", f"{_bytes(before)} → {_bytes(after)} ({_change(before, after)})")
    searched = [record for record in records if record.encodes]
    if searched:
        mean = sum(record.encodes for record in searched) / len(searched)
        formats = len(FORMATS[request.format])
        over = f", over {formats} formats" if formats > 1 else ""
        table.add_row("Trial encodes", f"{mean:.1f} per picture{over}")
    encoded = [record for record in records if record.status == "encoded"]
    if encoded:
        lowest = min(encoded, key=lambda record: record.satisfied or 0.0)
        worst = min(encoded, key=lambda record: record.worst_window_jod or 0.0)
        table.add_row("Lowest satisfaction", f"{_share(lowest.satisfied or 0.0)} of people ({_name(lowest)})")
        table.add_row(
            "Worst window",
            f"{worst.worst_window_jod:.2f} JOD in 4° by 4° ({_name(worst)}; calibrated on whole photographs)",
        )
    table.add_row("Seconds", f"{seconds:.1f}")
    return table


def _counts(records: list[FileRecord]) -> Text:
    counts = {status: sum(record.status == status for record in records) for status in STYLES}
    parts = [
        Text(f"{count} {status}", STYLES[status])
        for status, count in counts.items()
        if count or status == "encoded"
    ]
    return Text(", ").join(parts)


def _name(record: FileRecord) -> str:
    return _printable(Path(record.source).name)


def _share(share: float) -> str:
    # Rounded down: 74.99 % must not read as a target of 75 % that was met.
    return f"{int(share * 1000) / 10:.1f}%"


def _bytes(count: int) -> str:
    """A size as people read it; decimal units.

    >>> _bytes(812), _bytes(20480), _bytes(3_456_789)
    ('812 B', '20.5 kB', '3.5 MB')
    """
    if count < 1000:  # below, a size that rounds to 1000.0 takes the next unit
        return f"{count} B"
    unit, size = next(
        (unit, count / scale)
        for unit, scale in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3))
        if count >= 0.99995 * scale
    )
    return f"{size:.1f} {unit}"


def _change(before: int, after: int) -> str:
    if before == 0:
        return "from nothing"
    percent = 100 * (after - before) / before
    return f"{percent:+.0f}%".replace("-", "−")


def _plural(count: int, noun: str) -> str:
    return noun if count == 1 else f"{noun}s"


def _printable(name: str) -> str:
    """A file name that any terminal can print, even one that is not valid text, on one line."""
    text = name.encode("utf-8", "replace").decode("utf-8")
    return "".join(
        character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text
    )
