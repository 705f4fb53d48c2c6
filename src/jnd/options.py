"""Records of options from TOML tables. Every problem names its key, and the nearest known one.

In go a dataclass and a table, out comes a record whose values have the types that the dataclass states.
"""

import dataclasses
import types
import typing
from collections.abc import Mapping
from dataclasses import MISSING
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from jnd.errors import ConfigurationError

Options = TypeVar("Options")


def options_from(kind: type[Options], table: Any, where: str, folder: Path = Path()) -> Options:
    """A record of options from a TOML table: keys are the record's fields, values have their types."""
    if not isinstance(table, Mapping):
        raise ConfigurationError(f"{where} must be a table: [{where}]")
    fields = {entry.name: entry for entry in dataclasses.fields(kind)}  # type: ignore[arg-type]
    required = [
        name
        for name, entry in fields.items()
        if entry.default is MISSING and entry.default_factory is MISSING
    ]
    check_keys(table, list(fields), required, where)
    hints = typing.get_type_hints(kind)
    values = {key: typed(value, hints[key], f"{where}.{key}", folder) for key, value in table.items()}
    return kind(**values)


def check_keys(table: Mapping[str, Any], known: list[str], required: list[str], where: str) -> None:
    """Raise unless the table has the keys that it must have and no others."""
    place = f"[{where}]" if where else "the configuration"
    for key in table:
        if key not in known:
            near = get_close_matches(key, known, n=1)
            hint = f'; did you mean "{near[0]}"?' if near else "."
            raise ConfigurationError(f'{place} has no key "{key}"{hint} Known: {", ".join(sorted(known))}')
    missing = [key for key in required if key not in table]
    if missing:
        near = get_close_matches(missing[0], list(table), n=1)
        names = ", ".join(f'"{key}"' for key in missing)
        raise ConfigurationError(f"{place} lacks {names}" + (f'; is it "{near[0]}"?' if near else ""))


def typed(value: Any, kind: Any, where: str, folder: Path = Path()) -> Any:
    """``value`` as ``kind``, or an error that names the key."""
    if typing.get_origin(kind) in (typing.Union, types.UnionType):
        kind = next(choice for choice in typing.get_args(kind) if choice is not type(None))
    if typing.get_origin(kind) is tuple:
        if isinstance(value, list):
            return tuple(typed(entry, typing.get_args(kind)[0], where, folder) for entry in value)
    elif typing.get_origin(kind) is dict:
        if isinstance(value, dict):
            return {
                key: typed(entry, typing.get_args(kind)[1], f"{where}.{key}") for key, entry in value.items()
            }
    elif kind is Path:
        if isinstance(value, str):
            return folder / value
    elif kind is float:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
    elif isinstance(value, kind) and not (kind is int and isinstance(value, bool)):
        return value
    name = getattr(kind, "__name__", str(kind)) if typing.get_origin(kind) is None else str(kind)
    raise ConfigurationError(f"{where} must be of type {name}, got {value!r}")


def one_of(where: str, value: str, choices: tuple[str, ...]) -> None:
    """Raise unless ``value`` is one of the choices."""
    if value not in choices:
        near = get_close_matches(value, choices, n=1)
        hint = f'; did you mean "{near[0]}"?' if near else "."
        raise ConfigurationError(f'{where} cannot be "{value}"{hint} Known: {", ".join(choices)}')


def positive(where: str, value: float) -> None:
    """Raise unless ``value`` is above 0."""
    if not value > 0:
        raise ConfigurationError(f"{where} must be above 0, got {value:g}")
