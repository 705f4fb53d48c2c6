"""``jnd compare`` from the command line: pairs, folders, outputs, exit status, bad input."""

import json
import re
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from PIL import Image
from skimage import data
from typer.testing import CliRunner

from jnd.cli import app

PICTURE = np.ascontiguousarray(data.coffee()[40:200, 100:300])


def changed():
    pixels = PICTURE.copy()
    pixels[50:62, 80:92] = 255 - pixels[50:62, 80:92]
    return pixels


def run(*arguments):
    return CliRunner().invoke(app, ["compare", *map(str, arguments)])


@pytest.fixture
def files(tmp_path):
    Image.fromarray(PICTURE).save(tmp_path / "a.png")
    Image.fromarray(PICTURE).save(tmp_path / "same.tif")
    Image.fromarray(PICTURE ^ 1).save(tmp_path / "rounded.png")
    Image.fromarray(changed()).save(tmp_path / "spot.png")
    Image.fromarray(np.roll(PICTURE, 3, 1)).save(tmp_path / "moved.png")
    return tmp_path


@pytest.fixture
def folders(files):
    before, after = files / "before", files / "after"
    for folder in (before, after):
        (folder / "deep").mkdir(parents=True)
        (folder / ".hidden.png").write_bytes(b"no")
        (folder / "notes.txt").write_text("no")
    Image.fromarray(PICTURE).save(before / "same.png")
    Image.fromarray(PICTURE).save(after / "same.tiff")
    Image.fromarray(PICTURE).save(before / "deep/spot.png")
    Image.fromarray(changed()).save(after / "deep/spot.png")
    return before, after


@pytest.mark.parametrize(
    ("name", "verdict", "status"),
    [("same.tif", "identical", 0), ("rounded.png", "invisible", 0), ("spot.png", "visible", 1)],
)
def test_verdict_and_exit_status(files, name, verdict, status):
    result = run(files / "a.png", files / name)
    assert result.exit_code == status
    assert result.stderr.startswith(verdict)
    assert result.stdout == ""


def test_misregistration_is_said_first(files):
    result = run(files / "a.png", files / "moved.png")
    assert result.stderr.startswith("The whole picture is moved by +3.0")
    assert "--align" in result.stderr
    assert result.exit_code == 1
    aligned = run(files / "a.png", files / "moved.png", "--align")
    assert aligned.exit_code == 0
    assert "(aligned)\nidentical" in aligned.stderr


def test_ignore_and_mask(files):
    assert run(files / "a.png", files / "spot.png", "--ignore", "75,45,30,30").exit_code == 0
    mask = np.zeros(PICTURE.shape[:2], np.uint8)
    mask[50:62, 80:92] = 9
    Image.fromarray(mask).save(files / "mask.png")
    assert run(files / "a.png", files / "spot.png", "--ignore-mask", files / "mask.png").exit_code == 0


def test_json_says_everything_and_nothing_else_is_on_standard_output(files):
    result = run(files / "a.png", files / "spot.png", "--json", "--quiet")
    record = json.loads(result.stdout)
    assert record["verdict"] == "visible"
    assert record["changed_pixels"] == 144
    assert record["regions"][0]["box"] == [80, 50, 12, 12]
    assert result.stderr == ""


def test_heat_maps(files):
    run(files / "a.png", files / "spot.png", "--heatmap", files / "map.png", "--quiet")
    picture = np.asarray(Image.open(files / "map.png"))
    assert picture.shape[1] >= PICTURE.shape[1]
    assert picture[55, 85].astype(int).sum() > 3 * picture[150, 10].astype(int).sum()
    run(files / "a.png", files / "spot.png", "--heatmap", files / "map.npy", "--quiet")
    lost = np.load(files / "map.npy")
    assert lost.shape == PICTURE.shape[:2]
    row, column = np.unravel_index(lost.argmax(), lost.shape)
    assert 45 < row < 67 and 75 < column < 97


def test_folders_are_paired_by_name(folders):
    result = run(*folders, "--json", "--workers", "2", "--junit", folders[0].parent / "out.xml")
    records = [json.loads(line) for line in result.stdout.splitlines()]
    assert sorted(record["verdict"] for record in records) == ["identical", "visible"]
    assert result.exit_code == 1
    assert "2 pairs: 1 identical, 1 visible" in result.stderr
    suite = ET.parse(folders[0].parent / "out.xml").getroot().find("testsuite")
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("2", "1", "0")
    (failed,) = [case for case in suite if case.find("failure") is not None]
    assert failed.get("name") == "deep/spot.png"
    assert "144 pixels changed" in failed.find("failure").text


