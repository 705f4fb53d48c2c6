"""What ``jnd encode`` prints: JSON on standard output; lines, progress and the closing table on standard error."""

import json
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from jnd.cli.progress import bar
from jnd.records import FileRecord
from jnd.report.words import bytes_in_words, change_in_words, percent, plural, printable
from jnd.search.as_json import record_json
from jnd.search.request import Request

DEFAULT_PROTOCOL = "aic3"
"""Its first note, what it is, stands in the documentation and in JSON, not above every run."""

STYLES = {"encoded": "green", "kept": "cyan", "not reachable": "yellow", "failed": "red"}


class EncodePrinter:
    """Prints each record as it comes and keeps what the closing table needs."""

    def __init__(
        self,
        request: Request,
        folder: Path,
        count: int,
        skipped: int,
        *,
        as_json: bool,
        quiet: bool,
        dry_run: bool = False,
    ) -> None:
        self._dry_run = dry_run
        self._request, self._folder, self._skipped = request, folder, skipped
        self._as_json, self._quiet = as_json, quiet
        self._begin = time.perf_counter()
        self._records: list[FileRecord] = []
        self._console = Console(stderr=True, highlight=False, markup=False, emoji=False)
        self._progress = bar("Encoding", self._console, quiet=quiet)
        self._task = self._progress.add_task("", total=count)

    def __enter__(self) -> Self:
        if not self._quiet:
            for line, style in self._target_in_words():
                self._console.print(line, style=style)
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def _target_in_words(self) -> list[tuple[str, str]]:
        if self._request.lossless:
            return [("Target: every pixel as it is in the original.", "bold")]
        criterion = self._request.criterion
        notes = criterion.notes if self._request.protocol != DEFAULT_PROTOCOL else criterion.notes[1:]
        return [
            (f"Target: {criterion.in_words()}.", "bold"),
            *((f"Note: {note}.", "yellow") for note in notes),
        ]

    def show(self, record: FileRecord) -> None:
        """Print one picture's result."""
        self._records.append(record)
        if self._as_json:
            typer.echo(json.dumps(record_json(record)))
        if not self._quiet or record.status in ("failed", "not reachable"):
            self._console.print(_picture_line(record), soft_wrap=True)
        self._progress.advance(self._task)

    def stopped(self) -> None:
        """Say that the user stopped the run."""
        done = len(self._records)
        self._console.print(f"Stopped. {plural(done, 'picture')} done, no file is half written.")

    def close(self) -> None:
        """Print the closing table, and what the user may want to do next."""
        if self._quiet:
            return
        say = self._console.print
        say(_table(self._request, self._records, time.perf_counter() - self._begin))
        if self._skipped:
            say(f"{plural(self._skipped, 'file')} skipped: no picture by the name.")
        if any(record.status == "not reachable" for record in self._records):
            say("For pictures out of reach, try another --format or a smaller --satisfied.")
        if any(record.output for record in self._records):
            written = "Nothing was written; it would go to" if self._dry_run else "Written to"
            say(f"{written} {printable(str(self._folder))}", soft_wrap=True)

    def report_written(self, path: Path) -> None:
        """Say where the report is."""
        if not self._quiet:
            self._console.print(f"Report: {printable(str(path))}", soft_wrap=True)

    def report_failed(self, path: Path, why: str) -> None:
        """Say that the report could not be written; the pictures are not lost for it."""
        self._console.print(
            f"The report {printable(str(path))} was not written: {printable(why)}", style="red"
        )

    @property
    def every_picture_has_an_output(self) -> bool:
        """Whether nothing failed and nothing was out of reach."""
        return all(record.output is not None for record in self._records)


def _picture_line(record: FileRecord) -> Text:
    """Sizes, setting and satisfaction in columns, the name last: it may be long."""
    name = printable(record.source)
    if record.status == "failed":
        return Text.assemble((name, "bold"), (f"  failed: {printable(record.error or '')}", STYLES["failed"]))
    if record.status == "not reachable":
        return Text.assemble((name, "bold"), (f"  not reachable: {record.note}", STYLES["not reachable"]))
    assert record.bytes is not None
    assert record.source_bytes is not None
    assert record.satisfied is not None
    if record.status == "kept":
        return Text.assemble(
            (name, "bold"), (f"  {bytes_in_words(record.bytes)}, {record.note}", STYLES["kept"])
        )
    settings = " ".join(f"{key} {value}" for key, value in (record.setting or {}).items())
    line = Text(f"{bytes_in_words(record.source_bytes):>8} → {bytes_in_words(record.bytes):>8} ")
    line.append(f"{change_in_words(record.source_bytes, record.bytes):>6}")
    line.append(f"  {f'{record.codec} {settings}':<16}", "cyan")
    line.append(f" {percent(record.satisfied):>6} satisfied{'' if record.verified else '?'}  ")
    line.append(name, "bold")
    notes = [
        *(["made by an earlier run"] if record.from_earlier_run else []),
        *([record.note] if record.note else []),
    ]
    if notes:
        line.append(f"\n{'':21}{'; '.join(notes)}", "dim")
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
        table.add_row(
            "Bytes", f"{bytes_in_words(before)} → {bytes_in_words(after)} ({change_in_words(before, after)})"
        )
    searched = [record for record in records if record.encodes and not record.from_earlier_run]
    if searched:
        mean = sum(record.encodes for record in searched) / len(searched)
        formats = len(request.formats)
        over = f", over {formats} formats" if formats > 1 else ""
        table.add_row("Trial encodes", f"{mean:.1f} per picture{over}")
    encoded = [record for record in records if record.status == "encoded"]
    encoded = [record for record in encoded if record.verified]
    if encoded:
        lowest = min(encoded, key=lambda record: record.satisfied or 0.0)
        worst = min(encoded, key=lambda record: record.worst_window_jod or 0.0)
        table.add_row(
            "Lowest satisfaction", f"{percent(lowest.satisfied or 0.0)} of people ({_name(lowest)})"
        )
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
    earlier = sum(record.from_earlier_run for record in records)
    return Text.assemble(Text(", ").join(parts), f" ({earlier} by an earlier run)" if earlier else "")


def _name(record: FileRecord) -> str:
    return printable(Path(record.source).name)
