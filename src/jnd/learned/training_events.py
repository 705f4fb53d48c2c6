"""What a training tells of itself while it runs: one event when it begins, after every step and epoch, and at its end."""

from dataclasses import dataclass
from pathlib import Path

Row = dict[str, float]
"""What is known of an epoch: column of ``log.csv`` → value."""


@dataclass(frozen=True, slots=True)
class Began:
    """The first event."""

    training: int
    validation: int
    skipped: tuple[str, ...]
    parameters: int
    epochs: int
    resumed_at: int | None
    """Step of the checkpoint that is continued."""
    device: str
    processes: int


@dataclass(frozen=True, slots=True)
class StepDone:
    """After every step."""

    step: int
    steps: int
    seconds_left: float


@dataclass(frozen=True, slots=True)
class EpochDone:
    """After every epoch."""

    row: Row
    """As in ``log.csv``."""
    best: bool


@dataclass(frozen=True, slots=True)
class Trained:
    """The last event."""

    model_file: Path
    best: Row
    stopped_early: bool
    seconds: float
    """Of all sessions together."""


TrainingEvent = Began | StepDone | EpochDone | Trained