def test_what_is_missing_or_broken_is_named_and_the_others_are_done(folders):
    before, after = folders
    Image.fromarray(PICTURE).save(before / "gone.png")
    Image.fromarray(PICTURE).save(after / "new.png")
    Image.fromarray(PICTURE[:100]).save(before / "cut.png")
    Image.fromarray(PICTURE).save(after / "cut.png")
    (before / "torn.png").write_bytes(b"\x89PNG\r\n\x1a\nrest")
    Image.fromarray(PICTURE).save(after / "torn.png")
    result = run(before, after, "--json", "--workers", "1", "--junit", before.parent / "o.xml")
    records = [json.loads(line) for line in result.stdout.splitlines()]
    assert [record["verdict"] for record in records].count("broken") == 4
    assert len(records) == 6
    assert result.exit_code == 2
    for words in ("gone.png: missing in CHANGED", "new.png: missing in REFERENCE", "torn.png", "200 × 100"):
        assert words in result.stderr
    assert ET.parse(before.parent / "o.xml").getroot().get("errors") == "4"


def test_names_that_xml_and_html_could_trip_over(tmp_path):
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        Image.fromarray(PICTURE).save(tmp_path / folder / 'a & <b> "c" \x01.png')
    arguments = ("--junit", tmp_path / "o.xml", "--report", tmp_path / "r.html")
    assert run(tmp_path / "one", tmp_path / "two", *arguments).exit_code == 0
    (case,) = ET.parse(tmp_path / "o.xml").getroot().iter("testcase")
    assert case.get("name") == 'a & <b> "c" \ufffd.png'
    assert "a &amp; &lt;b&gt;" in (tmp_path / "r.html").read_text()


def test_the_page_holds_everything_and_asks_for_nothing(folders):
    page = folders[0].parent / "new" / "report.html"
    run(*folders, "--report", page, "--quiet")
    text = page.read_text("utf-8")
    assert "2 pairs: 1 visible, 1 identical" in text
    assert "default-src 'none'" in text
    assert not re.findall(r"""(?:src|href)=["']?(?:https?:|//|file:)""", text)
    assert (
        text.count('type="application/octet-stream;base64"') == 4
    )  # result twice; reference and map where it differs


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--notice", "1"), "below 1"),
        (("--pool", "all"), "window or picture"),
        (("--protocol", "aic9"), "aic3"),
        (("--viewing", "phone"), "standard_phone"),
        (("--ppd", "0"), "1 to 1000"),
        (("--ignore", "1,2,3"), "X,Y,WIDTH,HEIGHT"),
        (("--ignore", "1,2,0,3"), "at least 1"),
        (("--ignore-mask", "nowhere.png"), "does not exist"),
        (("--heatmap", "map.jpg"), ".png or .npy"),
        (("--report", "report.txt"), ".html"),
    ],
)
def test_what_is_not_understood_ends_with_status_2(files, arguments, words):
    result = run(files / "a.png", files / "spot.png", *arguments)
    assert result.exit_code == 2
    assert words in re.sub(r"[\s│]+", " ", result.stderr)


def test_bad_pairs_end_with_status_2(files, tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty2").mkdir()
    assert "does not exist" in run(files / "a.png", files / "b.png").stderr
    assert run(files / "a.png", files / "b.png").exit_code == 2
    for arguments, words in (
        ((tmp_path / "empty", tmp_path / "empty2"), "no pictures in"),
        ((tmp_path / "empty", files / "a.png"), "is not; name two pictures or two folders"),
        ((files / "a.png", files / "spot.png", "--ignore", "900,0,5,5"), "lies outside the picture"),
    ):
        result = run(*arguments)
        assert result.exit_code == 2
        assert words in re.sub(r"[\s│]+", " ", result.stderr)


def test_outputs_that_cannot_be_written_end_with_status_2(files):
    (files / "taken").write_text("a file")
    result = run(files / "a.png", files / "same.tif", "--junit", files / "taken" / "o.xml")
    assert result.exit_code == 2
    assert "was not written" in result.stderr


def test_the_direction_is_an_option(tmp_path):
    reference = np.ascontiguousarray(data.astronaut()[:256, :256])
    changed = np.clip(reference + np.random.default_rng(0).normal(0, 12, reference.shape), 0, 255).astype(
        np.uint8
    )
    for name, pixels in (("a.png", reference), ("b.png", changed)):
        Image.fromarray(pixels).save(tmp_path / name)
    arguments = ["compare", str(tmp_path / "a.png"), str(tmp_path / "b.png"), "--direction", "--json"]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 1
    record = json.loads(result.stdout)
    assert record["kinds"][0]["name"].startswith("noise") and record["kinds"][0]["severity_jnd"] > 0
    assert {c["artifact"]: c["direction"] for c in record["artifact_changes"]}["noise"] == "stronger"
    assert "Against REFERENCE: " in result.stderr and "As a whole: " in result.stderr
