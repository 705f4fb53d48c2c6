"""What an export writes: valid Psych-DS, one table in three forms, a codebook that names every column."""

import csv
import json
import re
from pathlib import Path

import pytest

from jnd.datasets.observer_labels import pyarrow
from jnd.datasets.reader import read
from jnd.errors import UnusableAnswersError
from jnd.psychometrics.analysis import analyse
from jnd.study.analysis.exclusion import RULES as EXCLUSION_RULES
from jnd.study.analysis.reading import read_answers_file, read_bundle_answers, responses_of_arrow
from jnd.study.export.bundle import write_export
from jnd.study.export.codebook import column_tables
from jnd.study.export.columns import (
    ANSWER_COLUMNS,
    EVENT_COLUMNS,
    SESSION_COLUMNS,
    TRIPLET_METHODS,
    UNANSWERED_COLUMNS,
    answer_columns,
    session_columns,
)
from jnd.study.export.psych_ds import FILE_NAME, data_file_name, problems
from jnd.study.export.sources import bundle_facts, read_source
from jnd.study.export.study_export import StudyExport
from jnd.study.export.tables import arrow_table, csv_text, rows_of_csv

RULES = {"catch_minimum": 0.7, "fastest_ms": 200.0}


def answer(session, place, **more):
    level = (4.0, 10.0, 16.0)[place % 3]
    return {
        "study": "my-study", "study_version": 1, "session": session, "participant": f"person of {session}",
        "recruited_via": "link", "method": "flicker", "question": "flickers", "trial": f"{session}-{place}",
        "question_order": place, "stage": "main", "kind": "ordinary", "is_training": False, "is_trap": False,
        "is_bias": False, "source": "kodim01", "codec": "jpeg", "setting": 101 - level, "level": level,
        "response": "left", "answer_key": "left" if (place * 7) % 10 < 4 + level / 3 else "right",
        "correct": (place * 7) % 10 < 4 + level / 3, "response_time": 812.5, "stimuli": {"left": "a", "right": "b"},
        "submission_time": "2026-11-23T10:00:00.123Z", "timing": {"swap_log": [[1, 16.7, 16.8]], "note": 'a "b", c'},
        "frames": 240, "frames_dropped": 0, "ppd_image": 60.25, "dpr": 1.0, "flags": "",
    } | more  # fmt: skip


def study(method="flicker", rows=None, personal=False):
    rows = rows or [answer(s, place, method=method) for s in ("s-01", "s-02", "s-03") for place in range(30)]
    sessions = [
        {
            "session": s,
            "participant": f"person of {s}",
            "state": "done",
            "user_agent": "Secret/1.0",
            "seed": "7",
        }
        for s in dict.fromkeys(row["session"] for row in rows)
    ]
    stimulus = {"id": "x", "source": "kodim01", "role": "test", "codec": "jpeg", "setting": 97.0, "level": 4.0,
                "sha256": "0" * 64, "width": 64, "height": 48}  # fmt: skip
    return StudyExport(
        name="my-study", title="Do you see it?", method=method, version=1, verified=False, rules=RULES,
        design={"study": {"name": "my-study", "method": method}}, design_text='[study]\nname = "my-study"\n',
        design_sha256="1" * 64, stimuli=(stimulus, stimulus | {"id": "r", "role": "reference", "level": None, "codec": None}),
        snapshot="2026-11-23T11:00:00Z", sessions=arrow_table(sessions, session_columns(personal=personal)),
        answers=arrow_table(rows, answer_columns(method)), unanswered=arrow_table([], UNANSWERED_COLUMNS),
        events=arrow_table([], EVENT_COLUMNS), personal=personal,
    )  # fmt: skip


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    folder = tmp_path_factory.mktemp("export") / "bundle"
    write_export(study(), folder)
    return folder


