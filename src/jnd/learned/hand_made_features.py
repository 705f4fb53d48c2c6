"""Hand-made features of a picture, for the baseline that a learned model has to beat.

Spatial information (ITU-T P.910), colourfulness [Hasler2003], edge density, and means of JND maps.
"""

import cv2
import numpy as np
import numpy.typing as npt

from jnd.models import jnd_map
from jnd.picture import CodeValues
from jnd.vision.luma import luma_bt601

FEATURES = ("spatial_information", "colourfulness", "edge_density", "jnd_luma_masking", "jnd_pattern", "luma", "contrast")  # fmt: skip

EDGE = 40.0
"""Code values of gradient above which a pixel counts as an edge."""


def hand_made_features(pixels: CodeValues) -> npt.NDArray[np.float64]:
    """The numbers named in :data:`FEATURES`; all but the edge density as logarithms where they are scales.

    Parameters
    ----------
    pixels : (H, W, 3) sRGB code values.
    """
    rgb = pixels.astype(np.float32) * (255.0 / np.iinfo(pixels.dtype).max)
    luma = luma_bt601(rgb)
    gradient = np.hypot(cv2.Sobel(luma, cv2.CV_32F, 1, 0), cv2.Sobel(luma, cv2.CV_32F, 0, 1))
    red_green = rgb[..., 0] - rgb[..., 1]
    yellow_blue = (rgb[..., 0] + rgb[..., 1]) / 2 - rgb[..., 2]
    colourfulness = np.hypot(red_green.std(), yellow_blue.std()) + 0.3 * np.hypot(
        red_green.mean(), yellow_blue.mean()
    )
    maps = [float(np.mean(jnd_map(luma, model=model))) for model in ("yang2005", "wu2017")]
    return np.array(
        [
            np.log(gradient.std() + 1),
            np.log(colourfulness + 1),
            (gradient > EDGE).mean(),
            *np.log(maps),
            luma.mean() / 255,
            np.log(luma.std() + 1),
        ],
        dtype=np.float64,
    )
