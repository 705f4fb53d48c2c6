"""The report of a batch: one HTML page to judge the results by eye, on any machine and without a network.

In go a :class:`~jnd.records.FileRecord` and a :class:`ReportEntry` per file, the entry made by the worker that
has the picture in hand; out comes one file. What is shown needs no other file and makes no request.
"""

from jnd.report.page import DEFAULT_SIZE_LIMIT
from jnd.search.report.entry import ReportEntry, report_entry
from jnd.search.report.page import ReportWriter

__all__ = ["DEFAULT_SIZE_LIMIT", "ReportEntry", "ReportWriter", "report_entry"]
