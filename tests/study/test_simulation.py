"""Simulated observers through the real server: their thresholds come back, and an export makes the study again."""

import json
import shutil

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from jnd.cli import app
from jnd.errors import ConfigurationError, UnusableAnswersError
from jnd.psychometrics.simulated_observer import SimulatedObserver
from jnd.study.analysis import AnalysisOptions, analyse_study
from jnd.study.design import read_design
from jnd.study.export.bundle import write_export
from jnd.study.export.from_store import export_study
from jnd.study.export.psych_ds import problems
from jnd.study.export.sources import read_source, read_sources
from jnd.study.importing.bundle import import_bundle
from jnd.study.methods import STUDY_METHODS
from jnd.study.simulation.run import SimulationRequest, observers_of, simulate_study
from jnd.study.stimuli.manifest import read_manifest
from jnd.study.store.store import database_of, open_store
from jnd.study.store.tables import AuditRow

QUICK = AnalysisOptions(resamples=200)
SCREENING = {"colour": False, "acuity": False}
RUN = CliRunner()


def simulated(folder, **request):
    for progress in simulate_study(folder, SimulationRequest(**request)):
        result = progress.result
    return result


def study_of(make_study, method, **trials):
    usual = {"practice_trials": 2, "break_every": 0}
    adaptive = {
        "flicker": "quest_plus",
        "pan": "staircase",
        "side-by-side": "bisection",
        "flicker-slider": "adjustment",
    }
    usual |= {"adaptive": adaptive.get(method, "none")}
    rulers = 12 if method == "quality-ruler" else 0
    return make_study(
        method.replace("-", ""), method, rulers=rulers, trials=usual | trials, screening=SCREENING
    )


