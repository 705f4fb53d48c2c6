"""How a change of luminance from frame to frame hides distortions.

In: two (H, W) frames in grey levels. Out: (H, W) factor on the spatial threshold.
"""

import math
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.floating[Any]]

FLOOR = 0.8
"""τ: factor where nothing changes [ChouChen1996]."""
DARKENING, BRIGHTENING = 8.0, 3.2
"""H and L: twice the gain at the largest fall and rise of luminance [ChouChen1996]."""
DECAY = 0.15 / (2 * math.pi)
"""Per grey level [ChouChen1996]."""


def interframe_difference(luma: Array, previous: Array) -> Array:
    """Half the change of the pixel plus half that of the picture's mean, grey levels (ild in [Yang2005])."""
    change = luma - previous
    half: Array = (change + change.mean()) / 2
    return half


def interframe_factor(difference: Array) -> Array:
    """Factor on the spatial threshold by the difference of luminance between frames.

    [Yang2005] draws the function without printing it; this is the form of [ChouChen1996] that it refers to, with
    constants that we know from later papers only: 0.8 + 4 exp(-0.0239 (255 + d)) when darker, 0.8 + 1.6
    exp(-0.0239 (255 - d)) when brighter.

    >>> interframe_factor(np.array([-255.0, 0.0, 255.0])).round(2)
    array([4.8 , 0.81, 2.4 ])
    """
    gain = np.where(difference <= 0, DARKENING / 2, BRIGHTENING / 2)
    return FLOOR + gain * np.exp(-DECAY * (255 - np.abs(difference)))
