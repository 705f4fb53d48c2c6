"""Observer labels: JOD per level of codecs, made by ``jnd datasets label``, in one Parquet file.

One row per picture, codec and level. The file says itself what made it (``jnd`` in its schema's metadata, JSON).
They are the metric's answers, calibrated on people but not given by people.
"""

import hashlib
import json
from collections.abc import Sequence
from importlib import import_module
from itertools import groupby
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import numpy as np

from jnd.datasets.labelled import LabelledPicture
from jnd.errors import UnusableAnswersError, needing
from jnd.picture import CodeValues

COLUMNS: Final[dict[str, str]] = {
    "picture": "string",
    "name": "string",
    "path": "string",
    "group": "string",
    "width": "int32",
    "height": "int32",
    "codec": "string",
    "encoder": "string",
    "chroma_subsampling": "string",
    "effort": "string",
    "level": "int32",
    "parameter": "string",
    "setting": "float64",
    "bytes": "int64",
    "jod": "float64",
    "jnd": "float64",
    "worst_window_jod": "float64",
    "psnr": "float64",
    "viewing": "string",
    "pixels_per_degree": "float64",
    "protocol": "string",
}
"""Column → Arrow type. ``picture`` is the hash of the pixels, ``level`` the distortion level (larger is worse),
``setting`` the value of ``parameter`` at it, ``jnd`` the scale of ``protocol``, ``psnr`` in dB over all sRGB code
values (infinite where nothing changed)."""

METADATA_KEY: Final = b"jnd"


def picture_hash(pixels: CodeValues) -> str:
    """SHA-256 of a picture as seen: its shape, its type and its code values, row by row.

    Parameters
    ----------
    pixels : (H, W, 3) sRGB code values, from :func:`jnd.picture.seen`.
    """
    digest = hashlib.sha256(f"{pixels.shape} {pixels.dtype.name}\n".encode())
    digest.update(np.ascontiguousarray(pixels).tobytes())
    return digest.hexdigest()


def pyarrow() -> ModuleType:
    """The library for Parquet files, with its ``parquet`` module loaded.

    Raises
    ------
    MissingExtraError
        It is not installed.
    """
    with needing("train", "a Parquet file"):
        import_module("pyarrow.parquet")
        return import_module("pyarrow")


def read_observer_labels(
    path: Path, *, codecs: Sequence[str] | None = None, pictures: Path | None = None
) -> tuple[LabelledPicture, ...]:
    """The labels of a file, one record per picture, codec and chroma subsampling, sorted by name and codec.

    Parameters
    ----------
    codecs : only these; None is all.
    pictures : folder to look for the reference pictures in (by file name, at any depth), if they moved since the
        labels were made; None takes the paths in the file.

    Raises
    ------
    MissingExtraError
        pyarrow is not installed.
    UnusableAnswersError
        Not such a file, a missing column, a codec that it does not hold, or a level given twice.
    """
    rows = _rows(path)
    present = sorted({row["codec"] for row in rows})
    for name in codecs or ():
        if name not in present:
            raise UnusableAnswersError(f"{path}: no labels of {name}; it holds {', '.join(present)}")
    moved = {} if pictures is None else {file.name: file for file in sorted(pictures.rglob("*"))}
    wanted = [row for row in rows if codecs is None or row["codec"] in codecs]
    wanted.sort(
        key=lambda r: (r["name"], r["picture"], r["codec"], r["chroma_subsampling"] or "", r["level"])
    )
    return tuple(
        _labelled(list(curve), path, moved)
        for _, curve in groupby(
            wanted, key=lambda r: (r["name"], r["picture"], r["codec"], r["chroma_subsampling"] or "")
        )
    )


def provenance(path: Path) -> dict[str, Any]:
    """What made a file of observer labels: versions, viewing, protocol, levels, command."""
    arrow = pyarrow()
    try:
        metadata = arrow.parquet.read_schema(path).metadata or {}
    except (OSError, arrow.ArrowException) as error:
        raise _not_labels(path, error) from None
    if METADATA_KEY not in metadata:
        raise UnusableAnswersError(
            f"{path}: a Parquet file, but not one of observer labels; make one with `jnd datasets label`"
        )
    found: dict[str, Any] = json.loads(metadata[METADATA_KEY])
    return found


def _rows(path: Path) -> list[dict[str, Any]]:
    provenance(path)
    arrow = pyarrow()
    try:
        table = arrow.parquet.read_table(path)
    except (OSError, arrow.ArrowException) as error:
        raise _not_labels(path, error) from None
    missing = [name for name in COLUMNS if name not in table.column_names]
    if missing:
        raise UnusableAnswersError(
            f"{path}: no column {', '.join(missing)}; it was written by another version of jnd: make it again"
        )
    rows: list[dict[str, Any]] = table.to_pylist()
    if not rows:
        raise UnusableAnswersError(f"{path}: holds no labels")
    return rows


def _not_labels(path: Path, error: Exception) -> UnusableAnswersError:
    if not path.is_file():
        return UnusableAnswersError(
            f"{path}: no such file; make it with `jnd datasets label PICTURES -o {path}`"
        )
    first = str(error).splitlines()[0] if str(error) else type(error).__name__
    return UnusableAnswersError(f"{path}: not a readable Parquet file ({first}); make it again")


def _labelled(curve: list[dict[str, Any]], path: Path, moved: dict[str, Path]) -> LabelledPicture:
    first = curve[0]
    level = np.array([row["level"] for row in curve], dtype=np.float64)
    if np.any(np.diff(level) <= 0):
        twice = int(level[np.argmax(np.diff(level) <= 0)])
        raise UnusableAnswersError(
            f"{path}: level {twice} of {first['name']}, {first['codec']}, is there twice"
        )
    columns = {
        key: np.array([row[key] for row in curve], dtype=np.float64)
        for key in ("setting", "jod", "jnd", "psnr", "bytes")
    }
    bad = ~np.isfinite(columns["jod"]) | (columns["jod"] > 10.0)
    if bad.any():
        raise UnusableAnswersError(
            f"{path}: JOD {columns['jod'][np.argmax(bad)]:g} at level {int(level[np.argmax(bad)])} of "
            f"{first['name']}, {first['codec']}, is no quality of at most 10"
        )
    source = Path(first["path"])
    return LabelledPicture(
        path=moved.get(source.name, source),
        name=first["name"],
        group=first["group"],
        dataset=path.stem,
        kind="observer",
        codec=first["codec"],
        chroma_subsampling=first["chroma_subsampling"],
        level=level,
        setting=columns["setting"],
        parameter=first["parameter"],
        jod=columns["jod"],
        jnd=columns["jnd"],
        psnr=columns["psnr"],
        size_bytes=columns["bytes"],
        picture=first["picture"],
        width=first["width"],
        height=first["height"],
    )
