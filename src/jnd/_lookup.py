"""From a name to an entry of a literal dict, with "did you mean" when the name is unknown."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import TypeVar

from jnd.errors import UnknownNameError

Entry = TypeVar("Entry")


def lookup(entries: Mapping[str, Entry], name: str, *, kind: str) -> Entry:
    """The entry called ``name``.

    Raises
    ------
    UnknownNameError
        No such entry; the message gives the nearest name and all that are known.

    >>> lookup({"webp": 1, "avif": 2}, "webp", kind="format")
    1
    >>> lookup({"webp": 1, "avif": 2}, "web", kind="format")
    Traceback (most recent call last):
    jnd.errors.UnknownNameError: no format "web"; did you mean "webp"? Known: avif, webp
    """
    if name in entries:
        return entries[name]
    near = get_close_matches(name, entries, n=1)
    hint = f'; did you mean "{near[0]}"?' if near else "."
    raise UnknownNameError(f'no {kind} "{name}"{hint} Known: {", ".join(sorted(entries))}')
