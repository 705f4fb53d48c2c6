"""A bundle of ``jnd study export`` to a study's folder and database; its export is the same bundle again.

What an export does not hold is not invented: tokens of sessions are new, so nobody can go on with an imported one, and
pictures have to be brought along.
"""

import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from jnd.errors import ConfigurationError, UnusableAnswersError, needing
from jnd.picture import write_bytes_atomically
from jnd.study.design import DESIGN_NAME, StudyDesign, read_design
from jnd.study.export.columns import (
    EVENT_COLUMNS,
    UNANSWERED_COLUMNS,
    Column,
    answer_columns,
    session_columns,
)
from jnd.study.export.from_store import CALIBRATION, DEVICE, DEVICE_PERSONAL, IMPORTED, milliseconds_of
from jnd.study.export.tables import rows_of_csv
from jnd.study.stimuli.manifest import MANIFEST_NAME, Manifest, Stimulus, asset_path, write_manifest

Row = dict[str, Any]

NUMBERS: Final = frozenset({"acr", "dcr", "quality-ruler", "flicker-slider"})
"""Methods whose answers are numbers; of the others they are words."""


def import_bundle(bundle: Path, folder: Path) -> Row:
    """Make the study; what was imported, in numbers.

    Raises
    ------
    UnusableAnswersError
        Not a bundle, a damaged table (with its line), or a study that holds other answers already.
    ConfigurationError
        The bundle's study.toml cannot be read, or FOLDER holds another design.
    MissingExtraError
        ``jnd[study]`` is not installed.
    OSError
        The folder cannot be written.
    """
    facts = _facts(bundle)
    design = read_design(bundle / DESIGN_NAME)
    method = design.study.method
    answers = _answers(bundle, answer_columns(method))
    sessions = _rows(bundle / "sessions.csv", session_columns(personal=bool(facts["personal"])))
    unanswered = _rows(bundle / "unanswered.csv", UNANSWERED_COLUMNS)
    events = _rows(bundle / "events.csv", EVENT_COLUMNS)
    _check_references(answers, sessions, unanswered)
    manifest = _manifest(facts)
    _prepare_folder(bundle, folder, design)
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / DESIGN_NAME).exists():
        write_bytes_atomically(folder / DESIGN_NAME, (bundle / DESIGN_NAME).read_bytes())
    if not (folder / MANIFEST_NAME).exists():
        write_manifest(folder, manifest)
    manifest = Manifest(
        manifest.stimuli, sha256=hashlib.sha256((folder / MANIFEST_NAME).read_bytes()).hexdigest()
    )
    _fill(folder, design, manifest, answers, sessions, unanswered, events)
    arrived = [row["received_at"] for row in answers] + [row["last_seen_at"] for row in sessions]
    note = {"snapshot": facts["snapshot"], "newest": max(arrived, default=""), "bundle": bundle.name}
    write_bytes_atomically(folder / IMPORTED, (json.dumps(note, indent=1) + "\n").encode())
    hashes = {stimulus.sha256 for stimulus in manifest.stimuli}
    return {
        "study": design.study.name,
        "version": design.study.version,
        "sessions": len(sessions),
        "answers": len(answers),
        "missing_pictures": sum(not asset_path(folder, sha256).exists() for sha256 in hashes),
    }


def _facts(bundle: Path) -> Row:
    path = bundle / "study.json"
    try:
        facts: Row = json.loads(path.read_text("utf-8"))
        for key in ("name", "version", "snapshot", "personal", "stimuli", "design_sha256"):
            facts[key]
        milliseconds_of(facts["snapshot"])
    except FileNotFoundError:
        raise UnusableAnswersError(
            f"{bundle}: no study.json; jnd study import takes what jnd study export wrote"
        ) from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UnusableAnswersError(f"{path}: not the study.json of an export ({error!r})") from None
    return facts


def _answers(bundle: Path, columns: Sequence[Column]) -> list[Row]:
    whole = bundle / "answers.csv"
    if whole.is_file():
        return _rows(whole, columns)
    parts = sorted((bundle / "data").glob("*_data.csv"))
    return [row for path in parts for row in _rows(path, columns)]


def _rows(path: Path, columns: Sequence[Column]) -> list[Row]:
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        raise UnusableAnswersError(f"{path.parent}: no {path.name}; the bundle is not whole") from None
    except UnicodeDecodeError as error:
        raise UnusableAnswersError(f"{path}: not text in UTF-8 ({error})") from None
    return list(rows_of_csv(text, columns, path.name))


