"""Which files a batch reads and what their outputs are called."""

from pathlib import Path

import pytest

from jnd.search.sources import plan


def touch(*paths: Path) -> None:
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")


def stems(folder: Path, sources: list[Path], output: Path) -> list[str]:
    return [job.stem.relative_to(output).as_posix() for job in plan(sources, output).jobs]


def test_one_folder_is_mirrored(tmp_path: Path) -> None:
    touch(tmp_path / "photos/b.png", tmp_path / "photos/a/b.png", tmp_path / "photos/a/c/d.jpg")
    out = tmp_path / "out"
    assert stems(tmp_path, [tmp_path / "photos"], out) == ["b", "a/b", "a/c/d"]


def test_of_several_sources_folders_keep_their_names(tmp_path: Path) -> None:
    touch(tmp_path / "one/x.png", tmp_path / "two/x.png", tmp_path / "y.png")
    out = tmp_path / "out"
    sources = [tmp_path / "one", tmp_path / "two", tmp_path / "y.png"]
    assert stems(tmp_path, sources, out) == ["one/x", "two/x", "y"]


def test_names_that_would_collide_keep_their_extension(tmp_path: Path) -> None:
    touch(tmp_path / "in/a.png", tmp_path / "in/a.jpg", tmp_path / "in/b.png")
    assert stems(tmp_path, [tmp_path / "in"], tmp_path / "out") == ["a.jpg", "a.png", "b"]


def test_files_of_one_name_from_two_folders_are_reported(tmp_path: Path) -> None:
    touch(tmp_path / "x/a.png", tmp_path / "y/a.png")
    first, second = plan([tmp_path / "x/a.png", tmp_path / "y/a.png"], tmp_path / "out").jobs
    assert first.conflict is None
    assert second.conflict is not None and str(tmp_path / "x/a.png") in second.conflict


def test_the_same_file_named_twice_is_one_job(tmp_path: Path) -> None:
    touch(tmp_path / "in/a.png")
    assert len(plan([tmp_path / "in", tmp_path / "in/a.png"], tmp_path / "out").jobs) == 1


def test_hidden_and_other_files_and_the_output_are_left_out(tmp_path: Path) -> None:
    root = tmp_path / "in"
    touch(root / "a.png", root / ".b.png", root / ".git/c.png", root / "notes.txt", root / "out/a.avif")
    got = plan([root], root / "out")
    assert [job.source.name for job in got.jobs] == ["a.png"]
    assert got.skipped == 1


def test_a_file_that_is_named_is_tried_whatever_its_extension(tmp_path: Path) -> None:
    touch(tmp_path / "picture")
    assert len(plan([tmp_path / "picture"], tmp_path / "out").jobs) == 1


def test_a_source_folder_cannot_be_the_output(tmp_path: Path) -> None:
    touch(tmp_path / "a.png")
    with pytest.raises(ValueError, match="also a source"):
        plan([tmp_path], tmp_path / ".")


def test_links_to_folders_are_not_followed(tmp_path: Path) -> None:
    touch(tmp_path / "in/a.png")
    (tmp_path / "in/loop").symlink_to(tmp_path / "in")
    assert stems(tmp_path, [tmp_path / "in"], tmp_path / "out") == ["a"]


def test_dots_in_names_survive(tmp_path: Path) -> None:
    touch(tmp_path / "in/v1.2.png")
    assert stems(tmp_path, [tmp_path / "in"], tmp_path / "out") == ["v1.2"]


def test_accents_composed_and_decomposed_are_one_name(tmp_path: Path) -> None:
    composed, decomposed = tmp_path / "x/caf\u00e9.png", tmp_path / "y/cafe\u0301.png"
    touch(composed, decomposed)
    first, second = plan([composed, decomposed], tmp_path / "out").jobs
    assert first.conflict is None
    assert "the same name" in (second.conflict or "")
