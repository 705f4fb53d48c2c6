"""Many files to a folder: every file gets a record, nothing is lost or half written."""

import errno
import io
import os
import shutil
import signal
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from jnd.picture import read_picture
from jnd.records import FileRecord
from jnd.search import batch
from jnd.search.batch import Request, run
from jnd.search.manifest import MANIFEST_NAME
from jnd.search.sources import plan
from jnd.viewing import viewing_conditions

from .pictures import colour_confetti, photograph

REQUEST = Request("jpeg:turbo", 0.75, "aic3", viewing_conditions())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two pictures in a tree."""
    (tmp_path / "in/deep").mkdir(parents=True)
    Image.fromarray(photograph()).save(tmp_path / "in/a.png")
    Image.fromarray(photograph()[::-1]).save(tmp_path / "in/deep/b.png")
    return tmp_path


def encode(
    folder: Path, request: Request = REQUEST, workers: int = 1, **options: bool
) -> dict[str, FileRecord]:
    jobs = plan([folder / "in"], folder / "out").jobs
    return {
        Path(record.source).name: record
        for record in run(jobs, request, folder / "out", workers=workers, **options)
    }


def snapshot(folder: Path) -> dict[Path, tuple[bytes, int]]:
    return {
        path: (path.read_bytes(), path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file() and path.name != MANIFEST_NAME
    }


def test_trees_keep_their_shape_and_sources_stay(folder: Path) -> None:
    before = snapshot(folder / "in")
    records = encode(folder)
    assert snapshot(folder / "in") == before
    assert {path.relative_to(folder / "out").as_posix() for path in snapshot(folder / "out")} == {
        "a.jpg",
        "deep/b.jpg",
    }
    for record in records.values():
        assert record.status == "encoded" and record.output is not None
        assert record.bytes == Path(record.output).stat().st_size
        assert record.source_bytes == Path(record.source).stat().st_size
        assert (record.width, record.height) == (192, 128)
        assert record.satisfied is not None and record.satisfied >= 0.75
        assert record.encodes >= 1 and record.seconds > 0


def test_the_number_of_workers_changes_nothing_but_time(folder: Path) -> None:
    encode(folder, workers=1)
    one = {path.name: data for path, (data, _) in snapshot(folder / "out").items()}
    shutil.rmtree(folder / "out")
    encode(folder, workers=2)
    assert {path.name: data for path, (data, _) in snapshot(folder / "out").items()} == one


def test_a_source_that_is_smaller_in_its_own_format_is_kept(folder: Path) -> None:
    # Quality 1, the encoder's own worst: whatever it makes of that again cannot be smaller and as good.
    Image.fromarray(photograph()).save(folder / "in/small.jpg", quality=1, progressive=True, optimize=True)
    record = encode(folder)["small.jpg"]
    assert record.status == "kept" and record.output is not None
    assert Path(record.output).read_bytes() == (folder / "in/small.jpg").read_bytes()
    assert record.note is not None and "kept" in record.note


def with_secrets(folder: Path, name: str, **options: Any) -> Path:
    """A small file by an artist, at a place, turned."""
    exif = Image.Exif()
    exif[0x013B], exif[0x0110], exif[0x0112] = "Anna B.", "Camera 7", 6
    exif.get_ifd(0x8825)[1] = "N"
    path = folder / "in" / name
    Image.fromarray(photograph()).save(path, quality=15, exif=exif, **options)
    return path


@pytest.mark.parametrize(
    ("policy", "artist", "model"),
    [("default", "Anna B.", None), ("all", "Anna B.", "Camera 7"), ("none", None, None)],
)
def test_metadata_of_a_kept_jpeg_are_those_asked_for(
    folder: Path, policy: str, artist: str | None, model: str | None
) -> None:
    source = with_secrets(folder, "small.jpg", comment=b"in my house")
    record = encode(folder, replace(REQUEST, keep_metadata=policy))["small.jpg"]
    assert record.status == "kept" and record.output is not None and record.note is not None
    kept = Path(record.output).read_bytes()
    assert record.bytes == len(kept)
    found = Image.open(io.BytesIO(kept)).getexif()
    assert (found.get(0x013B), found.get(0x0110)) == (artist, model)
    assert bool(found.get_ifd(0x8825)) == (policy == "all")
    assert (b"in my house" in kept) == (policy == "all")
    assert np.array_equal(read_picture(kept).pixels, read_picture(source).pixels), "upright as before"
    assert ("without its private metadata" in record.note) == (policy != "all")


def test_a_kept_file_of_another_format_says_that_its_metadata_stay(folder: Path) -> None:
    with_secrets(folder, "small.webp")
    record = encode(folder, replace(REQUEST, format="webp"))["small.webp"]
    assert record.status == "kept" and record.note is not None
    assert record.note.startswith("source kept as it is, with its metadata:")


@pytest.mark.parametrize(("policy", "model"), [("default", None), ("all", "Camera 7"), ("none", None)])
def test_metadata_of_an_encoded_picture_are_those_asked_for(
    folder: Path, policy: str, model: str | None
) -> None:
    with_secrets(folder, "small.jpg")
    record = encode(folder, replace(REQUEST, format="webp", keep_metadata=policy))["small.jpg"]
    assert record.output is not None
    found = Image.open(io.BytesIO(Path(record.output).read_bytes())).getexif()
    assert found.get(0x0110) == model
    assert (found.get(0x013B) == "Anna B.") == (policy != "none")
    assert bool(found.get_ifd(0x8825)) == (policy == "all")


def test_a_source_of_another_format_is_not_kept(folder: Path) -> None:
    Image.fromarray(photograph()).save(folder / "in/small.jpg", quality=15)
    assert encode(folder, replace(REQUEST, format="webp"))["small.jpg"].status == "encoded"


def test_not_reachable_writes_nothing_and_tells_the_best(folder: Path) -> None:
    Image.fromarray(colour_confetti()).save(folder / "in/confetti.png")
    record = encode(folder, replace(REQUEST, chroma_subsampling="4:2:0", satisfied=0.95))["confetti.png"]
    assert record.status == "not reachable"
    assert record.output is None and record.bytes is None
    assert record.satisfied is not None and record.satisfied < 0.95
    assert not (folder / "out/confetti.jpg").exists()


BAD_FILES = {
    "empty.png": b"",
    "text.png": b"this is no picture",
    "half.png": None,
    "half.jpg": None,
}


@pytest.mark.parametrize("workers", [1, 2])
def test_bad_files_are_one_line_each_and_the_others_are_done(folder: Path, workers: int) -> None:
    for name, content in BAD_FILES.items():
        whole = folder / f"whole{Path(name).suffix}"
        Image.fromarray(photograph()).save(whole)
        half = whole.read_bytes()[: whole.stat().st_size // 2]
        (folder / "in" / name).write_bytes(half if content is None else content)
    (folder / "in/missing.png").symlink_to(folder / "nowhere.png")
    records = encode(folder, workers=workers)
    assert len(records) == len(BAD_FILES) + 3
    for name in (*BAD_FILES, "missing.png"):
        error = records[name].error
        assert records[name].status == "failed" and error and "\n" not in error
    assert {name for name, record in records.items() if record.status == "encoded"} == {"a.png", "b.png"}


def test_a_full_disk_is_one_line_per_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, data: bytes) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

    monkeypatch.setattr(batch, "write_bytes_atomically", full)
    for record in encode(folder).values():
        assert record.status == "failed" and record.error is not None
        assert "No space left" in record.error and "out" in record.error


def test_an_output_folder_that_is_a_file_is_said_before_any_work(folder: Path) -> None:
    (folder / "out").write_bytes(b"")
    for record in encode(folder).values():
        assert record.status == "failed" and record.encodes == 0
        assert "not a folder" in (record.error or "")


def test_sources_are_never_written_onto(folder: Path) -> None:
    Image.fromarray(photograph()).save(folder / "in/a.jpg", quality=99)
    before = snapshot(folder / "in")
    (job,) = plan([folder / "in/a.jpg"], folder / "in").jobs
    (record,) = run((job,), REQUEST, job.stem.parent, workers=1)
    assert record.status == "failed" and "one of the sources" in (record.error or "")
    assert snapshot(folder / "in") == before


def test_a_source_behind_a_link_is_not_written_onto_either(folder: Path) -> None:
    Image.fromarray(photograph()).save(folder / "in/c.jpg", quality=99)
    (folder / "out").mkdir()
    (folder / "out/c.jpg").symlink_to(folder / "in/c.jpg")
    before = snapshot(folder / "in")
    assert encode(folder)["c.jpg"].status == "failed"
    assert snapshot(folder / "in") == before


def test_a_file_that_jnd_did_not_write_is_replaced_on_request_only(folder: Path) -> None:
    (folder / "out").mkdir()
    (folder / "out/a.jpg").write_bytes(b"somebody's own")
    record = encode(folder)["a.png"]
    assert record.status == "failed" and "--overwrite" in (record.error or "")
    assert record.encodes == 0 and (folder / "out/a.jpg").read_bytes() == b"somebody's own"
    assert encode(folder, overwrite=True)["a.png"].status == "encoded"
    with Image.open(folder / "out/a.jpg") as picture:
        assert picture.size == (192, 128)


def test_a_dry_run_says_all_and_writes_nothing(folder: Path) -> None:
    dry = encode(folder, dry_run=True)
    assert not (folder / "out").exists()
    wet = encode(folder)
    for name, record in wet.items():
        assert replace(dry[name], seconds=record.seconds) == record


def test_name_conflicts_fail_alone(folder: Path) -> None:
    Image.fromarray(photograph()).save(folder / "a.png")
    jobs = plan([folder / "in/a.png", folder / "a.png"], folder / "out").jobs
    records = list(run(jobs, REQUEST, folder / "out", workers=1))
    assert sorted(record.status for record in records) == ["encoded", "failed"]


def _encode_or_die(task: batch.Task) -> batch.Outcome:
    if task.job.source.name == "a.png":
        os.kill(os.getpid(), signal.SIGKILL)
    return batch.encode_file(task)


def test_a_worker_that_dies_costs_one_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "encode_file", _encode_or_die)
    records = encode(folder, workers=2)
    assert records["b.png"].status == "encoded"
    assert records["a.png"].status == "failed" and "SIGKILL" in (records["a.png"].error or "")
