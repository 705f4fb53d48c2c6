"""From the bytes of one known format to a :class:`Picture`, through Pillow; 16-bit colour, JPEG XL and HEIC have
decoders of their own.

Pillow goes first always: it knows the metadata, checks the size in the header before anything is decoded, and
notices truncated files, which OpenCV fills up silently.
"""

import io
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

import numpy as np
from PIL import Image, ImageFile, PngImagePlugin

from jnd.errors import UnreadablePictureError
from jnd.picture import channels, deep_colour, exif, heic, jpegxl, native_output, tiff
from jnd.picture.colour import cmyk_to_srgb, profile_space
from jnd.picture.colour_tags import refuse_unusual_colours
from jnd.picture.identify import SUPPORTED
from jnd.picture.limits import AGAIN, MAX_METADATA_BYTES, check_size, checked_profile, within_limit
from jnd.picture.record import CodeValues, Picture

_PILLOW_FORMATS = {
    "jpeg": ("JPEG",),
    "png": ("PNG",),
    "webp": ("WEBP",),
    "avif": ("AVIF",),
    "tiff": ("TIFF",),
    "pnm": ("PPM",),
    "bmp": ("BMP",),
}

_TOO_MUCH_TEXT = "PngImagePlugin.MAX_TEXT"  # words of Pillow's

_SIGNS_OF_TRUNCATION = ("truncated", "not enough", "incomplete", "unexpected end")

_OTHERS = {
    "jpegxl": (jpegxl.decode, jpegxl.declared_size),
    "heic": (heic.decode, heic.declared_size),
}
"""Of the formats that come with an extra."""


def decode(file_format: str, data: bytes, max_pixels: int) -> Picture:
    """The picture in ``data``, which is of ``file_format`` by its first bytes; see ``read_picture``."""
    name = SUPPORTED[file_format]
    try:
        if file_format in _OTHERS:
            return _OTHERS[file_format][0](data, max_pixels)
        with _strict_pillow(max_pixels), native_output.silent() if file_format == "tiff" else nullcontext():
            return _decode(file_format, data, max_pixels)
    except UnreadablePictureError:
        raise
    except Image.DecompressionBombError:
        check_size(*declared_size(file_format, data), max_pixels)
        raise UnreadablePictureError(
            f"is a damaged {name}: a part of it has more than {max_pixels} pixels; {AGAIN}"
        ) from None
    except MemoryError:
        raise UnreadablePictureError("there is too little memory to decode it; make it smaller") from None
    except Exception as error:  # decoders raise anything on damaged files
        text = " ".join(str(error).split())
        if isinstance(error, EOFError) or any(sign in text.lower() for sign in _SIGNS_OF_TRUNCATION):
            raise UnreadablePictureError(f"is a truncated {name}, it ends too early; {AGAIN}") from error
        if file_format == "tiff":
            raise UnreadablePictureError(
                "is a damaged TIFF, or has pixels in floating point, of 32 bits or in unusual channels; "
                "save it as 8- or 16-bit RGB or grey"
            ) from error
        if _TOO_MUCH_TEXT in text:
            raise UnreadablePictureError(
                f"has text or a profile that unpacks to more than {MAX_METADATA_BYTES} bytes; save it without"
            ) from error
        why = "its header is not valid" if "cannot identify" in text or not text else text
        raise UnreadablePictureError(f"is a damaged {name} ({why}); {AGAIN}") from error


def declared_size(file_format: str, data: bytes) -> tuple[int, int]:
    """Width and height by the header, as stored; whatever the decoder raises where there is none."""
    if file_format in _OTHERS:
        return _OTHERS[file_format][1](data)
    if file_format == "webp":  # Pillow takes memory for the picture when it opens one
        return _webp_size(data)
    with (
        _strict_pillow(None),
        native_output.silent() if file_format == "tiff" else nullcontext(),
        Image.open(io.BytesIO(data), formats=_PILLOW_FORMATS[file_format]) as image,
    ):
        return image.size


def applied_orientation(file_format: str, data: bytes) -> int:
    """The EXIF orientation by which :func:`decode` turns the pixels; 1 where the decoder has turned them already."""
    if file_format in _OTHERS or file_format == "tiff":
        return 1
    with (
        _strict_pillow(None),
        Image.open(io.BytesIO(data), formats=_PILLOW_FORMATS[file_format]) as image,
    ):
        return exif.orientation(_exif(image, file_format))


def _webp_size(data: bytes) -> tuple[int, int]:
    """Of the first chunk (RFC 9649, 2.5 to 2.7; of a lossy one also RFC 6386, 9.1)."""
    kind = data[12:16]
    if kind == b"VP8X":
        return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
    if kind == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if kind == b"VP8 ":
        return int.from_bytes(data[26:28], "little") & 0x3FFF, int.from_bytes(data[28:30], "little") & 0x3FFF
    raise ValueError("not a WebP picture")


_pillow_lock = threading.Lock()


