"""The bar that long work shows on a terminal."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress


def bar(title: str, console: "Console", *, quiet: bool) -> "Progress":
    """A bar with count and time left; hidden when ``quiet`` or where nobody watches."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    return Progress(
        TextColumn(title),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(compact=True),
        TextColumn("left"),
        console=console,
        transient=True,
        disable=quiet or not console.is_terminal,
    )


@contextmanager
def counted(title: str, count: int, *, quiet: bool) -> Iterator[Callable[[int], None]]:
    """A bar while the block runs; gives what to call with the number done."""
    from rich.console import Console

    console = Console(stderr=True, highlight=False, markup=False, emoji=False)
    with bar(title, console, quiet=quiet or count == 1) as progress:
        task = progress.add_task("", total=count)
        yield lambda done: progress.update(task, completed=done)
