"""Two pictures: would anyone notice the difference, where, and how much.

In go a reference and a changed picture, or two folders of them; out come :class:`~jnd.records.Comparison`
records, maps of visible difference, one HTML page, and errors for tests.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jnd.difference.assertion import assert_imperceptible
    from jnd.difference.comparison import compare
    from jnd.difference.request import DEFAULT_NOTICE, CompareRequest

__all__ = ["DEFAULT_NOTICE", "CompareRequest", "assert_imperceptible", "compare"]

_HOMES = {
    "assert_imperceptible": "jnd.difference.assertion",
    "compare": "jnd.difference.comparison",
    "DEFAULT_NOTICE": "jnd.difference.request",
    "CompareRequest": "jnd.difference.request",
}


def __getattr__(name: str) -> Any:
    # A test run that compares nothing should not load the metric.
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
