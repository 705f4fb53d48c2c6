"""Files and disks that mean harm: each costs only itself, and the line names the way out."""

import io
import json
import os
import struct
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from jnd.cli import app
from jnd.cli.limit_options import DEFAULT_MAX_MEGAPIXELS, pixels_of
from jnd.cli.report_options import DEFAULT_REPORT_MB
from jnd.picture import MAX_PIXELS, file_limits, read_picture
from jnd.picture.file_limits import FileLimits
from jnd.report.page import DEFAULT_SIZE_LIMIT
from jnd.search import batch
from jnd.search.batch import run
from jnd.search.one_file import Task, limits_of
from jnd.search.request import Request
from jnd.search.sources import plan
from jnd.viewing import viewing_conditions
from jnd.workers import WorkerDied


def picture(path: Path, seed: int = 0) -> Path:
    pixels = np.random.default_rng(seed).integers(100, 140, (48, 64, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(path)
    return path


def encode(*arguments: object) -> tuple[int, list[dict[str, Any]]]:
    result = CliRunner().invoke(
        app, ["encode", *map(str, arguments), "--json", "--format", "jpeg", "--workers", "1"]
    )
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, [json.loads(line) for line in result.stdout.splitlines()]


def request_of(**options: Any) -> Request:
    return Request("jpeg", 0.75, "aic3", viewing_conditions("standard_fhd"), **options)


def huge_png(path: Path) -> Path:
    data = b"\x89PNG\r\n\x1a\n"
    header = struct.pack(">IIBBBBB", 40_000, 40_000, 8, 2, 0, 0, 0)
    for kind, content in ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(1000))), (b"IEND", b"")):
        data += (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )
    path.write_bytes(data)
    return path


WITH_PROCESSES = ("encode", "compare", "inspect", "predict", "datasets label")
EVERY_COMMAND = (*WITH_PROCESSES, "map", "prefilter")


def arguments_of(command: str, folder: Path, sources: int = 1, side: int = 0) -> list[str]:
    """The command on so many pictures in ``folder``; those of ``side`` pixels hold one colour."""
    (folder / "in").mkdir()
    for seed in range(sources):
        if side:
            Image.fromarray(np.full((side, side, 3), seed, np.uint8)).save(folder / "in" / f"{seed}.png")
        else:
            picture(folder / "in" / f"{seed}.png", seed)
    paths = sorted(map(str, (folder / "in").iterdir()))
    if command == "compare":
        return ["compare", str(folder / "in"), str(folder / "in")] if sources > 1 else ["compare", *paths * 2]
    if command == "encode":
        return ["encode", *paths, "-o", str(folder / "out"), "--format", "jpeg"]
    if command == "datasets label":
        return ["datasets", "label", *paths, "-o", str(folder / "out.parquet"), "--codec", "jpeg"]
    return [command, *paths, *(["-o", str(folder / "out.png")] if command in ("map", "prefilter") else [])]


