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
        return _as_usual(super().get_params(ctx))

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """A command of the group, whose help looks as that of other programs."""
        command = super().get_command(ctx, cmd_name)
        if command is not None:
            _as_usual([*command.params, command.get_help_option(ctx)])
        return command


def usage_of(argument: Any) -> str:
    """SOURCE, SOURCE... where it may be given again, [SOURCE] where it may be left out."""
    named = (argument.metavar or argument.name.upper()).removesuffix("...")
    name = named + ("" if argument.nargs == 1 else "...")
    return name if argument.required else f"[{name}]"


def _as_usual(parameters: list[Any]) -> list[Any]:
    """No value behind flags, which take none, where Typer writes <bool>; and SOURCE where it writes {SOURCE}."""
    for parameter in parameters:
        if getattr(parameter, "is_bool_flag", False) and parameter.metavar is None:
            parameter.metavar = ""
        if getattr(parameter, "param_type_name", "") == "argument":
            parameter.get_usage_pieces = lambda _, argument=parameter: [usage_of(argument)]
            parameter.display_type_rich = lambda **_: ""  # its name says more than <Path>
    return parameters
