"""A file's record as the JSON object of ``jnd encode --json`` and of the service."""

from dataclasses import asdict
from typing import Any

from jnd.records import FileRecord

DIGITS = {"jod": 4, "notice": 4, "satisfied": 4, "worst_window_jod": 4, "pixels_per_degree": 3, "seconds": 3}
"""Decimals in JSON; the observer's own error is far larger than a unit of the last one."""


def record_json(record: FileRecord) -> dict[str, Any]:
    """Of JSON types only; dumped in ASCII, a file name that is no text survives as an escape."""
    fields = asdict(record)
    for name, digits in DIGITS.items():
        if fields[name] is not None:
            fields[name] = round(fields[name], digits)
    return fields
