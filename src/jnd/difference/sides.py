"""Both sides of a comparison as people see them, and what differs between the files beside their pixels.

In go paths, bytes, arrays or PIL pictures, out come :class:`Side` entries and notes. Orientation, colour profile,
bit depth and opacity are brought to one space before anything is compared.
"""

import io
import os
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from jnd.errors import UnreadablePictureError
from jnd.picture import MAX_PIXELS, Picture, file_bytes, read_picture
from jnd.places import is_remote

PictureLike = str | os.PathLike[str] | bytes | Picture | npt.NDArray[Any]
"""A path, the bytes of a file, a picture, an array of code values; PIL pictures are taken too."""

EXIF_ORIENTATION = 0x0112
TURNED = range(2, 9)
"""Orientations other than upright; files also say 0, which turns nothing."""


@dataclass(frozen=True, slots=True)
class Side:
    """One picture of the two."""

    name: str | None
    """Of its file; None if it was made in memory."""
    picture: Picture
    turned: bool
    """Whether its file says that it has to be turned or mirrored to be upright."""


def side(source: PictureLike, *, max_pixels: int = MAX_PIXELS) -> Side:
    """One side from whatever the caller has.

    Parameters
    ----------
    source : path or bytes of a file; a :class:`~jnd.picture.Picture`; an array (H, W), (H, W, 3) or (H, W, 4) of
        uint8 or uint16 code values, sRGB, opacity last; or a PIL picture.
    max_pixels : files of more are refused.

    Raises
    ------
    UnreadablePictureError
        It is no picture that we can read.
    ValueError
        An array of another shape or type.
    """
    if isinstance(source, Picture):
        return Side(None, source, turned=False)
    if isinstance(source, np.ndarray):
        return Side(None, _from_array(source), turned=False)
    if isinstance(source, bytes):
        return Side(None, read_picture(source, max_pixels=max_pixels), turned=_is_turned(source))
    if hasattr(source, "getexif") and hasattr(source, "save"):
        return Side(None, _from_pil(source), turned=False)
    if not is_remote(source) and not isinstance(source, str | os.PathLike):
        raise TypeError(f"a picture is a path, bytes, an array or a PIL picture, got {type(source).__name__}")
    data = file_bytes(source, max_pixels=max_pixels)
    try:
        return Side(str(source), read_picture(data, max_pixels=max_pixels), turned=_is_turned(data))
    except UnreadablePictureError as error:
        raise UnreadablePictureError(f"{source}: {error}") from error


def differences_of_files(reference: Side, changed: Side) -> tuple[str, ...]:
    """What differs beside the pixels, in words; all of it is taken care of before pictures are compared."""
    notes = []
    one, other = reference.picture, changed.picture
    depths = [8 * picture.pixels.itemsize for picture in (one, other)]
    if depths[0] != depths[1]:
        notes.append(f"bit depth: REFERENCE {depths[0]}, CHANGED {depths[1]}; compared as they are")
    if (one.alpha is None) != (other.alpha is None):
        which = "REFERENCE" if one.alpha is not None else "CHANGED"
        notes.append(f"only {which} is transparent; compared over black and over white, the worse counts")
    if one.icc_profile != other.icc_profile:
        names = [
            "no profile (sRGB)" if picture.icc_profile is None else "a profile" for picture in (one, other)
        ]
        how = "different profiles" if names[0] == names[1] else f"REFERENCE {names[0]}, CHANGED {names[1]}"
        notes.append(f"colour profile: {how}; compared in sRGB")
    if (one.pixels.ndim == 2) != (other.pixels.ndim == 2):
        which = "REFERENCE" if one.pixels.ndim == 2 else "CHANGED"
        notes.append(f"only {which} is stored as grey")
    if reference.turned != changed.turned:
        which = "REFERENCE" if reference.turned else "CHANGED"
        notes.append(f"only {which} is turned by its orientation tag; compared upright")
    return tuple(notes)


def _from_array(array: npt.NDArray[Any]) -> Picture:
    if array.ndim == 3 and array.shape[2] == 4:
        return _opaque_without_alpha(Picture(array[..., :3], alpha=array[..., 3]))
    return Picture(array)


def _from_pil(image: Any) -> Picture:
    """Through a file without loss, so that modes, palettes and profiles go one way only."""
    buffer = io.BytesIO()
    try:
        image.save(buffer, "PNG", icc_profile=image.info.get("icc_profile"))
    except OSError as error:
        raise UnreadablePictureError(
            f"a PIL picture of mode {image.mode} cannot be compared ({error}); convert it to RGB"
        ) from error
    return read_picture(buffer.getvalue())


def _opaque_without_alpha(picture: Picture) -> Picture:
    assert picture.alpha is not None
    if picture.alpha.min() == np.iinfo(picture.alpha.dtype).max:
        return Picture(picture.pixels)
    return picture


def _is_turned(data: bytes) -> bool:
    from PIL import Image

    with suppress(Exception), Image.open(io.BytesIO(data)) as image:  # only words depend on it
        return int(image.getexif().get(EXIF_ORIENTATION, 1)) in TURNED
    return False
