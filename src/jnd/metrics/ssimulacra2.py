"""SSIMULACRA 2.1 [Sneyers2023]: structural similarity unveiling local and compression related artifacts.

In: two pictures of one size as sRGB code values. Out: a score: 100 for the same picture, 90 hardly to be told apart,
70 high quality, 50 medium, 30 low; it can fall below 0.

Error maps of structure, added edges and lost edges at six scales of the opponent colours XYB; their means and 4-norms
are weighted and added with the 108 published weights, which were fitted to opinion scores (CID22 and others).

Equal to pip ``ssimulacra2`` 0.3.0 to the eight decimals that it prints. That package differs from the reference in C++
(github.com/cloudinary/ssimulacra2), and we follow the package:

- a Gaussian of 11 taps, where the reference has a recursive approximation of it;
- rows are mirrored above and below the picture (zeros on the left and right as in the reference, which has zeros on
  all four sides);
- 64 bits, where the reference has 32.

Differs from both: a picture with a side under 8 pixels is an error, where they say 100 whatever it shows.
"""

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from jnd.metrics.linear_light import linear_pair
from jnd.vision.local_filters import gaussian_weights
from jnd.vision.native_kernel import native_kernel

Array = npt.NDArray[np.float64]

SMALLEST_SIDE: Final = 8
"""Pixels; scales with a smaller side are left out [Sneyers2023, program]."""
SCALES: Final = 6
_STABILISER: Final = 0.0009

_ABSORBANCE: Final = np.array([
    [0.30, 1 - 0.078 - 0.30, 0.078],
    [0.23, 1 - 0.078 - 0.23, 0.078],
    [0.24342268924547819, 0.20476744424496821, 1 - 0.24342268924547819 - 0.20476744424496821],
])  # fmt: skip
"""Linear sRGB to the cones of XYB [Sneyers2023; JPEG XL, opsin parameters]."""
_BIAS: Final = 0.0037930732552754493

# Of channel (X, Y, B-Y), scale, norm (mean, 4-norm): structure, edges added, edges lost [Sneyers2023, version 2.1].
_WEIGHTS: Final = np.array([
    0, 0.0007376606707406586, 0, 0, 0.0007793481682867309, 0,
    0, 0.0004371155730107379, 0, 1.1041726426657346, 0.00066284834129271, 0.00015231632783718752,
    0, 0.0016406437456599754, 0, 1.8422455520539298, 11.441172603757666, 0,
    0.0007989109436015163, 0.000176816438078653, 0, 1.8787594979546387, 10.94906990605142, 0,
    0.0007289346991508072, 0.9677937080626833, 0, 0.00014003424285435884, 0.9981766977854967, 0.00031949755934435053,
    0.0004550992113792063, 0, 0, 0.0013648766163243398, 0, 0,
    0, 0, 0, 7.466890328078848, 0, 17.445833984131262,
    0.0006235601634041466, 0, 0, 6.683678146179332, 0.00037724407979611296, 1.027889937768264,
    225.20515300849274, 0, 0, 19.213238186143016, 0.0011401524586618361, 0.001237755635509985,
    176.39317598450694, 0, 0, 24.43300999870476, 0.28520802612117757, 0.0004485436923833408,
    0, 0, 0, 34.77906344483772, 44.835625328877896, 0,
    0, 0, 0, 0, 0, 0,
    0, 0.0008680556573291698, 0, 0, 0, 0,
    0, 0.0005313191874358747, 0, 0.00016533814161379112, 0, 0,
    0, 0, 0, 0.0004179171803251336, 0.0017290828234722833, 0,
    0.0020827005846636437, 0, 0, 8.826982764996862, 23.19243343998926, 0,
    95.1080498811086, 0.9863978034400682, 0.9834382792465353, 0.0012286405048278493, 171.2667255897307, 0.9807858872435379,
    0, 0, 0, 0.0005130064588990679, 0, 0.00010854057858411537,
]).reshape(3, SCALES, 2, 3)  # fmt: skip


