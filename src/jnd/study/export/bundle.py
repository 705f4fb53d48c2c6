"""The bundle: everything of a study in one folder, valid Psych-DS, written whole or not at all."""

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import jnd
from jnd.datasets.observer_labels import pyarrow
from jnd.errors import UnusableAnswersError
from jnd.study.analysis.analysis import StudyFacts, analyse_study, slider_levels
from jnd.study.analysis.options import AnalysisOptions
from jnd.study.analysis.reading import responses_of_arrow
from jnd.study.export.codebook import codebook
from jnd.study.export.columns import STIMULI_COLUMNS, answer_columns, session_columns
from jnd.study.export.psych_ds import data_file_name, dataset_description
from jnd.study.export.study_export import StudyExport
from jnd.study.export.sureal import sureal_dataset
from jnd.study.export.tables import arrow_table, csv_text

FORMATS: Final[Mapping[str, str]] = {
    "bundle": "everything below in one folder, valid Psych-DS",
    "csv": "the answers in one table, answers.csv",
    "parquet": "the same as answers.parquet",
    "sureal": "ratings as the JSON that SUREAL reads, sureal.json",
}
"""Format → what is written."""


def write_export(export: StudyExport, output: Path, formats: Sequence[str] = ("bundle",)) -> list[Path]:
    """Write a study to the folder ``output``; the files that were written.

    Raises
    ------
    UnusableAnswersError
        ``output`` holds something else than an earlier export; ratings asked of a study without.
    OSError
        It cannot be written; what was there is as before.
    """
    _refuse_strange_folder(output)
    output.parent.mkdir(parents=True, exist_ok=True)
    part = output.with_name(f".{output.name}.{os.getpid()}.part")
    if part.exists():
        shutil.rmtree(part)
    part.mkdir()
    try:
        for name in formats:
            _WRITERS[name](export, part)
        if "bundle" not in formats:
            _write_json(part / MARK, {"generator": f"jnd {jnd.__version__}", "formats": list(formats)})
        if output.exists():
            old = output.with_name(f".{output.name}.{os.getpid()}.old")
            output.rename(old)
            part.rename(output)
            shutil.rmtree(old)
        else:
            part.rename(output)
    finally:
        if part.exists():
            shutil.rmtree(part)
    return sorted(path for path in output.rglob("*") if path.is_file() and path.name != MARK)


MARK: Final = ".jnd-export.json"
"""Marks a folder of single formats as an export of ours, which may be replaced."""


def facts_of(export: StudyExport) -> StudyFacts:
    """What the analysis knows of the study beside its answers."""
    return StudyFacts(
        title=export.title,
        rules=export.rules,
        verified=export.verified,
        version=export.version,
        snapshot=export.snapshot,
        slider_levels=slider_levels(export.stimuli),
    )


def _write_bundle(export: StudyExport, folder: Path) -> None:
    answers, sessions = answer_columns(export.method), session_columns(personal=export.personal)
    _write_json(folder / "dataset_description.json", dataset_description(export, answers))
    (folder / "data").mkdir()
    for session, table in _by_session(export.answers):
        _write(folder / "data" / data_file_name(export.name, session), csv_text(table))
    _write_csv(export, folder)
    _write_parquet(export, folder)
    _write(folder / "sessions.csv", csv_text(export.sessions))
    _write(folder / "unanswered.csv", csv_text(export.unanswered))
    _write(folder / "events.csv", csv_text(export.events))
    _write(folder / "stimuli.csv", csv_text(arrow_table(export.stimuli, STIMULI_COLUMNS)))
    _write(folder / "study.toml", export.design_text)
    _write_json(folder / "study.json", study_json(export))
    _write(folder / "codebook.md", codebook(export, answers, sessions))
    _write_json(folder / "results.json", results(export))
    if export.method in ("acr", "dcr", "quality-ruler") and export.answers.num_rows:
        try:
            _write_sureal(export, folder)
        except UnusableAnswersError:
            return  # only practice so far


def study_json(export: StudyExport) -> dict[str, Any]:
    """The design and what the data were taken under."""
    return {
        "name": export.name,
        "version": export.version,
        "title": export.title,
        "method": export.method,
        "verified": export.verified,
        "design_sha256": export.design_sha256,
        "snapshot": export.snapshot,
        "rules": dict(export.rules),
        "personal": export.personal,
        "sessions": export.sessions.num_rows,
        "answers": export.answers.num_rows,
        "generator": f"jnd {jnd.__version__}",
        "design": export.design,
        "stimuli": list(export.stimuli),
    }


def results(export: StudyExport) -> dict[str, Any]:
    """The results of :func:`jnd.study.analysis.analyse_study`, or why there are none."""
    try:
        return analyse_study(responses_of_arrow(export.answers), facts_of(export), AnalysisOptions())
    except UnusableAnswersError as error:
        return {"study": export.name, "snapshot": export.snapshot, "pictures": [], "notes": [str(error)]}


def _by_session(table: Any) -> list[tuple[str, Any]]:
    """Neighbouring rows of one session."""
    ids = table.column("session").to_pylist()
    starts = [i for i in range(len(ids)) if not i or ids[i] != ids[i - 1]]
    ends = [*starts[1:], len(ids)]
    return [(ids[a], table.slice(a, b - a)) for a, b in zip(starts, ends, strict=True)]


def _write_csv(export: StudyExport, folder: Path) -> None:
    _write(folder / "answers.csv", csv_text(export.answers))


def _write_parquet(export: StudyExport, folder: Path) -> None:
    facts = {"study": export.name, "version": export.version, "verified": export.verified, "snapshot": export.snapshot,
             "rules": dict(export.rules), "method": export.method}  # fmt: skip
    table = export.answers.replace_schema_metadata({b"jnd_study": json.dumps(facts, sort_keys=True).encode()})
    pyarrow().parquet.write_table(table, folder / "answers.parquet", compression="zstd")


def _write_sureal(export: StudyExport, folder: Path) -> None:
    _write_json(folder / "sureal.json", sureal_dataset(export))


_WRITERS: Final = {
    "bundle": _write_bundle,
    "csv": _write_csv,
    "parquet": _write_parquet,
    "sureal": _write_sureal,
}


def _write_json(path: Path, value: Any) -> None:
    _write(path, json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n")


def _write(path: Path, text: str) -> None:
    path.write_bytes(text.encode())


def _refuse_strange_folder(output: Path) -> None:
    if output.is_file():
        raise UnusableAnswersError(f"{output} is a file; name a folder")
    if output.is_dir() and any(output.iterdir()):
        ours = (output / MARK).is_file() or (
            (output / "study.json").is_file() and (output / "codebook.md").is_file()
        )
        if not ours or (output / "study.db").is_file():
            raise UnusableAnswersError(
                f"{output} holds something else than an export; name a new folder, or an empty one"
            )