def _check_references(answers: Iterable[Row], sessions: Iterable[Row], unanswered: Iterable[Row]) -> None:
    known = {row["session"] for row in sessions}
    seen: set[str] = set()
    for row in (*answers, *unanswered):
        if row["session"] not in known:
            raise UnusableAnswersError(
                f'the session "{row["session"]}" of trial "{row["trial"]}" is not in sessions.csv'
            )
        if row["trial"] in seen:
            raise UnusableAnswersError(f'the trial "{row["trial"]}" is there twice; each is answered once')
        seen.add(row["trial"])


def _manifest(facts: Mapping[str, Any]) -> Manifest:
    try:
        return Manifest(Stimulus(**entry) for entry in facts["stimuli"])
    except TypeError as error:
        raise UnusableAnswersError(f"study.json: the list of stimuli is damaged ({error})") from None


def _prepare_folder(bundle: Path, folder: Path, design: StudyDesign) -> None:
    if not (folder / DESIGN_NAME).exists():
        if folder.is_dir() and any(folder.iterdir()):
            raise ConfigurationError(f"{folder} is no study and not empty; name a new folder")
        return
    if read_design(folder).sha256 != design.sha256:
        raise ConfigurationError(
            f"{folder} holds another design than {bundle / DESIGN_NAME}; name a new folder, answers of two designs do not mix"
        )


def _fill(
    folder: Path, design: StudyDesign, manifest: Manifest, answers: list[Row], sessions: list[Row], unanswered: list[Row],
    events: list[Row],
) -> None:  # fmt: skip
    """One transaction: all of it, or nothing."""
    with needing("study", "a study's database"):
        from sqlalchemy import func, select

        from jnd.study.store import open_store
        from jnd.study.store import tables as t
        from jnd.study.store.store import database_of
    store = open_store(database_of(folder, design.server.database))
    try:
        study = store.register(design, manifest)
        with store.writing() as connection:
            if connection.scalar(select(func.count()).select_from(t.SessionRow)):
                raise UnusableAnswersError(f"{folder} holds sessions already; import into a new folder")
            versions = _versions(connection, study, design, {row["study_version"] for row in sessions})
            _add(connection, t.ParticipantRow, _participants(sessions))
            _add(connection, t.SessionRow, [_session(row, versions) for row in sessions])
            _add(connection, t.PlanRow, [{"session": row["session"], "slots": []} for row in sessions])
            _add(connection, t.ConsentRow, [_consent(row) for row in sessions if row["consent_sha256"]])
            series = _series(
                answers, unanswered, sessions, versions, collective=design.trials.scope == "collective"
            )
            _add(connection, t.SeriesRow, list({entry["id"]: entry for entry in series.values()}.values()))
            trials = (*answers, *unanswered)
            _add(connection, t.TrialRow, [_trial(row, series, manifest) for row in trials])
            _add(connection, t.ResponseRow, [_response(row, design.study.method) for row in answers])
            _add(connection, t.EventRow, [_event(row) for row in events])
    finally:
        store.close()


def _add(connection: Any, table: Any, rows: Sequence[Row]) -> None:
    from sqlalchemy import insert

    if rows:
        connection.execute(insert(table), list(rows))


def _versions(connection: Any, study: str, design: StudyDesign, wanted: set[int]) -> dict[int, str]:
    """Version → id of its row. An export holds the newest design only; earlier ones are known by number."""
    from sqlalchemy import insert

    from jnd.study.store.store import new_id, now_ms
    from jnd.study.store.tables import StudyRow

    versions = {design.study.version: study}
    for version in sorted(wanted - {design.study.version}):
        versions[version] = new_id()
        connection.execute(
            insert(StudyRow).values(
                id=versions[version], name=design.study.name, version=version, design={}, design_sha256="", manifest_sha256="",
                created=now_ms(),
            )
        )  # fmt: skip
    return versions


def _participants(sessions: Sequence[Row]) -> list[Row]:
    people: dict[str, Row] = {}
    for row in sessions:
        people.setdefault(
            row["participant"],
            {
                "id": row["participant"], "external": row.get("external_id"), "recruited_via": row["recruited_via"],
                "external_facts": row.get("external_facts") or {}, "created": milliseconds_of(row["started_at"]),
            },
        )  # fmt: skip
    return list(people.values())


