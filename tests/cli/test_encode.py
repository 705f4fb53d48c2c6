"""`jnd encode` from the outside: arguments, what goes to which stream, exit status."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage import data
from typer.testing import CliRunner

from jnd.cli import app

JND = [sys.executable, "-c", "from jnd.cli import main; main()"]

FIELDS = {
    "source",
    "output",
    "codec",
    "setting",
    "bytes",
    "source_bytes",
    "width",
    "height",
    "jod",
    "notice",
    "satisfied",
    "worst_window_jod",
    "encodes",
    "seconds",
    "status",
    "protocol",
    "protocol_note",
    "viewing",
    "pixels_per_degree",
    "chroma_subsampling",
    "encoder",
    "note",
    "error",
    "pool",
    "from_earlier_run",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A tree of two pictures."""
    (tmp_path / "in/deep").mkdir(parents=True)
    pixels = data.astronaut()[20:148, 130:322]
    Image.fromarray(pixels).save(tmp_path / "in/a.png")
    Image.fromarray(np.ascontiguousarray(pixels[:, ::-1])).save(tmp_path / "in/deep/b [red].png")
    return tmp_path


def run(*arguments: str | Path, columns: int = 80) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*JND, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "COLUMNS": str(columns)},
        check=False,
    )


def usage_error(*arguments: str | Path) -> str:
    result = CliRunner().invoke(app, list(map(str, arguments)), env={"COLUMNS": "200", "TERM": "dumb"})
    assert result.exit_code == 2, result.output
    return " ".join(result.output.split())


def test_json_is_all_there_is_on_standard_output(folder: Path) -> None:
    result = run(
        "encode", folder / "in", "-o", folder / "out", "--format", "jpeg", "--json", "--workers", "2"
    )
    assert result.returncode == 0, result.stderr
    records = {Path(r["source"]).name: r for r in map(json.loads, result.stdout.splitlines())}
    assert set(records) == {"a.png", "b [red].png"}
    for record in records.values():
        assert set(record) >= FIELDS
        assert record["status"] == "encoded" and record["error"] is None
        assert record["satisfied"] >= 0.75
        assert Path(record["output"]).stat().st_size == record["bytes"]
    assert Path(records["b [red].png"]["output"]) == folder / "out/deep/b [red].jpg"
    assert "at least 3 in 4 people see no difference, under the aic3 protocol" in " ".join(
        result.stderr.split()
    )


def test_without_json_standard_output_is_empty_and_the_table_is_closed(folder: Path) -> None:
    result = run("encode", folder / "in", "-o", folder / "out", "--codec", "webp", "--target", "careful")
    assert result.returncode == 0 and result.stdout == ""
    text = " ".join(result.stderr.split())
    for words in (
        "at least 9 in 10 people see no difference",
        "standard_fhd, 37.8 pixels per degree",
        "b [red].png",
        "2 encoded",
        "Trial encodes",
        "Lowest satisfaction",
        "Worst window",
        "calibrated on whole photographs",
        "Seconds",
    ):
        assert words in text, words
    # A path may be as long as it likes, so it ends its line; everything else fits a terminal.
    lines = [line.split(" satisfied  ")[0] for line in result.stderr.splitlines()]
    assert max(len(line) for line in lines if not line.startswith("Written to")) <= 80


def test_the_worst_picture_is_named_as_it_is_called(folder: Path) -> None:
    result = run("encode", folder / "in/deep", "-o", folder / "out", "--format", "jpeg", columns=300)
    assert result.stderr.count("b [red].png") == 3


def test_a_name_that_is_no_text_is_printed_and_survives_in_json(folder: Path) -> None:
    name = os.fsdecode(b"b\xff.png")
    try:
        (folder / "in/a.png").rename(folder / name)
    except OSError:
        pytest.skip("this file system takes text only")
    result = run("encode", folder / name, "-o", folder / "out", "--format", "jpeg", "--json")
    assert result.returncode == 0
    assert Path(json.loads(result.stdout)["output"]).exists()


