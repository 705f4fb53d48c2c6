"""A picture as the bytes of a lossless file. Depths that Pillow cannot write, 16-bit colour, are written here."""

import io
import struct
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from PIL.TiffImagePlugin import ImageFileDirectory_v2

from jnd.errors import UnsupportedPictureError
from jnd.picture.record import CodeValues, Picture

_WEBP_MAX_SIDE = 16383
_TIFF_XMP = 700


def lossless_bytes(picture: Picture, extension: str) -> bytes:
    """``picture`` in the lossless format of ``extension``, ".png" for example; see ``write_picture``.

    Raises
    ------
    UnsupportedPictureError
        No such format, or one that cannot hold the picture.
    """
    writer = _WRITERS.get(extension.lower())
    if writer is None:
        raise UnsupportedPictureError(
            f'"{extension}" is no extension of a lossless format; use one of {", ".join(_WRITERS)}, '
            "or a codec of jnd.codecs for lossy files"
        )
    return writer(picture)


def _png(picture: Picture) -> bytes:
    if picture.pixels.dtype == np.uint16:
        return _deep_png(picture)
    text = PngInfo()
    if picture.xmp is not None:
        text.add_itxt("XML:com.adobe.xmp", picture.xmp.decode("utf-8", "replace"))
    return _saved(picture, "PNG", pnginfo=text, exif=picture.exif or b"", icc_profile=picture.icc_profile)


def _tiff(picture: Picture) -> bytes:
    if picture.pixels.dtype == np.uint16:
        return _deep_tiff(picture)
    directory = ImageFileDirectory_v2()
    if picture.xmp is not None:
        directory[_TIFF_XMP] = picture.xmp
    options: dict[str, Any] = {} if picture.exif is None else {"exif": picture.exif}
    return _saved(
        picture,
        "TIFF",
        tiffinfo=directory,
        icc_profile=picture.icc_profile,
        compression="tiff_adobe_deflate",
        **options,
    )


def _webp(picture: Picture) -> bytes:
    _refuse(
        "WebP",
        {"16 bits": picture.pixels.dtype == np.uint16, "a grey colour profile": _grey_profile(picture)},
    )
    if max(picture.pixels.shape[:2]) > _WEBP_MAX_SIDE:
        _refuse("WebP", {f"a side of more than {_WEBP_MAX_SIDE} pixels": True})
    return _saved(
        picture,
        "WEBP",
        lossless=True,
        exact=True,  # also colours that cannot be seen because they are transparent
        exif=picture.exif or b"",
        xmp=picture.xmp or b"",
        icc_profile=picture.icc_profile or b"",
    )


def _pnm(picture: Picture) -> bytes:
    _refuse(
        "PPM or PGM",
        {"opacity": picture.alpha is not None, "a colour profile": picture.icc_profile is not None},
    )
    height, width = picture.pixels.shape[:2]
    kind = "P5" if picture.pixels.ndim == 2 else "P6"
    top = np.iinfo(picture.pixels.dtype).max
    return f"{kind}\n{width} {height}\n{top}\n".encode() + _big_endian(picture.pixels).tobytes()


def _bmp(picture: Picture) -> bytes:
    _refuse(
        "BMP",
        {
            "16 bits": picture.pixels.dtype == np.uint16,
            "opacity": picture.alpha is not None,
            "a colour profile": picture.icc_profile is not None,
        },
    )
    return _saved(picture, "BMP")


_WRITERS: dict[str, Callable[[Picture], bytes]] = {
    ".png": _png,
    ".tif": _tiff,
    ".tiff": _tiff,
    ".webp": _webp,
    ".ppm": _pnm,
    ".pgm": _pnm,
    ".pnm": _pnm,
    ".bmp": _bmp,
}


def _refuse(name: str, reasons: dict[str, bool]) -> None:
    """Raise if the picture has anything that the format has no place for."""
    missing = [what for what, present in reasons.items() if present]
    if missing:
        raise UnsupportedPictureError(
            f"{name} cannot hold {' and '.join(missing)}; use PNG or TIFF, which can"
        )


