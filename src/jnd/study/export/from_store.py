"""A study's folder and database to what is exported: every row as it is, read in one transaction.

Whether an answer was right is what the server judged when it came; the rules of exclusion are evaluated here.
"""

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from jnd.datasets.observer_labels import pyarrow
from jnd.errors import needing
from jnd.study.analysis.exclusion import evaluate
from jnd.study.analysis.reading import responses_of_arrow
from jnd.study.design import StudyDesign, read_design
from jnd.study.export.columns import (
    EVENT_COLUMNS,
    UNANSWERED_COLUMNS,
    answer_columns,
    session_columns,
)
from jnd.study.export.study_export import StudyExport
from jnd.study.export.tables import arrow_table
from jnd.study.stimuli.manifest import content_of

if TYPE_CHECKING:
    from jnd.study.store import AnswerRow, SessionFacts, Store

IMPORTED: Final = "imported.json"
"""In the folder of an imported study: the bundle's time of reading."""

TIMING: Final = (
    "frames_per_phase", "phase_ms_nominal", "phase_ms_real", "swaps", "gap_mean_ms", "gap_min_ms", "gap_max_ms",
    "swap_error_median_ms", "swap_error_p99_ms", "frames", "frames_dropped", "long_tasks", "visibility_lost", "first_frame_ms",
)  # fmt: skip
"""Keys of the timing log that are columns of their own."""


def export_study(folder: Path, *, personal: bool = False, store: "Store | None" = None) -> StudyExport:
    """Everything of a study.

    Parameters
    ----------
    store : its database, if that is open already.

    Raises
    ------
    ConfigurationError, UnusableDatasetError
        study.toml or stimuli.json cannot be read.
    StudyDatabaseError
        Nobody has taken part: there is no database; or it cannot be used.
    MissingExtraError
        ``jnd[study]`` is not installed.
    """
    design = read_design(folder)
    manifest = content_of(folder / "stimuli.json")
    name, method = design.study.name, design.study.method
    stimuli = {stimulus["id"]: stimulus for stimulus in manifest["stimuli"]}
    opened = store or _opened(folder, design)
    try:
        with opened.reading() as connection:
            rows = (answer_of(row, stimuli) | {"method": method} for row in opened.answers(name, connection))
            table = arrow_table(rows, answer_columns(method))
            sessions = [session_of(facts) for facts in opened.sessions(name, connection)]
            unanswered = arrow_table(_unanswered(connection, name), UNANSWERED_COLUMNS)
            events = arrow_table(_events(connection, name), EVENT_COLUMNS)
        if personal and store is None:  # the experimenter's page notes who it was itself
            opened.audit(
                "personal columns exported", "command line", {"study": name, "sessions": len(sessions)}
            )
    finally:
        if store is None:
            opened.close()
    times = [*table.column("received_at").to_pylist(), *(session["last_seen_at"] for session in sessions)]
    newest = max(times, default="")
    rules = asdict(design.exclusion)
    # The address of a database may hold a password.
    design_text = (folder / "study.toml").read_text("utf-8")
    without_address = design.to_json()
    if design.server.database:
        design_text = design_text.replace(design.server.database, "")
        without_address["server"]["database"] = ""
    found = evaluate(responses_of_arrow(table), rules)
    place = table.schema.get_field_index("flags")
    flags = pyarrow().array([words or None for words in found.trial_flags], pyarrow().string())
    table = table.set_column(place, table.schema.field(place), flags)
    broken: dict[str, list[str]] = {}
    for flag in found.flags:
        broken.setdefault(flag.observer, []).append(flag.rule)
    for session in sessions:
        session["flags"] = ";".join(broken.get(session["session"], ()))
        session["excluded"] = session["session"] in found.sessions
    return StudyExport(
        name=design.study.name,
        title=design.study.title,
        method=design.study.method,
        version=design.study.version,
        verified=design.study.verified,
        rules=rules,
        design=without_address,
        design_text=design_text,
        design_sha256=design.sha256,
        stimuli=tuple(manifest["stimuli"]),
        snapshot=_snapshot(folder, newest),
        sessions=arrow_table(sessions, session_columns(personal=personal)),
        answers=table,
        unanswered=unanswered,
        events=events,
        personal=personal,
    )


