"""Training configurations: a TOML file → checked records. Every problem names its key, and the nearest known one."""

import dataclasses
import hashlib
import json
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jnd.errors import ConfigurationError, UnknownNameError
from jnd.options import check_keys, one_of, options_from, positive, typed

if TYPE_CHECKING:
    from jnd.learned.task import Task

OPTIMISERS = ("sgd", "adamw")
SCHEDULES = ("cosine", "step", "constant")
DEVICES = ("auto", "cpu", "cuda")


@dataclass(frozen=True, slots=True)
class OptimiserOptions:
    """``[optimiser]``: stochastic gradient descent with momentum and a cosine schedule unless told otherwise."""

    name: str = "sgd"
    learning_rate: float = 0.02
    momentum: float = 0.9
    """Of "sgd"; 0 is plain descent."""
    nesterov: bool = False
    weight_decay: float = 1e-4
    schedule: str = "cosine"
    """"cosine" falls to 1 % at the last step, "step" multiplies by ``decay`` at ``milestones``, "constant"."""
    milestones: tuple[float, ...] = (0.5, 0.75)
    """Shares of all steps."""
    decay: float = 0.1
    warmup_steps: int = 0
    clip_norm: float = 1.0
    """Gradients longer than this are shortened to it; 0 leaves them alone."""

    def __post_init__(self) -> None:
        one_of("optimiser.name", self.name, OPTIMISERS)
        one_of("optimiser.schedule", self.schedule, SCHEDULES)
        positive("optimiser.learning_rate", self.learning_rate)
        if not 0 <= self.momentum < 1:
            raise ConfigurationError(
                f"optimiser.momentum must be at least 0 and below 1, got {self.momentum:g}"
            )


@dataclass(frozen=True, slots=True)
class TrainingOptions:
    """``[training]``."""

    epochs: int = 50
    batch_size: int = 16
    """Of all processes together."""
    patience: int = 0
    """Epochs without a better validation result after which training stops; 0 never stops early."""
    checkpoint_seconds: float = 60.0
    """Between checkpoints inside an epoch; there is one after every epoch too."""
    device: str = "auto"
    mixed_precision: bool = False
    """On a GPU: bfloat16 where it has it, else float16 with a scaled loss. Without effect on a CPU."""
    threads: int = 0
    """Of PyTorch on a CPU; 0 leaves its choice."""
    tensorboard: bool = False
    """Logs for TensorBoard beside ``log.csv``."""

    def __post_init__(self) -> None:
        one_of("training.device", self.device, DEVICES)
        for name in ("epochs", "batch_size"):
            positive(f"training.{name}", getattr(self, name))


@dataclass(frozen=True, slots=True)
class ProvenanceOptions:
    """``[provenance]``: what the exported file says of itself."""

    licence: str = "not stated"
    """Of the weights."""
    data: str = "not stated"
    """The pictures, their licences, and who or what labelled them."""


@dataclass(frozen=True, slots=True)
class TrainConfig:
    """A whole configuration."""

    model: str
    """A name in :data:`jnd.learned.TASKS`."""
    output: Path
    """Folder of checkpoints, logs and the exported model."""
    data: Any
    """The task's data options."""
    network: Any
    """The task's network options."""
    seed: int = 0
    optimiser: OptimiserOptions = field(default_factory=OptimiserOptions)
    training: TrainingOptions = field(default_factory=TrainingOptions)
    provenance: ProvenanceOptions = field(default_factory=ProvenanceOptions)

    def to_json(self) -> dict[str, Any]:
        """As JSON holds it."""
        content: dict[str, Any] = json.loads(json.dumps(dataclasses.asdict(self), default=str))
        return content

    @property
    def fingerprint(self) -> str:
        """Of everything that decides the weights at a step; a checkpoint of another one is not continued."""
        content = self.to_json()
        del content["output"], content["provenance"]
        for name in ("patience", "checkpoint_seconds", "tensorboard"):
            del content["training"][name]
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]


TABLES = ("data", "network", "optimiser", "training", "provenance")


TaskOf = Callable[[str], "Task"]
"""From what ``model`` says to its task."""


def read_config(path: Path, task_of: TaskOf | None = None) -> TrainConfig:
    """The configuration in a TOML file; relative paths in ``[data]`` and ``output`` start at its folder.

    Parameters
    ----------
    task_of : where models are looked up; None is :func:`jnd.learned.task_named`. Rooms above have models of their own.

    Raises
    ------
    ConfigurationError
        Not readable, not TOML, an unknown or missing key, or a value of a wrong type or range.
    """
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ConfigurationError(f"cannot read {path}: {error.strerror or error}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} is not TOML: {error}") from None
    try:
        return config_from(content, path.parent, task_of)
    except ConfigurationError as error:
        raise ConfigurationError(f"{path}: {error}") from None


def config_from(
    content: Mapping[str, Any], folder: Path = Path(), task_of: TaskOf | None = None
) -> TrainConfig:
    """The configuration in a table that was read already; see :func:`read_config`."""
    from jnd.learned import task_named

    check_keys(content, ["model", "output", "seed", *TABLES], required=["model", "output", "data"], where="")
    for name in ("model", "output"):
        typed(content[name], str, name)
    try:
        task = (task_of or task_named)(content["model"])
    except UnknownNameError as error:
        raise ConfigurationError(f"model: {error}") from None
    return TrainConfig(
        model=content["model"],
        output=folder / content["output"],
        seed=typed(content.get("seed", 0), int, "seed"),
        data=options_from(task.data_options, content["data"], "data", folder),
        network=options_from(task.network_options, content.get("network", {}), "network", folder),
        optimiser=options_from(OptimiserOptions, content.get("optimiser", {}), "optimiser", folder),
        training=options_from(TrainingOptions, content.get("training", {}), "training", folder),
        provenance=options_from(ProvenanceOptions, content.get("provenance", {}), "provenance", folder),
    )
