"""How commands refuse: what was not understood ends with status 2, what cannot be done with ``Error: …`` and status 1."""

from collections.abc import Callable
from typing import Any, TypeVar

import typer
from typer.core import TyperGroup

from jnd.errors import CodecError, JndError
from jnd.report.words import printable

Value = TypeVar("Value")


class RefusingGroup(TyperGroup):
    """Where jnd refuses, a command ends with ``Error: …`` and status 1 instead of a traceback."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command, its subcommands too."""
        try:
            return super().invoke(ctx)
        except JndError as error:
            message = "\n".join(printable(line) for line in str(error).splitlines())
            typer.echo(f"Error: {message}", err=True)
            raise typer.Exit(1) from None


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
