"""A picture as its sensor stores it: pixels before EXIF orientation turns them, and what identifies the file.

A fingerprint belongs to places on the sensor. Cameras store the pixels of a portrait as those of a landscape and say in
EXIF how to turn them for looking; for fingerprints that is not done. Where software did turn the pixels, nothing
in the file says so: such a picture has width and height exchanged, see :mod:`jnd.camera.prnu.correlation`.
"""

import hashlib
import os
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from jnd.errors import UnreadablePictureError
from jnd.picture import CodeValues, file_bytes, read_picture
from jnd.picture.colour import in_8_bits
from jnd.picture.exif import upright
from jnd.picture.limits import MAX_PIXELS
from jnd.picture.reading import stored_orientation

ORIENTATION_RULE = "pixels as stored, EXIF orientation not applied"

_BACK = {6: 8, 8: 6}
"""Orientation that undoes another; the others undo themselves."""


@dataclass(frozen=True, slots=True, eq=False)
class SensorPicture:
    """Pixels in the sensor's coordinates."""

    path: str
    """As it was given."""
    sha256: str
    """Of the file."""
    pixels: CodeValues
    """(H, W) or (H, W, 3), uint8 or uint16, code values of the file's own colour space."""
    orientation: int
    """What EXIF says, 1 to 8; it was not applied. HEIC, JPEG XL and TIFF are turned by their decoders: 1."""


def colour_pixels(path: str | os.PathLike[str]) -> npt.NDArray[np.uint8]:
    """(H, W, 3) code values of 8 bits in the sensor's coordinates, as networks take them.

    Raises
    ------
    UnreadablePictureError
        See :func:`sensor_picture`.
    """
    return in_colour(sensor_picture(path).pixels)


def in_colour(pixels: CodeValues) -> npt.NDArray[np.uint8]:
    """(H, W, 3) of 8 bits from grey or colour of 8 or 16 bits."""
    eight = in_8_bits(pixels)
    return np.asarray(np.stack([eight] * 3, axis=2) if eight.ndim == 2 else eight, dtype=np.uint8)


def sensor_picture(path: str | os.PathLike[str], *, max_pixels: int = MAX_PIXELS) -> SensorPicture:
    """Read a picture without turning it.

    Raises
    ------
    UnreadablePictureError
        As :func:`jnd.picture.read_picture`.
    """
    name = os.fspath(path)
    data = file_bytes(path, max_pixels=max_pixels)
    try:
        picture = read_picture(data, max_pixels=max_pixels)
    except UnreadablePictureError as error:
        raise UnreadablePictureError(f"{name}: {error}") from error
    turned = stored_orientation(data)
    return SensorPicture(
        name,
        hashlib.sha256(data).hexdigest(),
        upright(picture.pixels, _BACK.get(turned, turned)),
        turned,
    )
