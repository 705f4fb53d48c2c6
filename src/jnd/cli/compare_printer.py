"""What ``jnd compare`` prints: JSON on standard output; lines, progress and the closing table on standard error."""

import json
from collections import Counter
from pathlib import Path
from types import TracebackType
from typing import Self

import typer
from rich.console import Console
from rich.text import Text

from jnd.cli.progress import bar
from jnd.difference.as_json import comparison_json
from jnd.difference.request import CompareRequest
from jnd.difference.words import in_words, misregistration_in_words
from jnd.records import Comparison
from jnd.report.words import plural, printable

STYLES = {"identical": "green", "invisible": "green", "visible": "red", "broken": "red"}


class ComparePrinter:
    """Prints each comparison as it comes and keeps what the end needs."""

    def __init__(self, request: CompareRequest, count: int, *, as_json: bool, quiet: bool) -> None:
        self._request, self._count = request, count
        self._as_json, self._quiet = as_json, quiet
        self.results: list[tuple[str, Comparison]] = []
        self._console = Console(stderr=True, highlight=False, markup=False, emoji=False)
        self._progress = bar("Comparing", self._console, quiet=quiet or count == 1)
        self._task = self._progress.add_task("", total=count)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def show(self, name: str, record: Comparison) -> None:
        """Print one pair's result."""
        self.results.append((name, record))
        if self._as_json:
            typer.echo(json.dumps(comparison_json(record), ensure_ascii=True))
        if record.verdict == "broken":
            self._console.print(
                f"{printable(name)}: {printable(record.error or '')}", style="red", soft_wrap=True
            )
        elif not self._quiet:
            self._console.print(
                _paragraph(record) if self._count == 1 else _line(name, record), soft_wrap=True
            )
        self._progress.advance(self._task)

    @property
    def exit_status(self) -> int:
        """2 if a pair is broken, else 1 if one is visible, else 0."""
        verdicts = {record.verdict for _, record in self.results}
        return 2 if "broken" in verdicts else 1 if "visible" in verdicts else 0

    def close(self) -> None:
        """Say what decided, and how many there are of each verdict."""
        if self._quiet:
            return
        if self._count > 1:
            counts = Counter[str](record.verdict for _, record in self.results)
            self._console.print(
                f"{plural(self._count, 'pair')}: "
                + ", ".join(f"{counts[verdict]} {verdict}" for verdict in STYLES if counts[verdict]),
                style="bold",
            )
        self._console.print(f"Counted as {self._request.in_words()}.", style="dim", soft_wrap=True)
        if any(record.misregistration is not None and not record.aligned for _, record in self.results):
            self._console.print("To judge what else differs, add --align.")

    def stopped(self) -> None:
        """Say that the user stopped the run."""
        self._console.print(f"Stopped. {plural(len(self.results), 'pair')} done.")

    def written(self, what: str, path: Path) -> None:
        """Say where something is."""
        if not self._quiet:
            self._console.print(f"{what}: {printable(str(path))}", soft_wrap=True)

    def not_written(self, what: str, path: Path, error: OSError) -> None:
        """Say that something could not be written."""
        why = printable(error.strerror or str(error))
        self._console.print(
            f"The {what} {printable(str(path))} was not written: {why}", style="red", soft_wrap=True
        )


def _paragraph(record: Comparison) -> Text:
    """One pair in full: misregistration first, then verdict, places and notes."""
    text = Text()
    if record.misregistration is not None:
        words = misregistration_in_words(record)
        text.append(f"{words[0].upper()}{words[1:]}" + (" (aligned)\n" if record.aligned else "\n"), "yellow")
    if record.verdict == "identical":
        text.append("identical", STYLES["identical"]).append(": as people see them, every pixel is the same")
        return text.append("".join(f"\n{printable(note)}" for note in record.notes))
    words = in_words(record)
    if record.misregistration is not None and not record.aligned:
        words = words.replace(f"{misregistration_in_words(record)}\n", "")
    text.append(record.verdict, f"bold {STYLES[record.verdict]}")
    return text.append(words.removeprefix(record.verdict))


def _line(name: str, record: Comparison) -> Text:
    text = Text().append(f"{record.verdict:<10}", STYLES[record.verdict]).append(printable(name))
    if record.verdict == "identical":
        return text
    text.append(
        f"  {record.worst_window_jnd:.2f} JND in the worst window, "
        f"{plural(record.changed_pixels or 0, 'pixel')} in "
        f"{plural(len(record.regions) + record.regions_left_out, 'region')}"
    )
    if record.misregistration is not None:
        text.append(f"; {misregistration_in_words(record)}", "yellow")
    return text
