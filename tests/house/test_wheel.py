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
import typer.main
from PIL import Image

from jnd.cli import app

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
    shutil.copytree(ROOT / "docs/man", source / "docs/man")
    run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", folder, source, cwd=folder)
    (built,) = folder.glob("jnd-*.whl")
    return built


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


@pytest.fixture(scope="module")
def clean(wheel, tmp_path_factory):
    """An environment with the wheel and its core dependencies alone, and a folder with two pictures."""
    folder = tmp_path_factory.mktemp("clean")
    venv.create(folder / "env", with_pip=True)
    python = folder / "env/bin/python"
    run(python, "-m", "pip", "install", "-q", "--disable-pip-version-check", wheel, cwd=folder)
    generator = np.random.default_rng(1)
    smooth = np.kron(generator.integers(0, 256, (32, 32, 3)), np.ones((8, 8, 1))).astype(np.uint8)
    Image.fromarray(smooth).save(folder / "a.png")
    Image.fromarray(smooth).save(folder / "b.jpg", quality=40)
    (folder / "photos").mkdir()
    Image.fromarray(smooth).save(folder / "photos/a.png")
    (folder / "answers.csv").write_text(
        "observer,picture,level,seen\n"
        + "".join(f"o{k},p,{level},{int(level + k % 3 > 5)}\n" for k in range(9) for level in range(1, 9))
    )
    (folder / "train.toml").write_text(
        'model = "cnn"\noutput = "runs"\n[data]\nlabels = ["labels.parquet"]\n'
    )
    (folder / "camera.toml").write_text('model = "bondi2017"\noutput = "runs"\n[data]\nfolder = "photos"\n')
    (folder / "model.onnx").write_bytes(b"no model")
    return folder


# In this order: what one command writes the next one reads.
CORE = {
    "encode": "a.png -o out --format jpeg --json",
    "compare": "a.png a.png",
    "distort": "a.png --kind gaussian_blur:0.5 -o blurred",
    "inspect": "b.jpg",
    "map": "a.png -o map.png",
    "metrics": "",
    "models": "",
    "predict": "a.png",
    "prefilter": "a.png -o prefiltered.png",
    "score": "a.png b.jpg",
    "fit": "answers.csv --json",
    "doctor": "",
    "camera fingerprint": "photos -o mine.npz",
    "camera match": "a.png --fingerprint mine.npz",
    "camera identify": "a.png --fingerprint mine.npz",
    "datasets": "",
    "datasets crop": "a.png -o crops --size 128",
    "study init": "test --method flicker --pictures photos",
    "study check": "test",
}
EXTRAS = {
    "serve": ("", "serve"),
    "train": ("train.toml", "train"),
    "camera train": ("camera.toml", "train"),
    "datasets label": ("a.png -o labels.parquet", "train"),
    "evaluate model": ("labels.parquet", "train"),
    "study admin": ("test", "study"),
    "study analyze": ("test", "study"),
    "study export": ("test -o exported", "study"),
    "study purge": ("test", "study"),
    "study serve": ("test", "study"),
    "study simulate": ("test", "study"),
    "study status": ("test", "study"),
    "study withdraw": ("test --participant p", "study"),
    "encode --cluster tcp://localhost:1": ("a.png -o elsewhere", "cluster"),
    "encode s3://bucket/photos": ("-o elsewhere", "cluster"),
}
DATA = {
    "camera evaluate": "a trained model",
    "datasets check": "a data set",
    "evaluate metric": "a data set",
    "study import": "an export, which only the extra study makes",
}
"""Not called here, and what they would need."""


def names_of(group, prefix=""):
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from names_of(command, f"{prefix}{name} ")
        else:
            yield prefix + name


def test_every_command_is_tried_without_extras_or_needs_data():
    commands = set(names_of(typer.main.get_command(app)))
    assert commands <= {*CORE, *EXTRAS, *DATA}


def test_only_core_dependencies_are_there(clean):
    listed = run(clean / "env/bin/python", "-m", "pip", "list", "--format=json", cwd=clean)
    installed = {entry["name"] for entry in json.loads(listed)}
    assert not installed & {"torch", "scikit-image", "pytest", "mkdocs", "matplotlib", "fastapi", "pyarrow"}


def test_the_manual_page_is_installed(clean):
    assert (clean / "env/share/man/man1/jnd.1").read_text("utf-8").startswith(".\\")


@pytest.mark.parametrize("command", CORE)
def test_core_command_works_with_core_dependencies_only(clean, command):
    out = run(clean / "env/bin/jnd", *command.split(), *CORE[command].split(), cwd=clean)
    if command == "encode":
        record = json.loads(out)
        assert record["status"] == "encoded"
        assert (clean / record["output"]).stat().st_size == record["bytes"]


@pytest.mark.parametrize("command", EXTRAS)
def test_other_commands_say_which_extra_they_need(clean, command):
    arguments, extra = EXTRAS[command]
    done = subprocess.run(
        [clean / "env/bin/jnd", *command.split(), *arguments.split()],
        cwd=clean,
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
        capture_output=True,
        text=True,
        check=False,
    )
    said = " ".join(done.stderr.replace("│", " ").split())
    assert done.returncode in {1, 2}
    assert f'pip install "jnd[{extra}]"' in said
    assert "Traceback" not in said
