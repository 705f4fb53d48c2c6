"""The groups of commands: ``jnd`` itself, ``jnd study`` and their like."""

from typing import Any

import typer
from typer.core import TyperGroup

from jnd.errors import JndError
from jnd.report.words import printable


class CommandGroup(TyperGroup):
    """Where jnd refuses, a command ends with ``Error: …`` and status 1 instead of a traceback."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command, its subcommands too."""
        try:
            return super().invoke(ctx)
        except JndError as error:
            message = "\n".join(printable(line) for line in str(error).splitlines())
            typer.echo(f"Error: {message}", err=True)
            raise typer.Exit(1) from None

    def get_params(self, ctx: Any) -> list[Any]:
        """The group's own options."""
        return _bare_flags(super().get_params(ctx))

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """A command of the group, whose help shows no value behind flags."""
        command = super().get_command(ctx, cmd_name)
        if command is not None:
            _bare_flags([*command.params, command.get_help_option(ctx)])
        return command


def _bare_flags(parameters: list[Any]) -> list[Any]:
    """Flags take no value, and so their help names none, where Typer would write <bool>."""
    for parameter in parameters:
        if getattr(parameter, "is_bool_flag", False) and parameter.metavar is None:
            parameter.metavar = ""
    return parameters