def test_the_bundle_is_valid_psych_ds(bundle):
    assert problems(bundle) == []
    description = json.loads((bundle / "dataset_description.json").read_text())
    assert description["@context"] == "https://schema.org/"
    names = [v["name"] for v in description["variableMeasured"]]
    assert names == [c.name for c in answer_columns("flicker")]
    assert all(v["description"] for v in description["variableMeasured"])
    files = sorted(path.name for path in (bundle / "data").iterdir())
    assert files == [f"study-mystudy_session-s0{i}_data.csv" for i in (1, 2, 3)]
    pattern = r"([a-z]+-[a-zA-Z0-9]+)(_[a-z]+-[a-zA-Z0-9]+)*_data\.csv"
    assert FILE_NAME.pattern == pattern
    assert all(re.fullmatch(pattern, name) for name in files)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda f: (f / "data" / "answers.csv").write_text("session\n1\n"), "the name must be like"),
        (
            lambda f: (f / "data" / "study-a_session-b_data.csv").write_text("session,mood\n1,2\n"),
            "column mood is not in",
        ),
        (lambda f: (f / "dataset_description.json").write_text('{"name": "x"}'), "no variableMeasured"),
        (lambda f: (f / "dataset_description.json").unlink(), "dataset_description.json"),
    ],
)
def test_the_check_of_psych_ds_finds_what_is_wrong(tmp_path, spoil, message):
    write_export(study(), tmp_path / "b")
    spoil(tmp_path / "b")
    assert any(message in problem for problem in problems(tmp_path / "b"))


@pytest.mark.parametrize("name", ["Größe-1", "___", "a_b"])
def test_odd_names_still_make_valid_file_names(name):
    assert FILE_NAME.fullmatch(data_file_name(name, name))


def test_csv_parquet_and_sessions_hold_the_same_answers(bundle):
    arrow = pyarrow()
    whole = arrow.parquet.read_table(bundle / "answers.parquet")
    assert csv_text(whole) == (bundle / "answers.csv").read_text()
    parts = [
        (bundle / "data" / f"study-mystudy_session-s0{i}_data.csv").read_text().split("\n", 1)
        for i in (1, 2, 3)
    ]
    assert {head for head, _ in parts} == {(bundle / "answers.csv").read_text().split("\n", 1)[0]}
    assert "".join(body for _, body in parts) == (bundle / "answers.csv").read_text().split("\n", 1)[1]


def test_csv_read_again_gives_the_same_table():
    columns = answer_columns("btc")
    rows = [
        answer(
            "s",
            0,
            response='he said "no",\nthen left',
            setting=0.1 + 0.2,
            level=1e-7,
            img_left=None,
            is_same=True,
        ),
        answer("s", 1, correct=None, rating=float("nan"), telemetry={"track": [[1, 2.5]], "ü": "ß"}),
    ]
    table = arrow_table(rows, columns)
    again = arrow_table(rows_of_csv(csv_text(table), columns, "x.csv"), columns)
    assert again.equals(table)


@pytest.mark.parametrize(
    ("text", "message"),
    [("session\ns\n", "no column"), (None, "line 2")],
)
def test_a_csv_that_is_not_ours_is_refused_with_its_place(text, message):
    columns = answer_columns("flicker")
    if text is None:
        text = csv_text(arrow_table([answer("s", 0)], columns)).replace(",812.5,", ",soon,")
    with pytest.raises(UnusableAnswersError, match=message):
        list(rows_of_csv(text, columns, "x.csv"))


def test_the_bundle_is_read_for_analysis_from_any_of_its_forms(bundle, tmp_path):
    direct = responses_of_arrow(study().answers)
    for path in (bundle / "answers.csv", bundle / "answers.parquet"):
        read_again = read_answers_file(path)
        assert len(read_again) == len(direct) == 90
        assert read_again.correct.tolist() == direct.correct.tolist()
        assert read_again.trial.values() == direct.trial.values()
    for name in ("answers.csv", "answers.parquet"):
        (bundle / name).rename(tmp_path / name)
    try:
        assert read_bundle_answers(bundle).level.tolist() == direct.level.tolist()
    finally:
        for name in ("answers.csv", "answers.parquet"):
            (tmp_path / name).rename(bundle / name)
    facts = bundle_facts(bundle)
    assert (facts.verified, facts.rules, facts.snapshot) == (False, RULES, "2026-11-23T11:00:00Z")


def test_jnd_fit_reads_the_answers_too(bundle):
    result = analyse(read([bundle / "answers.csv"]), resamples=50)
    ours = json.loads((bundle / "results.json").read_text())["pictures"][0]
    assert result["protocol"] == "flicker"
    assert result["pictures"][0]["trials"] == ours["trials"] == 90


@pytest.mark.parametrize("method", ["flicker", "acr", "btc"])
def test_the_columns_of_triplets_are_there_for_triplets_only(method):
    names = [c.name for c in answer_columns(method)]
    assert ("codec_left" in names) == (method in TRIPLET_METHODS)


