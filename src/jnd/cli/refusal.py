"""How commands refuse: what was not understood ends with status 2, what cannot be read or written with status 1."""

from collections.abc import Callable
from typing import TypeVar

import typer

from jnd.errors import CodecError, JndError

Value = TypeVar("Value")


def or_usage_error(call: Callable[[], Value], option: str) -> Value:
    """What ``call`` returns; a value that it refuses ends with status 2."""
    try:
        return call()
    except (ValueError, CodecError) as error:
        raise typer.BadParameter(str(error), param_hint=option) from error


def or_failure(call: Callable[[], Value]) -> Value:
    """What ``call`` returns; what it cannot read or write ends with a message and status 1."""
    try:
        return call()
    except (JndError, ValueError, OSError) as error:
        typer.echo(f"Error: {error}", err=True)
        raise typer.Exit(1) from error
