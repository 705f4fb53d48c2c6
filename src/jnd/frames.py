"""Sequences of frames: folders of pictures, and YUV4MPEG2 (``.y4m``) files, read one frame at a time.

In: a path. Out: luma planes in grey levels 0 to 255, in order, with the frame rate; ``.y4m`` files are written too.
"""

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from jnd.errors import UnreadablePictureError
from jnd.picture.identify import READABLE_EXTENSIONS
from jnd.picture.writing import opened_atomically

Plane = npt.NDArray[np.float32]

DEFAULT_RATE = Fraction(30)
MAX_HEADER_BYTES = 4096
MAX_SIDE = 16384

_COLOUR = re.compile(
    r"^(?:(420|422|444|411)(?:jpeg|mpeg2|paldv)?(?:p(9|10|12|14|16))?|(mono)(9|10|12|14|16)?)$"
)


@dataclass(frozen=True, slots=True)
class Y4mHeader:
    """What the first line of a ``.y4m`` file says."""

    width: int
    height: int
    frames_per_second: Fraction
    chroma: str
    """"420", "422", "444", "411" or "mono"."""
    bits: int
    full_range: bool
    """XCOLORRANGE=FULL; otherwise black is 16 and white 235 (times 2^(bits - 8))."""
    line: bytes
    """The line itself, without its end."""

    @property
    def luma_bytes(self) -> int:
        """Of one frame."""
        return self.width * self.height * (2 if self.bits > 8 else 1)

    @property
    def chroma_bytes(self) -> int:
        """Of both chroma planes of one frame."""
        columns, rows = {
            "420": (2, 2),
            "422": (2, 1),
            "444": (1, 1),
            "411": (4, 1),
            "mono": (0, 0),
        }[self.chroma]
        if not columns:
            return 0
        return 2 * -(-self.width // columns) * -(-self.height // rows) * (2 if self.bits > 8 else 1)


@dataclass(frozen=True, slots=True)
class Y4mFrame:
    """One frame: luma in grey levels, and what is needed to write it back."""

    luma: Plane
    header: Y4mHeader
    parameters: bytes
    chroma: bytes


def read_y4m(path: str | os.PathLike[str]) -> Iterator[Y4mFrame]:
    """Frames of a YUV4MPEG2 file in order, each read when it is asked for.

    Luma is (H, W) float32 in grey levels 0 to 255: video range is stretched so that 16 is 0 and 235 is 255 and
    values beyond are clipped; more than 8 bits keep their fractions. Interlaced fields are not separated.

    Raises
    ------
    UnreadablePictureError
        Missing, no YUV4MPEG2 file, of a chroma format not known here, with impossible numbers, truncated,
        or without frames.
    """
    path = Path(path)
    try:
        file = path.open("rb")
    except OSError as error:
        raise UnreadablePictureError(
            f"{path}: cannot be opened ({error.strerror}); check its name"
        ) from error
    with file:
        header = _header(file, path)
        number = 0
        while line := file.readline(MAX_HEADER_BYTES):
            if not line.startswith(b"FRAME") or not line.endswith(b"\n"):
                raise UnreadablePictureError(
                    f"{path}: frame {number + 1} does not begin with FRAME; the file is damaged"
                )
            luma = file.read(header.luma_bytes)
            chroma = file.read(header.chroma_bytes)
            if len(luma) + len(chroma) < header.luma_bytes + header.chroma_bytes:
                raise UnreadablePictureError(
                    f"{path}: ends in frame {number + 1}, after {len(luma) + len(chroma)} of its "
                    f"{header.luma_bytes + header.chroma_bytes} bytes; write it again"
                )
            number += 1
            yield Y4mFrame(_grey_levels(luma, header), header, line[5:-1], chroma)
        if not number:
            raise UnreadablePictureError(f"{path}: has no frames; write it again")


def write_y4m(frames: Iterable[Y4mFrame], path: str | os.PathLike[str]) -> int:
    """Write frames as they were read, with the luma they hold now; the number of frames.

    Luma is rounded to the file's code values. The file appears under its name when it is complete.

    Raises
    ------
    ValueError
        No frames, or frames of different headers.
    OSError
        The folder is missing, read-only or full. Nothing is left behind.
    """
    number = 0
    first: bytes | None = None
    with opened_atomically(path) as file:
        for frame in frames:
            if first is None:
                first = frame.header.line
                file.write(first + b"\n")
            elif frame.header.line != first:
                raise ValueError(
                    f"frame {number + 1} has another header than the first; write it to a file of its own"
                )
            file.write(b"FRAME" + frame.parameters + b"\n" + _code_values(frame) + frame.chroma)
            number += 1
        if not number:
            raise ValueError("there are no frames to write; a sequence needs at least one")
    return number


def frame_files(folder: str | os.PathLike[str]) -> list[Path]:
    """Pictures of a folder as frames, sorted by name with numbers in numeric order.

    Raises
    ------
    UnreadablePictureError
        No folder, or none of its files has the name of a picture.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise UnreadablePictureError(f"{folder}: is no folder; name one that holds the frames")
    files = [
        path for path in folder.iterdir() if path.suffix.lower() in READABLE_EXTENSIONS and path.is_file()
    ]
    if not files:
        raise UnreadablePictureError(f"{folder}: holds no pictures; frames are files such as frame_001.png")
    return sorted(files, key=_natural_order)


def _natural_order(path: Path) -> tuple[tuple[int, int, str], ...]:
    parts = re.split(r"([0-9]+)", path.name)
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts if part)


def _header(file: BinaryIO, path: Path) -> Y4mHeader:
    line = file.readline(MAX_HEADER_BYTES)
    words = line.rstrip(b"\n").split(b" ")
    if words[0] != b"YUV4MPEG2" or not line.endswith(b"\n"):
        raise UnreadablePictureError(
            f"{path}: is no YUV4MPEG2 file; make one with: ffmpeg -i VIDEO video.y4m"
        )
    fields: dict[str, str] = {}
    full_range = False
    for word in words[1:]:
        text = word.decode("ascii", "replace")
        if text.startswith("X"):
            full_range = full_range or text == "XCOLORRANGE=FULL"
        elif text:
            fields[text[0]] = text[1:]
    colour = _COLOUR.match(fields.get("C", "420"))
    if colour is None:
        raise UnreadablePictureError(
            f"{path}: has the chroma format {fields['C']!r}; readable are 420, 422, 444, 411 and mono, 8 to 16 bits"
        )
    width, height = (_number(fields.get(key, ""), key, path) for key in ("W", "H"))
    bits = int(colour[2] or colour[4] or 8)
    return Y4mHeader(
        width,
        height,
        _rate(fields.get("F", "")),
        colour[1] or "mono",
        bits,
        full_range,
        line.rstrip(b"\n"),
    )


def _number(text: str, key: str, path: Path) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MAX_SIDE:
        raise UnreadablePictureError(
            f"{path}: {key} of its header must be from 1 to {MAX_SIDE}, got {text!r}; the file is damaged"
        )
    return int(text)


def _rate(text: str) -> Fraction:
    numerator, _, denominator = text.partition(":")
    if numerator.isdecimal() and denominator.isdecimal() and int(numerator) and int(denominator):
        return Fraction(int(numerator), int(denominator))
    return DEFAULT_RATE  # 0:0 is "unknown" by the format's own words


def _levels(header: Y4mHeader) -> tuple[float, float]:
    """Code values of black and white."""
    if header.full_range:
        return 0.0, float(2**header.bits - 1)
    unit = 2 ** (header.bits - 8)
    return 16.0 * unit, 235.0 * unit


def _grey_levels(data: bytes, header: Y4mHeader) -> Plane:
    code = np.frombuffer(data, "<u2" if header.bits > 8 else np.uint8)
    black, white = _levels(header)
    grey = (code.reshape(header.height, header.width).astype(np.float32) - np.float32(black)) * np.float32(
        255 / (white - black)
    )
    return np.clip(grey, 0, 255, out=grey)


def _code_values(frame: Y4mFrame) -> bytes:
    black, white = _levels(frame.header)
    code: npt.NDArray[Any] = np.rint(frame.luma * ((white - black) / 255) + black)
    return code.astype("<u2" if frame.header.bits > 8 else np.uint8).tobytes()
