"""The database: SQLite beside the study, or PostgreSQL by URL; brought to this version, or refused if it is newer."""

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event, func, inspect, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from jnd.errors import MissingExtraError, StudyDatabaseError

SQLITE_BUSY_MS = 15_000
POOL = 16
ADVISORY_LOCK: Final = 0x6A6E64
"""Of PostgreSQL; any number that nobody else uses: "jnd"."""
WAL_TRIES: Final = 100
_ONE_AT_A_TIME = threading.Lock()


def engine_of(url: str) -> Engine:
    """An engine for a URL; nothing is connected yet.

    Raises
    ------
    StudyDatabaseError
        No URL of a database that is known.
    MissingExtraError
        PostgreSQL needs the extra ``postgres``.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise StudyDatabaseError(
            f"{url!r} is no address of a database; for example postgresql+psycopg://user@host/name, or leave it empty"
        ) from None
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(url)
    if parsed.get_backend_name() != "postgresql":
        raise StudyDatabaseError(
            f"studies are kept in SQLite or PostgreSQL, got {parsed.get_backend_name()}; use postgresql+psycopg://…"
        )
    try:
        return create_engine(
            parsed.set(drivername="postgresql+psycopg"), pool_size=POOL, max_overflow=POOL, pool_pre_ping=True
        )
    except (ImportError, NoSuchModuleError):
        raise MissingExtraError('PostgreSQL needs psycopg: pip install "jnd[postgres]"') from None


def _sqlite(url: str) -> Engine:
    engine = create_engine(
        url, pool_size=POOL, max_overflow=POOL, connect_args={"timeout": SQLITE_BUSY_MS / 1000}
    )

    @event.listens_for(engine, "connect")
    def settings(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # transactions are ours, see below
        cursor = connection.cursor()
        _write_ahead(cursor)
        cursor.execute("PRAGMA synchronous=NORMAL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute(f"PRAGMA busy_timeout={SQLITE_BUSY_MS}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        # A transaction that reads first and writes then would fail where another one wrote between.
        deferred = connection.get_execution_options().get("jnd_reads")
        connection.exec_driver_sql("BEGIN" if deferred else "BEGIN IMMEDIATE")

    return engine


def _write_ahead(cursor: Any) -> None:
    """Readers and a writer at once; the file remembers it. Who changes it is told "locked" without any waiting."""
    for attempt in range(WAL_TRIES):
        try:
            if cursor.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
                cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if attempt == WAL_TRIES - 1:
                raise
            time.sleep(0.05)
        else:
            return


def holds_a_study(engine: Engine) -> bool:
    """Whether the database is there and has tables of a study, of whatever version. Nothing is made.

    Raises
    ------
    StudyDatabaseError
        It cannot be reached, or is no database.
    """
    if engine.dialect.name == "sqlite" and not Path(engine.url.database or "").is_file():
        return False  # to connect would make the file
    with _said_why(engine):
        return inspect(engine).has_table("study")


def bring_up_to_date(engine: Engine) -> None:
    """Make the tables, or migrate them, once, however many processes start together.

    Raises
    ------
    StudyDatabaseError
        It cannot be reached, or is of a newer version than this jnd; then nothing is touched.
    """
    with _said_why(engine):
        with engine.execution_options(jnd_reads=True).connect() as connection:
            if _is_current(connection):
                return
        # Alembic keeps the migration that it runs in one place per process.
        with _ONE_AT_A_TIME, migrating(engine) as connection:
            if not _is_current(connection):
                from alembic import command

                command.upgrade(alembic_config(connection), "head")


@contextmanager
def _said_why(engine: Engine) -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        why = str(getattr(error, "orig", error)).strip().splitlines()[0]
        raise StudyDatabaseError(f"the database {engine.url!r} cannot be used: {why}") from None


def _is_current(connection: Connection) -> bool:
    """Whether it has the tables of this version."""
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    script = ScriptDirectory.from_config(alembic_config(connection))
    current = MigrationContext.configure(connection).get_current_revision()
    where = f"the database {connection.engine.url!r}"
    if current is not None and current not in {revision.revision for revision in script.walk_revisions()}:
        raise StudyDatabaseError(
            f"{where} is of a newer version ({current}) than this jnd knows; update jnd. Nothing was changed"
        )
    if current is None and "study" in inspect(connection).get_table_names():
        raise StudyDatabaseError(
            f'{where} holds a table "study" that is not of jnd; name another database. Nothing was changed'
        )
    return current == script.get_current_head()


@contextmanager
def migrating(engine: Engine) -> Iterator[Connection]:
    """A transaction in which the tables may be changed; others who want to wait until it ends."""
    with engine.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        raw: Any = connection.connection.driver_connection
        if sqlite:
            # SQLite changes a table by making it anew and dropping the old one, which would take along all rows that
            # refer to it. The setting holds outside of transactions only.
            raw.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                if not sqlite:
                    connection.execute(select(func.pg_advisory_xact_lock(ADVISORY_LOCK)))
                yield connection
                if sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
                    raise StudyDatabaseError(
                        f"rows of {engine.url!r} would lose what they refer to; nothing was changed"
                    )
        finally:
            if sqlite:
                raw.execute("PRAGMA foreign_keys=ON")


def alembic_config(connection: Connection) -> Any:
    """Alembic's configuration for the migrations that ship with jnd."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
