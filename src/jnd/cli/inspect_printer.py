"""What ``jnd inspect`` prints: a table per picture, or a JSON object per picture."""

import json
from types import TracebackType
from typing import Any, Self

from rich.console import Console
from rich.table import Table
from rich.text import Text

from jnd.artifacts import ARTIFACTS
from jnd.artifacts.inspection import Inspection
from jnd.cli.progress import bar
from jnd.report.words import printable

WIDE = 110


class InspectPrinter:
    """Prints each picture as it comes."""

    def __init__(self, count: int, *, as_json: bool, quiet: bool) -> None:
        self._as_json, self._quiet = as_json, quiet
        self._out = Console(highlight=False, markup=False, emoji=False)
        if not self._out.is_terminal:
            self._out = Console(highlight=False, markup=False, emoji=False, width=WIDE)
        self._err = Console(stderr=True, highlight=False, markup=False, emoji=False)
        self._progress = bar("Inspecting", self._err, quiet=quiet or count == 1)
        self._task = self._progress.add_task("", total=count)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def failed(self, source: str, error: str) -> None:
        """A picture that could not be inspected."""
        if self._as_json:
            print(json.dumps({"source": source, "error": error}, ensure_ascii=False))
        else:
            self._err.print(
                Text(f"Error: {printable(source)}: {printable(error)}", style="red"), soft_wrap=True
            )
        self._progress.advance(self._task)

    def show(self, source: str, inspection: Inspection) -> None:
        """A picture that was inspected."""
        if self._as_json:
            print(json.dumps(fields(source, inspection), ensure_ascii=False, allow_nan=False))
        elif not self._quiet:
            self._table(source, inspection)
        self._progress.advance(self._task)

    def _table(self, source: str, inspection: Inspection) -> None:
        self._out.print(Text(f"{printable(source)}  {inspection.width} x {inspection.height}", style="bold"))
        table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
        table.add_column(no_wrap=True)
        table.add_column(overflow="fold")
        table.add_column(overflow="fold")
        for name, finding in sorted(inspection.findings.items(), key=lambda item: not item[1].found):
            effect = inspection.effects.get(name)
            said = f"{effect.method}: {effect.words}, {effect.jnd:.1f} JND" if effect is not None else ""
            style = "" if finding.found else "dim"
            table.add_row(
                Text(ARTIFACTS[name].title, style=style),
                Text(finding.words, style=style),
                Text(said, style=style),
            )
        if inspection.niqe is not None:
            table.add_row("NIQE", f"{inspection.niqe:.2f}, lower is better", "")
        if inspection.brisque_observer is not None:
            table.add_row(
                "BRISQUE, observer",
                f"{inspection.brisque_observer:.2f} JOD, 10 is best",
                "a guess without the original",
            )
        self._out.print(table)
        for note in inspection.notes:
            self._out.print(Text(f"Note: {note}.", style="yellow"))
        self._out.print()


def fields(source: str, inspection: Inspection) -> dict[str, Any]:
    """The JSON object of one picture."""
    artifacts = {}
    for name, finding in inspection.findings.items():
        effect = inspection.effects.get(name)
        artifacts[name] = {
            "found": finding.found,
            "strength": finding.strength,
            "unit": ARTIFACTS[name].unit,
            "words": finding.words,
            "details": dict(finding.details),
            "effect": None
            if effect is None
            else {
                "method": effect.method,
                "jod": round(effect.jod, 4),
                "jnd": round(effect.jnd, 4),
                "notice": round(effect.notice, 4),
                "words": effect.words,
            },
        }
    return {
        "source": source,
        "width": inspection.width,
        "height": inspection.height,
        "artifacts": artifacts,
        "niqe": None if inspection.niqe is None else round(inspection.niqe, 4),
        "brisque_observer": None
        if inspection.brisque_observer is None
        else round(inspection.brisque_observer, 4),
        "notes": list(inspection.notes),
        "error": None,
    }
