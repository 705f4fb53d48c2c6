"""All features of a change, in one order: what the network is trained on."""

import numpy as np
import numpy.typing as npt

from jnd.difference.kinds.colour_features import colour_features
from jnd.difference.kinds.motion_features import motion_features
from jnd.difference.kinds.planes import pair_of
from jnd.difference.kinds.spectrum_features import spectrum_features
from jnd.difference.kinds.texture_features import texture_features


def change_features(reference: npt.NDArray[np.uint8], changed: npt.NDArray[np.uint8]) -> dict[str, float]:
    """Name → value of each feature, from two (H, W, 3) uint8 sRGB pictures of one size; all are finite."""
    pair = pair_of(reference, changed)
    return {
        **colour_features(pair),
        **spectrum_features(pair),
        **motion_features(pair),
        **texture_features(pair),
    }
