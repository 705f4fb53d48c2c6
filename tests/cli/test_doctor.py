"""`jnd doctor` says what is there and how to get what is not."""

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from jnd.cli import app
from jnd.cli.doctor import PACKAGES
from jnd.codecs import CODECS


def doctor() -> str:
    result = CliRunner().invoke(app, ["doctor"])
    assert result.exit_code == 0, result.output
    return result.output


def test_names_every_codec_with_version_and_licence() -> None:
    text = doctor()
    for name, codec in CODECS.items():
        assert f"  {name} " in text
        assert f"licence: {codec.licence}" in text
        assert (codec.encoder if codec.installed else f"to get it: {codec.missing}") in text


def test_says_that_heic_and_jpeg_xl_bring_code_under_the_gpl() -> None:
    text = doctor()
    for name in ("heic", "jpegxl"):
        own = text.split(f"\n  {name} ")[1].split("licence: ")[1].splitlines()[0]
        assert "GPL" in own


def test_says_how_to_get_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CODECS, "avif", replace(CODECS["avif"], missing="pip install it"))
    own = doctor().split("\n  avif ")[1].splitlines()
    assert own[0].strip() == "not installed"
    assert own[1].strip() == "to get it: pip install it"


@pytest.mark.parametrize(
    ("wanted", "words"), [("numpy", "numpy: the same numbers"), ("fast", "none: JND_KERNEL must be")]
)
def test_says_which_kernel_is_in_use(wanted: str, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JND_KERNEL", wanted)
    assert words in doctor()


def test_names_every_core_dependency_with_its_version() -> None:
    text = doctor()
    project = Path(__file__).parents[2] / "pyproject.toml"
    dependencies = tomllib.loads(project.read_text("utf-8"))["project"]["dependencies"]
    assert {entry.split(">=")[0] for entry in dependencies} == set(PACKAGES)
    assert "version unknown" not in text


def test_every_extra_is_named_with_what_it_is_for() -> None:
    import tomllib
    from pathlib import Path

    from jnd.cli.doctor import EXTRAS

    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))["project"]
    assert set(EXTRAS) == set(project["optional-dependencies"]) - {"all", "demo", "docs", "test"}
    text = CliRunner().invoke(app, ["doctor"]).output
    assert all(f"  {extra} " in text for extra in EXTRAS)


def test_the_version_names_the_encoders() -> None:
    lines = CliRunner().invoke(app, ["--version"]).output.splitlines()
    assert lines[0].startswith("jnd ")
    assert any("libwebp" in line for line in lines)


def test_shells_can_complete_commands() -> None:
    found = CliRunner().invoke(
        app,
        [],
        prog_name="jnd",
        env={"_JND_COMPLETE": "complete_bash", "COMP_WORDS": "jnd enc", "COMP_CWORD": "1"},
    )
    assert found.output.split() == ["encode"]
