"""Psych-DS: a folder of tables that other tools read, described by one schema.org file.

``dataset_description.json`` names every column of the tables in ``data``, whose file names follow the rule below
[Psych-DS schema 1.5]. :func:`problems` checks a folder against both rules.
"""

import csv
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import jnd
from jnd.study.export.columns import Column
from jnd.study.export.study_export import StudyExport

FILE_NAME: Final = re.compile(r"([a-z]+-[a-zA-Z0-9]+)(_[a-z]+-[a-zA-Z0-9]+)*_data\.csv")
"""Of every table in ``data``."""

DATA_TYPES: Final = {
    "text": "Text", "time": "DateTime", "json": "JSON", "integer": "Integer", "number": "Number", "boolean": "Boolean",
}  # fmt: skip


def data_file_name(study: str, session: str) -> str:
    """Name of the table of one session; characters that Psych-DS does not allow are left out.

    >>> data_file_name("my-study", "0f3a-77")
    'study-mystudy_session-0f3a77_data.csv'
    """
    return f"study-{_plain(study) or 'x'}_session-{_plain(session) or 'x'}_data.csv"


def dataset_description(export: StudyExport, columns: Sequence[Column]) -> dict[str, Any]:
    """The content of ``dataset_description.json``."""
    simulated = (
        " Simulated observers answered; these are not answers of people." if _simulated(export) else ""
    )
    return {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "name": export.title or export.name,
        "identifier": f"{export.name}, version {export.version}",
        "description": (
            f"Answers of a study of just noticeable differences of pictures, method {export.method}: one row per answer."
            f"{simulated}"
        ),
        "dateModified": export.snapshot,
        "measurementTechnique": export.method,
        "creator": {"@type": "SoftwareApplication", "name": "jnd", "softwareVersion": jnd.__version__},
        "variableMeasured": [
            {
                "@type": "PropertyValue",
                "name": c.name,
                "description": c.description,
                "dataType": DATA_TYPES[c.type],
            }
            | ({"unitText": c.unit} if c.unit else {})
            for c in columns
        ],
    }


def problems(folder: Path) -> list[str]:
    """What is wrong with a folder by the rules of Psych-DS that concern tables; nothing for a valid one."""
    found = []
    try:
        description = json.loads((folder / "dataset_description.json").read_text("utf-8"))
    except (OSError, json.JSONDecodeError) as error:
        return [f"dataset_description.json: {error}"]
    found += [f"dataset_description.json: no {key}" for key in ("@context", "@type", "name", "description", "variableMeasured")
              if not description.get(key)]  # fmt: skip
    names = {v["name"] if isinstance(v, dict) else v for v in description.get("variableMeasured", [])}
    tables = sorted((folder / "data").rglob("*.csv"))
    if not tables:
        found.append("data: no table")
    for path in tables:
        if not FILE_NAME.fullmatch(path.name):
            found.append(f"data/{path.name}: the name must be like study-x_session-y_data.csv")
        with path.open(encoding="utf-8", newline="") as file:
            header = next(csv.reader(file), [])
        found += [
            f"data/{path.name}: column {name} is not in variableMeasured"
            for name in header
            if name not in names
        ]
    return found


def _plain(name: str) -> str:
    return re.sub(r"[^a-zA-Z0-9]", "", name)


def _simulated(export: StudyExport) -> bool:
    return "simulated" in export.answers.column("recruited_via").to_pylist()
