"""A comparison as the JSON object of ``jnd compare --json`` and of the service."""

from dataclasses import asdict
from typing import Any, Final

from jnd.records import Comparison

DECIMALS: Final = 4
"""The observer's own error is far larger than a unit of the last one."""


def comparison_json(record: Comparison) -> dict[str, Any]:
    """Of JSON types only."""
    content: dict[str, Any] = _rounded(asdict(record))
    return content


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, DECIMALS)
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(item) for item in value]
    return value
