"""The database: migrations on both kinds, versions, races, withdrawal."""

import threading
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from jnd.errors import StudyDatabaseError
from jnd.study.design import read_design
from jnd.study.stimuli.manifest import read_manifest
from jnd.study.store import open_store
from jnd.study.store.engine import alembic_config, bring_up_to_date, engine_of, migrating
from jnd.study.store.store import Store, new_id, now_ms
from jnd.study.store.tables import Base


def insert_session(store: Store, study: str, participant: str, *, answers: int = 3) -> str:
    """A person with a session and answers, as the server leaves them."""
    tables = Base.metadata.tables
    session = new_id()
    with store.writing() as connection:
        connection.execute(
            tables["participant"]
            .insert()
            .values(
                id=participant, external=None, recruited_via="remote", external_facts={}, created=now_ms()
            )
        )
        connection.execute(
            tables["session"]
            .insert()
            .values(
                id=session, study=study, participant=participant, token_sha256=new_id(), seed=1, state="trials",
                locale="en", sources=["a"], planned=answers, next_slot=answers, again=[], practice_round=0,
                open_trial=None, served=answers, answered=answers, started=now_ms(), last_seen=now_ms(), warm_up=0,
                breaks=0, facts={"device": {"dpr": 2}, "calibration": {"ppd_image": 60.0}},
            )
        )  # fmt: skip
        for slot in range(answers):
            trial = new_id()
            connection.execute(
                tables["trial"]
                .insert()
                .values(
                    id=trial, session=session, slot=slot, trial_order=slot, stage="main", kind="ordinary",
                    block=1, series=None, asked=None, repeat_of=None, params={}, choices=["left", "right"], assets={},
                    answer_key={"answer": "left"}, source="a", codec="noise", setting=1.0, level=float(slot),
                    stimuli={"left": "a/1"}, state="answered", served=now_ms(), represented=0, void_reason=None,
                    void_facts=None,
                )
            )  # fmt: skip
            connection.execute(
                tables["response"]
                .insert()
                .values(
                    trial=trial, number=None, value="left", correct=True, adaptive=1, rating=None, noticed_at=None,
                    rt_ms=500.0, answered_at="2026-01-01T00:00:00Z", received=now_ms(), timing={"frames": 30},
                    telemetry={"toggles": 1}, client_build="test", nudges=0,
                )
            )  # fmt: skip
    return session


def register(store: Store, folder: Path) -> str:
    return store.register(read_design(folder), read_manifest(folder))


def count(store: Store, table: str) -> int:
    with store.reading() as connection:
        return int(
            connection.scalar(sa.select(sa.func.count()).select_from(Base.metadata.tables[table])) or 0
        )


def migrate(engine: sa.Engine, way: Any, revision: str) -> None:
    with migrating(engine) as connection:
        way(alembic_config(connection), revision)


def revisions_of(engine: sa.Engine) -> list[str]:
    """Oldest first."""
    with engine.connect() as connection:
        script = ScriptDirectory.from_config(alembic_config(connection))
        return [one.revision for one in script.walk_revisions()][::-1]


def test_every_migration_goes_up_and_down(database_url: str) -> None:
    engine = engine_of(database_url)
    revisions = revisions_of(engine)
    for revision in revisions:
        migrate(engine, command.upgrade, revision)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == [], "the migrations make what the tables say"
    for revision in [*revisions[:-1][::-1], "base"]:
        migrate(engine, command.downgrade, revision)
    assert set(sa.inspect(engine).get_table_names()) <= {"alembic_version"}
    bring_up_to_date(engine)
    assert "response" in sa.inspect(engine).get_table_names()
    engine.dispose()


def test_old_databases_keep_their_answers(database_url: str, make_study: Any) -> None:
    folder = make_study()
    store = open_store(database_url)
    insert_session(store, register(store, folder), "p1")
    for revision in revisions_of(store.engine)[:-1][::-1]:
        migrate(store.engine, command.downgrade, revision)
        assert count(store, "response") == 3
    store.close()
    again = open_store(database_url)
    assert len(list(again.answers("tiny"))) == 3
    again.close()


def test_a_newer_database_is_refused_and_not_touched(database_url: str, make_study: Any) -> None:
    store = open_store(database_url)
    register(store, make_study())
    with store.writing() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
        connection.execute(sa.text("ALTER TABLE study ADD COLUMN later TEXT"))
    store.close()
    with pytest.raises(StudyDatabaseError, match=r"newer version.*9999.*update jnd.*Nothing was changed"):
        open_store(database_url)
    engine = engine_of(database_url)
    with engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT version_num FROM alembic_version")) == "9999"
        assert "later" in {column["name"] for column in sa.inspect(connection).get_columns("study")}
    engine.dispose()


