"""``jnd inspect`` through its door: table, JSON, maps, folders, and bad input."""

import json

import numpy as np
import pytest
from PIL import Image
from skimage import data
from typer.testing import CliRunner

from jnd.artifacts import ARTIFACTS
from jnd.cli import app

PHOTO = data.astronaut()[:192, :256]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Image.fromarray(PHOTO).save("clean.png")
    Image.fromarray(PHOTO).save("photo.jpg", quality=40)
    Image.open("photo.jpg").save("was.png")
    return tmp_path


def run(*arguments, status=0):
    result = CliRunner().invoke(app, ["inspect", *map(str, arguments)])
    assert result.exit_code == status, result.output
    return result


def test_the_table_names_what_was_done(folder):
    out = run("was.png").stdout
    assert "was a JPEG of quality 40" in out
    assert " JND" in out
    assert "NIQE" in out


def test_json_has_an_object_per_picture(folder):
    lines = [json.loads(line) for line in run(".", "--json", "--no-effect").stdout.splitlines()]
    assert [line["source"] for line in lines] == ["clean.png", "photo.jpg", "was.png"]
    for line in lines:
        assert list(line["artifacts"]) == list(ARTIFACTS)
        assert (line["width"], line["height"], line["error"]) == (256, 192, None)
    clean, photo, was = (line["artifacts"]["jpeg_history"]["details"] for line in lines)
    assert (clean["quality"], photo["quality"], was["quality"]) == (None, 40, 40)
    assert (photo["source"], was["source"]) == ("tables", "histogram")


def test_one_artifact_only(folder):
    (line,) = run("was.png", "-a", "noise", "-a", "blur", "--json").stdout.splitlines()
    record = json.loads(line)
    assert list(record["artifacts"]) == ["noise", "blur"]
    assert record["niqe"] is None


@pytest.mark.parametrize("suffix", ["png", "npy", "tiff"])
def test_a_map_is_written(folder, suffix):
    run("was.png", "-a", "blockiness", "--map", f"map.{suffix}")
    if suffix == "npy":
        assert np.load("map.npy").shape == (192, 256)
    else:
        with Image.open(f"map.{suffix}") as picture:
            assert picture.size[0] >= 256


def test_a_map_of_what_is_not_there_is_refused(folder):
    assert "not found" in run("clean.png", "-a", "blockiness", "--map", "map.png", status=1).stderr


def test_quiet_prints_nothing(folder):
    result = run("was.png", "--quiet", "--no-effect")
    assert result.output == ""


def test_two_processes_say_the_same(folder):
    alone = run(".", "--json", "--no-effect", "-a", "noise").stdout
    together = run(".", "--json", "--no-effect", "-a", "noise", "-w", "2").stdout
    assert sorted(together.splitlines()) == sorted(alone.splitlines())


def test_a_bad_picture_is_named_and_the_others_are_done(folder):
    (folder / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nnothing")
    result = run(".", "--json", "--no-effect", "-a", "noise", status=1)
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert len(lines) == 4
    (broken,) = (line for line in lines if line["error"])
    assert broken["source"].endswith("broken.png") and "damaged PNG" in broken["error"]


@pytest.mark.parametrize("name", ["missing.png", "text.txt", "animated.webp"])
def test_what_cannot_be_read_ends_with_status_1(folder, name):
    (folder / "text.txt").write_text("hello")
    frames = [Image.fromarray(PHOTO), Image.fromarray(255 - PHOTO)]
    frames[0].save(folder / "animated.webp", save_all=True, append_images=frames[1:])
    assert name in run(name, status=1).stderr


@pytest.mark.parametrize(
    "picture",
    [
        np.zeros((1, 1), np.uint8),
        np.zeros((1, 1, 3), np.uint8),
        PHOTO[..., 0],
        np.dstack([PHOTO, PHOTO[..., 0]]),
        (PHOTO[..., 0].astype(np.uint16) * 257),
    ],
    ids=["1x1 grey", "1x1", "grey", "alpha", "16 bit"],
)
def test_unusual_pictures_are_inspected(folder, picture):
    Image.fromarray(picture).save("odd.png")
    assert json.loads(run("odd.png", "--json", "--no-effect").stdout)["error"] is None


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-a", "blockines"], "blockiness"),
        (["--viewing", "nowhere"], "nowhere"),
        (["--map", "map.png"], "one artifact"),
        (["-a", "noise", "--map", "map.gif"], "must end in"),
        (["-w", "0"], "Invalid"),
    ],
)
def test_what_was_not_understood_ends_with_status_2(folder, arguments, said):
    assert said in run("clean.png", *arguments, status=2).stderr


def test_an_empty_folder_is_an_error(folder):
    (folder / "empty").mkdir()
    assert "no pictures" in run("empty", status=1).stderr
