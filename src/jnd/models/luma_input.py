"""The checks at the door of every JND model: what a luma plane, a border and a frame rate must be."""

import math
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


def luma_plane(luma: npt.ArrayLike, *, smallest_size: tuple[int, int], model: str) -> npt.NDArray[Any]:
    """``luma`` as a contiguous (H, W) array of uint8, float32 or float64, checked; never a changed input.

    Parameters
    ----------
    luma : (H, W) grey levels from 0 to 255: uint8, float32 or float64. uint8 and float32 are computed in
        32-bit, float64 in 64-bit arithmetic; so is the result.
    smallest_size : height and width that the model needs.
    model : its name, for messages.

    Raises
    ------
    TypeError
        Another dtype.
    ValueError
        Not a plane, too small, or a value that is not finite or outside 0..255.
    """
    plane = np.asarray(luma)
    if plane.dtype not in (np.uint8, np.float32, np.float64):
        raise TypeError(
            f"luma must be uint8, float32 or float64 grey levels from 0 to 255, got {plane.dtype}; "
            "convert it, for example luma.astype(np.float64) * (255 / largest_code_value)"
        )
    if plane.ndim != 2:
        raise ValueError(
            f"luma must be one plane of shape (H, W), got {plane.shape}; for a colour picture take its luma, "
            "for example jnd.vision.luma.luma_bt601(rgb)"
        )
    height, width = smallest_size
    if plane.shape[0] < height or plane.shape[1] < width:
        raise ValueError(
            f"{model} needs a picture of at least {width}x{height} pixels (width x height), got "
            f"{plane.shape[1]}x{plane.shape[0]}; enlarge the picture or pad it"
        )
    if plane.dtype != np.uint8:
        lowest, highest = plane.min(), plane.max()  # NaN propagates to both
        if not (lowest >= 0 and highest <= 255):
            found = "NaN" if np.isnan(lowest) else f"{lowest:g} to {highest:g}"
            raise ValueError(
                f"luma must be finite grey levels from 0 to 255, got {found}; "
                "clip it with numpy.clip(luma, 0, 255), or multiply by 255 what runs from 0 to 1"
            )
    return np.ascontiguousarray(plane)


def working_dtype(plane: npt.NDArray[Any]) -> type[np.float32] | type[np.float64]:
    """float64 for a float64 plane, float32 for everything else."""
    return np.float64 if plane.dtype == np.float64 else np.float32


def check_border(border: str) -> None:
    """Raise ValueError unless ``border`` is "reflect" or "zero"."""
    if border not in {"reflect", "zero"}:
        raise ValueError(
            f'border must be "reflect" (the edge pixels are mirrored) or "zero" (as the authors\' code pads), '
            f"got {border!r}"
        )


def check_frame_rate(frames_per_second: float) -> None:
    """Raise ValueError unless the frame rate is positive and finite."""
    if not (math.isfinite(frames_per_second) and frames_per_second > 0):
        raise ValueError(
            f"frames per second must be positive and finite, got {frames_per_second}; films have 24"
        )
