"""A wheel builds, installs with the core dependencies alone, and the command works there."""

import json
import os
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

ROOT = Path(__file__).parents[2]


def run(*command, cwd):
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        list(map(str, command)), cwd=cwd, env=clean, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    # From a copy: a build in the working tree would leave its folders and find leftovers of others.
    source = tmp_path_factory.mktemp("source")
    folder = tmp_path_factory.mktemp("wheel")
    shutil.copytree(
        ROOT / "src", source / "src", ignore=shutil.ignore_patterns("*.so", "*.egg-info", "__pycache__")
    )
    for path in filter(Path.is_file, ROOT.iterdir()):
        shutil.copy(path, source)
    run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", folder, source, cwd=folder)
    (built,) = folder.glob("jnd-*.whl")
    return built


@pytest.mark.slow
def test_wheel_holds_the_package_its_data_and_the_licences(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    for wanted in (
        "jnd/py.typed",
        "jnd/viewing.json",
        "jnd/vision/castle_csf.json",
        "jnd/search/prior.json",
        "jnd/search/report/page.html",
        "jnd/difference/report/page.html",
        *(
            f"jnd/report/{name}"
            for name in ("report.css", "viewer.html", "viewer.js", "embedded.js", "table.js")
        ),
        "jnd/difference/kinds/network.npz",
        "jnd/metrics/niqe.json",
        "jnd/metrics/brisque_observer.json",
        "jnd/learned/default.onnx",
    ):
        assert wanted in names
    assert [name for name in names if name.endswith("licenses/THIRD_PARTY.md")]
    assert not [name for name in names if name.startswith(("tests", "benchmarks"))]


@pytest.mark.slow
def test_wheel_works_with_core_dependencies_only(wheel, tmp_path):
    venv.create(tmp_path / "env", with_pip=True)
    python = tmp_path / "env/bin/python"
    run(python, "-m", "pip", "install", "-q", "--disable-pip-version-check", wheel, cwd=tmp_path)
    assert "encode" in run(tmp_path / "env/bin/jnd", "--help", cwd=tmp_path)
    noise = np.random.default_rng(1).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "noise.png")
    line = run(
        tmp_path / "env/bin/jnd",
        "encode",
        "noise.png",
        "-o",
        "out",
        "--format",
        "jpeg",
        "--json",
        cwd=tmp_path,
    )
    record = json.loads(line)
    assert record["status"] == "encoded"
    assert (tmp_path / record["output"]).stat().st_size == record["bytes"]
    installed = {
        entry["name"] for entry in json.loads(run(python, "-m", "pip", "list", "--format=json", cwd=tmp_path))
    }
    assert not installed & {"torch", "scikit-image", "pytest", "mkdocs", "matplotlib"}
