"""``study.toml`` → a checked design. What is wrong is said with its line and key."""

import re
import tomllib
import typing
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from jnd.errors import ConfigurationError
from jnd.options import check_keys, options_from
from jnd.study.design.presets import PRESETS, with_preset
from jnd.study.design.records import SECTIONS, StudyDesign

DESIGN_NAME: Final = "study.toml"
_KEY = re.compile(r'\[(?P<a>\w+)\] has no key "(?P<b>\w+)"|(?P<c>\w+)\.(?P<d>\w+) |\[(?P<e>\w+)\] lacks')


def read_design(path: Path) -> StudyDesign:
    """The design in a file, or in the study's folder.

    Raises
    ------
    ConfigurationError
        Not there, not TOML, an unknown or missing key, a value of a wrong type or range.
    """
    path = path / DESIGN_NAME if path.is_dir() else path
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        raise ConfigurationError(
            f"cannot read {path}: {error.strerror or error}; jnd study init makes a study"
        ) from None
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{path} is not text in UTF-8: {error}") from None
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{path} is not TOML: {error}") from None
    try:
        return design_from(content)
    except ConfigurationError as error:
        line = _line(text, str(error))
        place = f"{path}, line {line}" if line else str(path)
        raise ConfigurationError(f"{place}: {error}") from None


def design_from(content: Mapping[str, Any]) -> StudyDesign:
    """The design in tables that were read already; see :func:`read_design`."""
    try:
        check_keys(content, list(SECTIONS), ["study"], where="")
    except ConfigurationError as error:
        raise ConfigurationError(str(error).replace("the configuration", "the study")) from None
    preset = content["study"].get("preset", "") if isinstance(content["study"], Mapping) else ""
    if preset:
        if preset not in PRESETS:
            raise ConfigurationError(
                f'study.preset cannot be "{preset}". Known: {", ".join(PRESETS)}, or leave it empty'
            )
        content = with_preset(content, preset)
    hints = typing.get_type_hints(StudyDesign)
    return StudyDesign(**{name: options_from(hints[name], table, name) for name, table in content.items()})


def _line(text: str, message: str) -> int | None:
    """Where the key that a message begins with stands; None if it is not there."""
    found = _KEY.match(message)
    if found is None:
        return None
    if found["e"]:
        section, key = found["e"], None
    else:
        section, key = found["a"] or found["c"], found["b"] or found["d"]
    inside = False
    for number, line in enumerate(text.splitlines(), 1):
        bare = line.strip()
        if header := re.match(r"\[(\w+)", bare):
            inside = header[1] == section
            if inside and key is None:
                return number
        elif inside and key is not None and re.match(rf"{re.escape(key)}\s*=", bare):
            return number
    return None
