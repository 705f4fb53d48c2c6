"""What every page of jnd is made of: embedded bytes, the viewer's markup and scripts, and text that waits on disk.

In go pictures and words, out comes markup of a page that holds all it shows and makes no request.
"""

import base64
import hashlib
import json
import tempfile
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from string import Template
from typing import IO

import jnd
from jnd.report.heat_picture import COLOUR_STOPS, SCALE_TOP_JOD, TOP_CODE
from jnd.report.words import plural

DEFAULT_SIZE_LIMIT = 300_000_000
"""Bytes of a page. Chromium opens this in a few seconds; several times as much, and telephones give up."""

_COPY_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Span:
    """Where a text lies in a :class:`Spool`."""

    begin: int
    length: int


class Spool:
    """Bytes that wait on disk, in a file without a name that vanishes with the process."""

    def __init__(self, folder: Path) -> None:
        self._file: IO[bytes] = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed by close()
        self.size = 0

    def append(self, text: str) -> Span:
        """Keep ``text`` behind what is there."""
        data = text.encode()
        self._file.seek(self.size)
        self._file.write(data)
        self.size += len(data)
        return Span(self.size - len(data), len(data))

    def append_within(self, limit: int, text: str) -> Span | None:
        """None, and nothing kept, where the spool would grow beyond the limit."""
        return self.append(text) if self.size + len(text) <= limit else None

    def copy(self, span: Span, to: IO[bytes]) -> None:
        """Write that text to a file."""
        self._file.seek(span.begin)
        left = span.length
        while left:
            part = self._file.read(min(left, _COPY_BYTES))
            to.write(part)
            left -= len(part)

    def close(self) -> None:
        """Let go of the disk."""
        self._file.close()


def embedded(name: str, data: bytes) -> str:
    """Bytes that the browser keeps as text until the page's script asks for them by ``name``."""
    return f'<script type="application/octet-stream;base64" id="{name}">{base64.b64encode(data).decode()}</script>\n'


def asset(name: str) -> str:
    """A text of this room: its style sheet, its scripts, the viewer's templates."""
    return files("jnd.report").joinpath(name).read_text("utf-8")


def content_hash(text: str) -> str:
    """As a content security policy names an inline style or script."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def viewer_scripts() -> str:
    """The viewer, and how bytes are taken out of the page; a page's own script comes behind."""
    return asset("viewer.js") + asset("embedded.js")


def filled(template: Traversable, *, before: str, after: str, **fields: str) -> tuple[bytes, bytes, bytes]:
    """A page's template with style, scripts and viewer; what stands before the rows, after them, and behind the data.

    Parameters
    ----------
    before, after : what the two pictures are called, in lower case: "original" and "result".
    fields : the other names of the template, as HTML.
    """
    script = viewer_scripts() + asset("table.js")
    page = Template(template.read_text("utf-8")).substitute(
        head=head_markup(fields["title"], asset("report.css"), script),
        script=script,
        version=escape(jnd.__version__),
        scale_top=f"{SCALE_TOP_JOD:g}",
        viewer=viewer_markup(before, after),
        **fields,
    )
    head, rest = page.split("<!-- rows -->")
    between, tail = rest.split("<!-- data -->")
    return head.encode(), between.encode(), tail.encode()


def head_markup(title: str, style: str, script: str | None = None) -> str:
    """The head of a page, whose policy lets nothing run or load but this style and this script.

    Parameters
    ----------
    title : as HTML.
    """
    return Template(asset("head.html")).substitute(
        title=title,
        style=style,
        style_hash=content_hash(style),
        blobs="" if script is None else " blob:",
        scripts="" if script is None else f"; script-src '{content_hash(script)}'",
        version=escape(jnd.__version__),
    )


def stopped_note(done: int, of: int | None, noun: str) -> str:
    """A warning in HTML that the run was stopped before its end, or nothing."""
    return "" if of is None else f'<p class="warning">The run was stopped: {done} of {plural(of, noun)}.</p>'


def viewer_markup(before: str, after: str) -> str:
    """The templates that ``viewer.js`` builds from.

    Parameters
    ----------
    before, after : what the two pictures are called, in lower case: "original" and "result".
    """
    return Template(asset("viewer.html")).substitute(
        before=escape(before),
        after=escape(after),
        before_title=escape(before.capitalize()),
        after_title=escape(after.capitalize()),
        scale_top=f"{SCALE_TOP_JOD:g}",
        gradient="".join(
            f'<stop offset="{i / (len(COLOUR_STOPS) - 1):.4f}" stop-color="{colour}"/>'
            for i, colour in enumerate(COLOUR_STOPS)
        ),
        scale_ticks="".join(_scale_tick(i / 4) for i in range(5)),
        heat_scale=json.dumps({"top": SCALE_TOP_JOD, "codes": TOP_CODE, "stops": COLOUR_STOPS}),
    )


def _scale_tick(share: float) -> str:
    value = f"{share * SCALE_TOP_JOD:g}" + (" +" if share == 1 else "")
    anchor = {0.0: "start", 1.0: "end"}.get(share, "middle")
    return f'<text x="{8 + 304 * share:.0f}" y="27" text-anchor="{anchor}" class="tick">{value}</text>'
