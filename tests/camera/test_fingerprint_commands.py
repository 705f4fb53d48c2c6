"""``jnd camera fingerprint`` and ``jnd camera match`` through their doors."""

import json

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from jnd.camera.prnu.fingerprint_file import load_fingerprint, save_fingerprint
from jnd.cli import app

from .synthetic_sensors import SIZE, jpeg, scene, sensor, taken


def run(*arguments, status=0):
    result = CliRunner().invoke(app, ["camera", *map(str, arguments)])
    assert result.exit_code == status, result.output
    return result


@pytest.fixture
def folder(tmp_path, monkeypatch, fingerprints):
    monkeypatch.chdir(tmp_path)
    for name, made in fingerprints.items():
        save_fingerprint(made, tmp_path / f"{name}.npz")
    (tmp_path / "photo.jpg").write_bytes(jpeg(taken(scene(1), sensor(1), 5), 92, orientation=6))
    return tmp_path


class TestFingerprint:
    def test_it_is_written_and_said(self, folder, flats):
        result = run("fingerprint", *flats["ours"], "-o", "made.npz", "--label", "my camera")
        assert "my camera: fingerprint of 512 x 384 pixels from 8 pictures → made.npz" in result.stderr
        assert "Note: made of 8 pictures" in result.stderr
        assert result.stdout == ""
        assert load_fingerprint("made.npz").label == "my camera"

    def test_a_folder_of_pictures_and_the_label_of_the_file(self, folder, flats):
        run("fingerprint", flats["ours"][0].parent, "-o", "both.npz", "-q")
        made = load_fingerprint("both.npz")
        assert (made.label, made.pictures) == ("both", 16)

    def test_json(self, folder, flats):
        result = run("fingerprint", *flats["ours"][:2], "-o", "made.npz", "--json", "--quiet")
        fields = json.loads(result.stdout)
        assert (fields["label"], fields["pictures"], fields["width"], fields["height"]) == (
            "made",
            2,
            512,
            384,
        )
        assert fields["source_sha256"] == list(load_fingerprint("made.npz").source_sha256)
        assert result.stderr == ""

    def test_another_ending(self, folder, flats):
        assert "must end in .npz" in run("fingerprint", flats["ours"][0], "-o", "made.png", status=2).output

    def test_nothing_to_read(self, folder):
        (folder / "empty").mkdir()
        assert "no pictures in empty" in run("fingerprint", "empty", "-o", "made.npz", status=1).stderr
        assert "missing.jpg" in run("fingerprint", "missing.jpg", "-o", "made.npz", status=1).stderr

    def test_mixed_sizes(self, folder, flats):
        Image.fromarray(taken(scene(1), sensor(1))[:200]).save("part.png")
        result = run("fingerprint", flats["ours"][0], "part.png", "-o", "made.npz", status=1)
        assert "part.png: has 512 x 200 pixels" in result.stderr
        assert not (folder / "made.npz").exists()

    def test_a_folder_that_is_missing(self, folder, flats):
        assert (
            "cannot be written" in run("fingerprint", flats["ours"][0], "-o", "no/made.npz", status=1).stderr
        )


class TestMatch:
    def test_the_table_says_which_camera(self, folder):
        lines = run("match", "photo.jpg", "-f", "other.npz", "-f", "ours.npz").stdout.splitlines()
        assert lines[0] == "photo.jpg"
        assert lines[2].startswith("ours ")
        assert lines[2].rstrip().endswith("the same sensor")
        assert lines[3].startswith("other ")
        assert "no sign of it" in lines[3]

    def test_json_has_an_object_per_fingerprint(self, folder):
        result = run("match", "photo.jpg", "-f", "ours.npz", "-f", "other.npz", "--json")
        ours, other = map(json.loads, result.stdout.splitlines())
        assert (ours["source"], ours["fingerprint"], ours["label"]) == ("photo.jpg", "ours.npz", "ours")
        assert (ours["verdict"], other["verdict"]) == ("match", "no match")
        assert ours["pce"] > ours["pce_threshold"] == 60
        assert ours["score"] > ours["score_threshold"] > other["score"]
        assert 0 < ours["usable_share"] <= 1
        assert ours["error"] is None

    def test_quiet_says_nothing(self, folder):
        assert run("match", "photo.jpg", "-f", "ours.npz", "-q").output == ""

    def test_a_crop(self, folder):
        Image.open("photo.jpg").crop((96, 40, 480, 360)).save("crop.png")
        result = run("match", "crop.png", "-f", "ours.npz", "--search", "crop")
        assert "the same sensor" in result.stdout
        assert "from column 96, row 40" in result.stdout

    def test_a_scale(self, folder):
        picture = Image.open("photo.jpg")
        picture.resize((picture.width * 3 // 4, picture.height * 3 // 4)).save("small.png")
        result = run("match", "small.png", "-f", "ours.npz", "--search", "scale", "--scale", "0.75")
        assert "scaled by 0.75" in result.stdout

    def test_a_fingerprint_of_another_resolution_is_said(self, folder, fingerprints):
        from dataclasses import replace

        save_fingerprint(
            replace(fingerprints["ours"], prnu=np.zeros((80, 80), np.float32), label="tiny"), "tiny.npz"
        )
        assert "of another size" in run("match", "photo.jpg", "-f", "ours.npz", "-f", "tiny.npz").stdout
        error = run("match", "photo.jpg", "-f", "tiny.npz", status=1).stderr
        assert "photo.jpg, tiny: 512 x 384 pixels, but the fingerprint 80 x 80" in error

    def test_pictures_that_say_nothing(self, folder):
        Image.fromarray(np.full((*SIZE, 3), 255, np.uint8)).save("white.png")
        assert (
            "white.png: only 0.0 % of its pixels"
            in run("match", "white.png", "-f", "ours.npz", status=1).stderr
        )
        (row,) = map(
            json.loads, run("match", "white.png", "-f", "ours.npz", "--json", status=1).stdout.splitlines()
        )
        assert "neither saturated nor black" in row["error"]

    def test_one_bad_picture_does_not_hide_the_others(self, folder):
        (folder / "bad.jpg").write_bytes(b"nothing")
        result = run("match", "bad.jpg", "photo.jpg", "-f", "ours.npz", status=1)
        assert "bad.jpg" in result.stderr
        assert "the same sensor" in result.stdout

    def test_a_file_that_is_no_fingerprint(self, folder):
        assert "photo.jpg: is no fingerprint" in run("match", "photo.jpg", "-f", "photo.jpg", status=1).stderr
        assert "does not exist" in run("match", "photo.jpg", "-f", "missing.npz", status=1).stderr

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (("--search", "crops"), "did you mean"),
            (("--false-alarm", "0"), "between 0 and 0.5"),
            (("--threshold", "nan"), "must be a number"),
            (("--scale", "0.5"), "--search scale"),
            (("--search", "scale", "--scale", "-1"), "above 0"),
        ],
    )
    def test_options_that_cannot_be(self, folder, arguments, words):
        assert words in " ".join(
            run("match", "photo.jpg", "-f", "ours.npz", *arguments, status=2).output.split()
        )
