"""The documentation cannot drift from the code: registries, commands, options, fields, numbers, references."""

import dataclasses
import json
import re
import tomllib
from pathlib import Path
from typing import get_args

import pytest
import typer.main
from typer.testing import CliRunner

import jnd
from jnd.artifacts import ARTIFACTS
from jnd.cli import app
from jnd.codecs import CODECS
from jnd.datasets.catalogue import DATASETS
from jnd.datasets.observer_labels import COLUMNS
from jnd.learned.labels import LabelRecord, LabelStatus
from jnd.observer import PROTOCOLS
from jnd.records import ChangedRegion, Comparison, FileRecord, FileStatus, Misregistration
from jnd.search import FORMATS, TARGETS
from jnd.viewing import viewing_condition_names, viewing_conditions

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


def commands_of(group, prefix=""):
    """Every command by its full name, those of groups too."""
    for name, command in group.commands.items():
        yield prefix + name, command
        if hasattr(command, "commands"):
            yield from commands_of(command, f"{prefix}{name} ")


COMMANDS = dict(commands_of(typer.main.get_command(app)))
CITATION = re.compile(r"\[([A-Z][A-Za-z]+\d{4}[a-z]?)(?:,[^\]]*)?\]")


def page(name):
    return (DOCS / name).read_text("utf-8")


def row_of(name, text):
    """Cells of the table row that begins with `name`."""
    (row,) = [line for line in text.splitlines() if line.startswith(f"| `{name}`")]
    return [cell.strip() for cell in row.strip("|").split("|")]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_documented_with_every_option(command):
    text = page("reference/command-line.md")
    assert f"## jnd {command}" in text
    section = text.split(f"## jnd {command}\n")[1].split("\n## ")[0]
    options = [
        option for parameter in COMMANDS[command].params for option in parameter.opts if option[0] == "-"
    ]
    assert [option for option in options if f"`{option}" not in section] == []


@pytest.mark.parametrize(
    "command", [name for name, found in COMMANDS.items() if not hasattr(found, "commands")]
)
def test_help_shows_the_arguments_as_the_reference_does(command):
    usage = CliRunner().invoke(app, [*command.split(), "--help"]).output.strip().splitlines()[0]
    shown = re.findall(r"[A-Z][A-Z|.a-z]*", usage.split("[OPTIONS]")[1])
    section = page("reference/command-line.md").split(f"## jnd {command}\n")[1].split("\n## ")[0]
    (line, *_) = re.findall(rf"^jnd {command}( .*)?$", section, re.MULTILINE)
    assert not set(usage) & set("{<")
    assert all(name in line for name in shown)


@pytest.mark.parametrize("command", COMMANDS)
def test_no_option_is_documented_that_does_not_exist(command):
    section = page("reference/command-line.md").split(f"## jnd {command}\n")[1].split("\n## ")[0]
    known = {
        option
        for parameter in COMMANDS[command].params
        for option in (*parameter.opts, *parameter.secondary_opts)
    } | {"--help"}
    assert set(re.findall(r"`(--[a-z-]+)", section)) <= known


@pytest.mark.parametrize("field", [field.name for field in dataclasses.fields(FileRecord)])
def test_every_field_of_json_is_documented(field):
    assert f"`{field}`" in page("reference/json.md")


@pytest.mark.parametrize("record", [Comparison, ChangedRegion, Misregistration])
def test_every_field_of_a_comparison_is_documented(record):
    section = page("reference/json.md").split("## jnd compare\n")[1].split("\n## ")[0]
    fields = [field.name for field in dataclasses.fields(record)]
    assert [name for name in fields if not re.search(rf"`\.?{name}(\[\])?`", section)] == []


def test_no_field_is_documented_that_does_not_exist():
    table = page("reference/json.md").split("## Status")[0]
    named = set(re.findall(r"^\| (`[a-z_`, ]+) \|", table, re.MULTILINE))
    fields = {field.strip("` ") for cell in named for field in cell.split(",")}
    assert fields == {field.name for field in dataclasses.fields(FileRecord)}


def test_the_example_of_json_has_these_fields_in_this_order():
    (example,) = re.findall(r"```json\n(.*?)```", page("reference/json.md"), re.DOTALL)
    assert list(json.loads(example)) == [field.name for field in dataclasses.fields(FileRecord)]


def test_every_status_is_documented():
    table = page("reference/json.md").split("## Status")[1]
    for status in get_args(FileStatus):
        assert len(row_of(status, table)) == 4


