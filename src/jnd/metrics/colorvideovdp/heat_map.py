"""Where the difference is: JOD lost per pixel."""

import numpy as np

from jnd.metrics.colorvideovdp import parameters as constants
from jnd.metrics.colorvideovdp._bands_numpy import expand
from jnd.metrics.colorvideovdp.bands import Float32
from jnd.metrics.colorvideovdp.pooling import jod_of_difference
from jnd.metrics.colorvideovdp.reference import Reference
from jnd.picture import CodeValues
from jnd.viewing import ViewingConditions


def heat_map(
    reference: CodeValues | Reference, changed: CodeValues, viewing: ViewingConditions | None = None
) -> Float32:
    """Visible difference per pixel: (H, W) float32, JOD lost, 0 where nothing can be seen.

    The differences of all bands, each pooled over the three colour channels, put back together as a
    Laplacian pyramid. ColorVideoVDP's "raw" heat map times 10.

    Parameters
    ----------
    reference : the reference picture, or a :class:`Reference` of it (then ``viewing`` is its own).
    changed : (H, W, 3) or (H, W) uint8 or uint16 sRGB code values.
    viewing : display and pixels per degree; ``standard_fhd`` when None.
    """
    if not isinstance(reference, Reference):
        reference = Reference(reference, viewing, keep_state=False)
    differences = reference.band_differences(changed)
    last = len(differences.levels) - 1
    total: Float32 | None = None
    for i in range(last, -1, -1):
        weight = constants.STILL_PICTURE_WEIGHT * (constants.BASE_BAND_WEIGHT if i == last else np.ones(3))
        band = _over_channels(differences.maps[i], weight) / np.float32(differences.levels[i].gain)
        if total is not None:
            level = differences.levels[i]
            finer = expand(total[None], np.arange(level.height), level.width)[0]
            total = finer + band
        else:
            total = band
    assert total is not None
    return (10 - jod_of_difference(total)).astype(np.float32)


def _over_channels(difference: Float32, weight: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Float32:
    """4-norm over the channels, with the package's safe powers."""
    epsilon = np.float32(constants.SAFE_POWER_EPSILON)
    floor = epsilon**2 * epsilon**2
    total = np.zeros(difference.shape[1:], np.float32)
    for plane, w in zip(difference, weight, strict=True):
        total += np.square(np.square(plane * np.float32(w) + epsilon)) - floor
    return np.asarray(np.sqrt(np.sqrt(total + epsilon)) - np.sqrt(np.sqrt(epsilon)), np.float32)
