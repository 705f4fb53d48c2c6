"""What ``jnd map`` and ``jnd prefilter`` read: a picture, a folder of frames, or a ``.y4m`` file."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from jnd.frames import Y4mFrame, frame_files, read_y4m
from jnd.picture import MAX_PIXELS, read_picture, seen
from jnd.vision.luma import luma_of

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
