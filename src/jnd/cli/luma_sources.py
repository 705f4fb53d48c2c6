"""What ``jnd map`` and ``jnd prefilter`` read: a picture, a folder of frames, or a ``.y4m`` file."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import typer

from jnd.errors import JndError
from jnd.frames import Y4mFrame, frame_files, read_y4m
from jnd.picture import MAX_PIXELS, read_picture, seen
from jnd.vision.luma import luma_of

Value = TypeVar("Value")
MAP_FRAME_RATE = 30.0
"""Of folders, which do not say one."""


@dataclass(frozen=True, slots=True)
class LumaFrame:
    """One picture to make a map of."""

    source: Path
    number: int | None
    """From 1 in a sequence; None for a single picture."""
    luma: npt.NDArray[np.float32]
    frames_per_second: float | None
    """Of a ``.y4m`` file; None where nothing says it."""


def is_y4m(path: Path) -> bool:
    """By the name, as there is no other kind of file that it could be taken for."""
    return path.suffix.lower() == ".y4m"


def luma_frames(source: Path, *, max_pixels: int = MAX_PIXELS) -> Iterator[LumaFrame]:
    """Luma of a picture, or of each frame of a folder or ``.y4m`` file in order.

    Colour pictures are brought to sRGB over black first; luma is BT.601 of the code values.
    """
    if is_y4m(source):
        frame: Y4mFrame
        for number, frame in enumerate(read_y4m(source), start=1):
            yield LumaFrame(source, number, frame.luma, float(frame.header.frames_per_second))
    elif source.is_dir():
        for number, path in enumerate(frame_files(source), start=1):
            yield LumaFrame(path, number, luma_of(seen(read_picture(path, max_pixels=max_pixels))), None)
    else:
        yield LumaFrame(source, None, luma_of(seen(read_picture(source, max_pixels=max_pixels))), None)


def numbered(output: Path, number: int | None) -> Path:
    """``output``, with the number of the frame before its suffix."""
    return output if number is None else output.with_name(f"{output.stem}_{number:05d}{output.suffix}")


def or_usage_error(call: Callable[[], Value], option: str) -> Value:
    """What ``call`` returns; a value that it refuses ends with status 2."""
    try:
        return call()
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint=option) from error


def or_failure(call: Callable[[], Value]) -> Value:
    """What ``call`` returns; what it cannot read or write ends with a message and status 1."""
    try:
        return call()
    except (JndError, ValueError, OSError) as error:
        typer.echo(f"Error: {error}", err=True)
        raise typer.Exit(1) from error
