"""Results of a study as labels for ``jnd train``: the file that ``jnd datasets label`` writes, with people's answers in it.

The share of people who notice nothing at each level (:data:`SHARE`) becomes the JOD at which the observer model would have
the same share, so that people's curves are learned with the same machinery as the observer's.
"""

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from jnd.codecs import CODECS
from jnd.datasets.observer_labels import COLUMNS, METADATA_KEY, picture_hash, pyarrow
from jnd.errors import UnusableAnswersError
from jnd.observer import jod_of_satisfied, protocol_named
from jnd.picture import read_picture, seen, write_bytes_atomically
from jnd.psychometrics.analysis.results import Result
from jnd.psychometrics.psychometric_function import psychometric_function

SHARE: Final = "satisfied-user ratio over people where there are enough of them, else 1 − the share detected by all together"
SURE: Final = (0.01, 0.99)
"""A sample of people says no more than this about a share."""


def write_labels(
    result: Result,
    references: Mapping[str, Path],
    output: Path,
    *,
    protocol: str = "aic3",
    pixels_per_degree: float | None = None,
) -> int:
    """Write labels of the pictures with a threshold; the number of rows.

    Parameters
    ----------
    references : source → file of its reference picture.
    protocol : scale of the columns ``jod`` and ``jnd``.

    Raises
    ------
    UnusableAnswersError
        No picture with a threshold on the axis of a codec of ours, or no reference picture for one.
    MissingExtraError
        pyarrow is not installed.
    OSError
        The file cannot be written.
    """
    scale = protocol_named(protocol).jnd_per_jod
    rows: list[Result] = []
    left_out = []
    for picture in result["pictures"]:
        codec = CODECS.get(picture.get("codec") or "")
        curve = satisfied_curve(picture)
        if codec is None or curve is None:
            left_out.append(picture["name"])
            continue
        reference = references.get(picture["source"])
        if reference is None or not reference.is_file():
            raise UnusableAnswersError(
                f"{picture['name']}: no reference picture; labels need the study's folder with its stimuli"
            )
        pixels = seen(read_picture(reference))
        level, satisfied = curve
        # Only whole levels of the codec between the first and the last that were shown.
        wanted = np.array([v for v in codec.levels if level[0] <= v <= level[-1]], dtype=np.int64)
        jod = jod_of_satisfied(np.clip(np.interp(wanted, level, satisfied), *SURE), protocol=protocol)
        for step, value in zip(wanted.tolist(), np.asarray(jod, dtype=np.float64).tolist(), strict=True):
            ((parameter, setting),) = codec.setting(step).items()
            rows.append(
                {
                    "picture": picture_hash(pixels), "name": picture["source"], "path": str(reference.resolve()),
                    "group": picture["source"], "width": pixels.shape[1], "height": pixels.shape[0], "codec": codec.name,
                    "encoder": codec.encoder, "chroma_subsampling": None, "effort": None, "level": step,
                    "parameter": parameter, "setting": float(setting), "bytes": None, "jod": value,
                    "jnd": (10.0 - value) * scale, "worst_window_jod": None, "psnr": None, "viewing": "study",
                    "pixels_per_degree": pixels_per_degree, "protocol": protocol,
                }
            )  # fmt: skip
    if not rows:
        why = f" ({', '.join(left_out[:5])})" if left_out else ""
        raise UnusableAnswersError(
            f"no picture has a threshold on the level axis of a codec{why}; labels need a method with thresholds and a codec"
        )
    write_bytes_atomically(output, _parquet(rows, result, protocol))
    return len(rows)


def satisfied_curve(picture: Result) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]] | None:
    """Levels and the share of people who notice nothing at them; None for a picture without threshold."""
    people = picture.get("distribution")
    if people:
        return np.array(people["sur"]["level"]), np.array(people["sur"]["satisfied"])
    if picture.get("threshold") is None or "width" not in picture:
        return None
    levels = np.array(picture["levels"], dtype=np.float64)
    grid = np.linspace(levels.min(), levels.max(), 61)
    detected = psychometric_function(
        grid, picture["threshold"], picture["width"], function=picture.get("function", "normal")
    )
    return grid, 1 - detected


def _parquet(rows: list[Result], result: Result, protocol: str) -> bytes:
    arrow = pyarrow()
    metadata = {
        "labels": "people's labels: answers of people in a study, as the JOD of equal satisfied users",
        "answers": "of simulated observers" if result["simulated"] else "of people",
        "share": SHARE,
        "study": result["study"],
        "version": result["version"],
        "verified": result["verified"],
        "snapshot": result["snapshot"],
        "methods": list(result["methods"]),
        "observers": result["observers"],
        "protocol": protocol,
        "excluded_sessions": len(result["exclusion"]["excluded_sessions"]),
    }
    schema = arrow.schema(
        [(name, getattr(arrow, kind)()) for name, kind in COLUMNS.items()],
        metadata={METADATA_KEY: json.dumps(metadata).encode()},
    )
    buffer = io.BytesIO()
    arrow.parquet.write_table(arrow.Table.from_pylist(rows, schema=schema), buffer, compression="zstd")
    return buffer.getvalue()
