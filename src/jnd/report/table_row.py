"""The row of a picture in the table of a page, as ``table.js`` and ``viewer.js`` read it."""

import base64
from collections.abc import Iterable
from html import escape
from pathlib import Path

from jnd.report.heat_picture import HeatPicture
from jnd.report.shown import Shown


def table_row(
    number: int,
    path: str,
    status: str,
    *,
    width: int | None,
    height: int | None,
    facts: str,
    thumbnail: bytes | None,
    cells: Iterable[str],
) -> str:
    """The row of picture ``number``, which opens the template ``d{number}``.

    Parameters
    ----------
    path : printable; its name is shown over its folder.
    status : what the page can be filtered by.
    facts : of :func:`viewer_facts`.
    thumbnail : a WebP file.
    cells : behind the name, of :func:`number_cell` for one.
    """
    size = "" if width is None else f"<small>{width} × {height}</small>"
    folder = str(Path(path).parent)
    return (
        f'<tr role="row" data-n="{number}" data-status="{status}" data-name="{escape(path)}"{facts}>'
        f'<th role="rowheader" scope="row" data-v="{escape(path)}">'
        f'<button type="button" class="open" aria-expanded="false">{_thumbnail(thumbnail)}'
        f"<span><bdi>{escape(Path(path).name)}</bdi>"
        f"{'' if folder == '.' else f'<small><bdi>{escape(folder)}</bdi></small>'}{size}</span></button></th>"
        f"{''.join(cells)}</tr>\n"
    )


def viewer_facts(
    width: int | None,
    height: int | None,
    window: tuple[int, ...] | None,
    result: Shown | None,
    original: Shown | None,
    heat: HeatPicture | None,
    *,
    transparent: bool,
) -> str:
    """What the viewer needs to know of a picture, as attributes of its row."""
    facts: dict[str, object] = {
        "width": width,
        "height": height,
        "window": None if window is None else ",".join(map(str, window)),
        "result": None if result is None else result.media_type,
        "original": None if original is None else original.media_type,
        "block": None if heat is None else heat.block,
        "peak": None if heat is None else f"{heat.peak_jod:.2f}",
        "transparent": "yes" if transparent else None,
    }
    return "".join(
        f' data-{name}="{escape(str(value))}"' for name, value in facts.items() if value is not None
    )


def number_cell(value: float | None, words: str, label: str) -> str:
    """A cell that is sorted by ``value``; a dash where there is none."""
    sort = "" if value is None else f"{value:.9g}"
    return f'<td role="cell" class="number" data-v="{sort}" data-label="{label}">{words or "–"}</td>'


def _thumbnail(file: bytes | None) -> str:
    if file is None:
        return '<span class="thumbnail"></span>'
    data = base64.b64encode(file).decode()
    return (
        f'<img class="thumbnail" src="data:image/webp;base64,{data}" alt="" loading="lazy" decoding="async">'
    )
