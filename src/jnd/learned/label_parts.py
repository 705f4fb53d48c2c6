"""Labels on the disk: a part per picture while a run goes on, and the one file that it ends in; both are Parquet."""

import io
import json
import platform
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jnd.datasets.observer_labels import COLUMNS, METADATA_KEY, pyarrow
from jnd.errors import UnusableDatasetError
from jnd.learned.label_request import LabelRequest
from jnd.learned.label_scan import Row
from jnd.picture import write_bytes_atomically

NAMES = ("name", "path", "group")
"""Columns that a part lacks: the same pixels may come under another name in the next run."""


def parts_folder(output: Path) -> Path:
    """Where the parts of ``output`` are kept; it may be deleted when the file is there."""
    return output.with_name(output.name + ".parts")


def part_path(parts: Path, picture: str, request: LabelRequest) -> Path:
    """The part of one picture under one request."""
    return parts / f"{picture[:32]}-{request.digest()}.parquet"


def write_part(path: Path, rows: Sequence[Row], request: LabelRequest) -> None:
    """Keep the rows of one picture."""
    kept = {key: value for key, value in COLUMNS.items() if key not in NAMES}
    write_bytes_atomically(path, _parquet(rows, kept, request.provenance()))


def write_labels(
    output: Path,
    parts: Sequence[tuple[Path, Row]],
    request: LabelRequest,
    made: Mapping[str, Any],
) -> None:
    """Join parts to the file that a run ends in.

    Parameters
    ----------
    parts : each with the values of :data:`NAMES` for its rows, in the order of the file.
    made : for the file's metadata, beside what the request says and when and where it was made.

    Raises
    ------
    UnusableDatasetError
        A part is damaged.
    """
    arrow = pyarrow()
    rows: list[Row] = []
    for path, names in parts:
        try:
            part: list[Row] = arrow.parquet.read_table(io.BytesIO(path.read_bytes())).to_pylist()
        except (OSError, arrow.ArrowException):
            raise UnusableDatasetError(
                f"{path} is damaged; delete it and run the same command again: only {names['path']} is labelled anew"
            ) from None
        rows += [names | row for row in part]
    where = {
        "made": time.strftime("%Y-%m-%d", time.gmtime()),
        "python": platform.python_version(),
        "platform": sys.platform,
        "pictures": len(parts),
        "groups": len({names["group"] for _, names in parts}),
    }
    write_bytes_atomically(output, _parquet(rows, COLUMNS, request.provenance() | dict(made) | where))


def _parquet(rows: Sequence[Row], columns: Mapping[str, str], metadata: dict[str, Any]) -> bytes:
    arrow = pyarrow()
    schema = arrow.schema(
        [(name, getattr(arrow, kind)()) for name, kind in columns.items()],
        metadata={METADATA_KEY: json.dumps(metadata).encode()},
    )
    buffer = io.BytesIO()
    arrow.parquet.write_table(arrow.Table.from_pylist(list(rows), schema=schema), buffer, compression="zstd")
    return buffer.getvalue()
