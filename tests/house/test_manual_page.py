"""The manual page that wheels install is what the commands' help says now."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def test_it_is_up_to_date():
    subprocess.run([sys.executable, ROOT / "scripts/man_page.py", "--check"], check=True)


@pytest.mark.skipif(shutil.which("groff") is None, reason="groff is not installed")
def test_groff_has_nothing_to_warn_of():
    done = subprocess.run(
        ["groff", "-k", "-man", "-ww", "-z", ROOT / "docs/man/jnd.1"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
