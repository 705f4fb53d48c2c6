"""`jnd fit` from the outside: what it prints, JSON, plots, exit status."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from jnd.cli import app
from jnd.psychometrics.simulated_observer import SimulatedObserver, population

GOLDEN = Path(__file__).parents[1] / "psychometrics" / "golden"


def run(*arguments):
    return CliRunner().invoke(app, ["fit", *map(str, arguments)])


@pytest.fixture
def simulated(tmp_path):
    """Eight people, two pictures, thresholds 8 and 14, forced choice of two."""
    rng = np.random.default_rng(0)
    lines = ["participant,method,source,level,correct"]
    for name, threshold in (("cat", 8.0), ("dog", 14.0)):
        people = population(
            8, rng, threshold=threshold, threshold_sd=0.6, template=SimulatedObserver(threshold=1, width=5.0)
        )
        for p, person in enumerate(people):
            for level in range(2, 24, 2):
                lines += [
                    f"p{p},flicker,{name},{level},{person.answers_correctly(level, rng)}" for _ in range(12)
                ]
    path = tmp_path / "answers.csv"
    path.write_text("\n".join(lines), "utf-8")
    return path


@pytest.mark.parametrize("method", ["ml", "posterior"])
def test_thresholds_of_simulated_observers_lie_in_their_intervals(simulated, method):
    result = run(simulated, "--json", "--method", method, "--resamples", 200)
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    assert [p["name"] for p in report["pictures"]] == ["cat", "dog"]
    for picture, truth in zip(report["pictures"], (8.0, 14.0), strict=True):
        assert picture["low"] < picture["threshold"] < picture["high"]
        assert picture["low"] - 0.3 <= truth <= picture["high"] + 0.3
        assert picture["guess_rate"] == 0.5
        assert picture["observers"] == 8
    assert report["protocol"] == "flicker"


def test_per_observer(simulated):
    report = json.loads(run(simulated, "--json", "--per-observer", "--resamples", 100).stdout)
    people = report["pictures"][0]["per_observer"]
    assert [p["name"] for p in people] == [f"p{i}" for i in range(8)]
    found = [p["threshold"] for p in people if p["threshold"] is not None]
    assert np.median(found) == pytest.approx(8.0, abs=1.2)


def test_people_read_a_table_and_remarks_go_to_stderr(simulated):
    result = run(simulated, "--resamples", 100)
    assert result.stdout.startswith("Threshold (level at which half is detected)")
    assert "cat" in result.stdout
    assert "bootstrap of observers" in result.stderr


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
def test_plot_is_drawn(simulated, tmp_path, suffix):
    file = tmp_path / f"plot.{suffix}"
    result = run(simulated, "--plot", file, "--resamples", 60)
    assert result.exit_code == 0, result.output
    assert file.stat().st_size > 5000
    if suffix == "png":
        pixels = np.asarray(Image.open(file).convert("L"))
        assert pixels.std() > 10
    assert list(tmp_path.glob(".*part")) == []


def test_sur_curve_of_quality_factors(tmp_path):
    rng = np.random.default_rng(1)
    rows = [f"SRC1,{i},{round(v)}" for i, v in enumerate(rng.normal(40, 6, 40))]
    path = tmp_path / "mcl.csv"
    path.write_text("source,subject,jnd1_qf\n" + "\n".join(rows), "utf-8")
    result = run(path, "--json", "--resamples", 100, "--plot", tmp_path / "sur.png")
    picture = json.loads(result.stdout)["pictures"][0]
    # three in four people do not notice at the mean + 0.6745 sd in quality
    assert picture["threshold"] == pytest.approx(40 + 0.6745 * 6, abs=2.0)
    assert picture["low"] < picture["threshold"] < picture["high"]
    satisfied = np.array(picture["sur"]["satisfied"])
    assert np.all(np.diff(satisfied) <= 0)
    assert picture["sur"]["setting"][0] == 100
    assert (tmp_path / "sur.png").stat().st_size > 5000


class TestRatings:
    def test_bt500_rejected_observers_are_zero_based(self):
        report = json.loads(run(GOLDEN / "nflx_public_79x30.csv", "--method", "bt500", "--json").stdout)
        assert report["rejected"] == [26, 28, 29]
        assert len(report["scores"]) == 79
        golden = json.loads((GOLDEN / "opinion_scores.json").read_text("utf-8"))["nflx_public_79x30"]["BT500"]
        assert report["scores"] == pytest.approx(golden["quality_scores"], abs=1e-9)

    @pytest.mark.parametrize("method", ["mos", "p910", "p913", "p913-screened", "z-scores"])
    def test_every_method_gives_scores(self, method, tmp_path):
        result = run(GOLDEN / "itu_demo_79x26.csv", "-m", method, "--json", "--plot", tmp_path / "a.png")
        report = json.loads(result.stdout)
        assert result.exit_code == 0
        assert len(report["scores"]) == len(report["low"]) == 79
        assert isinstance(report["rejected"], list)

    def test_header_makes_no_difference(self, tmp_path):
        text = (GOLDEN / "itu_demo_79x26.csv").read_text("utf-8")
        path = tmp_path / "headed.csv"
        path.write_text(",".join(f"observer{i}" for i in range(26)) + "\n" + text, "utf-8")
        one, two = (json.loads(run(p, "--json").stdout) for p in (GOLDEN / "itu_demo_79x26.csv", path))
        assert one["scores"] == two["scores"]
        assert two["observers"][3] == "observer3"


def test_pairs_and_disconnected_graph(tmp_path):
    path = tmp_path / "pairs.csv"
    rng = np.random.default_rng(0)
    rows = [
        f"p{p},{a},{b},{'left' if rng.random() < (0.3 if a < b else 0.7) else 'right'}"
        for p in range(8)
        for a in "abc"
        for b in "abc"
        if a != b
        for _ in range(3)
    ]
    path.write_text("participant,left,right,response\n" + "\n".join(rows), "utf-8")
    report = json.loads(run(path, "--json", "--resamples", 60).stdout)
    assert report["unit"] == "JND"
    assert report["scores"] == sorted(report["scores"])
    result = run(GOLDEN / "lukas_pairs_40x40.csv", "--method", "thurstone")
    assert result.exit_code == 1
    assert "5 groups" in result.stderr


class TestBadInput:
    def test_all_right_prints_the_bound_and_no_number(self, tmp_path):
        path = tmp_path / "a.csv"
        path.write_text("level,correct,trials\n3,20,20\n4,20,20\n", "utf-8")
        result = run(path)
        assert "< 3" in result.stdout
        assert result.exit_code == 1
        picture = json.loads(run(path, "--json").stdout)["pictures"][0]
        assert picture["threshold"] is None
        assert picture["bound"] == {"side": "below", "setting": 3.0}

    def test_bound_on_a_falling_axis(self, tmp_path):
        path = tmp_path / "a.csv"
        path.write_text("quality,seen,trials\n30,0,20\n80,0,20\n", "utf-8")
        picture = json.loads(run(path, "--json").stdout)["pictures"][0]
        assert picture["bound"] == {"side": "below", "setting": 30.0}

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("", "empty"),
            ("level,correct\n3,1\n3,0\n", "only level 3"),
            ("source,levels,correct\na,1,1\n", 'did you mean "levels"'),
            ("method,level,correct\nflicker,1,1\npan,2,1\n", "several methods"),
            ("level,correct,trials\n1,19,20\n2,12,20\n3,2,20\n", "fewer differences are seen"),
        ],
    )
    def test_bad_tables_end_with_a_message(self, tmp_path, text, message):
        path = tmp_path / "a.csv"
        path.write_text(text, "utf-8")
        result = run(path)
        assert result.exit_code == 1
        assert message in result.stderr
        assert "Traceback" not in result.output

    @pytest.mark.parametrize(
        "arguments",
        [
            ["--method", "bt501"],
            ["--function", "normel"],
            ["--layout", "matrx"],
            ["--guess", "half"],
            ["--guess", "1.5"],
            ["--confidence", "95"],
            ["--satisfied", "0"],
            ["--plot", "a.xyz"],
        ],
    )
    def test_bad_options_are_usage_errors(self, simulated, arguments):
        assert run(simulated, *arguments).exit_code == 2

    def test_method_for_other_answers(self, simulated):
        result = run(simulated, "--method", "bt500")
        assert result.exit_code == 1
        assert "these answers are seen or not" in result.stderr

    def test_non_monotone_answers_are_said_not_to_fit(self, tmp_path):
        path = tmp_path / "a.csv"
        path.write_text("level,seen,trials\n1,2,50\n2,40,50\n3,5,50\n4,45,50\n5,20,50\n6,50,50\n", "utf-8")
        result = run(path)
        assert "does not describe the answers" in result.stderr
