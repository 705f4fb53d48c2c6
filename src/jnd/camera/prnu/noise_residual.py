"""What a denoiser takes out of a picture: the noise in which the sensor's fingerprint hides.

Mihçak's filter [Mihcak1999] as camera identification uses it [Lukas2006, appendix A]: a wavelet transform of four levels
(:mod:`jnd.camera.prnu.daubechies`), and in each detail band a Wiener filter with the local variance. The residual is
what the filter removes, so it is made from the removed part of the coefficients at once.

Differs from the paper: the picture is mirrored beyond its edges as far as the wavelet reaches, where the paper says
nothing; colours are weighted into one residual (as luma) in the wavelet domain, which is the same as after it, as the transform
is linear; sigma is 3, see ``SIGMA``.
References: [Mihcak1999], [Lukas2006], [Chen2008].
"""

import cv2
import numpy as np
import numpy.typing as npt

from jnd.camera.prnu.daubechies import Plane, put_together, reach, taken_apart
from jnd.vision.luma import BT601

LEVELS = 4
"""[Lukas2006, appendix A]."""
WINDOWS = (3, 5, 7, 9)
"""Sides of the squares over which the local variance is estimated; the least estimate counts [Mihcak1999], [Lukas2006]."""
SIGMA = 3.0
"""Standard deviation of the noise that is taken out, in 8-bit code values. [Lukas2006] takes 5;
reproduce/camera_prnu.py compares 2, 3 and 5."""
LEAST_SIDE = 64
"""Pixels: a shorter side leaves the coarsest bands hardly any coefficients."""


def noise_residual(pixels: npt.NDArray[np.uint8 | np.uint16], *, sigma: float = SIGMA) -> Plane:
    """The noise of a picture as its denoiser sees it.

    Parameters
    ----------
    pixels : (H, W) grey or (H, W, 3) RGB, uint8, or uint16 of full range. At least 64 pixels a side.
    sigma : of the noise, in 8-bit code values.

    Returns
    -------
    (H, W) float32, 8-bit code values, mean near 0; of colour the weighted sum of three residuals.

    Raises
    ------
    ValueError
        Another shape or type, a picture too small, a sigma that is not positive.
    """
    if (
        pixels.dtype not in (np.uint8, np.uint16)
        or pixels.ndim not in (2, 3)
        or pixels.shape[2:] not in ((), (3,))
    ):
        raise ValueError(
            f"pixels must be (H, W) or (H, W, 3), uint8 or uint16, got {pixels.shape} {pixels.dtype}; "
            "read them with jnd.camera.sensor_picture.sensor_picture"
        )
    height, width = pixels.shape[:2]
    if min(height, width) < LEAST_SIDE:
        raise ValueError(
            f"a picture needs {LEAST_SIDE} pixels a side, got {width} x {height}; take the whole picture"
        )
    if not (np.isfinite(sigma) and sigma > 0):
        raise ValueError(f"sigma must be positive, got {sigma}; 2 to 5 are usual")
    margin, step = reach(LEVELS), 2**LEVELS
    margin += -margin % step
    below, right = margin + -height % step, margin + -width % step
    noise: list[list[Plane]] = []
    for weight, channel in _channels(pixels):
        padded = cv2.copyMakeBorder(channel, margin, below, margin, right, cv2.BORDER_REFLECT)
        plane: Plane = padded.astype(np.float32)
        if pixels.dtype == np.uint16:
            plane /= np.float32(257)
        for level in range(LEVELS):
            plane, details = taken_apart(plane)
            removed = [_removed(band, sigma, weight) for band in details]
            if level == len(noise):
                noise.append(removed)
            else:
                for sum_of_colours, band in zip(noise[level], removed, strict=True):
                    np.add(sum_of_colours, band, out=sum_of_colours)
    residual: Plane | None = None
    for high_low, low_high, high_high in reversed(noise):
        residual = put_together(residual, (high_low, low_high, high_high))
    assert residual is not None
    return np.ascontiguousarray(residual[margin : margin + height, margin : margin + width])


def attenuation(energy: Plane, variance: float) -> Plane:
    """The share of noise in each coefficient, by a Wiener filter with local variance: 1 where there is noise alone.

    Parameters
    ----------
    energy : (H, W) squared coefficients.
    variance : of the noise.

    Returns
    -------
    (H, W) float32 in (0, 1]: variance / max(variance, least local mean of ``energy``) [Mihcak1999].
    """
    least: Plane = np.asarray(
        cv2.blur(energy, (WINDOWS[0], WINDOWS[0]), borderType=cv2.BORDER_REFLECT), np.float32
    )
    for side in WINDOWS[1:]:
        cv2.min(least, cv2.blur(energy, (side, side), borderType=cv2.BORDER_REFLECT), dst=least)
    np.maximum(least, np.float32(variance), out=least)
    np.divide(np.float32(variance), least, out=least)
    return least


def _channels(
    pixels: npt.NDArray[np.uint8 | np.uint16],
) -> list[tuple[float, npt.NDArray[np.uint8 | np.uint16]]]:
    if pixels.ndim == 2:
        return [(1.0, pixels)]
    return [(weight, np.ascontiguousarray(pixels[..., number])) for number, weight in enumerate(BT601)]


def _removed(band: Plane, sigma: float, weight: float) -> Plane:
    """What the Wiener filter takes out of a band, times ``weight``. The transform is orthogonal: noise keeps sigma."""
    share = attenuation(band * band, sigma**2)
    share *= band
    share *= np.float32(weight)
    return share
