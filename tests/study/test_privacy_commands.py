"""`jnd study admin`, `withdraw` and `purge`: what they remove, what they keep, and what they say when they cannot."""

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from typer.testing import CliRunner

from jnd.cli.app import app
from jnd.study.design import read_design
from jnd.study.server.admin.login import checked_login, first_password
from jnd.study.simulation.run import SimulationRequest, simulate_study
from jnd.study.store.retention import DAY_MS
from jnd.study.store.store import Store, database_of, open_store
from jnd.study.store.tables import AuditRow, SessionRow

TRIALS = {"per_picture": 2, "practice_trials": 0, "catch_share": 0.0, "repeat_share": 0.0, "break_every": 0}
PERSONAL = {"user_agent": "Browser 1", "timezone": "Europe/Paris", "refresh_hz": 60.0}


def store_of(folder: Path) -> Store:
    return open_store(database_of(folder, read_design(folder).server.database))


def said(folder: Path, command: str, *words: str, text: str = "") -> tuple[int, str]:
    done = CliRunner().invoke(app, ["study", command, str(folder), *words], input=text)
    return done.exit_code, done.output


def answered(make_study: Any, **sections: Any) -> Path:
    """Two simulated people took part, long ago."""
    folder: Path = make_study(trials=TRIALS, screening={"colour": False}, **sections)
    for _ in simulate_study(folder, SimulationRequest(observers=2, threshold=4.0, seed=1)):
        pass
    store = store_of(folder)
    with store.writing() as connection:
        connection.execute(
            sa.update(SessionRow).values(
                facts={"device": PERSONAL}, last_seen=SessionRow.last_seen - 40 * DAY_MS
            )
        )
    store.close()
    return folder


def devices(folder: Path) -> list[Any]:
    store = store_of(folder)
    try:
        return [facts.facts["device"] for facts in store.sessions("tiny")]
    finally:
        store.close()


def test_a_withdrawal_removes_one_person_by_id_or_by_session(make_study: Any) -> None:
    folder = answered(make_study)
    store = store_of(folder)
    one, other = store.sessions("tiny")
    assert said(folder, "withdraw", "--participant", one.participant) == (0, "Removed.\n")
    assert {row.session for row in store.answers("tiny")} == {other.session}
    assert said(folder, "withdraw", "--participant", other.session)[0] == 0
    assert not list(store.answers("tiny"))
    with store.reading() as connection:
        kinds = connection.scalars(sa.select(AuditRow.kind).where(AuditRow.kind == "withdrawn")).all()
    assert len(kinds) == 2
    status, words = said(folder, "withdraw", "--participant", one.participant)
    assert status == 1
    assert "nobody is called" in words
    store.close()


def test_purge_says_first_and_removes_what_is_personal_only_when_told(make_study: Any) -> None:
    folder = answered(make_study, retention={"days": 30})
    status, words = said(folder, "purge")
    assert (status, "Would remove" in words, "2 sessions" in words) == (0, True, True)
    assert devices(folder) == [PERSONAL] * 2
    assert "Removed" in said(folder, "purge", "--yes")[1]
    assert devices(folder) == [{"refresh_hz": 60.0}] * 2
    assert "0 sessions" in said(folder, "purge", "--yes")[1]
    store = store_of(folder)
    assert len(list(store.answers("tiny"))) == 8, "answers stay"
    store.close()


def test_purge_leaves_what_is_younger(make_study: Any) -> None:
    folder = answered(make_study, retention={"days": 50})
    assert "0 sessions" in said(folder, "purge", "--yes")[1]
    assert devices(folder) == [PERSONAL] * 2


def test_purge_needs_days(make_study: Any) -> None:
    status, words = said(answered(make_study, retention={"days": 0}), "purge", "--yes")
    assert status == 1
    assert "retention.days is 0" in words


def test_a_password_is_asked_for_and_set(make_study: Any) -> None:
    folder = make_study()
    password = "correct horse battery"
    status, words = said(folder, "admin", text=f"{password}\n{password}\n")
    assert status == 0, words
    assert password not in words
    assert said(folder, "admin", text="short\nshort\n")[0] == 1
    store = store_of(folder)
    assert checked_login(store, "admin", password, "127.0.0.1")
    assert first_password(store) is None, "there is one"
    store.close()


def test_the_first_password_is_made_once_and_fits(make_study: Any) -> None:
    store = store_of(make_study())
    password = first_password(store)
    assert password is not None
    assert checked_login(store, "admin", password, "127.0.0.1")
    assert first_password(store) is None
    store.close()


def test_folders_that_hold_no_study_are_named(tmp_path: Path) -> None:
    for words in (["withdraw", "--participant", "x"], ["purge"], ["admin"]):
        status, text = said(tmp_path / "nothing", words[0], *words[1:])
        assert status == 1
        assert "nothing" in text
