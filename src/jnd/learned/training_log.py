"""Logs of a training: a CSV file that any program reads, and files for TensorBoard if asked for."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jnd.errors import MissingExtraError
from jnd.learned.training_events import Row
from jnd.picture import write_bytes_atomically


def write_csv(path: Path, history: Sequence[Row]) -> None:
    """One row per epoch; the file is replaced as a whole, so a training that goes on leaves no row twice."""
    columns: dict[str, None] = {}
    for row in history:
        columns |= dict.fromkeys(row)
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, list(columns), lineterminator="\n")
    writer.writeheader()
    writer.writerows(
        {key: f"{value:.6g}" if isinstance(value, float) else value for key, value in row.items()}
        for row in history
    )
    write_bytes_atomically(path, buffer.getvalue().encode())


class TensorBoard:
    """Writes scalars for TensorBoard.

    Raises
    ------
    MissingExtraError
        The package tensorboard is not installed.
    """

    def __init__(self, folder: Path) -> None:
        try:
            from torch.utils.tensorboard import SummaryWriter
        except ImportError:
            raise MissingExtraError(
                "training.tensorboard needs the package tensorboard, which is not installed: pip install tensorboard; "
                "log.csv is written in any case"
            ) from None
        writer: Any = SummaryWriter
        self._writer = writer(str(folder))

    def add(self, row: Row) -> None:
        """The values of one epoch."""
        for name, value in row.items():
            if name != "epoch":
                self._writer.add_scalar(name, value, int(row["epoch"]))
        self._writer.flush()