@contextmanager
def _strict_pillow(max_pixels: int | None) -> Iterator[None]:
    """Pillow's settings, which are global, as we need them: no warnings, our pixel limit, nothing truncated."""
    with _pillow_lock, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        before = Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES, PngImagePlugin.MAX_TEXT_CHUNK
        # Pillow refuses what has more than twice this; the exact limit is checked again after opening.
        Image.MAX_IMAGE_PIXELS = None if max_pixels is None else (max_pixels + 1) // 2
        ImageFile.LOAD_TRUNCATED_IMAGES = False
        PngImagePlugin.MAX_TEXT_CHUNK = MAX_METADATA_BYTES
        try:
            yield
        finally:
            Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES, PngImagePlugin.MAX_TEXT_CHUNK = before


def _decode(file_format: str, data: bytes, max_pixels: int) -> Picture:
    with Image.open(io.BytesIO(data), formats=_PILLOW_FORMATS[file_format]) as image:
        check_size(*image.size, max_pixels)
        if file_format == "tiff":
            tiff.check(image)
        elif file_format != "jpeg":
            _check_one_frame(image, file_format)
        exif_data = _exif(image, file_format)
        min_is_white = file_format == "tiff" and tiff.is_white_zero(image)
        deep = deep_colour.is_deep_colour(image, file_format, data)
        image.load()
        icc_profile = checked_profile(image.info.get("icc_profile"))
        if icc_profile is None:
            _check_dynamic_range(file_format, data)
        pixels, alpha = deep_colour.decode(image, file_format, data) if deep else _arrays(image)
        if icc_profile is not None and (image.mode == "CMYK" or not _describes(icc_profile, pixels)):
            icc_profile = None  # was applied to CMYK already; a damaged or mistaken one is left out
        xmp = image.info.get("xmp")
    if min_is_white and pixels.dtype == np.uint16:
        pixels = np.invert(pixels)  # Pillow does it for 8 bits only
    # Both decoders turn TIFF upright themselves, and nothing else; applied_orientation says the same.
    turn = 1 if file_format == "tiff" else exif.orientation(exif_data)
    return Picture(
        exif.upright(pixels, turn),
        alpha=None if (alpha := channels.unless_opaque(alpha)) is None else exif.upright(alpha, turn),
        icc_profile=icc_profile,
        exif=within_limit(exif.with_upright_orientation(exif_data)),
        xmp=within_limit(xmp.encode() if isinstance(xmp, str) else xmp),
        file_format=file_format,
    )


def _check_one_frame(image: Image.Image, file_format: str) -> None:
    """Not for JPEG: what phones append to one (gain map, depth) is not meant for looking at."""
    frames = getattr(image, "n_frames", 1)
    if frames > 1:
        raise UnreadablePictureError(
            f"is an animated {SUPPORTED[file_format]} of {frames} frames; save one frame as a still picture"
        )


def _exif(image: Image.Image, file_format: str) -> bytes:
    found = tiff.exif(image) if file_format == "tiff" else image.info.get("exif")
    return exif.tiff_structure(found or b"")


def _check_dynamic_range(file_format: str, data: bytes) -> None:
    """Colours that are tagged as other than sRGB without a profile would be seen wrongly: refuse them."""
    if file_format == "avif":
        at = data.find(b"colrnclx", 0, 2**16)
        fields = data[at + 8 : at + 12] if at >= 0 else b""
        primaries, transfer = int.from_bytes(fields[:2], "big"), int.from_bytes(fields[2:4], "big")
    elif file_format == "png":
        at = data.find(b"cICP", 0, max(data.find(b"IDAT"), 0))
        fields = data[at + 4 : at + 6] if at >= 0 else bytes(2)
        primaries, transfer = fields[0], fields[1]
    else:
        return
    refuse_unusual_colours(primaries, transfer)


def _describes(icc_profile: bytes, pixels: CodeValues) -> bool:
    return profile_space(icc_profile) in (("L", "RGB") if pixels.ndim == 2 else ("RGB",))


def _arrays(image: Image.Image) -> tuple[CodeValues, CodeValues | None]:
    """Pixels and alpha of a decoded Pillow picture of at most 8 bits, or of 16-bit grey."""
    mode = image.mode
    if mode in ("1", "L", "RGB") and "transparency" not in image.info:
        return np.asarray(image.convert("L") if mode == "1" else image), None
    if mode in ("1", "L", "LA"):
        grey = np.asarray(image.convert("LA"))
        return grey[..., 0], grey[..., 1]
    if mode in ("RGB", "RGBA", "PA", "RGBa") or (mode == "P" and "transparency" in image.info):
        colour = np.asarray(image.convert("RGBA"))
        return colour[..., :3], colour[..., 3]
    if mode in ("P", "YCbCr", "RGBX"):
        return np.asarray(image.convert("RGB")), None
    if mode == "CMYK":
        return cmyk_to_srgb(image, image.info.get("icc_profile")), None
    if mode.startswith("I;16") or (mode == "I" and image.format == "PPM"):
        return _deep_grey(image)
    kind = {"F": "floating-point", "I": "32-bit integer"}.get(mode, mode)
    raise UnreadablePictureError(
        f"has {kind} pixels; readable are 8- and 16-bit grey, RGB and palette, and CMYK: convert it to one of them"
    )


def _deep_grey(image: Image.Image) -> tuple[CodeValues, CodeValues | None]:
    pixels = np.asarray(image).astype(np.uint16)
    transparent = image.info.get("transparency")
    if not isinstance(transparent, int):
        return pixels, None
    return pixels, np.where(pixels == transparent, 0, 65535).astype(np.uint16)