def test_quiet_is_quiet(folder: Path) -> None:
    result = run("encode", folder / "in/a.png", "-o", folder / "out", "--format", "jpeg", "--quiet")
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert (folder / "out/a.jpg").exists()


def test_a_bad_file_is_said_even_if_quiet_and_the_status_is_1(folder: Path) -> None:
    (folder / "in/bad.png").write_bytes(b"nothing")
    result = run(
        "encode", folder / "in", "-o", folder / "out", "--format", "jpeg", "--quiet", "--json", columns=200
    )
    assert result.returncode == 1
    records = {Path(r["source"]).name: r for r in map(json.loads, result.stdout.splitlines())}
    assert records["bad.png"]["status"] == "failed" and records["bad.png"]["error"]
    assert [line for line in result.stderr.splitlines() if line] and "bad.png" in result.stderr
    assert (folder / "out/a.jpg").exists() and not (folder / "out/bad.jpg").exists()


def test_not_reachable_is_status_1_and_its_own_answer(folder: Path) -> None:
    random = np.random.default_rng(3)
    red = random.random((96, 128)) < 0.5
    confetti = np.where(red[..., None], np.array([255, 0, 90]), np.array([0, 105, 255])).astype(np.uint8)
    Image.fromarray(confetti).save(folder / "confetti.png")
    result = run(
        "encode",
        folder / "confetti.png",
        "-o",
        folder / "out",
        "--format",
        "jpeg:turbo",
        "--chroma",
        "4:2:0",
        "--target",
        "archive",
        "--json",
    )
    assert result.returncode == 1
    assert json.loads(result.stdout)["status"] == "not reachable"
    assert "not reachable" in result.stderr


def test_a_file_that_does_not_exist_fails_alone(folder: Path) -> None:
    result = run("encode", folder / "in/a.png", folder / "none.png", "-o", folder / "out", "--format", "jpeg")
    assert result.returncode == 1
    assert "none.png" in result.stderr and "does not exist" in " ".join(result.stderr.split())
    assert (folder / "out/a.jpg").exists()


def test_chroma_and_effort_reach_the_encoder(folder: Path) -> None:
    options = ["--format", "avif", "--chroma", "4:4:4", "--effort", "9", "--json", "--quiet"]
    record = json.loads(run("encode", folder / "in/a.png", "-o", folder / "out", *options).stdout)
    assert record["chroma_subsampling"] == "4:4:4"
    assert record["setting"]["speed"] == 9


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--format", "jpg"], 'did you mean "jpeg"'),
        (["--target", "print"], "Known: archive, careful, web"),
        (["--satisfied", "75"], "between 0 and 1"),
        (["--satisfied", "nan"], "between 0 and 1"),
        (["--satisfied", "0.8", "--target", "web"], "not both"),
        (["--protocol", "side-by-side"], "no protocol"),
        (["--viewing", "standard_fhdd"], 'did you mean "standard_fhd"'),
        (["--ppd", "0"], "from 1 to 1000"),
        (["--workers", "0"], "--workers"),
        (["--format", "webp", "--chroma", "4:4:4"], "use --format jpeg"),
        (["--format", "jpeg", "--effort", "low"], "no choice of effort"),
        (["--keep-metadata", "some"], "Known: all, default, none"),
        (["--chroma", "5:5:5"], "no other codec can"),
        (["--quality", "80"], "No such option"),
    ],
)
def test_values_that_do_not_exist_are_usage_errors_with_a_way_out(
    folder: Path, arguments: list[str], words: str
) -> None:
    assert words in usage_error("encode", folder / "in", "-o", folder / "out", *arguments)
    assert not (folder / "out").exists()


def test_a_folder_without_pictures_is_a_usage_error(folder: Path) -> None:
    (folder / "none").mkdir()
    assert "no pictures in" in usage_error("encode", folder / "none", "-o", folder / "out")


