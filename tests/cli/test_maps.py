"""``jnd map``, ``jnd models`` and ``jnd prefilter``."""

import io
import json

import numpy as np
import pytest
import typer
from PIL import Image
from skimage import data
from typer.testing import CliRunner

from jnd.cli.map import map_command
from jnd.cli.models import models
from jnd.cli.prefilter import prefilter
from jnd.models import JND_MODELS, jnd_map

COLOUR = np.ascontiguousarray(data.astronaut()[40:124, 180:290])


@pytest.fixture
def jnd():
    app = typer.Typer(pretty_exceptions_enable=False)
    app.command("map")(map_command)
    app.command("models")(models)
    app.command("prefilter")(prefilter)
    runner = CliRunner()

    def run(*words):
        result = runner.invoke(app, [str(word) for word in words])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run


@pytest.fixture
def photograph(tmp_path):
    path = tmp_path / "photograph.png"
    Image.fromarray(COLOUR).save(path)
    return path


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "frames"
    path.mkdir()
    for number in (1, 2, 10):
        Image.fromarray(np.roll(COLOUR, number, axis=1)).save(path / f"f{number}.png")
    return path


@pytest.fixture
def video(tmp_path):
    path = tmp_path / "video.y4m"
    frames = b"".join(
        b"FRAME\n" + np.roll(COLOUR[..., 1], number, axis=1).tobytes() + bytes([128]) * (2 * 42 * 55)
        for number in range(3)
    )
    path.write_bytes(b"YUV4MPEG2 W110 H84 F50:1 C420 XCOLORRANGE=FULL\n" + frames)
    return path


def luma(pixels):
    return (pixels @ np.array([0.299, 0.587, 0.114])).astype(np.float32)


