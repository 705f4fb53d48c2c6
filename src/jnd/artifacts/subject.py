"""What detectors look at: the code values of one picture as the file holds them, and the planes made of them once."""

import os
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
import numpy.typing as npt

from jnd.artifacts.dct_histogram import HistogramEstimate, estimate
from jnd.picture import MAX_PIXELS, Picture, read_picture
from jnd.picture.colour import in_8_bits
from jnd.picture.reading import stored_orientation
from jnd.places import place
from jnd.vision.luma import YCBCR

Plane = npt.NDArray[np.float32]

TO_YCBCR = np.array(YCBCR, np.float32)


@dataclass(frozen=True, eq=False)
class Subject:
    """One picture under inspection.

    The traces that detectors look for live in the stored code values, so profiles are not applied, transparency is
    not composed, and 16 bits are rounded to 8.
    """

    pixels: npt.NDArray[np.uint8]
    """(H, W) grey or (H, W, 3) RGB, upright."""
    jpeg: bytes | None = None
    """The file's bytes if it is a JPEG."""
    upright_as_stored: bool = True
    """False if EXIF turned or mirrored the pixels: then a JPEG's blocks no longer begin in the corner."""

    @cached_property
    def luma(self) -> Plane:
        """(H, W) BT.601 luma, 0 to 255, not rounded."""
        if self.pixels.ndim == 2:
            return self.pixels.astype(np.float32)
        return np.asarray(cv2.transform(self.pixels.astype(np.float32), TO_YCBCR[:1]), np.float32)

    @cached_property
    def chroma(self) -> tuple[Plane, Plane] | None:
        """Cb and Cr around zero; None for a picture without colour."""
        if self.pixels.ndim == 2:
            return None
        red, green, blue = (self.pixels[..., channel] for channel in range(3))
        if np.array_equal(red, green) and np.array_equal(green, blue):
            return None
        planes = cv2.split(cv2.transform(self.pixels.astype(np.float32), TO_YCBCR[1:]))
        return np.asarray(planes[0], np.float32), np.asarray(planes[1], np.float32)

    @cached_property
    def clipped(self) -> npt.NDArray[np.bool_]:
        """(H, W) where a channel is at 0 or 255: there the decoder's value is not known."""
        at_end: npt.NDArray[np.bool_] = (self.pixels == 0) | (self.pixels == 255)
        return at_end if at_end.ndim == 2 else np.asarray(at_end.any(axis=2))

    @cached_property
    def compression(self) -> HistogramEstimate | None:
        """The JPEG compression that the pixels show, whatever the file is."""
        return estimate(self.luma, self.clipped)


def subject_of(source: str | os.PathLike[str] | bytes | Picture, *, max_pixels: int = MAX_PIXELS) -> Subject:
    """Read a file (see :func:`jnd.read_picture`, whose errors it raises), or take a picture in memory."""
    if isinstance(source, Picture):
        return Subject(in_8_bits(source.pixels).astype(np.uint8, copy=False))
    picture = read_picture(source, max_pixels=max_pixels)
    pixels = in_8_bits(picture.pixels).astype(np.uint8, copy=False)
    if picture.file_format != "jpeg":
        return Subject(pixels)
    data = source if isinstance(source, bytes) else place(source).read_bytes()
    return Subject(pixels, data, upright_as_stored=stored_orientation(data) == 1)
