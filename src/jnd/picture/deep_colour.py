"""Colour of more than 8 bits, exactly: Pillow cuts it to 8, so OpenCV decodes it, and PPM we read ourselves."""

import re

import numpy as np
from PIL import Image

from jnd.errors import UnreadablePictureError
from jnd.picture import native_output
from jnd.picture.record import CodeValues

_PNG_DEPTH, _PNG_COLOUR_TYPE = 24, 25  # where they stand in a PNG: signature, IHDR, width, height, …
_PNG_GREY, _PNG_GREY_ALPHA = 0, 4
_TIFF_BITS_PER_SAMPLE, _TIFF_EXTRA_SAMPLES = 258, 338
_ASSOCIATED_ALPHA = 1  # TIFF 6.0, p. 31: colours were multiplied with alpha
_PNM_HEADER = re.compile(
    rb"P([1-6])(?:\s|#[^\n\r]*[\n\r])+(\d+)(?:\s|#[^\n\r]*[\n\r])+(\d+)"
    rb"(?:\s|#[^\n\r]*[\n\r])+(\d+)(?:#[^\n\r]*(?=[\n\r]))?\s"
)


def is_deep_colour(image: Image.Image, file_format: str, data: bytes) -> bool:
    """Whether ``image``, opened but not decoded, has colour or alpha that Pillow would cut to 8 bits."""
    if file_format == "png":
        return data[_PNG_DEPTH] == 16 and data[_PNG_COLOUR_TYPE] != _PNG_GREY
    if file_format == "tiff":
        bits: tuple[int, ...] = image.tag_v2.get(_TIFF_BITS_PER_SAMPLE, (1,))  # type: ignore[attr-defined]
        return image.mode in ("RGB", "RGBA", "RGBX") and max(bits) > 8
    if file_format == "pnm":
        header = _PNM_HEADER.match(data)
        return header is not None and header[1] in (b"3", b"6") and int(header[4]) > 255
    return False


def decode(image: Image.Image, file_format: str, data: bytes) -> tuple[CodeValues, CodeValues | None]:
    """(H, W) or (H, W, 3) uint16 pixels and (H, W) uint16 alpha of a picture with deep colour."""
    if file_format == "pnm":
        return _ppm(data), None
    pixels = _opencv(data)
    if pixels.ndim != 3 or pixels.shape[2] not in (3, 4):
        raise UnreadablePictureError(
            f"has 16-bit pixels in {pixels.shape[2:]} channels; save it as 16-bit RGB or RGBA"
        )
    alpha = pixels[..., 3] if pixels.shape[2] == 4 else None
    colour = pixels[..., 2::-1]  # OpenCV has blue first
    if file_format == "png" and data[_PNG_COLOUR_TYPE] == _PNG_GREY_ALPHA:
        return colour[..., 0], alpha
    if file_format == "tiff" and alpha is not None:
        extra = image.tag_v2.get(_TIFF_EXTRA_SAMPLES, (0,))  # type: ignore[attr-defined]
        if extra[0] == _ASSOCIATED_ALPHA:
            colour = _unmultiplied(colour, alpha)
        elif extra[0] == 0:  # a fourth channel that is no opacity
            alpha = None
    return colour, alpha


def _opencv(data: bytes) -> CodeValues:
    import cv2  # here, because it takes long to load and few pictures need it

    level = cv2.utils.logging.getLogLevel()
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    try:
        with native_output.silent():
            pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    finally:
        cv2.utils.logging.setLogLevel(level)
    if pixels is None or pixels.dtype != np.uint16:
        found = "nothing" if pixels is None else str(pixels.dtype)
        raise UnreadablePictureError(
            f"is damaged, or its 16-bit colour is of an unusual kind (the decoder gave {found}); "
            "save it as a 16-bit PNG"
        )
    return pixels  # type: ignore[return-value]


def _ppm(data: bytes) -> CodeValues:
    header = _PNM_HEADER.match(data)
    assert header is not None, "is_deep_colour matched it"
    width, height, top = (int(header[number]) for number in (2, 3, 4))
    if top > 65535:
        raise UnreadablePictureError(
            f"is a PPM with {top} as the largest value; 65535 is the most that it may be"
        )
    count = width * height * 3
    if header[1] == b"6":
        body = np.frombuffer(data, ">u2", offset=header.end(), count=count)
    else:
        body = np.array(re.sub(rb"#[^\n\r]*", b"", data[header.end() :]).split()[:count], dtype=np.int64)
    if body.size < count:
        raise UnreadablePictureError("is a truncated PPM, it ends too early; get it again from where it came")
    values = np.minimum(body.astype(np.uint32), np.uint32(top))
    stretched = (values * np.uint32(65535) + top // 2) // top  # at most 65535², within uint32
    return stretched.astype(np.uint16).reshape(height, width, 3)


def _unmultiplied(colour: CodeValues, alpha: CodeValues) -> CodeValues:
    opacity = np.maximum(alpha, 1)[..., np.newaxis].astype(np.uint64)
    plain = (colour.astype(np.uint64) * 65535 + opacity // 2) // opacity
    clipped: CodeValues = np.minimum(plain, 65535).astype(np.uint16)
    return clipped
