"""The daily verbs can be run, stop at the first failure, and are all introduced to newcomers."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
VERBS = [
    path
    for path in [*sorted((ROOT / "scripts").iterdir()), ROOT / ".ci/run"]
    if not path.suffix and path.is_file()
]
VERBS = [path for path in VERBS if path.name != "_venv"]


def test_there_are_seven_verbs_and_ci():
    assert {path.name for path in VERBS} == {
        "test",
        "lint",
        "docs",
        "demo",
        "bench",
        "gallery",
        "oldest",
        "run",
    }


@pytest.mark.parametrize("script", VERBS, ids=lambda path: path.name)
class TestEveryScript:
    def test_has_the_run_bit(self, script):
        assert os.access(script, os.X_OK)

    def test_stops_at_the_first_failure(self, script):
        lines = script.read_text("utf-8").splitlines()
        assert lines[0] == "#!/usr/bin/env bash"
        assert "set -euo pipefail" in lines

    def test_is_valid_bash(self, script):
        subprocess.run(["bash", "-n", script, ROOT / "scripts/_venv"], check=True)

    def test_is_in_contributing(self, script):
        assert script.parent.name == ".ci" or f"`scripts/{script.name}`" in (
            ROOT / "CONTRIBUTING.md"
        ).read_text("utf-8")
