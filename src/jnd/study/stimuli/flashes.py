"""Whether the alternation of two pictures could trouble people with photosensitive epilepsy.

After WCAG 2.2, general flash: a change of relative luminance by a tenth or more, where the darker state is below 0.8. We
refuse it on more than a tenth of the picture (the guideline: a quarter of ten degrees), at any rate above three per second.
"""

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from jnd.viewing import srgb_to_linear

CHANGE: Final = 0.1
BRIGHT: Final = 0.8
LARGEST_SHARE: Final = 0.1
BLOCK: Final = 8
"""Side in pixels over which luminance is averaged first: pixels that change against each other are no flash."""


def flash_share(reference: npt.NDArray[np.uint8], test: npt.NDArray[np.uint8]) -> float:
    """Share of the area that flashes when two (H, W, 3) sRGB pictures alternate."""
    one, other = (_blocks(picture) for picture in (reference, test))
    flashes = (np.abs(one - other) >= CHANGE) & (np.minimum(one, other) < BRIGHT)
    return float(flashes.mean())


def _blocks(picture: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
    luminance = srgb_to_linear(picture / 255.0) @ np.array([0.2126, 0.7152, 0.0722])  # IEC 61966-2-1
    height, width = (max(1, side // BLOCK) for side in luminance.shape)
    return np.asarray(cv2.resize(luminance, (width, height), interpolation=cv2.INTER_AREA), dtype=np.float64)
