"""`jnd encode` on names and files that are no pictures: each is one line, and costs only itself."""

import json
import os
import socket
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from jnd.cli import app

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no such files there")


def records(*arguments: str) -> list[dict[str, object]]:
    result = CliRunner().invoke(app, ["encode", *arguments, "--json", "--format", "jpeg", "--workers", "1"])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return [json.loads(line) for line in result.stdout.splitlines()]


def error_of(path: Path, out: Path) -> str:
    (record,) = records(str(path), "-o", str(out))
    assert record["status"] == "failed"
    message = str(record["error"])
    assert "\n" not in message
    return message


def test_a_link_to_itself(tmp_path: Path) -> None:
    loop = tmp_path / "loop.png"
    loop.symlink_to(loop)
    assert "symbolic links" in error_of(loop, tmp_path / "out")


def test_a_link_to_itself_in_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "loop.png").symlink_to(folder / "loop.png")
    assert "symbolic links" in error_of(folder, tmp_path / "out")


def test_a_broken_link(tmp_path: Path) -> None:
    link = tmp_path / "link.png"
    link.symlink_to(tmp_path / "nothing.png")
    assert "does not exist" in error_of(link, tmp_path / "out")


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    assert "no regular file" in error_of(tmp_path / "pipe.png", tmp_path / "out")


def test_a_socket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # a socket's path has a small limit
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket.png")
        assert "no regular file" in error_of(Path("socket.png"), tmp_path / "out")


def test_a_name_that_is_too_long(tmp_path: Path) -> None:
    assert "too long" in error_of(tmp_path / ("a" * 300 + ".png"), tmp_path / "out")


@pytest.mark.parametrize("name", [b"caf\xe9.png", b"two\nlines.png", b"\x1b[31mred.png"])
def test_a_name_that_is_no_plain_text(name: bytes, tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(name)
    Image.fromarray(np.full((48, 64, 3), 128, np.uint8)).save(path, "PNG")
    out = tmp_path / "out"
    (record,) = records(str(tmp_path), "-o", str(out))
    assert record["status"] in ("encoded", "kept"), record
    assert Path(str(record["source"])) == path
    assert Path(str(record["output"])).exists()
