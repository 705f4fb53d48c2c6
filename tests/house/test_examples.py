"""The examples in README and documentation are right: command lines parse, Python runs."""

import re
import shlex
from pathlib import Path

import numpy as np
import pytest
import typer.main
from PIL import Image
from skimage import data
from typer.testing import CliRunner

from jnd.cli import app

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
FENCED = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def command_lines():
    """Every line of a fenced block that calls jnd, with the page that shows it."""
    for page in PAGES:
        for language, block in FENCED.findall(page.read_text("utf-8")):
            if language in {"", "bash", "sh", "console"}:
                for line in block.replace("\\\n", " ").splitlines():
                    if line.startswith("jnd "):
                        yield page.relative_to(ROOT), line


def split(line):
    """The words of the first command of a shell line."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|&;<>")
    lexer.whitespace_split = True
    words = []
    for word in lexer:
        if set(word) <= set("|&;<>"):
            break
        words.append(word)
    return words[1:]


@pytest.mark.parametrize(
    ("page", "line"), [pytest.param(page, line, id=f"{page}: {line}") for page, line in command_lines()]
)
def test_command_lines_name_commands_and_options_that_exist(page, line):
    command, words, name = typer.main.get_command(app), split(line), "jnd"
    while words and hasattr(command, "commands") and words[0] in command.commands:
        name, *words = words
        command = command.commands[name]
    if hasattr(command, "commands"):  # a group by itself
        assert not words or words[0].startswith("-") or words[0] == "COMMAND", (
            f"{page}: no command {words[0]!r}"
        )
    options = {option: p for p in command.params for option in (*p.opts, *p.secondary_opts)} | {
        "--help": None
    }
    while words:
        word, *words = words
        if not re.match(r"--?[a-z]", word):
            continue
        option, has_value, _ = word.partition("=")
        assert option in options, f"{page}: {name} has no option {option}"
        parameter = options[option]
        if parameter is not None and not parameter.is_flag and not has_value:
            assert words, f"{page}: {option} needs a value"
            words = words[1:]


def python_examples():
    for page in PAGES:
        found = [code for language, code in FENCED.findall(page.read_text("utf-8")) if language == "python"]
        found = [code for code in found if "load_dataset(" not in code]  # which nobody can ship
        if found:
            yield pytest.param(found, id=str(page.relative_to(ROOT)))


@pytest.mark.parametrize("examples", list(python_examples()))
def test_python_examples_run(examples, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    original = data.chelsea()[:192, :192]
    Image.fromarray(original).save("photo.png")
    Image.fromarray(original).save("photo.webp", quality=80)
    if any("labels.parquet" in example for example in examples):
        arguments = [
            "datasets",
            "label",
            "photo.png",
            "-o",
            "labels.parquet",
            "--codec",
            "webp",
            "--step",
            "16",
        ]
        assert CliRunner().invoke(app, arguments).exit_code == 0
    names = {
        "original": original,
        "compressed": np.asarray(Image.open("photo.webp")),
        "pixels": original,
        "luma": original.mean(axis=2),
    }
    for example in examples:  # one page, one session
        exec(compile(example, "example", "exec"), names)