def ssimulacra2(reference: npt.ArrayLike, changed: npt.ArrayLike) -> float:
    """Quality of ``changed`` against ``reference``: 100 is the same picture, smaller is worse.

    Not symmetric: added edges weigh other than lost ones.

    Parameters
    ----------
    reference, changed : (H, W, 3) or (H, W) sRGB code values: uint8, uint16, or floating point from 0 to 1.

    Raises
    ------
    ValueError
        Sizes differ, an array is no picture, or a side is shorter than 8 pixels.

    >>> grey = np.full((32, 32, 3), 128, np.uint8)
    >>> spot = grey.copy()
    >>> spot[12:20, 12:20] = 160
    >>> ssimulacra2(grey, grey), round(ssimulacra2(grey, spot), 2)
    (100.0, 83.4)
    """
    one, two = linear_pair(reference, changed, smallest_side=SMALLEST_SIDE, dtype=np.float64)
    scales: list[Array] = []
    for scale in range(SCALES):
        if min(one.shape[1:]) < SMALLEST_SIDE:
            break
        scales.append(_norms(one, two))
        if scale < SCALES - 1:
            one, two = _halved(one), _halved(two)
    # A small picture has fewer scales, and then takes the weights in the order of the list, as the program does.
    terms = np.stack(scales, axis=1)
    error = float(_WEIGHTS.ravel()[: terms.size] @ terms.ravel())
    error *= 0.9562382616834844
    error = 2.326765642916932 * error - 0.020884521182843837 * error**2 + 6.248496625763138e-05 * error**3
    return 100.0 - 10.0 * float(error**0.6276336467831387) if error > 0 else 100.0


def _norms(one: Array, two: Array) -> Array:
    """(3 channels, 2 norms, 3 kinds of error) of one scale."""
    kernel = native_kernel("jnd.metrics._scores_native")
    if kernel is None:
        sums = _sums(one, two)
    else:
        sums = np.empty((3, 3, 2))
        height, width = one.shape[1:]
        kernel.ssimulacra2_scale(one, two, _TAPS, _OPSIN, height, width, sums)
    means: Array = sums / one[0].size
    means[..., 1] **= 0.25
    return np.ascontiguousarray(means.transpose(0, 2, 1))


_TAPS: Final = gaussian_weights(11, 1.5)
_OPSIN: Final = np.concatenate([_ABSORBANCE.ravel(), [_BIAS, np.cbrt(_BIAS)]])


def _halved(planes: Array) -> Array:
    """Means of 2x2 pixels, (3, H, W); at an odd edge of those that there are."""
    planes = np.pad(planes, ((0, 0), (0, planes.shape[1] % 2), (0, planes.shape[2] % 2)), mode="edge")
    rows = planes[:, ::2] + planes[:, 1::2]
    return (rows[:, :, ::2] + rows[:, :, 1::2]) * 0.25


def _xyb(linear: Array) -> Array:
    """(3, H, W) linear light to XYB, shifted and scaled to be positive."""
    cones = np.cbrt(np.tensordot(_ABSORBANCE, linear, 1) + _BIAS) - np.cbrt(_BIAS)
    x, y = 0.5 * (cones[0] - cones[1]), 0.5 * (cones[0] + cones[1])
    return np.stack([x * 14 + 0.42, y + 0.01, cones[2] - y + 0.55])


def _blurred(planes: Array) -> Array:
    from scipy.ndimage import correlate1d

    across = correlate1d(planes, _TAPS, axis=2, mode="constant")
    blurred: Array = correlate1d(across, _TAPS, axis=1, mode="reflect")
    return blurred


def _sums(linear_one: Array, linear_two: Array) -> Array:
    """The numpy path: (3 channels, 3 kinds of error, 2) sums of the error maps and of their fourth powers."""
    one, two = _xyb(linear_one), _xyb(linear_two)
    mean1, mean2 = _blurred(one), _blurred(two)
    numerator = 2 * (_blurred(one * two) - mean1 * mean2) + _STABILISER
    denominator = (_blurred(one * one) - mean1 * mean1) + (_blurred(two * two) - mean2 * mean2) + _STABILISER
    structure = np.maximum(1 - (1 - (mean1 - mean2) ** 2) * numerator / denominator, 0)
    ratio = (1 + np.abs(two - mean2)) / (1 + np.abs(one - mean1)) - 1
    maps: list[npt.NDArray[Any]] = [structure, np.maximum(ratio, 0), np.maximum(-ratio, 0)]
    return np.stack([[m.sum((1, 2)), (m**4).sum((1, 2))] for m in maps]).transpose(2, 0, 1)