def test_results_and_stimuli_carry_what_has_to_be_said(bundle):
    results = json.loads((bundle / "results.json").read_text())
    assert results["verified"] is False
    assert results["snapshot"] == "2026-11-23T11:00:00Z"
    assert any("not confirmed" in note for note in results["notes"])
    assert results["exclusion"]["rules"] == RULES
    facts = json.loads((bundle / "study.json").read_text())
    assert facts["verified"] is False
    assert facts["design_sha256"] == "1" * 64
    with (bundle / "stimuli.csv").open() as file:
        stimuli = list(csv.DictReader(file))
    assert [s["sha256"] for s in stimuli] == ["0" * 64] * 2


def test_personal_fields_are_left_out_unless_asked_for(bundle, tmp_path):
    everything = "".join(
        path.read_text() for path in bundle.rglob("*") if path.suffix in (".csv", ".json", ".md")
    )
    assert "Secret/1.0" not in everything
    write_export(study(personal=True), tmp_path / "b")
    assert "Secret/1.0" in (tmp_path / "b" / "sessions.csv").read_text()


def test_every_column_is_in_the_codebook(bundle):
    text = (bundle / "codebook.md").read_text()
    shown = {c.name for c in answer_columns("flicker")} | {c.name for c in session_columns(personal=False)}
    assert {name for name in shown if f"| `{name}` |" not in text} == set()
    assert "no conformance is claimed" in text


def test_the_documentation_has_every_column_and_rule():
    text = (Path(__file__).parents[2] / "docs/reference/study-export.md").read_text("utf-8")
    assert column_tables(ANSWER_COLUMNS) in text
    assert column_tables(SESSION_COLUMNS) in text
    assert column_tables(UNANSWERED_COLUMNS) in text
    assert column_tables(EVENT_COLUMNS) in text
    assert [key for key, words in EXCLUSION_RULES.items() if f"| `{key}` | {words} |" not in text] == []


def test_columns_are_named_once_and_described():
    for columns in (ANSWER_COLUMNS, SESSION_COLUMNS, UNANSWERED_COLUMNS, EVENT_COLUMNS):
        names = [c.name for c in columns]
        assert len(names) == len(set(names))
        assert all(c.description.endswith((".", ")", '"')) for c in columns)


def test_ratings_become_a_sureal_dataset(tmp_path):
    rows = [
        answer(s, place, method="acr", rating=float(1 + (place + i) % 5), answer_key=None, correct=None)
        for i, s in enumerate(("s1", "s2", "s3", "s4"))
        for place in range(6)
    ]
    write_export(study("acr", rows), tmp_path / "b", ["sureal"])
    data = json.loads((tmp_path / "b" / "sureal.json").read_text())
    assert [v["content_name"] for v in data["ref_videos"]] == ["kodim01"]
    assert len(data["dis_videos"]) == 3
    votes = data["dis_videos"][0]["os"]
    assert len(votes) == 4
    assert all(len(v) == 2 for v in votes.values())
    assert sorted(path.name for path in (tmp_path / "b").iterdir() if path.name[0] != ".") == ["sureal.json"]


def test_a_study_without_ratings_has_no_sureal_dataset(tmp_path):
    with pytest.raises(UnusableAnswersError, match="method of my-study is flicker"):
        write_export(study(), tmp_path / "b", ["sureal"])
    assert not (tmp_path / "b").exists()
    assert list(tmp_path.iterdir()) == []


def test_an_export_replaces_an_export_and_nothing_else(tmp_path):
    folder = tmp_path / "b"
    write_export(study(), folder)
    (folder / "data" / "study-old_session-1_data.csv").write_text("session\n1\n")
    write_export(study(), folder)
    assert problems(folder) == []
    strange = tmp_path / "mine"
    strange.mkdir()
    (strange / "thesis.tex").write_text("years of work")
    with pytest.raises(UnusableAnswersError, match="something else than an export"):
        write_export(study(), strange)
    assert [path.name for path in strange.iterdir()] == ["thesis.tex"]


@pytest.mark.parametrize("spoil", ["{", '{"title": 1}', "[]"])
def test_a_broken_study_json_is_named(tmp_path, spoil):
    write_export(study(), tmp_path / "b")
    (tmp_path / "b" / "study.json").write_text(spoil)
    with pytest.raises(UnusableAnswersError, match=r"study\.json: not the study.json of an export"):
        read_source(tmp_path / "b")


def test_a_folder_of_something_else_is_refused(tmp_path):
    with pytest.raises(UnusableAnswersError, match="neither a study"):
        read_source(tmp_path)