def test_a_foreign_database_is_refused(database_url: str) -> None:
    engine = engine_of(database_url)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE study (what TEXT)"))
    engine.dispose()
    with pytest.raises(StudyDatabaseError, match="not of jnd"):
        open_store(database_url)


def test_addresses_that_cannot_be_used(tmp_path: Path) -> None:
    with pytest.raises(StudyDatabaseError, match="no address of a database"):
        open_store("what is this")
    with pytest.raises(StudyDatabaseError, match="SQLite or PostgreSQL, got mysql"):
        open_store("mysql://user@host/name")
    with pytest.raises(StudyDatabaseError, match="cannot be used"):
        open_store("postgresql://jnd@127.0.0.1:9/none?connect_timeout=2")
    with pytest.raises(StudyDatabaseError, match="cannot be used"):
        open_store(f"sqlite:///{tmp_path / 'no' / 'folder' / 'study.db'}")
    (tmp_path / "text.db").write_text(
        "This is not a database, but a text that is long enough to look.\n" * 50
    )
    with pytest.raises(StudyDatabaseError, match="cannot be used"):
        open_store(f"sqlite:///{tmp_path / 'text.db'}")


def test_a_password_is_never_in_the_message() -> None:
    with pytest.raises(StudyDatabaseError) as caught:
        open_store("postgresql://jnd:hunter2@127.0.0.1:9/none?connect_timeout=2")
    assert "hunter2" not in str(caught.value)


def test_processes_that_start_at_once_make_the_tables_once(database_url: str, make_study: Any) -> None:
    folder = make_study()
    found: list[Any] = []
    barrier = threading.Barrier(6)

    def work() -> None:
        barrier.wait()
        try:
            store = open_store(database_url)
            found.append((register(store, folder), store.secret("ids")))
            store.close()
        except Exception as error:  # noqa: BLE001 - asserted below
            found.append(error)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1, found


def test_a_study_has_one_row_per_design(database_url: str, make_study: Any) -> None:
    folder = make_study()
    store = open_store(database_url)
    first = register(store, folder)
    assert register(store, folder) == first
    text = (folder / "study.toml").read_text("utf-8")
    (folder / "study.toml").write_text(text.replace("phase_ms = 100.0", "phase_ms = 125.0"), "utf-8")
    assert register(store, folder) != first
    (folder / "study.toml").write_text(text.replace("port = 8600", "port = 8700"), "utf-8")
    assert register(store, folder) == first, "where the server listens is not the design"
    store.close()


def test_withdrawal_removes_the_person_and_nobody_else(database_url: str, make_study: Any) -> None:
    store = open_store(database_url)
    study = register(store, make_study())
    insert_session(store, study, "stays")
    insert_session(store, study, "goes")
    assert store.withdraw("goes", "test")
    assert not store.withdraw("goes", "test"), "only once"
    assert {row.participant for row in store.answers("tiny")} == {"stays"}
    assert (count(store, "session"), count(store, "trial"), count(store, "response")) == (1, 3, 3)
    with store.reading() as connection:
        audit = Base.metadata.tables["audit"]
        rows = connection.execute(sa.select(audit.c.kind, audit.c.data)).all()
    assert [tuple(row) for row in rows] == [("withdrawn", {"sessions": 1, "answers": 3})]
    store.close()


def test_rows_carry_trial_session_and_answer(database_url: str, make_study: Any) -> None:
    store = open_store(database_url)
    session = insert_session(store, register(store, make_study()), "p1")
    rows = list(store.answers("tiny"))
    assert [row.order for row in rows] == [0, 1, 2]
    first = rows[0]
    assert (first.session, first.participant, first.value, first.correct) == (session, "p1", "left", True)
    assert (first.device, first.calibration, first.timing) == (
        {"dpr": 2},
        {"ppd_image": 60.0},
        {"frames": 30},
    )
    assert list(store.answers("other")) == []
    (facts,) = store.sessions("tiny")
    assert (facts.session, facts.answered, facts.voided, facts.state) == (session, 3, 0, "trials")
    store.close()


def test_a_transaction_is_kept_whole_or_not_at_all(database_url: str) -> None:
    store = open_store(database_url)

    def twice() -> None:
        with store.writing() as connection:
            for value in ("b", "c"):
                connection.execute(Base.metadata.tables["secret"].insert().values(name="a", value=value))

    with pytest.raises(sa.exc.IntegrityError):
        twice()
    assert count(store, "secret") == 0
    store.close()
