"""Fingerprints as files: a compressed NumPy archive of the array, and what it is in JSON.

Written whole or not at all. When one is read, its version, size, type and checksum are tested before it is used;
nothing in it is executed.
"""

import hashlib
import io
import json
import os
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from jnd.camera.prnu.daubechies import Plane
from jnd.camera.prnu.fingerprint import Fingerprint
from jnd.camera.prnu.noise_residual import LEAST_SIDE
from jnd.errors import FingerprintFileError
from jnd.picture import write_bytes_atomically
from jnd.picture.limits import MAX_PIXELS

FORMAT = "jnd camera fingerprint 1"
_ARRAY, _RECORD = "prnu", "record"
_MAX_RECORD_BYTES = 16 * 2**20
_AGAIN = "make it again with jnd camera fingerprint"


def save_fingerprint(
    fingerprint: Fingerprint, path: str | os.PathLike[str], *, overwrite: bool = True
) -> None:
    """Write ``fingerprint`` to ``path``, an .npz file of some 4 bytes per pixel.

    Raises
    ------
    FileExistsError
        There is something at ``path`` and ``overwrite`` is not set.
    OSError
        The folder is missing, read-only or full. Nothing is left behind.
    """
    record: dict[str, Any] = {
        field.name: getattr(fingerprint, field.name) for field in fields(fingerprint) if field.name != "prnu"
    }
    record |= {"format": FORMAT, "sha256": _sha256(fingerprint.prnu)}
    data = io.BytesIO()
    text = np.frombuffer(json.dumps(record, ensure_ascii=False).encode(), np.uint8)
    np.savez(data, prnu=fingerprint.prnu, record=text)
    write_bytes_atomically(path, data.getvalue(), overwrite=overwrite)


def load_fingerprint(path: str | os.PathLike[str]) -> Fingerprint:
    """The fingerprint in a file of :func:`save_fingerprint`.

    Raises
    ------
    FingerprintFileError
        Missing, not such a file, damaged, or of a later version.
    """
    try:
        with Path(path).open("rb") as file, np.load(file, allow_pickle=False) as archive:
            return _checked(archive)
    except FingerprintFileError as error:
        raise FingerprintFileError(f"{os.fspath(path)}: {error}") from None
    except FileNotFoundError:
        raise FingerprintFileError(f"{os.fspath(path)}: does not exist; {_AGAIN}") from None
    except OSError as error:
        why = error.strerror or str(error)
        raise FingerprintFileError(f"{os.fspath(path)}: cannot be read: {why}") from error
    except Exception as error:  # whatever is wrong with it
        raise FingerprintFileError(
            f"{os.fspath(path)}: is no fingerprint, or a damaged one; {_AGAIN}"
        ) from error


def _checked(archive: "np.lib.npyio.NpzFile") -> Fingerprint:
    files = archive.zip
    sizes = {} if files is None else {entry.filename: entry.file_size for entry in files.infolist()}
    if set(sizes) != {f"{_ARRAY}.npy", f"{_RECORD}.npy"}:
        raise FingerprintFileError(f"is an archive of something else; {_AGAIN}")
    if sizes[f"{_RECORD}.npy"] > _MAX_RECORD_BYTES or sizes[f"{_ARRAY}.npy"] > 4 * MAX_PIXELS + 2**16:
        raise FingerprintFileError(
            f"claims to be larger than any sensor ({max(sizes.values())} bytes); {_AGAIN}"
        )
    record = json.loads(bytes(archive[_RECORD]))
    if record.get("format") != FORMAT:
        raise FingerprintFileError(
            f'has the format "{record.get("format")}", this jnd reads "{FORMAT}"; update jnd or make it again'
        )
    prnu = archive[_ARRAY]
    if (
        prnu.ndim != 2
        or prnu.dtype != np.float32
        or min(prnu.shape) < LEAST_SIDE
        or not np.isfinite(prnu).all()
    ):
        raise FingerprintFileError(
            f"holds {prnu.shape} {prnu.dtype}, not a plane of finite float32; {_AGAIN}"
        )
    if record["sha256"] != _sha256(prnu):
        raise FingerprintFileError(f"is damaged: its checksum is wrong; {_AGAIN}")
    return Fingerprint(
        prnu=prnu,
        label=str(record["label"]),
        pictures=int(record["pictures"]),
        source_sha256=tuple(map(str, record["source_sha256"])),
        sigma=float(record["sigma"]),
        orientation_rule=str(record["orientation_rule"]),
        jnd_version=str(record["jnd_version"]),
        notes=tuple(map(str, record["notes"])),
    )


def _sha256(prnu: Plane) -> str:
    return hashlib.sha256(prnu.tobytes()).hexdigest()