class TestMap:
    def test_thresholds_are_those_of_the_library(self, jnd, photograph, tmp_path):
        for suffix in (".npy", ".tiff"):
            result = jnd("map", photograph, "--model", "zhang2005", "-o", tmp_path / f"map{suffix}", "--json")
            assert result.exit_code == 0
        saved = np.load(tmp_path / "map.npy")
        assert np.allclose(saved, jnd_map(luma(COLOUR), model="zhang2005"), rtol=1e-5)
        assert np.array_equal(np.array(Image.open(tmp_path / "map.tiff")), saved)
        fields = json.loads(result.stdout)
        assert fields["model"] == "zhang2005"
        assert fields["variant"] == "code"
        assert fields["frame"] is None
        assert fields["mean"] == pytest.approx(saved.mean(), abs=1e-3)
        assert (fields["width"], fields["height"]) == (110, 84)

    def test_a_rendering(self, jnd, photograph, tmp_path):
        assert (
            jnd("map", photograph, "--model", "chou1995", "-o", tmp_path / "a.png", "--top", "15").exit_code
            == 0
        )
        assert np.array(Image.open(tmp_path / "a.png")).shape[2] == 3

    def test_the_sheet_of_all_models(self, jnd, photograph, tmp_path):
        result = jnd("map", photograph, "--model", "all", "-o", tmp_path / "all.png", "--json")
        assert result.exit_code == 0
        named = [json.loads(line)["model"] for line in result.stdout.splitlines()]
        assert named == [name for name in JND_MODELS if f"{name} left out" not in result.stderr]
        assert (tmp_path / "all.png").exists()

    def test_a_folder_of_frames(self, jnd, folder, tmp_path):
        result = jnd("map", folder, "--model", "jia2006", "--fps", "60", "-o", tmp_path / "m.npy", "--json")
        assert result.exit_code == 0
        assert [json.loads(line)["frame"] for line in result.stdout.splitlines()] == [1, 2, 3]
        frames = [luma(np.roll(COLOUR, number, axis=1)) for number in (1, 2, 10)]
        expected = jnd_map(frames[2], model="jia2006", previous=frames[1], frames_per_second=60)
        assert np.allclose(np.load(tmp_path / "m_00003.npy"), expected, rtol=1e-4)

    def test_a_video(self, jnd, video, tmp_path):
        result = jnd("map", video, "--model", "wei2009", "-o", tmp_path / "m.npy")
        assert result.exit_code == 0
        frames = [np.roll(COLOUR[..., 1], number, axis=1).astype(np.float32) for number in (0, 1)]
        expected = jnd_map(frames[1], model="wei2009", previous=frames[0], frames_per_second=50)
        assert np.allclose(np.load(tmp_path / "m_00002.npy"), expected, rtol=1e-4)

    def test_viewing_changes_the_models_that_depend_on_it(self, jnd, photograph, tmp_path):
        for name in ("standard_fhd", "standard_phone"):
            options = ("--model", "watson1993", "--viewing", name, "-o", tmp_path / f"{name}.npy")
            assert jnd("map", photograph, *options).exit_code == 0
        far, near = (np.load(tmp_path / f"{name}.npy").mean() for name in ("standard_phone", "standard_fhd"))
        assert far != near

    @pytest.mark.parametrize(
        ("options", "words"),
        [
            (("--model", "zhang2004"), "zhang2005"),
            (("--model", "zhang2005", "--variant", "thesis"), "variant"),
            (("--model", "chou1995", "--border", "wrap"), "border"),
            (("--model", "chou1995", "--viewing", "standard_fhd"), "depend"),
            (("--model", "watson1993", "--viewing", "cinema"), "viewing"),
            (("--model", "chou1995", "--top", "-1"), "above 0"),
            (("--model", "chou1995", "--fps", "0"), "positive"),
            (("--model", "all", "--variant", "code"), "default"),
        ],
    )
    def test_what_is_not_understood_ends_with_status_2(self, jnd, photograph, tmp_path, options, words):
        result = jnd("map", photograph, *options, "-o", tmp_path / "m.png")
        assert result.exit_code == 2
        assert words in result.stderr
        assert not (tmp_path / "m.png").exists()

    def test_another_ending_is_refused(self, jnd, photograph, tmp_path):
        assert jnd("map", photograph, "-o", tmp_path / "m.jpg").exit_code == 2
        assert jnd("map", photograph, "--model", "all", "-o", tmp_path / "m.npy").exit_code == 2

    def test_what_cannot_be_read_ends_with_status_1_and_a_reason(self, jnd, tmp_path):
        for name in ("no.png", "no.y4m"):
            result = jnd("map", tmp_path / name, "--model", "chou1995", "-o", tmp_path / "m.png")
            assert result.exit_code == 1
            assert result.stderr.startswith("Error: ")
        (tmp_path / "empty").mkdir()
        assert jnd("map", tmp_path / "empty", "--model", "chou1995", "-o", tmp_path / "m.png").exit_code == 1

    def test_a_picture_too_small_for_the_model(self, jnd, tmp_path):
        Image.fromarray(COLOUR[:5, :5]).save(tmp_path / "small.png")
        result = jnd("map", tmp_path / "small.png", "--model", "watson1997", "-o", tmp_path / "m.png")
        assert result.exit_code == 1
        assert "at least" in result.stderr


class TestModels:
    def test_every_model_is_listed_with_its_fields(self, jnd):
        result = jnd("models", "--json", "--no-speed")
        rows = [json.loads(line) for line in result.stdout.splitlines()]
        assert {row["model"] for row in rows} == set(JND_MODELS)
        assert [row["year"] for row in rows] == sorted(row["year"] for row in rows)
        for row in rows:
            assert row["variants"] == list(JND_MODELS[row["model"]].variants)
            assert row["milliseconds"] is None

    def test_the_table_names_every_model(self, jnd):
        text = jnd("models", "--no-speed").stdout
        assert all(name in text for name in JND_MODELS)


