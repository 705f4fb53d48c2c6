"""The store: transactions on the tables, and what leaves them."""

import secrets
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError, OperationalError

from jnd.errors import StudyDatabaseError
from jnd.study.design.records import StudyDesign
from jnd.study.stimuli.manifest import Manifest
from jnd.study.store.engine import bring_up_to_date, engine_of, holds_a_study
from jnd.study.store.rows import AnswerRow, SessionFacts
from jnd.study.store.tables import (
    AuditRow,
    ConsentRow,
    ParticipantRow,
    ResponseRow,
    SecretRow,
    SeriesRow,
    SessionRow,
    StudyRow,
    TrialRow,
)

DATABASE_NAME = "study.db"
TRIES = 3
PARTS = 1000
"""Rows fetched at once."""


def now_ms() -> int:
    """Milliseconds since 1970, UTC."""
    return time.time_ns() // 1_000_000


def new_id() -> str:
    """A random key."""
    return uuid.uuid4().hex


def database_of(folder: Path, url: str = "") -> str:
    """The address of a study's database: the one asked for, or the file in its folder."""
    return url or f"sqlite:///{(folder / DATABASE_NAME).resolve()}"


def open_store(url: str) -> "Store":
    """The store at a URL, its tables made or brought to this version.

    Raises
    ------
    StudyDatabaseError, MissingExtraError
        See :mod:`jnd.study.store.engine`.
    """
    engine = engine_of(url)
    try:
        bring_up_to_date(engine)
    except BaseException:
        engine.dispose()
        raise
    return Store(engine)


def store_in_use(folder: Path, url: str = "") -> "Store":
    """The store of a study that was served, simulated or imported before; where there is none, none is made.

    Parameters
    ----------
    url : of another database than the file in ``folder``.

    Raises
    ------
    StudyDatabaseError, MissingExtraError
        There is none yet; or see :mod:`jnd.study.store.engine`.
    """
    address = database_of(folder, url)
    engine = engine_of(address)
    try:
        if not holds_a_study(engine):
            raise StudyDatabaseError(
                f"{folder}: no answers yet, {engine.url!r} holds no study; jnd study serve {folder} makes it and collects them"
            )
    finally:
        engine.dispose()
    return open_store(address)


