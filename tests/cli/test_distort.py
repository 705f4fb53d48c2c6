"""``jnd distort`` from end to end."""

import json

import numpy as np
import pytest
from PIL import Image
from skimage import data
from typer.testing import CliRunner

from jnd.cli import app
from jnd.distortions import DISTORTIONS, distort, distort_sequence

PHOTO = np.ascontiguousarray(data.astronaut()[100:228, 120:280])


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "photo.png"
    Image.fromarray(PHOTO).save(path)
    return path


def jnd(*words):
    result = CliRunner().invoke(app, ["distort", *map(str, words)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def pixels(path):
    return np.asarray(Image.open(path))


def test_files_hold_what_the_library_makes(photo, tmp_path):
    out = tmp_path / "out"
    result = jnd(
        photo, "--kind", "jpeg:0.6", "-k", "gaussian_blur:0.2,noise_pink:0.3", "--seed", 7, "-o", out
    )
    assert result.exit_code == 0
    assert result.stdout == ""
    assert "JND →" in result.stderr
    assert np.array_equal(pixels(out / "photo_jpeg-0.6.png"), distort(PHOTO, "jpeg", 0.6, seed=7))
    both = distort_sequence(PHOTO, [("gaussian_blur", 0.2), ("noise_pink", 0.3)], seed=7)
    assert np.array_equal(pixels(out / "photo_gaussian_blur-0.2+noise_pink-0.3.png"), both)
    assert sorted(path.suffix for path in out.iterdir()) == [".png", ".png"]
    assert np.array_equal(pixels(photo), PHOTO)


def test_json_says_what_was_done(photo, tmp_path):
    result = jnd(photo, "-k", "brightness:0.4", "-o", tmp_path / "out", "--json")
    fields = json.loads(result.stdout)
    assert fields["steps"] == [
        {
            "name": "brightness",
            "level": 0.4,
            "parameter": DISTORTIONS["brightness"].axis.parameter,
            "value": DISTORTIONS["brightness"].axis.value(0.4),
        }
    ]
    assert fields["jnd"] > 1
    assert (fields["seed"], fields["target_jnd"], fields["reached"]) == (0, None, True)
    assert (fields["protocol"], fields["viewing"]) == ("aic3", "standard_fhd")
    assert fields["output"].endswith("photo_brightness-0.4.png")


def test_a_level_is_searched_for_a_distance(photo, tmp_path):
    result = jnd(
        photo, "-k", "gaussian_blur:1,noise_gaussian:0.5", "--jnd", 2, "-o", tmp_path / "out", "--json"
    )
    fields = json.loads(result.stdout)
    assert fields["jnd"] == pytest.approx(2, rel=0.05)
    blur, noise = (step["level"] for step in fields["steps"])
    assert blur == pytest.approx(2 * noise)
    assert (tmp_path / "out" / "photo_gaussian_blur+noise_gaussian_2jnd.png").is_file()


def test_a_distance_out_of_reach_is_status_1(tmp_path):
    grey = tmp_path / "grey.png"
    Image.fromarray(np.full((64, 64), 90, np.uint8)).save(grey)
    result = jnd(grey, "-k", "saturation", "--jnd", 1, "-o", tmp_path / "out", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["reached"] is False
    assert "at its strongest" in result.stderr


def test_all_makes_one_of_each(photo, tmp_path):
    assert jnd(photo, "-k", "all:0.3", "-o", tmp_path / "out", "--quiet").output == ""
    assert len(list((tmp_path / "out").iterdir())) == len(DISTORTIONS)


def test_list_names_every_distortion():
    text = jnd("--list").output
    assert [name for name in DISTORTIONS if name not in text] == []
    lines = [json.loads(line) for line in jnd("--list", "--json").stdout.splitlines()]
    assert [line["name"] for line in lines] == list(DISTORTIONS)
    assert lines[0]["parameter"] == DISTORTIONS["jpeg"].axis.parameter


def test_a_broken_picture_does_not_stop_the_others(photo, tmp_path):
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no picture")
    result = jnd(broken, photo, "-k", "jpeg", "-o", tmp_path / "out")
    assert result.exit_code == 1
    assert "broken.png" in result.stderr
    assert (tmp_path / "out" / "photo_jpeg-0.5.png").is_file()


def test_a_source_is_never_overwritten(tmp_path):
    source = tmp_path / "photo_jpeg-0.5.png"
    Image.fromarray(PHOTO).save(source)
    Image.fromarray(PHOTO).save(tmp_path / "photo.png")
    result = jnd(tmp_path / "photo.png", source, "-k", "jpeg:0.5", "-o", tmp_path)
    assert result.exit_code == 2
    assert "never changed" in " ".join(result.stderr.replace("│", " ").split())
    assert np.array_equal(pixels(source), PHOTO)


def test_two_sources_do_not_share_a_result(photo, tmp_path):
    (tmp_path / "other").mkdir()
    Image.fromarray(PHOTO).save(tmp_path / "other" / "photo.png")
    assert jnd(photo, tmp_path / "other" / "photo.png", "-k", "jpeg", "-o", tmp_path / "out").exit_code == 2
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["-o", "out"], "--kind"),
        (["-k", "jpeg"], "-o"),
        (["-k", "jpg", "-o", "out"], "jpeg"),
        (["-k", "jpeg:2", "-o", "out"], "jpeg:2"),
        (["-k", "jpeg:", "-o", "out"], "jpeg:"),
        (["-k", "jpeg:x", "-o", "out"], "jpeg:x"),
        (["-k", "", "-o", "out"], "distortion"),
        (["-k", "jpeg", "-o", "out", "--jnd", "0"], "above"),
        (["-k", "jpeg", "-o", "out", "--jnd", "nan"], "above"),
        (["-k", "jpeg", "-o", "out", "--seed", "-1"], "--seed"),
        (["-k", "jpeg", "-o", "out", "--viewing", "moon"], "--viewing"),
        (["-k", "jpeg", "-o", "out", "--protocol", "moon"], "--protocol"),
    ],
)
def test_what_cannot_be_meant_is_status_2(words, says, photo, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = jnd(photo, *words)
    assert result.exit_code == 2
    assert says in result.stderr
    assert not (tmp_path / "out").exists()


def test_without_a_picture_is_status_2(tmp_path):
    assert jnd("-k", "jpeg", "-o", tmp_path / "out").exit_code == 2


def test_a_folder_that_is_a_file_is_status_2(photo):
    assert jnd(photo, "-k", "jpeg", "-o", photo).exit_code == 2
