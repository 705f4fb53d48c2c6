"""The map of rooms is true: imports point down, rooms introduce themselves, importing jnd is light."""

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "jnd"
ROOMS = sorted(path.parent for path in PACKAGE.glob("**/__init__.py"))
FILES = sorted(
    path
    for folder in ("src", "tests", "docs", "scripts")
    for path in (ROOT / folder).glob("**/*")
    if path.suffix in {".py", ".pyi", ".c", ".h", ".json", ".md", ".txt", ""}
    and path.is_file()
    and path != Path(__file__)
) + sorted(ROOT.glob("*.md"))

HEAVY = {"numpy", "scipy", "PIL", "cv2", "pyjpegli", "rich", "typer", "torch", "skimage", "onnxruntime"}


def test_imports_point_down_the_stairs():
    lint = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-logo", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert lint.returncode == 0, lint.stdout + lint.stderr


@pytest.mark.parametrize(
    ("statement", "absent"),
    [
        ("import jnd", HEAVY),
        ("import jnd.cli", HEAVY - {"typer", "rich"}),
        ("import jnd.observer", HEAVY - {"numpy"}),
        ("import jnd; jnd.colorvideovdp", {"torch", "onnxruntime", "skimage", "rich", "typer"}),
        ("import jnd; jnd.encode", {"torch", "onnxruntime", "skimage", "rich", "typer"}),
    ],
)
def test_heavy_libraries_wait_until_they_are_used(statement, absent):
    code = f"{statement}; import sys; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not absent & set(loaded.stdout.split())


@pytest.mark.parametrize("room", ROOMS, ids=lambda path: path.relative_to(PACKAGE.parent).as_posix())
def test_every_room_introduces_itself(room):
    docstring = ast.get_docstring(ast.parse((room / "__init__.py").read_text("utf-8")))
    assert docstring
    assert len(docstring.splitlines()) >= 3, "what it does, what goes in, what comes out"


def test_the_map_in_the_documentation_names_every_room():
    page = (ROOT / "docs/architecture.md").read_text("utf-8")
    rooms = {
        path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert {room for room in rooms - {"__init__"} if room not in page} == set()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_file_depends_on_one_machine(path):
    text = path.read_text("utf-8")
    assert not [
        place for place in ("../shared", "/work/", "/tmp/", "/home/", "/root/", "/opt/") if place in text
    ]


PROGRAMS = sorted(
    path
    for folder in ("benchmarks", "reproduce", "docs", "scripts")
    for path in (ROOT / folder).rglob("*.py")
)


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_programs_beside_the_package_import_what_it_has(path):
    """They are run by hand, so that nothing else tells when a name they use has moved."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "jnd":
            try:
                module = import_module(node.module)
            except ModuleNotFoundError as error:
                if (error.name or "").partition(".")[0] == "jnd":
                    raise
                continue  # an extra that is not installed
            for alias in node.names:
                if not hasattr(module, alias.name):
                    import_module(f"{node.module}.{alias.name}")
