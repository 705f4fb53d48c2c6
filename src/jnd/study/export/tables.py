"""Rows as Arrow tables with the columns of an export, and those tables as CSV.

Text in the CSV is what ``repr`` and JSON give back exactly, so that reading it again gives the same table.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final

from jnd.datasets.observer_labels import pyarrow
from jnd.errors import UnusableAnswersError
from jnd.study.export.columns import Column

CHUNK: Final = 10_000
"""Rows that are held as Python objects at once."""

ARROW_TYPES: Final = {
    "text": "string", "time": "string", "json": "string", "integer": "int64", "number": "float64", "boolean": "bool_",
}  # fmt: skip
"""Type of a column → the function of Arrow that makes it."""


def arrow_table(rows: Iterable[Mapping[str, Any]], columns: Sequence[Column]) -> Any:
    """A ``pyarrow.Table`` of rows; a key that a row lacks is empty. JSON columns take any JSON value."""
    arrow = pyarrow()
    schema = schema_of(columns)
    source = iter(rows)
    batches = []
    while chunk := list(islice(source, CHUNK)):
        arrays = [
            arrow.array(
                [_cell(row.get(column.name), column) for row in chunk], schema.field(column.name).type
            )
            for column in columns
        ]
        batches.append(arrow.record_batch(arrays, schema=schema))
    return arrow.Table.from_batches(batches, schema=schema)


def schema_of(columns: Sequence[Column]) -> Any:
    """The Arrow schema, with what each column means in its metadata."""
    arrow = pyarrow()
    return arrow.schema(
        [
            arrow.field(
                c.name,
                getattr(arrow, ARROW_TYPES[c.type])(),
                metadata={"description": c.description, "unit": c.unit},
            )
            for c in columns
        ]
    )


def _cell(value: Any, column: Column) -> Any:
    if value is None:
        return None
    if column.type == "json":
        return compact_json(value)
    if column.type in ("text", "time"):
        return str(value) or None  # a CSV does not tell an empty text from none
    if column.type == "boolean":
        return bool(value)
    try:
        number = float(value)
        if column.type == "integer":
            return int(value)
    except (TypeError, ValueError, OverflowError):
        return None  # a page may say anything of its display; what is no number is not known
    return number if number == number and abs(number) != float("inf") else None  # noqa: PLR0124  # NaN


def compact_json(value: Any) -> str:
    """JSON in one line with sorted keys: the same for the same value."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def csv_text(table: Any) -> str:
    """A table as CSV: UTF-8, comma, a header, true and false, empty where nothing is known."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(table.column_names)
    for batch in table.to_batches(max_chunksize=CHUNK):
        columns = [column.to_pylist() for column in batch.columns]
        writer.writerows([[_written(value) for value in row] for row in zip(*columns, strict=True)])
    return buffer.getvalue()


def _written(value: Any) -> str:
    if value is None:
        return ""
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return str(value)


def rows_of_csv(text: str, columns: Sequence[Column], where: str) -> Iterator[dict[str, Any]]:
    """The rows of :func:`csv_text` again, JSON columns parsed.

    Raises
    ------
    UnusableAnswersError
        A column is missing, or a cell is not of its column's type; the message has the line.
    """
    reader = csv.DictReader(io.StringIO(text))
    missing = [c.name for c in columns if c.name not in (reader.fieldnames or ())]
    if missing:
        raise UnusableAnswersError(
            f"{where}: no column {', '.join(missing)}; is this an export of jnd study?"
        )
    for row in reader:
        try:
            yield {c.name: _parsed(row[c.name], c) for c in columns}
        except (ValueError, TypeError) as error:
            raise UnusableAnswersError(f"{where}, line {reader.line_num}: {error}") from None


def _parsed(text: str, column: Column) -> Any:
    if text == "" or text is None:
        return None
    if column.type == "json":
        return json.loads(text)
    if column.type == "integer":
        return int(text)
    if column.type == "number":
        return float(text)
    if column.type == "boolean":
        if text not in ("true", "false"):
            raise ValueError(f'"{text}" in column "{column.name}" is not true or false')
        return text == "true"
    return text
