"""The fingerprint of a sensor: its photo-response non-uniformity (PRNU), estimated from pictures that it took.

Every pixel answers to light a little more or less than its neighbours, always by the same share. A picture is
I = I0 + I0 K + noise; from pictures I with noise residuals W the maximum-likelihood estimate is K = Σ W I / Σ I²
[Chen2008]. Patterns that a model's cameras share are taken out after (:mod:`jnd.camera.prnu.linear_pattern`).

Differs from the paper: one plane from luma and the weighted residuals of the colours, not one per colour; saturated pixels
do not count; 1 is added to Σ I², as in the authors' program, so that what never got light is 0.
References: [Lukas2006], [Chen2008].
"""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from jnd.camera.prnu.daubechies import Plane
from jnd.camera.prnu.linear_pattern import without_linear_pattern, without_periodic_pattern
from jnd.camera.prnu.noise_residual import LEAST_SIDE, SIGMA, noise_residual
from jnd.camera.prnu.usable_pixels import light, usable_share
from jnd.camera.sensor_picture import ORIENTATION_RULE, SensorPicture, sensor_picture
from jnd.errors import DifferentSizesError, UnusablePictureError
from jnd.picture.limits import MAX_PIXELS

ENOUGH_PICTURES = 10
"""Fewer leave much of their scenes and noise in a fingerprint. Own choice; reproduce/camera_prnu.py compares 1 to 6."""


@dataclass(frozen=True, slots=True, eq=False)
class Fingerprint:
    """PRNU of one sensor."""

    prnu: Plane
    """(H, W) float32: share by which a pixel answers more than its surround, patterns of the model taken out."""
    label: str
    """Of the camera, as the user calls it."""
    pictures: int
    """How many it was made of."""
    source_sha256: tuple[str, ...]
    """Of their files, in the order in which they were used."""
    sigma: float
    """Of the denoiser, 8-bit code values."""
    orientation_rule: str
    """How pixels were brought into the sensor's coordinates."""
    jnd_version: str
    """That made it."""
    notes: tuple[str, ...] = ()
    """What a person should know before relying on it."""

    @property
    def height(self) -> int:
        """Rows of the sensor."""
        return int(self.prnu.shape[0])

    @property
    def width(self) -> int:
        """Columns of the sensor."""
        return int(self.prnu.shape[1])


def estimate_fingerprint(
    paths: Iterable[str | os.PathLike[str]],
    *,
    label: str,
    sigma: float = SIGMA,
    max_pixels: int = MAX_PIXELS,
    progress: Callable[[int], None] | None = None,
) -> Fingerprint:
    """The fingerprint of the camera that took all of these pictures. One is in memory at a time.

    Parameters
    ----------
    paths : pictures straight from one camera, of one size, not cropped, scaled or edited. Best are 10 or more of
        something bright and smooth, out of focus: an overcast sky, a wall.
    label : name of the camera.
    sigma : of the denoiser, 8-bit code values.
    max_pixels : larger pictures are refused.
    progress : called with the number of pictures done after each.

    Returns
    -------
    The fingerprint. Saturated and flat pictures and copies of one file are left out, and ``notes`` names them.

    Raises
    ------
    UnusablePictureError
        No picture is usable, one is smaller than 64 pixels a side.
    DifferentSizesError
        Pictures of several sizes, or some turned: a fingerprint belongs to places on one sensor.
    UnreadablePictureError
        A file that cannot be read.
    """
    total = _Sums()
    for number, path in enumerate(paths):
        total.add(sensor_picture(path, max_pixels=max_pixels), sigma)
        if progress is not None:
            progress(number + 1)
    return total.fingerprint(label, sigma)


class _Sums:
    """Σ W I and Σ I² over the pictures so far."""

    def __init__(self) -> None:
        self._products = self._squares = np.zeros((0, 0), np.float32)
        self._sha256: dict[str, str] = {}
        self._notes: list[str] = []

    def add(self, picture: SensorPicture, sigma: float) -> None:
        name, shape = picture.path, picture.pixels.shape[:2]
        if picture.sha256 in self._sha256:
            self._notes.append(f"{name} is the same file as {self._sha256[picture.sha256]} and was left out")
            return
        if min(shape) < LEAST_SIDE:
            raise UnusablePictureError(
                f"{name}: has {shape[1]} x {shape[0]} pixels, a fingerprint needs {LEAST_SIDE} a side; "
                "take the camera's full pictures"
            )
        if self._sha256 and shape != self._products.shape:
            raise DifferentSizesError(
                _different_sizes(name, shape, next(iter(self._sha256.values())), self._products.shape)
            )
        bright = light(picture.pixels)
        residual = noise_residual(picture.pixels, sigma=sigma)
        try:
            usable_share(bright, residual)
        except UnusablePictureError as error:
            self._notes.append(f"{name} was left out: {error}")
            return
        if not self._sha256:
            self._products, self._squares = np.zeros(shape, np.float32), np.ones(shape, np.float32)
        self._sha256[picture.sha256] = name
        residual *= bright
        self._products += residual
        bright *= bright
        self._squares += bright

    def fingerprint(self, label: str, sigma: float) -> Fingerprint:
        import jnd

        count = len(self._sha256)
        if not count:
            why = "; ".join(self._notes) or "no pictures were given"
            raise UnusablePictureError(f"no picture can be used for a fingerprint: {why}")
        self._products /= self._squares
        if count < ENOUGH_PICTURES:
            made_of = (
                "1 picture, so its scene and noise are"
                if count == 1
                else f"{count} pictures, so their scenes and noise are"
            )
            self._notes.append(
                f"made of {made_of} still in it; {ENOUGH_PICTURES} or more of a bright smooth surface are better"
            )
        return Fingerprint(
            prnu=without_periodic_pattern(without_linear_pattern(self._products)),
            label=label,
            pictures=count,
            source_sha256=tuple(self._sha256),
            sigma=sigma,
            orientation_rule=ORIENTATION_RULE,
            jnd_version=jnd.__version__,
            notes=tuple(self._notes),
        )


def _different_sizes(name: str, shape: tuple[int, ...], first: str, wanted: tuple[int, ...]) -> str:
    text = f"{name}: has {shape[1]} x {shape[0]} pixels, but {first} {wanted[1]} x {wanted[0]}"
    if shape == wanted[::-1]:
        return (
            f"{text}: its pixels were turned by software, not only by EXIF orientation; "
            "leave it out, or take the camera's own file"
        )
    return f"{text}; a fingerprint needs pictures of one size, neither cropped nor scaled"