class TestEveryCommandWithProcesses:
    @pytest.mark.parametrize("command", WITH_PROCESSES)
    def test_time_is_limited_and_the_option_named(self, command: str, tmp_path: Path) -> None:
        result = CliRunner().invoke(app, [*arguments_of(command, tmp_path), "--timeout", "0.001"])
        assert result.exit_code == (2 if command == "compare" else 1)
        said = " ".join(result.output.split())
        assert "0.001 s" in said and "--timeout" in said

    @pytest.mark.skipif(sys.platform != "linux", reason="the system does not limit memory")
    @pytest.mark.parametrize("command", WITH_PROCESSES)
    def test_memory_is_limited_and_the_option_named(self, command: str, tmp_path: Path) -> None:
        arguments = arguments_of(command, tmp_path, sources=2, side=3000)
        result = CliRunner().invoke(app, [*arguments, "--worker-memory", "20"])
        assert result.exit_code == (2 if command == "compare" else 1)
        assert " ".join(result.output.split()).count("--worker-memory") == 2

    def test_a_pair_of_a_format_whose_decoder_is_large_is_looked_at_in_a_process(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        one, other = picture(tmp_path / "a.png"), picture(tmp_path / "a.tif", 1)
        started = []

        def watched(function: Any, jobs: Any, *more: Any) -> Any:
            started.append(jobs)
            yield from ((job, function(job)) for job in jobs)

        monkeypatch.setattr(file_limits, "in_processes", watched)
        for pair in ((one, one), (one, other)):
            CliRunner().invoke(app, ["compare", *map(str, pair)])
        assert len(started) == 1

    def test_a_map_of_a_pair_comes_out_of_the_process(self, tmp_path: Path) -> None:
        one, other = picture(tmp_path / "a.png"), picture(tmp_path / "a.tif", 1)
        heat = tmp_path / "map.npy"
        arguments = ["compare", str(one), str(other), "--heatmap", str(heat)]
        assert CliRunner().invoke(app, arguments).exit_code == 1
        assert np.load(heat).shape == (48, 64) and np.load(heat).max() > 0


class TestLimits:
    def test_a_time_limit_costs_only_its_file_and_is_named(self, tmp_path: Path) -> None:
        picture(tmp_path / "a.png")
        status, (record,) = encode(tmp_path / "a.png", "-o", tmp_path / "out", "--timeout", "0.001")
        assert (status, record["status"]) == (1, "failed")
        assert "0.001 s" in record["error"] and "--timeout" in record["error"]

    @pytest.mark.skipif(sys.platform != "linux", reason="the system does not limit memory")
    def test_a_memory_limit_names_its_option(self, tmp_path: Path) -> None:
        Image.fromarray(np.zeros((3000, 3000, 3), np.uint8)).save(tmp_path / "a.png")
        status, (record,) = encode(tmp_path / "a.png", "-o", tmp_path / "out", "--worker-memory", "20")
        assert (status, record["status"]) == (1, "failed")
        assert "memory" in record["error"] and "--worker-memory" in record["error"]

    def test_the_rules_grow_with_the_picture_and_what_is_asked(self, tmp_path: Path) -> None:
        small, huge = picture(tmp_path / "small.png"), huge_png(tmp_path / "huge.png")
        limits, seconds = FileLimits(max_pixels=2 * 10**9), 300 + 120 * 1600
        of_small, of_huge = limits.of_files(small), limits.of_files(huge)
        assert of_small.seconds == 301 and of_huge.seconds == seconds
        assert of_small.memory_bytes is not None and of_huge.memory_bytes is not None
        assert of_small.memory_bytes < of_huge.memory_bytes
        assert limits.of_files(huge, formats=3).seconds == 3 * seconds
        assert limits.of_files(huge, slow=True).seconds == 10 * seconds
        assert limits.of_files(huge, huge).seconds == 300 + 2 * 120 * 1600

    def test_a_header_counts_up_to_what_is_allowed_and_none_is_no_pixels(self, tmp_path: Path) -> None:
        limits = FileLimits(max_pixels=10**6)
        assert limits.of_files(huge_png(tmp_path / "a.png")).seconds == 300 + 120
        assert FileLimits().of_files(tmp_path / "none.png").seconds == 300

    def test_an_exact_search_may_take_longer(self, tmp_path: Path) -> None:
        (job,) = plan([picture(tmp_path / "a.png")], tmp_path / "out").jobs
        usual, exact = (limits_of(Task(job, request_of(exact=how))).seconds for how in (False, True))
        assert (usual, exact) == (301, 3004)

    def test_nought_is_no_limit(self, tmp_path: Path) -> None:
        unlimited = FileLimits(seconds=0, memory_bytes=0).of_files(picture(tmp_path / "a.png"))
        assert (unlimited.seconds, unlimited.memory_bytes) == (None, None)

    def test_one_file_of_a_simple_format_needs_no_process(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        used = []

        def watched(function: Any, jobs: Any, *more: Any) -> Any:
            used.append(jobs)
            for job in jobs:
                yield job, WorkerDied(-9)

        monkeypatch.setattr(file_limits, "in_processes", watched)
        outcome = {}
        for name in ("a.png", "a.tif"):
            picture(tmp_path / name)
            (outcome[name],) = run(
                plan([tmp_path / name], tmp_path / "out").jobs, request_of(), tmp_path / "out", workers=1
            )
        assert len(used) == 1
        assert (outcome["a.png"].status, outcome["a.tif"].status) == ("encoded", "failed")
        assert "--worker-memory" in str(outcome["a.tif"].error)


class TestMaxPixels:
    def test_the_default_is_that_of_the_library(self) -> None:
        assert pixels_of(DEFAULT_MAX_MEGAPIXELS) == MAX_PIXELS

    def test_so_is_the_size_of_a_page(self) -> None:
        assert DEFAULT_REPORT_MB * 1_000_000 == DEFAULT_SIZE_LIMIT

    @pytest.mark.parametrize("command", EVERY_COMMAND)
    def test_size_limit_and_option_are_named(self, command: str, tmp_path: Path) -> None:
        result = CliRunner().invoke(app, [*arguments_of(command, tmp_path), "--max-pixels", "0.001"])
        assert result.exit_code == (2 if command == "compare" else 1)
        said = " ".join(result.output.split())
        assert "64 x 48" in said and "more than 1000" in said and "--max-pixels" in said

    @pytest.mark.parametrize("command", EVERY_COMMAND)
    @pytest.mark.parametrize("value", ["0", "-1", "nan"])
    def test_no_size_at_all_is_a_usage_error(self, command: str, value: str, tmp_path: Path) -> None:
        arguments = [*arguments_of(command, tmp_path), "--max-pixels", value]
        assert CliRunner().invoke(app, arguments).exit_code == 2

    def test_more_can_be_allowed_and_the_header_is_enough_to_refuse(self, tmp_path: Path) -> None:
        path = huge_png(tmp_path / "a.png")
        _, (record,) = encode(path, "-o", tmp_path / "out")
        assert "40000 x 40000" in record["error"] and "--max-pixels" in record["error"]


class TestDisks:
    def steps(
        self, tmp_path: Path, between: Callable[[], object], names: tuple[str, ...] = ("a.png", "b.png")
    ) -> list[Any]:
        """Records of a run over the pictures, in which ``between`` happens after the first."""
        folder = tmp_path / "in"
        folder.mkdir()
        for seed, name in enumerate(names):
            picture(folder / name, seed)
        records = []
        for record in run(plan([folder], tmp_path / "out").jobs, request_of(), tmp_path / "out", workers=1):
            if not records:
                between()
            records.append(record)
        return records

    def test_an_output_folder_removed_in_mid_run_comes_back(self, tmp_path: Path) -> None:
        import shutil

        first, second = self.steps(tmp_path, lambda: shutil.rmtree(tmp_path / "out"))
        assert (first.status, second.status) == ("encoded", "encoded")
        assert Path(second.output).exists()

    def test_a_file_that_vanishes_in_mid_run_costs_only_itself(self, tmp_path: Path) -> None:
        gone = tmp_path / "in" / "c.png"
        records = self.steps(tmp_path, gone.unlink, ("a.png", "b.png", "c.png"))
        assert [record.status for record in records] == ["encoded", "encoded", "failed"]
        assert "does not exist" in records[2].error

    def test_a_full_disk_is_said_and_leaves_nothing_half_written(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(path: Path, data: bytes) -> None:
            raise OSError(28, os.strerror(28))

        picture(tmp_path / "a.png")
        monkeypatch.setattr(batch, "write_bytes_atomically", full)
        status, (record,) = encode(tmp_path / "a.png", "-o", tmp_path / "out")
        assert (status, record["output"]) == (1, None)
        assert "No space left" in record["error"]
        assert not [path for path in (tmp_path / "out").iterdir() if not path.name.startswith(".")]

    def test_a_read_only_output_folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        picture(tmp_path / "a.png")
        (tmp_path / "out").mkdir()
        access = os.access

        def no_writing(path: Path, mode: int) -> bool:  # root may write everywhere
            return not mode & os.W_OK and access(path, mode)

        monkeypatch.setattr(os, "access", no_writing)
        status, (record,) = encode(tmp_path / "a.png", "-o", tmp_path / "out")
        assert status == 1
        assert "no permission to write" in record["error"]

    def test_a_source_that_may_not_be_read(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        source = picture(tmp_path / "a.png")
        before = Path.open

        def denied(path: Path, *mode: Any, **more: Any) -> Any:  # root may read everything
            if path == source:
                raise PermissionError(13, os.strerror(13))
            return before(path, *mode, **more)

        monkeypatch.setattr(Path, "open", denied)
        status, (record,) = encode(source, "-o", tmp_path / "out")
        assert status == 1
        assert "may not be read" in record["error"]


@pytest.mark.skipif(sys.platform == "win32", reason="no such names there")
def test_names_do_not_speak_to_the_terminal_nor_break_the_page(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for seed, name in enumerate([b"\x1b[31mred.png", b"two\nlines.png", b"<b>&.png", b"caf\xe9.png"]):
        buffer = io.BytesIO()
        pixels = np.random.default_rng(seed).integers(100, 140, (48, 64, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(buffer, "PNG")
        (folder / os.fsdecode(name)).write_bytes(buffer.getvalue())
    page = tmp_path / "page.html"
    arguments = ["encode", folder, "-o", tmp_path / "out", "--format", "jpeg", "--report", page]
    result = CliRunner().invoke(app, list(map(str, arguments)))
    assert result.exit_code == 0, result.output
    assert "\x1b[31m" not in result.output
    assert "two\nlines" not in result.output
    text = page.read_text(encoding="utf-8")
    assert "\x1b" not in text and "<b>&.png" not in text and "two\nlines" not in text


@pytest.mark.parametrize("target", ["web", "lossless"])
def test_what_is_allowed_is_allowed_to_the_end(
    target: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Outputs are decoded again, and a report is made; none of it falls back to the usual limit."""
    for room in ("jnd.picture.limits", "jnd.picture.reading"):
        monkeypatch.setattr(f"{room}.MAX_PIXELS", 1000)
    monkeypatch.setitem(read_picture.__kwdefaults__, "max_pixels", 1000)
    source = picture(tmp_path / "a.png")
    arguments = ["encode", source, "-o", tmp_path / "out", "--json", "--target", target, "--format", "webp"]
    page = ["--report", tmp_path / "a.html"]
    refused = CliRunner().invoke(app, [*map(str, [*arguments, *page]), "--max-pixels", "0.001"])
    assert refused.exit_code == 1
    result = CliRunner().invoke(app, [*map(str, [*arguments, *page]), "--max-pixels", "1"])
    assert result.exit_code == 0, result.output
    assert "could not be prepared" not in (tmp_path / "a.html").read_text(encoding="utf-8")