class Store:
    """A database that is up to date. Threads may share it."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        # Threads that queue here are woken in turn; SQLite would let them sleep and try again.
        self._one_writer = threading.Lock() if engine.dialect.name == "sqlite" else nullcontext()
        self._reads = engine.execution_options(jnd_reads=True)

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that may write; all of it is kept, or nothing."""
        with self._one_writer, self.engine.begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state of the database and holds nobody up."""
        with self._reads.connect() as connection, connection.begin():
            yield connection

    def secret(self, name: str) -> str:
        """A key of this database, made when first asked for; the same for every process."""
        for _ in range(TRIES):
            with self.reading() as connection:
                found = connection.scalar(select(SecretRow.value).where(SecretRow.name == name))
            if found is not None:
                return str(found)
            try:
                with self.writing() as connection:
                    connection.execute(insert(SecretRow).values(name=name, value=secrets.token_urlsafe(32)))
            except (IntegrityError, OperationalError):  # another process was first
                continue
        raise RuntimeError(f"the key {name} could not be made")

    def register(self, design: StudyDesign, manifest: Manifest) -> str:
        """The id of this version of the study, which sessions refer to."""
        wanted = {
            "name": design.study.name,
            "version": design.study.version,
            "design_sha256": design.sha256,
            "manifest_sha256": manifest.sha256,
        }
        query = select(StudyRow.id).filter_by(**wanted)
        for _ in range(TRIES):
            with self.reading() as connection:
                found = connection.scalar(query)
            if found is not None:
                return str(found)
            try:
                with self.writing() as connection:
                    connection.execute(
                        insert(StudyRow).values(
                            id=new_id(), design=design.to_json(), created=now_ms(), **wanted
                        )
                    )
            except IntegrityError:  # another process was first
                continue
        raise RuntimeError(f"the study {design.study.name} could not be registered")

    def audit(self, kind: str, who: str, data: dict[str, Any] | None = None) -> None:
        """Note what was refused or done."""
        with self.writing() as connection:
            note(connection, kind, who, data)

    def answers(self, study: str, connection: Connection | None = None) -> Iterator[AnswerRow]:
        """Every answer to the study of this name, in all versions, by session and order."""
        if connection is None:
            with self.reading() as own:
                yield from self.answers(study, own)
            return
        trial, response, session = TrialRow.__table__, ResponseRow.__table__, SessionRow.__table__
        keys = SeriesRow.__table__.c.key.label("series_key")
        query = (
            select(
                trial, response, keys, StudyRow.name, StudyRow.version,
                session.c.id.label("session_id"), session.c.participant, ParticipantRow.recruited_via,
            )
            .select_from(trial)
            .join(response, response.c.trial == trial.c.id)
            .join(session, session.c.id == trial.c.session)
            .join(StudyRow, StudyRow.id == session.c.study)
            .join(ParticipantRow, ParticipantRow.id == session.c.participant)
            .outerjoin(SeriesRow, SeriesRow.id == trial.c.series)
            .where(StudyRow.name == study)
            .order_by(session.c.started, session.c.id, trial.c.trial_order)
        )  # fmt: skip
        sessions = select(SessionRow.id, SessionRow.facts).join(StudyRow).where(StudyRow.name == study)
        facts: dict[str, dict[str, Any]] = {row.id: row.facts for row in connection.execute(sessions)}
        result = connection.execution_options(yield_per=PARTS).execute(query)
        for row in result:
            said = facts.get(row.session_id, {})
            yield AnswerRow(
                study=row.name,
                study_version=row.version,
                session=row.session_id,
                participant=row.participant,
                recruited_via=row.recruited_via,
                trial=row.id,
                slot=row.slot,
                order=row.trial_order,
                block=row.block,
                stage=row.stage,
                kind=row.kind,
                repeat_of=row.repeat_of,
                series=row.series_key,
                asked=row.asked,
                number=row.number,
                source=row.source,
                codec=row.codec,
                setting=row.setting,
                level=row.level,
                stimuli=row.stimuli,
                params=row.params,
                choices=row.choices,
                answer_key=row.answer_key,
                value=row.value,
                correct=row.correct,
                adaptive=row.adaptive,
                rating=row.rating,
                noticed_at=row.noticed_at,
                rt_ms=row.rt_ms,
                answered_at=row.answered_at,
                served=row.served,
                received=row.received,
                represented=row.represented,
                timing=row.timing,
                telemetry=row.telemetry,
                client_build=row.client_build,
                nudges=row.nudges,
                device=said.get("device", {}),
                calibration=said.get("calibration", {}),
            )

    def sessions(self, study: str, connection: Connection | None = None) -> Iterator[SessionFacts]:
        """Every session of the study of this name, oldest first."""
        if connection is None:
            with self.reading() as own:
                yield from self.sessions(study, own)
            return
        voided = (
            select(TrialRow.session, func.count().label("voided"))
            .where(TrialRow.state == "void")
            .group_by(TrialRow.session)
            .subquery()
        )
        query = (
            select(
                SessionRow.__table__, StudyRow.name, StudyRow.version, ParticipantRow.recruited_via,
                ParticipantRow.external, ParticipantRow.external_facts, voided.c.voided,
                ConsentRow.text_sha256, ConsentRow.version.label("consent_version"), ConsentRow.given,
            )
            .select_from(SessionRow)
            .join(StudyRow, StudyRow.id == SessionRow.study)
            .join(ParticipantRow, ParticipantRow.id == SessionRow.participant)
            .outerjoin(voided, voided.c.session == SessionRow.id)
            .outerjoin(ConsentRow, ConsentRow.session == SessionRow.id)
            .where(StudyRow.name == study)
            .order_by(SessionRow.started, SessionRow.id)
        )  # fmt: skip
        for row in connection.execute(query):
            yield SessionFacts(
                session=row.id,
                study=row.name,
                study_version=row.version,
                participant=row.participant,
                recruited_via=row.recruited_via,
                external=row.external,
                external_facts=row.external_facts,
                state=row.state,
                locale=row.locale,
                seed=row.seed,
                sources=row.sources,
                planned=row.planned,
                started=row.started,
                last_seen=row.last_seen,
                answered=row.answered,
                voided=row.voided or 0,
                consent_sha256=row.text_sha256,
                consent_version=row.consent_version,
                consent_given=row.given,
                facts=row.facts,
            )

    def withdraw(self, participant: str, who: str) -> bool:
        """Remove a person with all sessions and answers; a count stays in the audit. False where there is none."""
        with self.writing() as connection:
            return withdraw(connection, participant, who)


def withdraw(connection: Connection, participant: str, who: str) -> bool:
    """See :meth:`Store.withdraw`."""
    own = select(SessionRow.id).where(SessionRow.participant == participant)
    trials = select(TrialRow.id).where(TrialRow.session.in_(own))
    count = connection.scalar(select(func.count()).where(ResponseRow.trial.in_(trials))) or 0
    sessions = connection.scalar(select(func.count()).select_from(own.subquery())) or 0
    # Own searches go with their session; of shared ones the answers go, and the search is told the others again.
    shared = select(TrialRow.series).where(TrialRow.session.in_(own))
    connection.execute(
        update(SeriesRow)
        .where(SeriesRow.id.in_(shared), SeriesRow.session.is_(None))
        .values(epoch=SeriesRow.epoch + 1)
    )
    found = connection.execute(delete(ParticipantRow).where(ParticipantRow.id == participant))
    if not found.rowcount:
        return False
    note(connection, "withdrawn", who, {"sessions": sessions, "answers": count})
    return True


def note(connection: Connection, kind: str, who: str, data: dict[str, Any] | None = None) -> None:
    """One line of the audit."""
    connection.execute(insert(AuditRow).values(id=new_id(), at=now_ms(), kind=kind, who=who, data=data or {}))