def files(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_flicker_from_consent_to_completion_brings_the_threshold_back(make_study):
    folder = study_of(make_study, "flicker", per_picture=30, break_every=20)
    done = simulated(folder, observers=6, threshold=4.2, width=2.0, seed=3)
    assert done["completed"] == 6
    assert done["simulated"] is True
    source = read_source(folder)
    result = analyse_study(source.answers, source.facts, QUICK)
    assert result["simulated"] is True
    assert result["verified"] is False
    assert result["exclusion"]["excluded_sessions"] == []
    assert len(result["pictures"]) == 2
    for picture in result["pictures"]:
        # Answers are drawn by the seed, participants' names by the server: intervals change a little with their order.
        assert abs(picture["threshold"] - 4.2) < 0.4
        assert picture["low"] < picture["threshold"] < picture["high"]
        assert picture["high"] - picture["low"] < 2.5
    assert result["answers"] == done["answers"]
    assert set(export_study(folder).answers.column("recruited_via").to_pylist()) == {"simulated"}


@pytest.mark.parametrize("method", [m for m in STUDY_METHODS if m != "flicker"])
def test_every_method_runs_through_the_server_and_back_from_its_export(method, make_study, tmp_path):
    per_picture = {"pan": 12, "side-by-side": 8, "btc": 6, "ptc": 6}.get(method, 1)
    folder = study_of(make_study, method, per_picture=per_picture)
    done = simulated(folder, observers=4, threshold=3.5, width=2.0, seed=5)
    assert done["completed"] == 4
    first, second = tmp_path / "first", tmp_path / "second"
    write_export(export_study(folder), first)
    assert problems(first) == []
    results = json.loads((first / "results.json").read_text())
    assert results["simulated"] is True
    assert results["pictures"]
    again = tmp_path / "again"
    imported = import_bundle(first, again)
    assert (imported["sessions"], imported["answers"]) == (4, done["answers"])
    write_export(export_study(again), second)
    assert files(first) == files(second)
    source = read_source(first)
    if method not in ("btc", "ptc"):  # whose bootstrap takes seconds
        assert analyse_study(source.answers, source.facts)["pictures"] == results["pictures"]


def test_the_same_seed_gives_the_same_answers(make_study):
    folder = study_of(make_study, "flicker", per_picture=6)
    shutil.copytree(folder, folder.with_name("copy"))
    answers = []
    for place in (folder, folder.with_name("copy")):
        simulated(place, observers=2, threshold=4.0, width=2.0, seed=11, parallel=2)
        table = (
            export_study(place)
            .answers.select(["source", "level", "response", "kind", "series_number"])
            .to_pylist()
        )
        answers.append(table)
    assert sorted(map(str, answers[0])) == sorted(map(str, answers[1]))


def test_personal_columns_come_back_only_where_they_were_exported(make_study, tmp_path):
    folder = study_of(make_study, "acr", per_picture=1)
    simulated(folder, observers=2, seed=1)
    for personal in (False, True):
        first, second, again = (tmp_path / f"{name}-{personal}" for name in ("first", "second", "again"))
        write_export(export_study(folder, personal=personal), first)
        import_bundle(first, again)
        write_export(export_study(again, personal=personal), second)
        assert files(first) == files(second)
        assert ("jnd study simulate" in (first / "sessions.csv").read_text()) == personal
    store = open_store(database_of(folder))
    with store.reading() as connection:
        kinds = connection.execute(select(AuditRow.kind)).scalars().all()
    store.close()
    assert kinds.count("personal columns exported") == 1


def test_the_address_of_the_database_stays_here(make_study, tmp_path):
    folder = study_of(make_study, "acr", per_picture=1)
    simulated(folder, observers=1, seed=1)
    address = f"sqlite:///{folder / 'study.db'}"
    text = (folder / "study.toml").read_text()
    (folder / "study.toml").write_text(text.replace('database = ""', f'database = "{address}"'))
    assert read_design(folder).server.database == address
    write_export(export_study(folder), tmp_path / "bundle")
    assert not any(address.encode() in content for content in files(tmp_path / "bundle").values())
    import_bundle(tmp_path / "bundle", tmp_path / "again")
    assert (tmp_path / "again" / "study.db").is_file()


def test_ratings_and_ruler_of_two_folders_are_compared(make_study):
    folders = []
    for method in ("acr", "quality-ruler"):
        folder = study_of(make_study, method, per_picture=1)
        simulated(folder, observers=6, threshold=2.0, width=2.0, rating_noise=0.6, contraction=0.6, seed=2)
        folders.append(folder)
    source = read_sources(folders)
    comparison = analyse_study(source.answers, source.facts, QUICK)["comparison"]
    assert comparison["single_stimulus"]["rating_per_jnd"] > 0
    assert comparison["quality_ruler"]["interval_width_jnd"] > 0
    printed = RUN.invoke(app, ["study", "analyze", *map(str, folders)])
    assert "Single stimulus against quality ruler" in printed.stdout
    assert printed.stdout.startswith("SIMULATION")


def test_commands_from_simulation_to_import(make_study, tmp_path):
    folder = study_of(make_study, "flicker", per_picture=8)
    nothing = RUN.invoke(app, ["study", "analyze", str(folder)])
    assert (nothing.exit_code, "no answers yet" in nothing.stderr) == (1, True)
    done = RUN.invoke(
        app,
        ["study", "simulate", str(folder), "--observers", "3", "--threshold", "4", "--seed", "1", "--json"],
    )
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout)["completed"] == 3
    page = tmp_path / "page.html"
    shown = RUN.invoke(
        app, ["study", "analyze", str(folder), "--report", str(page), "--json", "--resamples", "60"]
    )
    assert shown.exit_code == 0, shown.stderr
    assert json.loads(shown.stdout)["observers"] == 3
    assert "simulated observers" in page.read_text()
    bundle = tmp_path / "bundle"
    assert RUN.invoke(app, ["study", "export", str(folder), "-o", str(bundle)]).exit_code == 0
    assert RUN.invoke(app, ["study", "analyze", str(bundle), "--resamples", "60"]).exit_code == 0
    made = RUN.invoke(app, ["study", "import", str(bundle), str(tmp_path / "again"), "--json"])
    assert json.loads(made.stdout)["missing_pictures"] > 0
    twice = RUN.invoke(app, ["study", "import", str(bundle), str(tmp_path / "again")])
    assert (twice.exit_code, "holds sessions already" in twice.stderr) == (1, True)
    csv = RUN.invoke(
        app, ["study", "export", str(folder), "-o", str(tmp_path / "csv"), "--format", "csv", "--json"]
    )
    assert json.loads(csv.stdout)["files"] == ["answers.csv"]
    wrong = RUN.invoke(app, ["study", "export", str(folder), "-o", str(tmp_path / "x"), "--format", "xlsx"])
    assert (wrong.exit_code, "must be one of bundle" in wrong.stderr) == (2, True)
    spoilt = [
        ("study.json", "{", "not the study.json"),
        ("sessions.csv", None, "not whole"),
        ("answers.csv", "session,trial\n1,2\n", "no column"),
        ("study.toml", "[study\n", "not TOML"),
    ]
    for name, text, message in spoilt:
        broken = tmp_path / f"broken-{name}"
        shutil.copytree(bundle, broken)
        (broken / name).unlink() if text is None else (broken / name).write_text(text)
        failed = RUN.invoke(app, ["study", "import", str(broken), str(tmp_path / f"from-{name}")])
        assert (failed.exit_code, message in failed.stderr) == (1, True), failed.stderr
        assert not (tmp_path / f"from-{name}").exists()