def _session(row: Row, versions: Mapping[int, str]) -> Row:
    device = {name: row[name] for name in DEVICE if row[name] is not None}
    device |= {name: row[name] for name in DEVICE_PERSONAL if row.get(name) is not None}
    if row.get("screen"):
        device["screen"] = [float(side) for side in row["screen"].split("x")]
    facts: Row = {
        "device": device,
        "calibration": {name: row[name] for name in CALIBRATION if row[name] is not None},
    }
    screening = dict(row.get("screening") or {})
    if row.get("room") is not None:
        screening["room"] = row["room"]
    if screening:
        facts["screening"] = screening
    return {
        "id": row["session"], "study": versions[row["study_version"]], "participant": row["participant"],
        # Nobody has this token: an imported session cannot be gone on with.
        "token_sha256": hashlib.sha256(secrets.token_bytes(32)).hexdigest(), "seed": row["seed"], "state": row["state"],
        "locale": row["locale"], "sources": row["sources"], "planned": row["planned"], "next_slot": row["planned"], "again": [],
        "practice_round": 0, "open_trial": None, "served": 0, "answered": row["answered"],
        "started": milliseconds_of(row["started_at"]), "last_seen": milliseconds_of(row["last_seen_at"]), "warm_up": 0,
        "breaks": 0, "facts": {step: said for step, said in facts.items() if said},
    }  # fmt: skip


def _consent(row: Row) -> Row:
    return {
        "session": row["session"], "text_sha256": row["consent_sha256"], "version": row["consent_version"] or "",
        "locale": row["locale"], "statements": {}, "given": milliseconds_of(row["consent_given_at"]), "withdrawn": None,
    }  # fmt: skip


def _series(
    answers: Sequence[Row],
    unanswered: Sequence[Row],
    sessions: Sequence[Row],
    versions: Mapping[int, str],
    *,
    collective: bool,
) -> dict[tuple[str, str], Row]:
    """(session, key) → row of the search; of a shared one the same row for every session."""
    study_of = {row["session"]: versions[row["study_version"]] for row in sessions}
    rows: dict[str, Row] = {}
    found: dict[tuple[str, str], Row] = {}
    for row in (*answers, *unanswered):
        if row["series"] is None:
            continue
        study, own = study_of[row["session"]], "" if collective else row["session"]
        # As the server names its searches, so that a shared one goes on from here.
        identity = hashlib.sha256(f"{study}|{own}|{row['series']}".encode()).hexdigest()[:32]
        entry = rows.setdefault(
            identity,
            {"id": identity, "study": study, "session": own or None, "key": row["series"], "told": 0},
        )
        entry["told"] = max(entry["told"], row.get("series_number") or 0)
        found[row["session"], row["series"]] = entry
    return found


def _trial(row: Row, series: Mapping[tuple[str, str], Row], manifest: Manifest) -> Row:
    stimuli = row["stimuli"] or {}
    unknown = [key for key in stimuli.values() if key not in manifest.by_id]
    if unknown:
        raise UnusableAnswersError(
            f'trial "{row["trial"]}" shows "{unknown[0]}", which is not in the list of stimuli'
        )
    key = None if row["series"] is None else series[row["session"], row["series"]]["id"]
    return {
        "id": row["trial"], "session": row["session"], "slot": row["slot"], "trial_order": row["question_order"],
        "stage": row["stage"], "kind": row["kind"], "block": row["block"], "series": key, "asked": row["asked"],
        "repeat_of": row["is_repeat_of"], "params": row["params"] or {}, "choices": row["choices"] or [],
        "assets": {role: manifest.by_id[name].sha256 for role, name in stimuli.items()}, "answer_key": row["answer_key"] or {},
        "source": row["source"], "codec": row["codec"],
        # Of a slider the setting belongs to the answer, not to the trial, which shows all levels.
        "setting": row["setting"] if row["level"] is not None else None, "level": row["level"], "stimuli": stimuli,
        "state": row.get("state", "answered"), "served": milliseconds_of(row["served_at"]),
        "represented": row["reload_count"] or 0, "void_reason": row.get("void_reason"), "void_facts": row.get("void_facts"),
    }  # fmt: skip


def _response(row: Row, method: str) -> Row:
    return {
        "trial": row["trial"], "number": row["series_number"],
        "value": json.loads(row["response"]) if method in NUMBERS else row["response"], "correct": row["correct"],
        "adaptive": row["series_answer"], "rating": row["rating"], "noticed_at": row["noticed_at"], "rt_ms": row["response_time"],
        "answered_at": row["submission_time"] or "", "received": milliseconds_of(row["received_at"]),
        "timing": row["timing"] or {}, "telemetry": row["telemetry"] or {}, "client_build": row["client_build"] or "",
        "nudges": row["nudges"] or 0,
    }  # fmt: skip


def _event(row: Row) -> Row:
    return {
        "id": row["id"], "session": row["session"], "kind": row["kind"], "t_client": row["t_client"],
        "received": milliseconds_of(row["received_at"]), "data": row["data"],
    }  # fmt: skip