def _opened(folder: Path, design: StudyDesign) -> "Store":
    with needing("study", "a study's database"):
        from jnd.study.store import store_in_use
    return store_in_use(folder, design.server.database)


def answer_of(row: "AnswerRow", stimuli: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The columns of one answer.

    Parameters
    ----------
    stimuli : id → entry of the manifest.
    """
    timing, telemetry, calibration = row.timing or {}, row.telemetry or {}, row.calibration or {}
    shown = {role: stimuli.get(key, {}) for role, key in (row.stimuli or {}).items()}
    columns: dict[str, Any] = {
        "study": row.study, "study_version": row.study_version, "session": row.session, "participant": row.participant,
        "recruited_via": row.recruited_via, "question": row.params.get("question"),
        "block": row.block, "trial": row.trial, "question_order": row.order, "slot": row.slot, "stage": row.stage,
        "kind": row.kind, "is_training": row.stage == "practice" or row.kind == "dummy", "is_trap": row.kind == "catch",
        "is_bias": _is_bias(row.stimuli or {}), "is_repeat_of": row.repeat_of, "series": row.series, "asked": row.asked,
        "series_number": row.number, "series_answer": row.adaptive, "source": row.source, "codec": row.codec,
        "setting": row.setting, "level": row.level, "stimuli": row.stimuli, "params": row.params, "choices": row.choices,
        "response": row.value if isinstance(row.value, str) else json.dumps(row.value), "answer_key": row.answer_key,
        "correct": row.correct, "rating": row.rating, "noticed_at": row.noticed_at, "response_time": row.rt_ms,
        "submission_time": row.answered_at, "served_at": iso(row.served), "received_at": iso(row.received),
        "reload_count": row.represented, "toggle_count": telemetry.get("toggles"),
        "direction_changes": telemetry.get("direction_changes"), "nudges": row.nudges, "resolution": _size(telemetry.get("window")),
        "displayed_px": _size(telemetry.get("displayed_px")), "dpr": telemetry.get("dpr", (row.device or {}).get("dpr")),
        "scale": telemetry.get("scale"), "fullscreen": telemetry.get("fullscreen"),
        "ppd_image": telemetry.get("ppd_image") or calibration.get("ppd_image"), "distance_mm": calibration.get("distance_mm"),
        "distance_source": calibration.get("distance_source"), "css_px_per_mm": calibration.get("css_px_per_mm"),
        "refresh_hz": timing.get("refresh_hz", (row.device or {}).get("refresh_hz")), "client_build": row.client_build,
        "timing": row.timing, "telemetry": row.telemetry,
    }  # fmt: skip
    columns |= {name: timing.get(name) for name in TIMING}
    if row.noticed_at is not None:  # what the codec was told where flicker began
        at = [s for s in shown.values() if s.get("level") == row.noticed_at and s.get("role") == "test"]
        columns["setting"] = at[0].get("setting") if at else None
    for side in ("left", "right", "pivot"):
        stimulus = shown.get(side)
        if stimulus:
            level = stimulus.get("level") or 0.0
            columns |= {f"codec_{side}": (stimulus.get("codec") or "source") if level else "source", f"dlevel_{side}": level,
                        f"img_{side}": row.stimuli[side]}  # fmt: skip
    if shown.get("left") and shown.get("right"):
        codecs = {columns["codec_left"], columns["codec_right"]} - {"source"}
        columns |= {"is_same": len(codecs) == 1 and not columns["is_bias"], "is_cross": len(codecs) == 2}
    return columns


def session_of(facts: "SessionFacts") -> dict[str, Any]:
    """The columns of one session."""
    device, calibration = facts.facts.get("device") or {}, facts.facts.get("calibration") or {}
    return {
        "session": facts.session, "participant": facts.participant, "recruited_via": facts.recruited_via,
        "study_version": facts.study_version, "state": facts.state, "seed": facts.seed, "sources": facts.sources,
        "locale": facts.locale, "started_at": iso(facts.started), "last_seen_at": iso(facts.last_seen),
        "planned": facts.planned, "answered": facts.answered, "voided": facts.voided,
        "consent_sha256": facts.consent_sha256, "consent_version": facts.consent_version,
        "consent_given_at": None if facts.consent_given is None else iso(facts.consent_given),
        **{name: device.get(name) for name in DEVICE}, **{name: calibration.get(name) for name in CALIBRATION},
        "screen": _size(device.get("screen")), **{name: device.get(name) for name in DEVICE_PERSONAL},
        "external_id": facts.external, "external_facts": facts.external_facts or None,
        "screening": {k: v for k, v in (facts.facts.get("screening") or {}).items() if k != "room"} or None,
        "room": (facts.facts.get("screening") or {}).get("room"),
    }  # fmt: skip


DEVICE: Final = ("refresh_hz", "dpr", "zoom", "color_gamut", "dynamic_range")
DEVICE_PERSONAL: Final = ("user_agent", "timezone", "pointer")
CALIBRATION: Final = ("css_px_per_mm", "distance_mm", "distance_source", "distance_sd_mm", "ppd_image")
"""Keys of what the page said at a step that are columns of the sessions."""


def iso(milliseconds: int) -> str:
    """Milliseconds since 1970 as ISO 8601 in UTC.

    >>> iso(1_790_000_000_123)
    '2026-09-21T14:13:20.123Z'
    """
    return (
        datetime.fromtimestamp(milliseconds / 1000, UTC)
        .isoformat(timespec="milliseconds")
        .replace("+00:00", "Z")
    )


def milliseconds_of(text: str) -> int:
    """The way back.

    >>> milliseconds_of("2026-09-21T14:13:20.123Z")
    1790000000123
    """
    return round(datetime.fromisoformat(text).timestamp() * 1000)


def _size(value: Any) -> str | None:
    return "x".join(f"{side:g}" for side in value) if isinstance(value, list) and len(value) == 2 else None


def _is_bias(stimuli: Mapping[str, str]) -> bool:
    return "pivot" in stimuli and stimuli.get("left") == stimuli.get("right")


def _unanswered(connection: Any, study: str) -> Iterator[dict[str, Any]]:
    """Trials that were shown and have no answer."""
    from sqlalchemy import select

    from jnd.study.store.tables import SeriesRow, SessionRow, StudyRow, TrialRow

    trial, session = TrialRow.__table__, SessionRow.__table__
    query = (
        select(trial, SeriesRow.__table__.c.key.label("series_key"))
        .select_from(trial)
        .join(session, session.c.id == trial.c.session)
        .join(StudyRow, StudyRow.id == session.c.study)
        .outerjoin(SeriesRow, SeriesRow.id == trial.c.series)
        .where(StudyRow.name == study, trial.c.state != "answered")
        .order_by(session.c.started, session.c.id, trial.c.trial_order, trial.c.id)
    )
    for row in connection.execute(query):
        yield {
            "session": row.session, "trial": row.id, "question_order": row.trial_order, "slot": row.slot, "block": row.block,
            "stage": row.stage, "kind": row.kind, "is_repeat_of": row.repeat_of, "series": row.series_key, "asked": row.asked,
            "source": row.source, "codec": row.codec, "setting": row.setting, "level": row.level, "stimuli": row.stimuli,
            "params": row.params, "choices": row.choices, "answer_key": row.answer_key, "served_at": iso(row.served),
            "reload_count": row.represented, "state": row.state, "void_reason": row.void_reason, "void_facts": row.void_facts,
        }  # fmt: skip


def _events(connection: Any, study: str) -> Iterator[dict[str, Any]]:
    """What happened around the trials."""
    from sqlalchemy import select

    from jnd.study.store.tables import EventRow, SessionRow, StudyRow

    query = (
        select(EventRow.__table__)
        .join(SessionRow, SessionRow.id == EventRow.session)
        .join(StudyRow, StudyRow.id == SessionRow.study)
        .where(StudyRow.name == study)
        .order_by(EventRow.session, EventRow.received, EventRow.id)
    )
    for row in connection.execute(query):
        yield {"id": row.id, "session": row.session, "kind": row.kind, "t_client": row.t_client, "received_at": iso(row.received),
               "data": row.data}  # fmt: skip


def _snapshot(folder: Path, newest: str) -> str:
    """Now; of an imported study that nobody answered since, when its bundle was read."""
    path = folder / IMPORTED
    if path.is_file():
        found = json.loads(path.read_text("utf-8"))
        if newest == found["newest"]:
            return str(found["snapshot"])
    return iso(time.time_ns() // 1_000_000)
