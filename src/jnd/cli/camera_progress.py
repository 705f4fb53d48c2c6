"""The bar of the commands of ``jnd camera`` that count pictures."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def counted(title: str, count: int, *, quiet: bool) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal while the block runs; gives what to call with the number done."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True, highlight=False, markup=False, emoji=False)
    with Progress(
        TextColumn(title),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(compact=True),
        console=console,
        transient=True,
        disable=quiet or count == 1 or not console.is_terminal,
    ) as progress:
        task = progress.add_task("", total=count)
        yield lambda done: progress.update(task, completed=done)
