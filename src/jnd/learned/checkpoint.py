"""Checkpoints: everything that a training needs to go on as if it had not stopped.

A checkpoint is written to another name, flushed to the disk and then renamed: after a kill or on a full disk the one
before is still there, whole.
"""

import errno
import pickle
import zipfile
from pathlib import Path
from typing import Any

import torch

from jnd.errors import CheckpointError, TrainingStoppedError
from jnd.learned.config import TrainConfig
from jnd.picture.writing import opened_atomically

FORMAT = "jnd training checkpoint"
VERSION = 2
"""Rises when a checkpoint of before can no longer be continued."""


def checkpoint_file(folder: Path) -> Path:
    """Where a training in ``folder`` keeps its last checkpoint."""
    return folder / "checkpoint.pt"


def save_checkpoint(config: TrainConfig, state: dict[str, Any]) -> None:
    """Replace the checkpoint of ``config.output``.

    Raises
    ------
    TrainingStoppedError
        It cannot be written; the one before is untouched.
    """
    path = checkpoint_file(config.output)
    content = {
        "format": FORMAT,
        "version": VERSION,
        "model": config.model,
        "fingerprint": config.fingerprint,
        "state": state,
    }
    try:
        with opened_atomically(path) as file:
            torch.save(content, file)
    except (OSError, RuntimeError) as error:
        # PyTorch's writer turns a full disk into a RuntimeError.
        if isinstance(error, RuntimeError) or error.errno in (errno.ENOSPC, errno.EDQUOT):
            why = "the disk is full"
        else:
            why = error.strerror or str(error)
        raise TrainingStoppedError(
            f"cannot write the checkpoint {path}: {why}. The one before is still valid; make room and run the same "
            "command to go on"
        ) from error


def load_checkpoint(config: TrainConfig) -> dict[str, Any] | None:
    """The state in the checkpoint of ``config.output``; None where there is none.

    Raises
    ------
    CheckpointError
        It is of another model, configuration or version, or no checkpoint at all.
    """
    path = checkpoint_file(config.output)
    way_out = "move it away or train into another output folder"
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        return None
    except (OSError, RuntimeError, EOFError, ValueError, pickle.UnpicklingError, zipfile.BadZipFile) as error:
        raise CheckpointError(
            f"{path} is not a readable checkpoint ({type(error).__name__}); {way_out}"
        ) from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise CheckpointError(f"{path} is not a checkpoint of jnd train; {way_out}")
    if content["version"] != VERSION:
        raise CheckpointError(
            f"{path} was written by another version of jnd (checkpoint version {content['version']}, this one reads "
            f"{VERSION}); {way_out}"
        )
    if content["model"] != config.model:
        raise CheckpointError(
            f'{path} is of the model "{content["model"]}", the configuration asks for "{config.model}"; {way_out}'
        )
    if content["fingerprint"] != config.fingerprint:
        raise CheckpointError(
            f"{path} was made with another configuration (data, network, optimiser, training or seed); {way_out}"
        )
    state: dict[str, Any] = content["state"]
    return state
