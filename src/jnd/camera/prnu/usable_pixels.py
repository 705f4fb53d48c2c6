"""Which pixels can carry a fingerprint, and whether a picture has enough of them.

PRNU scales the light that falls on a pixel: where a pixel is saturated nothing of it is left, where it is black there was
nothing to scale. A picture that is all like that, or drawn, or wiped smooth, says nothing of its camera, and is refused
instead of guessed at.
References: [Chen2008].
"""

import cv2
import numpy as np
import numpy.typing as npt

from jnd.camera.prnu.daubechies import Plane
from jnd.errors import UnusablePictureError
from jnd.vision.luma import BT601

SATURATED = 252.0
"""8-bit code values: what comes near 255 was clipped before JPEG smeared it. Own choice, near [Chen2008]'s program."""
DARK = 4.0
"""8-bit code values: light below this carries no PRNU that survives rounding. Own choice."""
LEAST_SHARE = 0.05
"""Of usable pixels. Own choice."""
LEAST_NOISE = 0.02
"""Standard deviation of the residual in 8-bit code values: rounding alone leaves some 0.3. Own choice."""


def light(pixels: npt.NDArray[np.uint8 | np.uint16]) -> Plane:
    """What PRNU scales: luma, and 0 where a channel is saturated.

    Parameters
    ----------
    pixels : (H, W) or (H, W, 3), uint8 or uint16.

    Returns
    -------
    (H, W) float32, 8-bit code values.
    """
    scale = 1.0 if pixels.dtype == np.uint8 else 257.0
    if pixels.ndim == 2:
        luma, largest = pixels.astype(np.float32), pixels
    else:
        luma = cv2.transform(pixels, np.array([BT601], np.float32)).astype(np.float32)
        first, second, third = cv2.split(np.ascontiguousarray(pixels))
        largest = np.asarray(cv2.max(cv2.max(first, second), third))
    luma[largest >= SATURATED * scale] = 0
    luma /= np.float32(scale)
    plane: Plane = luma
    return plane


def usable_share(light_plane: Plane, residual: Plane) -> float:
    """Which share of pixels, 0 to 1, can carry a fingerprint.

    Raises
    ------
    UnusablePictureError
        The picture is saturated, black or flat; the message says which.
    """
    usable = light_plane >= DARK
    share = float(usable.mean())
    if share < LEAST_SHARE:
        raise UnusablePictureError(
            f"only {100 * share:.1f} % of its pixels are neither saturated nor black, at least {100 * LEAST_SHARE:.0f} % "
            "are needed; take a picture that is exposed normally"
        )
    noise = float(residual[usable].std(dtype=np.float64))
    if noise < LEAST_NOISE:
        raise UnusablePictureError(
            f"has no noise left (standard deviation {noise:.3f} code values, at least {LEAST_NOISE} are needed): flat, "
            "drawn or smoothed; take the original file of the camera"
        )
    return share
