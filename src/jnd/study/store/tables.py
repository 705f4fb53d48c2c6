"""The tables. Answers are only ever added; what is personal hangs on the participant and goes with it.

Times are milliseconds since 1970 in UTC, keys are random texts, what has many forms is JSON.
"""

from typing import Any, Final

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, MetaData, Table, Text, UniqueConstraint, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMING: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
"""Names of constraints, without which a migration on SQLite could not change them."""


OPEN: Final = text("state = 'open'")
"""Of trials; written out, since SQLite takes an index of some rows only where a statement names them in the same words."""


class Base(DeclarativeBase):
    """What all tables share."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {str: Text, dict[str, Any]: JSON, int: BigInteger, Any: JSON}  # noqa: RUF012 - as SQLAlchemy wants it


class StudyRow(Base):
    """A version of a design, as it was when the first session ran under it."""

    __tablename__ = "study"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    version: Mapped[int]
    design: Mapped[dict[str, Any]] = mapped_column(JSON)
    design_sha256: Mapped[str]
    manifest_sha256: Mapped[str]
    created: Mapped[int]
    __table_args__ = (UniqueConstraint("name", "version", "design_sha256", "manifest_sha256"),)


class ParticipantRow(Base):
    """A person, as far as the study has to know one."""

    __tablename__ = "participant"
    id: Mapped[str] = mapped_column(primary_key=True)
    external: Mapped[str | None] = mapped_column(index=True)
    """Keyed hash of the crowd platform's id, or the id where the design keeps it."""
    recruited_via: Mapped[str]
    external_facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Other parameters of the platform: study and session there."""
    created: Mapped[int]


class SessionRow(Base):
    """One sitting of a participant."""

    __tablename__ = "session"
    id: Mapped[str] = mapped_column(primary_key=True)
    study: Mapped[str] = mapped_column(ForeignKey("study.id"), index=True)
    participant: Mapped[str] = mapped_column(ForeignKey("participant.id", ondelete="CASCADE"), index=True)
    token_sha256: Mapped[str] = mapped_column(unique=True)
    seed: Mapped[int]
    state: Mapped[str]
    locale: Mapped[str]
    sources: Mapped[Any] = mapped_column(JSON)
    """Pictures of this session."""
    planned: Mapped[int]
    """Slots of the plan."""
    next_slot: Mapped[int] = mapped_column(default=0)
    """First slot of the plan that was not drawn yet."""
    again: Mapped[Any] = mapped_column(JSON)
    """[slot, from which next_slot on] of trials to ask again."""
    round: Mapped[int] = mapped_column("practice_round", default=0)
    """Of practice."""
    open_trial: Mapped[str | None]
    served: Mapped[int] = mapped_column(default=0)
    """Trials drawn so far."""
    answered: Mapped[int] = mapped_column(default=0)
    """Main trials answered."""
    started: Mapped[int]
    last_seen: Mapped[int]
    warm_up: Mapped[int] = mapped_column(default=0)
    """Warm-up trials that are due after a long pause."""
    breaks: Mapped[int] = mapped_column(default=0)
    """Breaks that were taken."""
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Step → what the page said there: device, calibration, screening."""


class PlanRow(Base):
    """The slots of a session, as drawn at its start; read once per process."""

    __tablename__ = "plan"
    session: Mapped[str] = mapped_column(ForeignKey("session.id", ondelete="CASCADE"), primary_key=True)
    slots: Mapped[Any] = mapped_column(JSON)


class ConsentRow(Base):
    """That somebody agreed, to which text."""

    __tablename__ = "consent"
    session: Mapped[str] = mapped_column(ForeignKey("session.id", ondelete="CASCADE"), primary_key=True)
    text_sha256: Mapped[str]
    version: Mapped[str]
    locale: Mapped[str]
    statements: Mapped[Any] = mapped_column(JSON)
    given: Mapped[int]
    withdrawn: Mapped[int | None]


class SeriesRow(Base):
    """An adaptive search. Its state is the replay of its answers; ``told`` counts them and is what is locked."""

    __tablename__ = "series"
    id: Mapped[str] = mapped_column(primary_key=True)
    study: Mapped[str] = mapped_column(ForeignKey("study.id"), index=True)
    session: Mapped[str | None] = mapped_column(ForeignKey("session.id", ondelete="CASCADE"))
    """None for a search that all share."""
    key: Mapped[str]
    told: Mapped[int] = mapped_column(default=0)
    epoch: Mapped[int] = mapped_column(default=0)
    """Raised when answers go with a person who withdraws; states that were computed before count no more."""


