"""The command line: a command per file. It parses, calls one library function, and prints.

In: arguments. Out: results of ``--json`` on standard output, all else on standard error, an exit status.
"""

from jnd.cli.app import app


def main() -> None:
    """Run ``jnd``."""
    app(prog_name="jnd")


__all__ = ["app", "main"]
