"""Deep learning for the picture-wise JND: observer labels, models, training, prediction.

In go pictures and labels (of the observer or of people), out come models, and from them the level at which
people begin to notice.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from jnd._lookup import lookup
from jnd.errors import needing

if TYPE_CHECKING:
    from jnd.learned.task import Task

TASKS: dict[str, str] = {
    "cnn": "jnd.learned.cnn:TASK",
    "rnn": "jnd.learned.rnn:PATCH_TASK",
    "rnn-levels": "jnd.learned.rnn:LEVEL_TASK",
    "lstm": "jnd.learned.lstm:PATCH_TASK",
    "lstm-levels": "jnd.learned.lstm:LEVEL_TASK",
    "lossless": "jnd.learned.lossless:TASK",
    "surnet": "jnd.learned.surnet:TASK",
    "resjnd": "jnd.learned.resjnd:TASK",
    "svl": "jnd.learned.svl:TASK",
}
"""What ``model`` may be in a training configuration → the module and its :class:`~jnd.learned.task.Task`, loaded when
it is used: the modules need PyTorch, which nobody needs who only predicts."""


def task_named(name: str) -> "Task":
    """The training task of a model.

    Raises
    ------
    UnknownNameError
        No such model.
    MissingExtraError
        PyTorch is not installed.
    """
    home = lookup(TASKS, name, kind="model")
    module, _, attribute = home.partition(":")
    with needing("train", "training"):
        task: Task = getattr(import_module(module), attribute)
    return task
