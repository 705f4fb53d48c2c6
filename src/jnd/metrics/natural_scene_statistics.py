"""Statistics of natural pictures that distortions disturb: what BRISQUE and NIQE measure.

In: one picture. Out: its luma, the same locally normalised, and 18 numbers that describe that.

Sources: Mittal, Moorthy & Bovik (2012), equations 1 to 15 [Mittal2012]; the generalised Gaussian is fitted by
matching moments, Sharifi & Leon-Garcia (1995), the asymmetric one as Lasmar, Stitou & Berthoumieu (2009) do.
The shape is found by interpolating the ratio of gamma functions between steps of 0.001, where the authors' program
takes the nearest step. Products that would leave the picture are left out; the authors' program wraps around.
"""

from functools import cache

import cv2
import numpy as np
import numpy.typing as npt
from scipy.special import gammaln

from jnd.picture import check_code_values
from jnd.vision.luma import luma_bt601

Array = npt.NDArray[np.floating]

TAPS, SIGMA = 7, 7 / 6
"""Of the Gaussian window, [Mittal2012] section III-A: 7 by 7, sampled to three standard deviations."""
STABILITY = 1.0
"""C of equation 1."""
SHAPES = (0.2, 10.0)
"""Range of shapes that are looked for, as in the authors' program."""
FEATURES = 18
"""Per scale: shape and variance of the normalised picture; shape, mean and two variances of four products."""


def half_size(luma: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """(H // 2, W // 2) means of 2 by 2 pixels."""
    height, width = luma.shape
    even = luma[: height // 2 * 2, : width // 2 * 2]
    return np.asarray(cv2.resize(even, (width // 2, height // 2), interpolation=cv2.INTER_AREA), np.float32)


def checked_luma(picture: npt.NDArray[np.uint8], smallest_side: int) -> npt.NDArray[np.float32]:
    """(H, W) float32 luma of a uint8 picture; raise what the two scores raise."""
    check_code_values(picture, "the picture", deep=False)
    if min(picture.shape[:2]) < smallest_side:
        raise ValueError(
            f"a score without a reference needs sides of {smallest_side} pixels or more, got "
            f"{picture.shape[1]}x{picture.shape[0]}; statistics of fewer pixels say nothing"
        )
    return luma_bt601(picture.astype(np.float32)) if picture.ndim == 3 else picture.astype(np.float32)


def normalised(luma: Array) -> tuple[Array, Array]:
    """The picture with local mean taken out and local contrast made equal (MSCN), and that contrast.

    Parameters
    ----------
    luma : (H, W) grey levels 0 to 255. Pixels beyond the picture repeat its edge.

    Returns
    -------
    ((I - μ) / (σ + 1), σ), both (H, W) float32; equations 1 to 3.
    """
    picture = np.ascontiguousarray(luma, dtype=np.float32)
    window = cv2.getGaussianKernel(TAPS, SIGMA, cv2.CV_32F)
    # Around the mean of the whole picture, so that the squares lose no digits in 32 bits.
    centred = picture - picture.mean(dtype=np.float64).astype(np.float32)
    mean = cv2.sepFilter2D(centred, -1, window, window, borderType=cv2.BORDER_REPLICATE)
    square = cv2.sepFilter2D(centred * centred, -1, window, window, borderType=cv2.BORDER_REPLICATE)
    contrast = np.sqrt(np.maximum(square - mean * mean, 0))
    return (centred - mean) / (contrast + STABILITY), contrast


def statistics(mscn: Array) -> npt.NDArray[np.float64]:
    """The 18 features of [Mittal2012], table I, at one scale.

    Parameters
    ----------
    mscn : (H, W) from :func:`normalised`, at least 2 by 2 pixels.

    Returns
    -------
    (18,): shape and variance; then per direction (horizontal, vertical, two diagonals) shape, mean, variance to the
    left of zero, variance to the right. A picture without any contrast has zeros and the largest shape.
    """
    shape, variance = generalised_gaussian(mscn)
    products = (
        mscn[:, 1:] * mscn[:, :-1],
        mscn[1:] * mscn[:-1],
        mscn[1:, 1:] * mscn[:-1, :-1],
        mscn[1:, :-1] * mscn[:-1, 1:],
    )
    return np.array([shape, variance, *(value for product in products for value in _asymmetric(product))])


def generalised_gaussian(values: Array) -> tuple[float, float]:
    """Shape and variance of values around zero, by moments."""
    square = float(np.mean(np.square(values), dtype=np.float64))
    if square == 0:
        return SHAPES[1], 0.0
    magnitude = float(np.mean(np.abs(values), dtype=np.float64))
    return _shape(magnitude**2 / square), square


def _asymmetric(values: Array) -> tuple[float, float, float, float]:
    """Shape, mean η, left and right variance of the asymmetric generalised Gaussian; equations 9 to 15."""
    squares = np.square(values, dtype=np.float64)
    negative, positive = values < 0, values > 0
    left = float(np.sqrt(squares[negative].mean())) if negative.any() else 0.0
    right = float(np.sqrt(squares[positive].mean())) if positive.any() else 0.0
    if left == 0 and right == 0:
        return SHAPES[1], 0.0, 0.0, 0.0
    ratio = float(np.mean(np.abs(values), dtype=np.float64)) ** 2 / float(squares.mean())
    # γ^3+1 and so on with γ = left / right, written so that no division by zero is possible.
    skewed = ratio * (left**3 + right**3) * (left + right) / (left**2 + right**2) ** 2
    shape = _shape(skewed)
    mean = (right - left) * np.exp(gammaln(2 / shape) - (gammaln(1 / shape) + gammaln(3 / shape)) / 2)
    return shape, float(mean), left**2, right**2


def _shape(ratio: float) -> float:
    """The shape α for which Γ(2/α)² / (Γ(1/α) Γ(3/α)) is this ratio, within :data:`SHAPES`."""
    ratios, shapes = _ratio_table()
    return float(np.interp(ratio, ratios, shapes))


@cache
def _ratio_table() -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    shapes = np.arange(SHAPES[0], SHAPES[1] + 5e-4, 1e-3)
    return np.exp(2 * gammaln(2 / shapes) - gammaln(1 / shapes) - gammaln(3 / shapes)), shapes
