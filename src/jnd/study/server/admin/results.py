"""The results so far: the analysis of all answers, made again only when there are more of them."""

import threading
from typing import Any

from jnd.errors import JndError
from jnd.study.analysis.report.page import report
from jnd.study.export.bundle import results
from jnd.study.export.from_store import export_study
from jnd.study.export.study_export import StudyExport
from jnd.study.server.context import StudyContext

Result = dict[str, Any]


class Results:
    """One study's results, shared by the threads of a process; one analysis at a time."""

    def __init__(self, context: StudyContext) -> None:
        self._context = context
        self._lock = threading.Lock()
        self._state: tuple[str, Result | None, str] | None = None

    def page(self) -> str:
        """The whole report as HTML; a line of text where nothing can be said yet."""
        return self._current()[2]

    def pictures(self) -> list[Result]:
        """Each picture's result."""
        found = self._current()[1]
        return [] if found is None else [picture for picture in found["pictures"] if picture.get("trials")]

    def export(self, *, personal: bool) -> StudyExport:
        """Everything, as it is now."""
        return export_study(self._context.folder, personal=personal, store=self._context.store)

    def _current(self) -> tuple[str, Result | None, str]:
        with self._lock:
            export = self.export(personal=False)
            if self._state is not None and self._state[0] == export.snapshot:
                return self._state
            found = results(export)
            if not found["pictures"]:
                self._state = (export.snapshot, None, "; ".join(found["notes"]) or "no answers yet")
                return self._state
            try:
                self._state = (export.snapshot, found, report(found))
            except JndError as error:
                self._state = (export.snapshot, None, str(error))
            return self._state