def _grey_profile(picture: Picture) -> bool:
    return picture.icc_profile is not None and picture.icc_profile[16:20] == b"GRAY"


def _saved(picture: Picture, pillow_format: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(_channels(picture)).save(buffer, pillow_format, **options)
    return buffer.getvalue()


def _channels(picture: Picture) -> CodeValues:
    """Pixels with alpha as their last channel if there is any."""
    return picture.pixels if picture.alpha is None else np.dstack([picture.pixels, picture.alpha])


def _big_endian(values: CodeValues) -> CodeValues:
    return values.astype(values.dtype.newbyteorder(">"))


def _deep_png(picture: Picture) -> bytes:
    """16 bits per channel, each row filtered by "up" (PNG, third edition, section 9)."""
    values = _channels(picture)
    height, width = values.shape[:2]
    colour_type = {1: 0, 2: 4, 3: 2, 4: 6}[values.size // (height * width)]
    rows = _big_endian(values).view(np.uint8).reshape(height, -1)
    filtered = np.empty((height, rows.shape[1] + 1), np.uint8)
    filtered[:, 0] = 2
    filtered[:, 1:] = rows
    filtered[1:, 1:] -= rows[:-1]
    parts = [
        b"\x89PNG\r\n\x1a\n",
        _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 16, colour_type, 0, 0, 0)),
    ]
    if picture.icc_profile is not None:
        parts.append(_chunk(b"iCCP", b"ICC profile\0\0" + zlib.compress(picture.icc_profile)))
    if picture.exif is not None:
        parts.append(_chunk(b"eXIf", picture.exif))
    if picture.xmp is not None:
        parts.append(_chunk(b"iTXt", b"XML:com.adobe.xmp" + bytes(5) + picture.xmp))
    return b"".join([*parts, _chunk(b"IDAT", zlib.compress(filtered.tobytes())), _chunk(b"IEND", b"")])


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _deep_tiff(picture: Picture) -> bytes:
    """16 bits per channel in one deflated strip (TIFF 6.0; compression 8 of Adobe's supplement)."""
    values = _channels(picture)
    height, width = values.shape[:2]
    if picture.pixels.ndim == 2 and picture.alpha is not None and not _grey_profile(picture):
        values = values[..., [0, 0, 0, 1]]  # few programs read 16-bit grey with opacity
    samples = values.size // (height * width)
    strip = zlib.compress(values.astype("<u2").tobytes())
    short, long, undefined, byte = 3, 4, 7, 1
    entries: list[tuple[int, int, bytes]] = [
        (256, long, struct.pack("<I", width)),
        (257, long, struct.pack("<I", height)),
        (258, short, struct.pack(f"<{samples}H", *[16] * samples)),
        (259, short, struct.pack("<H", 8)),  # deflate
        (262, short, struct.pack("<H", 1 if samples < 3 else 2)),  # grey, black is zero; or RGB
        (273, long, struct.pack("<I", 8)),  # the strip follows the header
        (277, short, struct.pack("<H", samples)),
        (278, long, struct.pack("<I", height)),
        (279, long, struct.pack("<I", len(strip))),
    ]
    if picture.alpha is not None:
        entries.append((338, short, struct.pack("<H", 2)))  # opacity, colours not multiplied with it
    if picture.xmp is not None:
        entries.append((_TIFF_XMP, byte, picture.xmp))
    if picture.icc_profile is not None:
        entries.append((34675, undefined, picture.icc_profile))
    sizes = {short: 2, long: 4, undefined: 1, byte: 1}
    strip += bytes(len(strip) % 2)
    directory_at = 8 + len(strip)
    outside_at = directory_at + 2 + 12 * len(entries) + 4
    directory, outside = struct.pack("<H", len(entries)), b""
    for tag, kind, value in sorted(entries):
        field = value.ljust(4, b"\0")
        if len(value) > 4:
            field = struct.pack("<I", outside_at + len(outside))
            outside += value + bytes(len(value) % 2)
        directory += struct.pack("<HHI", tag, kind, len(value) // sizes[kind]) + field
    return b"II*\0" + struct.pack("<I", directory_at) + strip + directory + bytes(4) + outside
