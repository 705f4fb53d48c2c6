"""Formats that keep every pixel: PNG and WebP, and JPEG XL, which also packs a JPEG's own data tighter.

For each, the bytes of a file and the proof that nothing was lost. A PNG of 16-bit colour is written by us, the rest
by Pillow and pyjpegxl.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import features

from jnd.codecs.jpegxl import JPEGXL
from jnd.errors import CodecError
from jnd.picture import CodeValues, Picture, allowing, read_picture
from jnd.picture.lossless import lossless_bytes

LosslessFunction = Callable[[Picture, bytes | None], bytes]
"""Picture, and its JPEG file if it is one → a file of the same pixels."""


SMOOTHING = 3.0
"""Code values by which the pixels of one JPEG may differ in the mean between libjpeg and libjxl; photographs have 0.5,
and a picture that is turned or has other colours has tens."""


@dataclass(frozen=True, slots=True)
class LosslessFormat:
    """A format in its lossless mode."""

    name: str
    """The same as that of the lossy codec of the format, where there is one."""
    file_format: str
    extension: str
    encoder: str
    """Library and version."""
    browsers: bool
    """Whether every current browser shows it."""
    encode_function: LosslessFunction
    missing: str | None = None
    """How to get the encoder where it is not installed."""

    @property
    def installed(self) -> bool:
        """Whether it can encode here."""
        return self.missing is None

    def encode(self, picture: Picture, jpeg: bytes | None = None) -> bytes:
        """A file of just these pixels, decoded again and compared.

        Parameters
        ----------
        picture : with the profile and the metadata that are to be kept.
        jpeg : the file that ``picture`` was decoded from, if it is a JPEG, with the metadata to be kept. JPEG XL
            holds its coefficients, so that the very file can be had back; other formats store the pixels.

        Raises
        ------
        UnsupportedPictureError
            The format cannot hold the picture without loss; the message names those that can.
        CodecError
            The encoder failed, is not installed, or gave other pixels.
        """
        if self.missing is not None:
            raise CodecError(f"{self.name} is not installed; to get it: {self.missing}")
        try:
            return self.encode_function(picture, jpeg)
        except (OSError, RuntimeError, SyntaxError) as error:
            raise CodecError(f"{self.encoder} failed without loss: {error}; try another format") from error


def _by_pillow(extension: str) -> LosslessFunction:
    def encode(picture: Picture, jpeg: bytes | None) -> bytes:
        data = lossless_bytes(picture, extension)
        _check_same_pixels(picture, data, extension)
        return data

    return encode


def _jpegxl(picture: Picture, jpeg: bytes | None) -> bytes:
    from jnd.codecs.jpegxl import lossless_from_jpeg, lossless_from_pixels

    if jpeg is not None and (data := lossless_from_jpeg(jpeg)) is not None and _looks_like(picture, data):
        return data
    data = lossless_from_pixels(picture)
    _check_same_pixels(picture, data, ".jxl")
    return data


def _looks_like(picture: Picture, data: bytes) -> bool:
    """Whether a JPEG's data are shown as ``picture`` was read: upright, and but for the smoothing of colour."""
    again = read_picture(data, max_pixels=allowing(picture.pixels))
    return (
        again.pixels.shape == picture.pixels.shape
        and again.icc_profile == picture.icc_profile
        and float(np.abs(again.pixels.astype(np.int16) - picture.pixels).mean()) < SMOOTHING
    )


def _check_same_pixels(picture: Picture, data: bytes, extension: str) -> None:
    again = read_picture(data, max_pixels=allowing(picture.pixels))
    if not (
        np.array_equal(_three(picture.pixels), _three(again.pixels))
        and _equal_or_both_none(picture.alpha, again.alpha)
        and again.icc_profile == picture.icc_profile
    ):
        raise CodecError(f"the {extension} file does not hold the same pixels; try another format")


def _three(pixels: CodeValues) -> CodeValues:
    """Grey may be stored as three equal channels."""
    return np.broadcast_to(pixels[..., np.newaxis], (*pixels.shape, 3)) if pixels.ndim == 2 else pixels


def _equal_or_both_none(one: Any, other: Any) -> bool:
    return one is other if one is None or other is None else np.array_equal(one, other)


LOSSLESS: dict[str, LosslessFormat] = {
    "webp": LosslessFormat(
        "webp", "webp", ".webp", f"libwebp {features.version('webp')}", True, _by_pillow(".webp")
    ),
    "png": LosslessFormat("png", "png", ".png", f"zlib {features.version('zlib')}", True, _by_pillow(".png")),
    "jpegxl": LosslessFormat(
        "jpegxl", "jpegxl", ".jxl", JPEGXL.encoder, False, _jpegxl, missing=JPEGXL.missing
    ),
}
"""By name, the smallest for most pictures first of those that every browser shows."""
