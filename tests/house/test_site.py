"""Pictures and tables of the site: each is made by a script, shown on a page, and says what was measured."""

import importlib
import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest
from skimage import data

from jnd.models import JND_MODELS

ROOT = Path(__file__).parents[2]
IMAGES = ROOT / "docs/images"
OTHERWISE = {"learned-ablations.png": ROOT / "reproduce/learned_models.py"}
"""Pictures that need data or hours, and what makes them."""


@pytest.fixture(scope="module")
def made():
    command = [sys.executable, "docs/figures", "--list"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [name.strip(",") for line in listed.splitlines() for name in line.split()[1:]]


def test_every_picture_is_made_by_one_figure(made):
    assert sorted([*made, *OTHERWISE]) == sorted(path.name for path in IMAGES.iterdir())
    assert all(script.exists() for script in OTHERWISE.values())


def test_every_picture_is_shown_with_words_for_those_who_do_not_see_it():
    pages = "".join(path.read_text("utf-8") for path in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
    shown = re.findall(r"!\[([^]]*)\]\(([^)]+)\)", pages)
    assert {path.rpartition("/")[2] for _, path in shown} == {path.name for path in IMAGES.iterdir()}
    assert [path for words, path in shown if len(words) < 12] == []


def test_pictures_are_small():
    assert sum(path.stat().st_size for path in IMAGES.iterdir()) < 2_600_000


def test_an_unknown_figure_is_named():
    command = [sys.executable, "docs/figures", "no-such"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "no figure no-such" in done.stderr


def gallery_alt_text(picture):
    """What stands for the picture where it cannot be seen."""
    (words,) = re.findall(rf"!\[([^]]*)\]\(images/{picture}\)", (ROOT / "docs/gallery.md").read_text("utf-8"))
    return words


@pytest.fixture
def jnd_maps(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "docs/figures"))
    return importlib.import_module("jnd_maps")


def test_the_sheets_of_maps_hold_every_model(jnd_maps):
    sheets = jnd_maps.SHEETS
    assert sorted(name for models in sheets.values() for name in models) == sorted(JND_MODELS)
    photograph = data.coffee()[:96, :96]
    for sheet, models in sheets.items():
        assert list(jnd_maps.maps_of(photograph, models)) == list(models)
        assert f"the maps of {len(models)} models" in gallery_alt_text(sheet)


@pytest.fixture(scope="module")
def tables():
    spec = importlib.util.spec_from_file_location("benchmark_tables", ROOT / "docs/benchmark_tables.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_result_is_on_the_page_of_benchmarks_once(tables):
    page = tables.page()
    assert [
        path.name for path in tables.results() if page.count(f"<summary>{path.name}</summary>") != 1
    ] == []


def test_no_table_names_a_text_that_is_gone(tables):
    anchors = re.findall(r"\{#([\w-]+)\}", page := tables.page())
    assert set(re.findall(r"\]\(#([\w-]+)\)", page)) <= set(anchors)
    names = [path.stem for path in tables.results()]
    for group in tables.GROUPS.values():
        assert [
            text for text in group.texts.split() if not any(name.startswith(text) for name in names)
        ] == []
    assert {*tables.SCRIPTS, *tables.COMMANDS} <= set(names)


def test_a_result_in_no_group_stops_the_build(tables):
    with pytest.raises(ValueError, match="belongs to no group"):
        tables.group_of(ROOT / "benchmarks/results/brand_new.txt")


def test_a_text_says_where_and_when_it_was_measured(tables):
    assert tables.circumstances("one core of an AMD EPYC, 2026-11-22\n") == "AMD EPYC; 2026-11-22"
    assert tables.circumstances("no such words") == ""


def test_a_row_that_no_result_says_stops_the_build(tables):
    row = tables.Row("nothing", "benchmarks/jnd_models", r"^no such model", "{0}")
    with pytest.raises(ValueError, match="nothing in its result says 'nothing'"):
        tables.cells(row)


NOT_MEASURED = {"0.00005", "0.1", "0.25", "0.54"}
"""On the page of measurements, but in no text: tolerances, a size, a peak of memory that was read by hand."""


def sections_of_measurements():
    sections = (ROOT / "docs/reference/measurements.md").read_text("utf-8").split("\n## ")[1:]
    return {section.splitlines()[0]: section for section in sections}


@pytest.mark.parametrize("title", sections_of_measurements())
def test_every_decimal_of_measurements_is_in_the_text_of_its_section(title, tables):
    section = sections_of_measurements()[title]
    named = set(re.findall(r"(?:benchmarks|reproduce)/\w+\.py", section))
    texts = [
        path.read_text("utf-8")
        for path in tables.results()
        if path.stem not in tables.COMMANDS and str(tables.script_of(path).relative_to(ROOT)) in named
    ]
    measured = [float(number) for text in texts for number in re.findall(r"\d+\.\d+|\d+", text)]
    assert measured
    strange = []
    for number in re.findall(r"(?<![\d.\w])\d+\.\d+(?![\w.])", section):
        half_a_digit = 0.5 * 10.0 ** -len(number.partition(".")[2]) + 1e-9
        if not any(abs(float(number) - found) <= half_a_digit for found in measured):
            strange.append(number)
    assert set(strange) <= NOT_MEASURED
