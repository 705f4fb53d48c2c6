"""A run that was stopped, killed or repeated: nothing twice, nothing half, the same files in the end."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from jnd.picture import read_picture, remove_abandoned_parts
from jnd.records import FileRecord
from jnd.search.batch import Request, run
from jnd.search.manifest import MANIFEST_NAME
from jnd.search.report import ReportWriter
from jnd.search.sources import plan
from jnd.viewing import viewing_conditions

from .pictures import colour_confetti, photograph

REQUEST = Request("jpeg:turbo", 0.75, "aic3", viewing_conditions())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in/deep").mkdir(parents=True)
    Image.fromarray(photograph()).save(tmp_path / "in/a.png")
    Image.fromarray(photograph()[::-1]).save(tmp_path / "in/deep/b.png")
    Image.fromarray(photograph()).save(tmp_path / "in/small.jpg", quality=1, progressive=True, optimize=True)
    return tmp_path


def encode(folder: Path, request: Request = REQUEST, **options: object) -> dict[str, FileRecord]:
    jobs = plan([folder / "in"], folder / "out").jobs
    return {
        Path(r.source).name: r
        for job in jobs
        for r in run((job,), request, folder / "out", workers=1, **options)  # type: ignore[arg-type]
    }


def outputs(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != MANIFEST_NAME
    }


def test_what_is_done_is_not_done_again(folder: Path) -> None:
    first, times = encode(folder), {p: p.stat().st_mtime_ns for p in (folder / "out").rglob("*.jpg")}
    again = encode(folder)
    assert {p: p.stat().st_mtime_ns for p in (folder / "out").rglob("*.jpg")} == times
    assert again == {name: replace(record, from_earlier_run=True) for name, record in first.items()}
    assert {record.status for record in again.values()} == {"encoded", "kept"}


@pytest.mark.parametrize(
    "change",
    [
        {"satisfied": 0.9},
        {"keep_metadata": "none"},
        {"worst_window": True},
        {"max_size": (96, None)},
        {"min_saving": 0.2},
        {"viewing": viewing_conditions("standard_phone")},
    ],
    ids=lambda change: next(iter(change)),
)
def test_other_settings_are_other_work(folder: Path, change: dict[str, object]) -> None:
    encode(folder)
    again = encode(folder, replace(REQUEST, **change))  # type: ignore[arg-type]
    assert not any(record.from_earlier_run for record in again.values())
    assert all(record.output for record in again.values())  # replaced: they are ours


def test_other_content_under_the_same_name_is_other_work(folder: Path) -> None:
    encode(folder)
    Image.fromarray(photograph()[:, ::-1]).save(folder / "in/a.png")
    again = encode(folder)
    assert not again["a.png"].from_earlier_run and again["b.png"].from_earlier_run
    assert read_picture(folder / "out/a.jpg").pixels.shape == (128, 192, 3)


@pytest.mark.parametrize("damage", ["removed", "cut"])
def test_an_output_that_is_not_as_it_was_written(folder: Path, damage: str) -> None:
    encode(folder)
    before = outputs(folder / "out")
    if damage == "removed":
        (folder / "out/a.jpg").unlink()
        assert not encode(folder)["a.png"].from_earlier_run
        assert outputs(folder / "out") == before
    else:  # somebody's own now
        (folder / "out/a.jpg").write_bytes(before["a.jpg"][:-20])
        assert "--overwrite" in (encode(folder)["a.png"].error or "")
        assert encode(folder, overwrite=True)["a.png"].status == "encoded"
        assert outputs(folder / "out") == before


def test_out_of_reach_is_remembered_too(folder: Path) -> None:
    Image.fromarray(colour_confetti()).save(folder / "in/confetti.png")
    hard = replace(REQUEST, chroma_subsampling="4:2:0", satisfied=0.95)
    first, again = encode(folder, hard)["confetti.png"], encode(folder, hard)["confetti.png"]
    assert first.status == "not reachable" and again == replace(first, from_earlier_run=True)


def test_a_line_that_was_cut_short_costs_its_own_picture_only(folder: Path) -> None:
    encode(folder)
    manifest = folder / "out" / MANIFEST_NAME
    lines = manifest.read_bytes().splitlines(keepends=True)
    assert all(json.loads(line)["source_sha256"] for line in lines)
    manifest.write_bytes(b"".join(lines[:-1]) + lines[-1][:40])
    (folder / "out/deep/b.jpg").unlink()
    again = encode(folder)
    assert {name for name, record in again.items() if not record.from_earlier_run} == {"b.png"}
    assert all(record.from_earlier_run for record in encode(folder).values())


def test_the_report_of_a_resumed_run_shows_all(folder: Path) -> None:
    pages = []
    for name in ("first", "second"):
        writer = ReportWriter(folder / f"{name}.html", REQUEST.criterion)
        encode(folder, report=writer)
        writer.close()
        page = (folder / f"{name}.html").read_text("utf-8")
        assert page.count('class="curve"') == 3 and "could not be prepared" not in page
        pages.append(page)
    assert pages[0] == pages[1]


def test_parts_of_killed_writers_go_and_those_of_living_ones_stay(tmp_path: Path) -> None:
    code = """
import sys, time
from jnd.picture.writing import opened_atomically
with opened_atomically(sys.argv[1]) as file:
    file.write(b"half"); file.flush(); print("there", flush=True); time.sleep(60)
"""
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / "a")], stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None and writer.stdout.readline() == "there\n"
        remove_abandoned_parts(tmp_path)
        assert len(list(tmp_path.glob(".jnd-*.part"))) == 1
        writer.kill()
    remove_abandoned_parts(tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(os.name != "posix", reason="kills a process group")
@pytest.mark.parametrize("kills", [5, pytest.param(50, marks=pytest.mark.slow)])
def test_kills_at_random_moments_change_nothing(tmp_path: Path, kills: int) -> None:
    (tmp_path / "in").mkdir()
    noise = np.random.default_rng(0)
    for number in range(12):
        crop = np.roll(photograph(192, 256), 20 * number, axis=1).astype(int)
        pixels = np.clip(crop + noise.integers(-4, 5, crop.shape), 0, 255).astype(np.uint8)
        Image.fromarray(pixels).save(tmp_path / f"in/{number}.png")

    def command(out: str) -> list[str]:
        code = "from jnd.cli import main; main()"
        arguments = ["encode", str(tmp_path / "in"), "-o", str(tmp_path / out), "--format", "webp", "-q"]
        return [sys.executable, "-c", code, *arguments, "--workers", "2"]

    begin = time.perf_counter()
    subprocess.run(command("clean"), check=True, timeout=120)
    whole = time.perf_counter() - begin
    clean = outputs(tmp_path / "clean")
    moments = random.Random(kills)
    for _ in range(kills):
        process = subprocess.Popen(command("killed"), start_new_session=True)
        time.sleep(moments.uniform(0.1, 1.0) * whole)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        for path in (tmp_path / "killed").glob("*.webp"):
            assert path.read_bytes() == clean[path.name]  # whole, or not there
    subprocess.run(command("killed"), check=True, timeout=120)
    assert outputs(tmp_path / "killed") == clean
