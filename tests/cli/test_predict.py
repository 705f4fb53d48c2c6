"""`jnd predict` from the outside."""

import json

import pytest
from PIL import Image
from skimage import data
from typer.testing import CliRunner

from jnd.cli import app

KEYS = {"source", "codec", "parameter", "setting", "level", "target_satisfied", "pjnd", "low", "high", "sur", "warning"}  # fmt: skip


def run(*arguments):
    return CliRunner().invoke(app, [*map(str, arguments)])


@pytest.fixture
def photograph(tmp_path):
    path = tmp_path / "astronaut.png"
    Image.fromarray(data.astronaut()[:256, :256]).save(path)
    return path


class TestPredict:
    def test_a_table_for_people(self, photograph):
        result = run("predict", photograph)
        assert result.exit_code == 0, result.output
        for word in ("jpeg", "webp", "avif", "quality", "not measured"):
            assert word in result.output

    def test_json_per_codec(self, photograph):
        result = run("predict", photograph, "--json", "--satisfied", "0.9")
        records = [json.loads(line) for line in result.stdout.splitlines()]
        assert {"jpeg", "webp", "avif"} <= {record["codec"] for record in records}
        for record in records:
            assert set(record) == KEYS
            assert record["target_satisfied"] == 0.9
            assert {"level", "satisfied", "low", "high"} < set(record["sur"][0])

    def test_one_format(self, photograph):
        result = run("predict", photograph, "--json", "--format", "webp")
        assert len(result.stdout.splitlines()) == 1

    def test_a_plot(self, photograph, tmp_path):
        pytest.importorskip("matplotlib")
        result = run("predict", photograph, "--plot", tmp_path / "curves.png")
        assert result.exit_code == 0, result.output
        with Image.open(tmp_path / "curves.png") as figure:
            assert figure.width > 600

    def test_one_bad_picture_does_not_stop_the_others(self, photograph, tmp_path):
        (tmp_path / "bad.png").write_bytes(b"no picture")
        result = run("predict", tmp_path / "bad.png", photograph, "--json", "--format", "jpeg")
        assert result.exit_code == 1
        assert "bad.png" in result.stderr
        assert json.loads(result.stdout)["codec"] == "jpeg"

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (("--satisfied", "1"), "must lie between"),
            (("--format", "webq"), "did you mean"),
            (("--protocol", "aic4"), "did you mean"),
            (("--model", "none.onnx"), "cannot read"),
            (("--plot", "curves.txt"), "PNG, PDF or SVG"),
        ],
    )
    def test_bad_options(self, photograph, arguments, message):
        result = run("predict", photograph, *arguments)
        assert result.exit_code == 2
        assert message in " ".join(result.output.replace("│", " ").split())
