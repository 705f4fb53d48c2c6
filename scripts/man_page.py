"""Write docs/man/jnd.1, the manual page that wheels install, from the help of every command.

    python scripts/man_page.py            writes it
    python scripts/man_page.py --check    says whether it is up to date (the tests do so)

Needs jnd installed. Read it with `man -l docs/man/jnd.1`.
"""

import argparse
import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer.main

import jnd
from jnd.cli import app
from jnd.cli.group import usage_of

PAGE = Path(__file__).parents[1] / "docs/man/jnd.1"

EXAMPLES = (
    (
        "Make every picture of a folder as small as it can be without people noticing.",
        "jnd encode photos -o small",
    ),
    ("Would anyone notice, and where?", "jnd compare before.png after.png --heatmap where.png"),
    ("Where would a change show?", "jnd map photo.png -o map.png"),
    ("What was done to this picture?", "jnd inspect photo.jpg"),
    (
        "Ask people, from pictures to thresholds.",
        "jnd study init test --method flicker --pictures photos\njnd study serve test",
    ),
)


def escaped(text: str) -> str:
    """`text` as roff: nothing of it is read as a request, and **bold** and `code` are set in bold."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    text = re.sub(r"\*\*(.+?)\*\*|`(.+?)`", lambda found: f"\\fB{found[1] or found[2]}\\fR", text)
    return re.sub(r"^([.'])", r"\\&\1", text, flags=re.MULTILINE)


def paragraphs(help_text: str) -> Iterator[str]:
    """The paragraphs and lists of a command's help."""
    for paragraph in inspect.cleandoc(help_text).split("\n\n"):
        lines = paragraph.splitlines()
        if lines[0].startswith(("- ", "* ")):
            for item in re.split(r"^[-*] ", paragraph, flags=re.MULTILINE)[1:]:
                yield f".IP \\(bu 2\n{escaped(' '.join(item.split()))}"
        else:
            yield f".PP\n{escaped(' '.join(paragraph.split()))}"


def option(parameter: Any, context: Any) -> str:
    """One option or argument with what its help says."""
    names = ", ".join(f"\\fB{escaped(name)}\\fR" for name in (*parameter.opts, *parameter.secondary_opts))
    if parameter.param_type_name == "argument":
        names = f"\\fI{escaped(parameter.display_name_raw)}\\fR"
    elif not parameter.is_flag:
        names += f" \\fI{escaped(parameter.metavar or parameter.display_type(context))}\\fR"
    default = parameter.show_default if isinstance(parameter.show_default, str) else None
    if default is None and parameter.show_default and isinstance(parameter.default, str | int | float):
        default = None if isinstance(parameter.default, bool) else str(parameter.default)
    said = " ".join((parameter.help or "").split()) + (f" [default: {default}]" if default else "")
    return f".TP\n{names}\n{escaped(said)}"


def arguments(command: Any) -> Iterator[str]:
    """What stands behind a command's name: its arguments, or that a command of the group comes here."""
    if hasattr(command, "commands"):
        yield "COMMAND ..."
    for parameter in command.params:
        if parameter.param_type_name == "argument":
            yield usage_of(parameter)


def sections(group: Any, prefix: str) -> Iterator[str]:
    """A section per command, those of groups after their group."""
    for name, command in sorted(group.commands.items()):
        full = f"{prefix} {name}"
        context = typer.Context(command, info_name=full)
        usage = " ".join(["[OPTIONS]", *arguments(command)])
        yield f'.SS "{full}"'
        yield f".B {escaped(full)}\n{escaped(usage)}"
        yield from paragraphs(command.help or "")
        yield from (option(parameter, context) for parameter in command.params if parameter.name != "help")
        if hasattr(command, "commands"):
            yield from sections(command, full)


def manual() -> str:
    """The whole page."""
    command = typer.main.get_command(app)
    what = inspect.cleandoc(command.help or "")
    lines = [
        r""".\" Made by scripts/man_page.py from the help of the commands; do not edit.""",
        f'.TH JND 1 "" "jnd {jnd.__version__}" "User Commands"',
        f".SH NAME\njnd \\- {escaped(what[0].lower() + what[1:].rstrip('.'))}",
        (
            ".SH SYNOPSIS\n.B jnd\n.I COMMAND\n[\\fIARGUMENTS\\fR]\n.PP\n\\fBjnd \\-\\-help\\fR, \\fBjnd \\-\\-version\\fR, "
            "\\fBjnd\\fR \\fICOMMAND\\fR \\fB\\-\\-help\\fR"
        ),
        ".SH COMMANDS",
        *sections(command, "jnd"),
        (
            ".SH EXIT STATUS\n0 when all went well, 1 when something could not be done or a verdict is no, 2 when the command was "
            "not understood. Where a command means more by it, its section says so."
        ),
        ".SH EXAMPLES",
        *(f".PP\n{escaped(says)}\n.PP\n.RS\n.nf\n{escaped(line)}\n.fi\n.RE" for says, line in EXAMPLES),
        (
            ".SH ENVIRONMENT\n.TP\n\\fBNO_COLOR\\fR\nSet, no colours are printed.\n"
            ".TP\n\\fBJND_DATASETS\\fR\nThe folder in which \\fBjnd datasets\\fR looks.\n"
            ".TP\n\\fBJND_KERNEL\\fR\n\\fInative\\fR or \\fInumpy\\fR: which kernels compute; without it the native ones where they "
            "were built."
        ),
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true")
    if parser.parse_args().check:
        sys.exit(
            0 if PAGE.read_text("utf-8") == manual() else f"{PAGE} is out of date: python scripts/man_page.py"
        )
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(manual(), "utf-8")
