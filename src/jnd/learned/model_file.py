"""Model files: ONNX with a checksum at the end, which reading them verifies. No PyTorch, no onnx package.

An ONNX file is one protocol buffer message, and such messages may be joined end to end. So the checksum is a last
metadata entry, ``sha256``, of fixed length, over every byte before it; any program that reads ONNX reads the file.
"""

import hashlib
import json
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from jnd.errors import ModelFileError

METADATA_KEY = "jnd"
"""The ONNX metadata entry that holds everything else, as JSON."""

# Field 14 of ModelProto (metadata_props), 74 bytes: field 1 is the key "sha256", field 2 a value of 64 bytes.
_TRAILER_START = b"\x72\x4a" + b"\x0a\x06sha256" + b"\x12\x40"
_TRAILER_BYTES = len(_TRAILER_START) + 64


@dataclass(frozen=True, slots=True, eq=False)
class ModelFile:
    """A verified model, ready to run on one thread."""

    name: str
    metadata: dict[str, Any]
    session: Any
    """``onnxruntime.InferenceSession``."""


def with_checksum(onnx: bytes) -> bytes:
    """An ONNX file with its checksum at the end."""
    return onnx + _TRAILER_START + hashlib.sha256(onnx).hexdigest().encode()


def verified(content: bytes, name: str) -> bytes:
    """``content``, if its checksum is right.

    Raises
    ------
    ModelFileError
        It is wrong, or there is none.
    """
    body, trailer = content[:-_TRAILER_BYTES], content[-_TRAILER_BYTES:]
    if not re.fullmatch(re.escape(_TRAILER_START) + rb"[0-9a-f]{64}", trailer):
        raise ModelFileError(
            f"{name} has no checksum at its end: it is not a model of jnd, or was cut short; train it again or "
            "get it again"
        )
    found, expected = hashlib.sha256(body).hexdigest(), trailer[len(_TRAILER_START) :].decode()
    if found != expected:
        raise ModelFileError(
            f"{name} was changed after it was made: its checksum is {found[:12]}…, the file says {expected[:12]}…; "
            "get it again"
        )
    return content


def read_model(path: Path) -> ModelFile:
    """The model in a file that ``jnd train`` wrote.

    Raises
    ------
    ModelFileError
        Not readable, not such a file, or changed since.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelFileError(f"cannot read {path}: {error.strerror or error}") from None
    return _loaded(content, str(path))


@cache
def default_model() -> ModelFile:
    """The model that ships with jnd, loaded once per process."""
    return _loaded(
        files("jnd.learned").joinpath("default.onnx").read_bytes(), "the model that ships with jnd"
    )


def _loaded(content: bytes, name: str) -> ModelFile:
    verified(content, name)
    import onnxruntime

    options = onnxruntime.SessionOptions()
    # One thread: a batch of pictures is spread over processes, and small layers lose more than they win.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        metadata = json.loads(session.get_modelmeta().custom_metadata_map[METADATA_KEY])
    except Exception as error:  # noqa: BLE001 - onnxruntime's own exceptions share no public base
        raise ModelFileError(f"{name} cannot be run: {str(error).splitlines()[0]}") from None
    return ModelFile(name, metadata, session)