@pytest.mark.parametrize("name", CODECS)
def test_every_codec_has_a_row_that_is_true(name):
    limits = CODECS[name].limits
    _, _, file, alpha, grey, chroma, metadata = row_of(name, page("reference/codecs.md"))
    assert file.startswith(f"`{CODECS[name].extension}`, sides to {limits.max_side}")
    assert str(limits.max_pixels or "") in file
    assert alpha == ("yes" if limits.alpha else "–")
    assert grey == ("yes" if limits.grey else "as RGB")
    assert chroma == ", ".join(limits.chroma_subsampling)
    assert {part.strip().lower() for part in metadata.split(",")} == limits.metadata


@pytest.mark.parametrize("name", viewing_condition_names())
def test_every_viewing_condition_has_a_row_that_is_true(name):
    viewing = viewing_conditions(name)
    display = viewing.display
    _, _, _, pixels_per_degree, peak, black = row_of(name, page("concepts/viewing.md"))
    assert pixels_per_degree == f"{viewing.pixels_per_degree:.1f}"
    assert peak == f"{display.peak_cd_m2:g}"
    assert black == f"{display.black_cd_m2 + display.reflected_cd_m2:.3f}"


@pytest.mark.parametrize("name", PROTOCOLS)
def test_every_protocol_is_documented(name):
    assert len(row_of(name, page("concepts/observer.md"))) >= 4


@pytest.mark.parametrize(("name", "share"), TARGETS.items())
def test_every_target_is_documented(name, share):
    assert row_of(name, page("guides/encode-a-folder.md"))[1].startswith(f"{share:.2f}")


@pytest.mark.parametrize(("name", "dataset"), DATASETS.items())
def test_every_data_set_is_documented(name, dataset):
    row = row_of(name, page("guides/datasets.md"))
    assert row[1].startswith(dataset.title)
    assert f"`{dataset.folders[0]}`" in row[2]


def test_every_field_of_the_json_of_labels_is_documented():
    section = page("reference/json.md").split("## jnd datasets")[1]
    assert [f.name for f in dataclasses.fields(LabelRecord) if f"`{f.name}`" not in section] == []
    assert [name for name in get_args(LabelStatus) if f"`{name}`" not in section] == []


def test_every_column_of_observer_labels_is_documented():
    text = page("guides/datasets.md").split("## What is in the file")[1].split("\n## ")[0]
    assert [name for name in COLUMNS if f"`{name}`" not in text] == []


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_documented(name):
    assert f"`{name}`" in page("guides/encode-a-folder.md")


@pytest.mark.parametrize("name", ARTIFACTS)
def test_every_artifact_is_documented_with_its_unit(name):
    assert f"| `{name}` | {ARTIFACTS[name].unit} |" in page("guides/inspect.md")


@pytest.mark.parametrize("name", jnd.__all__)
def test_every_top_level_name_is_documented_and_loads(name):
    assert getattr(jnd, name) is not None
    assert f"`jnd.{name}`" in page("reference/python.md")


@pytest.mark.parametrize(
    "key", re.findall(r"^@\w+\{(.+),$", (ROOT / "REFERENCES.bib").read_text("utf-8"), re.MULTILINE)
)
def test_every_reference_has_author_title_year_and_place(key):
    entry = (ROOT / "REFERENCES.bib").read_text("utf-8").split(f"{{{key},")[1].split("\n}")[0]
    assert all(
        re.search(rf"^\s+{field}\s+= ", entry, re.MULTILINE) for field in ("author", "title", "year", "note")
    )
    assert re.search(r"^\s+(doi|eprint|number)\s+= ", entry, re.MULTILINE)


def test_every_citation_is_in_the_references():
    known = set(re.findall(r"^@\w+\{(.+),$", (ROOT / "REFERENCES.bib").read_text("utf-8"), re.MULTILINE))
    files = [*ROOT.glob("src/**/*.py"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("reproduce/*.py")]
    cited = {key for path in files for key in CITATION.findall(path.read_text("utf-8"))}
    assert cited
    assert cited <= known


def test_every_core_dependency_has_its_licence_listed():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    names = [re.split(r"[<>=~!\[; ]", dependency)[0] for dependency in project["dependencies"]]
    rows = (ROOT / "THIRD_PARTY.md").read_text("utf-8").splitlines()
    assert [name for name in names if not any(row.startswith(f"| {name} |") for row in rows)] == []


@pytest.mark.parametrize("path", ["README.md", "CONTRIBUTING.md"])
def test_links_to_files_lead_somewhere(path):
    links = re.findall(r"\]\(([^)#]+)", (ROOT / path).read_text("utf-8"))
    assert links
    assert [link for link in links if not link.startswith("https://") and not (ROOT / link).exists()] == []


def test_readme_names_every_room():
    rooms = {path.stem for path in (ROOT / "src/jnd").iterdir() if path.suffix == ".py" or path.is_dir()}
    text = (ROOT / "README.md").read_text("utf-8")
    assert {room for room in rooms if room[0] != "_" and f"`jnd.{room}`" not in text} == set()