def test_the_source_folder_as_output_is_a_usage_error(folder: Path) -> None:
    assert "also a source" in usage_error("encode", folder / "in", "-o", folder / "in")


def test_help_says_the_targets_in_words_and_the_exit_status() -> None:
    result = CliRunner().invoke(app, ["encode", "--help"], env={"COLUMNS": "80", "TERM": "dumb"})
    text = " ".join(result.output.replace("│", " ").split())
    for words in ("at least 3 in 4", "9 in 10", "19 in 20", "range, not sample", "Exit status"):
        assert words in text, words
    assert max(map(len, result.output.splitlines())) <= 80


def test_version() -> None:
    result = CliRunner().invoke(app, ["--version"])
    assert result.exit_code == 0 and result.output.startswith("jnd ")


@pytest.mark.skipif(os.name != "posix", reason="sends SIGINT to a process group")
def test_ctrl_c_stops_cleanly(folder: Path) -> None:
    big = np.random.default_rng(0).integers(0, 256, (1200, 1600, 3), dtype=np.uint8)
    for name in ("x.png", "y.png", "z.png"):
        Image.fromarray(big).save(folder / "in" / name, compress_level=1)
    report = folder / "report.html"
    process = subprocess.Popen(
        [
            *JND,
            *("encode", str(folder / "in"), "-o", str(folder / "out"), "--format", "avif", "--workers", "2"),
            *("--report", str(report)),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    time.sleep(2.5)
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 130, errors
    assert "Stopped" in errors and "Traceback" not in errors
    files = [path for path in (folder / "out").rglob("*") if path.is_file()]
    outputs = [path for path in files if path.suffix == ".avif"]
    assert {path.name for path in files} - {path.name for path in outputs} <= {".jnd-encode.jsonl"}
    page = report.read_text("utf-8")
    assert "The run was stopped" in page and page.count('data-status="encoded"') == len(outputs)


def test_import_is_quick_and_lazy() -> None:
    code = "import jnd, sys; print(sorted({'numpy', 'PIL', 'scipy', 'cv2', 'typer'} & set(sys.modules)))"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"


@pytest.mark.parametrize(
    "name", ["encode", "colorvideovdp", "notice_probability", "viewing_conditions", "read_picture"]
)
def test_the_names_that_users_build_on_are_there(name: str) -> None:
    import jnd

    assert callable(getattr(jnd, name)) and name in dir(jnd)


def test_the_flicker_protocol_never_comes_without_its_note(folder: Path) -> None:
    options = ("--format", "webp", "--protocol", "konjnd-flicker", "--json", "--ppd", "60")
    result = run("encode", folder / "in/a.png", "-o", folder / "out", *options)
    said = " ".join(result.stderr.split())
    for text in (said, json.loads(result.stdout)["protocol_note"]):
        assert "range, not sample" in text
        assert "not that this is the laxer choice" in text
        assert "calibrated at 24.3 pixels per degree, used at 60" in text


class TestTheReport:
    def test_is_one_file_beside_the_outputs(self, folder: Path) -> None:
        done = run(
            "encode",
            folder / "in",
            "-o",
            folder / "out",
            "--format",
            "jpeg:turbo",
            "--report",
            folder / "r.html",
        )
        assert done.returncode == 0
        assert "Report: " in done.stderr and done.stdout == ""
        page = (folder / "r.html").read_text("utf-8")
        assert page.count('data-status="encoded"') == 2 and "b [red].png" in page

    @pytest.mark.parametrize(
        ("name", "wrong"),
        [("report.png", "must end in .html"), ("in.html", "is a folder"), ("file/r.html", "write")],
    )
    def test_a_name_that_cannot_be_is_said_before_any_work(self, folder: Path, name: str, wrong: str) -> None:
        (folder / "in.html").mkdir()
        (folder / "file").write_bytes(b"")
        done = run("encode", folder / "in", "-o", folder / "out", "--report", folder / name, columns=300)
        assert done.returncode == 2 and wrong in done.stderr
        assert not (folder / "out").exists()

    def test_the_size_is_a_positive_number(self, folder: Path) -> None:
        done = run(
            "encode", folder / "in", "-o", folder / "out", "--report", folder / "r.html", "--report-size", "0"
        )
        assert done.returncode == 2


class TestChoicesAboutFiles:
    def records(self, folder: Path, *options: str) -> list[dict[str, object]]:
        result = run(
            "encode", folder / "in", "-o", folder / "out", "--format", "webp", "--json", "-q", *options
        )
        assert result.returncode == 0, result.stderr
        return [json.loads(line) for line in result.stdout.splitlines()]

    def test_sizes_are_bounded_first(self, folder: Path) -> None:
        for record in self.records(folder, "--max-size", "96x1000"):
            assert (record["width"], record["height"]) == (96, 64)
            assert "resized from 192 x 128" in str(record["note"])
            with Image.open(str(record["output"])) as picture:
                assert picture.size == (96, 64)

    def test_a_source_that_would_shrink_too_little_is_kept(self, folder: Path) -> None:
        for record in self.records(folder, "--min-saving", "99%"):
            assert record["status"] == "kept" and "less than 99.0 %" in str(record["note"])
            assert str(record["output"]).endswith(".png") and record["codec"] is None
            assert Path(str(record["output"])).read_bytes() == Path(str(record["source"])).read_bytes()

    def test_nothing_is_lost_without_loss(self, folder: Path) -> None:
        for record in self.records(folder, "--target", "lossless"):
            assert record["setting"] == {"mode": "lossless"} and record["target_satisfied"] == 1.0
            with Image.open(str(record["output"])) as out, Image.open(str(record["source"])) as source:
                np.testing.assert_array_equal(np.asarray(out), np.asarray(source))

    def test_a_jpeg_is_not_blown_up_without_loss(self, folder: Path) -> None:
        Image.fromarray(data.astronaut()[:100, :100]).save(folder / "in/c.jpg", quality=80)
        result = run(
            "encode", folder / "in/c.jpg", "-o", folder / "out", "--target", "lossless", "--json", "-q"
        )
        record = json.loads(result.stdout)
        assert record["status"] == "kept" and record["output"].endswith("c.jpg")

    def test_a_second_run_goes_on(self, folder: Path) -> None:
        assert not any(record["from_earlier_run"] for record in self.records(folder))
        assert all(record["from_earlier_run"] for record in self.records(folder))
        result = run("encode", folder / "in", "-o", folder / "out", "--format", "webp")
        assert "2 by an earlier run" in result.stderr

    def test_a_dry_run_leaves_no_trace_but_tells(self, folder: Path) -> None:
        assert all(record["output"] for record in self.records(folder, "--dry-run"))
        assert not (folder / "out").exists()
        result = run("encode", folder / "in", "-o", folder / "out", "--format", "webp", "--dry-run")
        assert "Nothing was written" in " ".join(result.stderr.split())

    @pytest.mark.parametrize(
        ("options", "said"),
        [
            (["--max-size", "big"], "1920x1080"),
            (["--max-size", "x"], "WIDTHxHEIGHT"),
            (["--max-size", "0x10"], "got 0x10"),
            (["--min-saving", "0.05"], "for example 5%"),
            (["--min-saving", "100%"], "below 100%"),
            (["--min-saving", "nan%"], "got nan%"),
            (["--target", "lossless", "--satisfied", "0.9"], "leave it out"),
            (["--target", "lossless", "--effort", "high"], "--effort"),
            (["--target", "lossless", "--format", "jpeg"], "webp"),
            (["--format", "jpeg:turbo", "--finish-effort", "high"], "no choice of effort"),
            (["--format", "webp", "--finish-effort", "highest"], "low, medium, high"),
        ],
    )
    def test_what_cannot_be_understood(self, folder: Path, options: list[str], said: str) -> None:
        assert said in usage_error("encode", folder / "in", "-o", folder / "out", *options)
