"""`jnd study status`: what it counts, and that it and the other commands that only look make no database."""

import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from jnd.cli.app import app
from jnd.study.simulation.run import SimulationRequest, simulate_study


def said(folder: Path, command: str, *words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["study", command, str(folder), *words])
    return done.exit_code, done.output


def test_status_counts_sessions_and_answers(make_study: Any) -> None:
    folder = make_study(
        method="acr",
        levels=2,
        trials={"dummies": 0, "repeat_share": 0.0, "per_picture": 1},
        screening={"colour": False},
    )
    for _ in simulate_study(folder, SimulationRequest(observers=2, threshold=2.0, seed=1)):
        pass
    code, text = said(folder, "status", "--json")
    found = json.loads(text)
    assert code == 0
    assert found["sessions"] == {"done": 2, "running": 0, "left": 0, "excluded": 0}
    shown = {
        row["series"]: (row["answers"], row["observers"], row["correct_share"]) for row in found["series"]
    }
    # Two levels, and the source among them as a hidden reference.
    assert shown == {
        "picture0|noise": (4, 2, None), "picture1|noise": (4, 2, None), "picture0": (2, 2, None), "picture1": (2, 2, None),
    }  # fmt: skip
    assert found["answers"] == sum(row["answers"] for row in found["series"])
    assert "2 sessions done" in said(folder, "status")[1]


@pytest.mark.parametrize(
    ("command", "words"),
    [("status", ()), ("withdraw", ("--participant", "a")), ("purge", ("--yes",)), ("export", ("-o", "out"))],
)
def test_commands_that_only_look_make_no_database(
    make_study: Any, command: str, words: tuple[str, ...]
) -> None:
    folder: Path = make_study(retention={"days": 1})
    code, text = said(folder, command, *words)
    assert code == 1
    assert "no answers yet" in text
    assert "jnd study serve" in text
    assert not (folder / "study.db").exists()
    (folder / "study.db").touch()
    code, text = said(folder, command, *words)
    assert (code, "no answers yet" in text) == (1, True), "an empty file is no study either"


def test_status_of_a_postgresql_database_without_tables(make_study: Any, postgres_url: str) -> None:
    folder = make_study()
    code, text = said(folder, "status", "--database", postgres_url)
    assert (code, "holds no study" in text) == (1, True)
    engine = sa.create_engine(postgres_url)
    assert sa.inspect(engine).get_table_names() == []
    engine.dispose()