class TestPrefilter:
    @pytest.mark.parametrize(("method", "model"), [("block-mean", "chou1995"), ("dct", "zhang2005")])
    def test_a_picture(self, jnd, photograph, tmp_path, method, model):
        out = tmp_path / "out.png"
        assert jnd("prefilter", photograph, "--method", method, "--model", model, "-o", out).exit_code == 0
        changed = np.array(Image.open(out))
        assert changed.shape == COLOUR.shape
        assert 0 < np.abs(changed.astype(int) - COLOUR).mean() < 10
        assert np.array_equal(np.array(Image.open(photograph)), COLOUR)

    def test_tables(self, jnd, photograph, tmp_path):
        out = tmp_path / "out.jpg"
        options = ("--method", "jpeg-tables", "--error", "2", "--chroma", "4:4:4")
        assert jnd("prefilter", photograph, *options, "-o", out).exit_code == 0
        stored = Image.open(io.BytesIO(out.read_bytes()))
        assert stored.size == (110, 84)
        assert stored.layer[0][1:3] == (1, 1)

    def test_tables_for_sixteen_bits(self, jnd, tmp_path):
        Image.fromarray(COLOUR[..., 1].astype(np.uint16) * 257).save(tmp_path / "deep.png")
        out = tmp_path / "out.jpg"
        assert jnd("prefilter", tmp_path / "deep.png", "--method", "jpeg-tables", "-o", out).exit_code == 0
        assert np.abs(np.array(Image.open(out)).astype(int) - COLOUR[..., 1]).mean() < 3

    def test_transparency_has_no_place_in_jpeg(self, jnd, tmp_path):
        Image.fromarray(np.dstack([COLOUR, COLOUR[..., 0]])).save(tmp_path / "clear.png")
        options = ("--method", "jpeg-tables", "-o", tmp_path / "out.jpg")
        result = jnd("prefilter", tmp_path / "clear.png", *options)
        assert result.exit_code == 1
        assert "transparent" in result.stderr

    def test_frames(self, jnd, folder, tmp_path):
        assert (
            jnd("prefilter", folder, "--method", "dct", "--model", "jia2006", "-o", tmp_path / "o").exit_code
            == 0
        )
        assert sorted(path.name for path in (tmp_path / "o").iterdir()) == ["f1.png", "f10.png", "f2.png"]
        assert jnd("prefilter", folder, "--method", "dct", "-o", folder).exit_code == 1

    def test_video(self, jnd, video, tmp_path):
        out = tmp_path / "o.y4m"
        assert jnd("prefilter", video, "--method", "dct", "--model", "wei2009", "-o", out).exit_code == 0
        assert out.stat().st_size == video.stat().st_size
        assert out.read_bytes() != video.read_bytes()

    @pytest.mark.parametrize(
        ("options", "name"),
        [
            (("--method", "blur"), "o.png"),
            (("--method", "dct", "--fps", "-1"), "o.png"),
            (("--method", "dct", "--model", "chou1995"), "o.png"),
            (("--method", "jpeg-tables"), "o.png"),
            (("--method", "jpeg-tables", "--error", "0"), "o.jpg"),
            (("--method", "jpeg-tables", "--chroma", "4:1:1"), "o.jpg"),
            (("--method", "jpeg-tables", "--model", "watson1997"), "o.jpg"),
        ],
    )
    def test_what_is_not_understood_ends_with_status_2(self, jnd, photograph, tmp_path, options, name):
        assert jnd("prefilter", photograph, *options, "-o", tmp_path / name).exit_code == 2
        assert not (tmp_path / name).exists()

    def test_pictures_cannot_be_written_with_loss_or_without_a_source(self, jnd, photograph, tmp_path):
        assert jnd("prefilter", photograph, "--method", "block-mean", "-o", tmp_path / "o.jpg").exit_code == 1
        result = jnd("prefilter", tmp_path / "no.png", "--method", "block-mean", "-o", tmp_path / "o.png")
        assert result.exit_code == 1
        assert "does not exist" in result.stderr