def test_a_session_or_trial_that_does_not_fit_is_refused(make_study, tmp_path):
    folder = study_of(make_study, "acr", per_picture=1)
    simulated(folder, observers=1, seed=1)
    bundle = tmp_path / "bundle"
    write_export(export_study(folder), bundle)
    text = (bundle / "answers.csv").read_text()
    lines = text.splitlines(keepends=True)
    for change, message in (
        (text.replace(lines[1].split(",")[2], "nobody"), '"nobody".*is not in sessions.csv'),
        (text + lines[1], "is there twice"),
    ):
        (bundle / "answers.csv").write_text(change)
        with pytest.raises(UnusableAnswersError, match=message):
            import_bundle(bundle, tmp_path / "again")
        assert not (tmp_path / "again").exists()


def test_answers_of_another_design_do_not_mix(make_study, tmp_path):
    folder, other = study_of(make_study, "acr", per_picture=1), study_of(make_study, "dcr")
    simulated(folder, observers=1, seed=1)
    write_export(export_study(folder), tmp_path / "bundle")
    with pytest.raises(ConfigurationError, match="another design"):
        import_bundle(tmp_path / "bundle", other)
    strange = tmp_path / "strange"
    strange.mkdir()
    (strange / "notes.txt").write_text("mine")
    with pytest.raises(ConfigurationError, match="no study and not empty"):
        import_bundle(tmp_path / "bundle", strange)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["simulate", "nowhere"], "holds no study.toml"),
        (["export", "nowhere", "-o", "x"], "holds no study.toml"),
        (["import", "nowhere", "x"], "no such folder"),
        (["analyze", "nowhere"], "no such file or folder"),
    ],
)
def test_folders_that_are_not_there_are_named(arguments, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    failed = RUN.invoke(app, ["study", *arguments])
    assert failed.exit_code == 2
    assert message in " ".join(failed.stderr.split())


def test_observers_are_as_asked(make_study):
    folder = study_of(make_study, "flicker")
    design, manifest = read_design(folder), read_manifest(folder)
    people, threshold, width = observers_of(SimulationRequest(5, lapse_rate=0.1, bias=0.2), design, manifest)
    levels = [level for series in manifest.series for level in manifest.levels(series)]
    assert threshold == pytest.approx((min(levels) + max(levels)) / 2)
    assert people == [SimulatedObserver(threshold, width, lapse_rate=0.1, bias=0.2)] * 5
    with pytest.raises(ConfigurationError, match="above 0"):
        observers_of(SimulationRequest(1, threshold=-1.0), design, manifest)
