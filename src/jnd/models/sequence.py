"""JND maps of frame sequences: models with a temporal term use the frame before, the others take each by itself.

In: luma planes in order. Out: a map per frame, as they come.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from jnd._lookup import lookup
from jnd.models import JND_MODELS, jnd_map
from jnd.models.model_entry import Border
from jnd.vision.temporal_masking import interframe_difference, interframe_factor

Array = npt.NDArray[np.floating[Any]]

MOTION_MODELS = frozenset({"jia2006", "wei2009"})
"""Models whose thresholds depend on the motion of blocks."""
INTERFRAME_MODELS = frozenset({"yang2005"})
"""Models whose thresholds are multiplied by a function of the luminance difference between frames."""


def jnd_maps(
    frames: Iterable[npt.NDArray[Any]],
    *,
    model: str = "wu2017",
    frames_per_second: float = 30.0,
    variant: str | None = None,
    border: Border = "reflect",
    **options: Any,
) -> Iterator[Array]:
    """A map per frame by the named model.

    Parameters
    ----------
    frames : (H, W) luma planes of one size, grey levels 0 to 255; read one at a time.
    model, variant, border, options : of ``jnd_map``.
    frames_per_second : matters to models of motion.

    The first frame has no frame before: it gets the spatial threshold.

    Raises
    ------
    ValueError
        A frame differs in size from the first.
    """
    lookup(JND_MODELS, model, kind="JND model")
    previous: npt.NDArray[Any] | None = None
    for number, frame in enumerate(frames, start=1):
        if previous is not None and frame.shape != previous.shape:
            raise ValueError(
                f"frame {number} is {frame.shape[1]}x{frame.shape[0]}, those before are "
                f"{previous.shape[1]}x{previous.shape[0]}: all frames must have one size"
            )
        temporal: dict[str, Any] = {}
        if model in MOTION_MODELS:
            temporal = {"previous": previous, "frames_per_second": frames_per_second}
        threshold = jnd_map(frame, model=model, variant=variant, border=border, **temporal, **options)
        if model in INTERFRAME_MODELS and previous is not None:
            change = interframe_difference(frame.astype(threshold.dtype), previous.astype(threshold.dtype))
            threshold = threshold * interframe_factor(change).astype(threshold.dtype)
        previous = frame
        yield threshold
