"""Lines that are only ever added, in a store of objects, which can be replaced as a whole but not appended to.

A writer has a segment of its own, an object, and puts it again with each line more; a full segment is left alone and
the next one is begun. So no two writers touch one object, a line that was written is never taken back, and a kill
loses nothing but the line in hand.
"""

import secrets
import time
from pathlib import Path
from typing import Any, cast

LINES_PER_SEGMENT = 64
"""Few enough that putting a segment again costs little beside a picture, enough that a million lines are read in minutes."""


class Segments:
    """The segments of one remote folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._begin()

    def content(self) -> bytes:
        """All lines, those of the oldest segment first."""
        store = cast(Any, self._folder)
        try:
            names = sorted(name for name in store.fs.find(store.path) if name.endswith(".jsonl"))
        except FileNotFoundError:
            return b""
        found: dict[str, bytes] = store.fs.cat(names) if names else {}  # many at once
        return b"".join(found[name] for name in found)

    def append(self, line: bytes) -> None:
        """Add a line, which ends with a line break; it is there when this returns.

        Raises
        ------
        OSError
            The store refused it.
        """
        self._lines.append(line)
        self._path.write_bytes(b"".join(self._lines))
        if len(self._lines) == LINES_PER_SEGMENT:
            self._begin()

    def _begin(self) -> None:
        self._lines: list[bytes] = []
        # By time, so that of two lines about the same output the later one is read last.
        self._path = self._folder / f"{time.time_ns():020d}-{secrets.token_hex(4)}.jsonl"