class TrialRow(Base):
    """A trial as it was drawn; never changed but for its state."""

    __tablename__ = "trial"
    id: Mapped[str] = mapped_column(primary_key=True)
    session: Mapped[str] = mapped_column(ForeignKey("session.id", ondelete="CASCADE"))
    slot: Mapped[int]
    """Index in the session's plan."""
    order: Mapped[int] = mapped_column("trial_order")
    """Place in the session, from 0."""
    stage: Mapped[str]
    kind: Mapped[str]
    block: Mapped[int]
    series: Mapped[str | None] = mapped_column(ForeignKey("series.id", ondelete="SET NULL"), index=True)
    asked: Mapped[float | None]
    """What the search asked for."""
    repeat_of: Mapped[str | None]
    params: Mapped[Any] = mapped_column(JSON)
    choices: Mapped[Any] = mapped_column(JSON)
    assets: Mapped[Any] = mapped_column(JSON)
    answer_key: Mapped[Any] = mapped_column(JSON)
    source: Mapped[str]
    codec: Mapped[str | None]
    setting: Mapped[float | None]
    level: Mapped[float | None]
    stimuli: Mapped[Any] = mapped_column(JSON)
    state: Mapped[str]
    """open, answered, void, expired."""
    served: Mapped[int]
    represented: Mapped[int] = mapped_column(default=0)
    void_reason: Mapped[str | None]
    void_facts: Mapped[Any | None] = mapped_column(JSON)
    __table_args__ = (
        UniqueConstraint("session", "trial_order"),
        Index(None, "session", "state"),
        # Each draw of a shared search asks which trials are open, a few of all that it ever had.
        Index("ix_trial_open_of_series", "series", sqlite_where=OPEN, postgresql_where=OPEN),
    )


class ResponseRow(Base):
    """An answer; inserted once, never changed."""

    __tablename__ = "response"
    trial: Mapped[str] = mapped_column(ForeignKey("trial.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int | None] = mapped_column(index=True)
    """Place among the answers of its series."""
    value: Mapped[Any] = mapped_column(JSON)
    correct: Mapped[bool | None]
    adaptive: Mapped[int | None]
    rating: Mapped[float | None]
    noticed_at: Mapped[float | None]
    rt_ms: Mapped[float | None]
    answered_at: Mapped[str]
    """As the browser's clock said."""
    received: Mapped[int]
    timing: Mapped[Any] = mapped_column(JSON)
    telemetry: Mapped[Any] = mapped_column(JSON)
    client_build: Mapped[str]
    nudges: Mapped[int]


class EventRow(Base):
    """What happened around the trials: focus lost, zoomed, resized, paused."""

    __tablename__ = "event"
    id: Mapped[str] = mapped_column(primary_key=True)
    session: Mapped[str] = mapped_column(ForeignKey("session.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    t_client: Mapped[float | None]
    received: Mapped[int]
    data: Mapped[Any] = mapped_column(JSON)


class AdminRow(Base):
    """An experimenter."""

    __tablename__ = "admin_user"
    name: Mapped[str] = mapped_column(primary_key=True)
    password: Mapped[str]
    """argon2."""
    created: Mapped[int]
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[int] = mapped_column(default=0)


class SecretRow(Base):
    """Keys of this database: what ids are hashed and pages signed with."""

    __tablename__ = "secret"
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


class AuditRow(Base):
    """What was refused, withdrawn, exported or done by an experimenter; without what is personal."""

    __tablename__ = "audit"
    id: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[int] = mapped_column(index=True)
    kind: Mapped[str]
    who: Mapped[str]
    data: Mapped[Any] = mapped_column(JSON)


SESSION: Final[Table] = Base.metadata.tables["session"]
TRIAL: Final[Table] = Base.metadata.tables["trial"]
RESPONSE: Final[Table] = Base.metadata.tables["response"]
SERIES: Final[Table] = Base.metadata.tables["series"]
"""Of statements that every request runs: built once, they cost half as much."""
