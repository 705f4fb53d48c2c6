"""Small picture files of all kinds, made on the spot."""

import io
import struct
import zlib
from typing import Any

import numpy as np
from PIL import Image, ImageCms

SRGB_PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def saved(pixels: np.ndarray | Image.Image, pillow_format: str, **options: Any) -> bytes:
    image = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    buffer = io.BytesIO()
    image.save(buffer, pillow_format, **options)
    return buffer.getvalue()


def noise(*shape: int, dtype: type = np.uint8, seed: int = 0) -> np.ndarray:
    values: np.ndarray = np.random.default_rng(seed).integers(
        0, np.iinfo(dtype).max, shape, dtype=dtype, endpoint=True
    )
    return values


def smooth(height: int = 48, width: int = 64) -> np.ndarray:
    """Gradients of three colours, which lossy codecs keep within a few code values."""
    y, x = np.mgrid[:height, :width]
    planes = [255 * x / max(width - 1, 1), 255 * y / max(height - 1, 1), np.full(x.shape, 128.0)]
    return np.dstack(planes).round().astype(np.uint8)


def png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(values: np.ndarray, colour_type: int, *chunks: bytes) -> bytes:
    """A PNG of the depth of ``values``, unfiltered, with ``chunks`` before the pixels."""
    height, width = values.shape[:2]
    rows = values.astype(values.dtype.newbyteorder(">")).reshape(height, -1)
    header = struct.pack(">IIBBBBB", width, height, 8 * values.itemsize, colour_type, 0, 0, 0)
    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            png_chunk(b"IHDR", header),
            *chunks,
            png_chunk(b"IDAT", zlib.compress(b"".join(b"\0" + row.tobytes() for row in rows))),
            png_chunk(b"IEND", b""),
        ]
    )


def exif(orientation: int, *, byte_order: str = "<", copyright: bytes = b"Anna\0\0\0\0") -> bytes:
    """EXIF with a copyright and an orientation, the value of the former behind the directory."""
    mark = b"II*\0" if byte_order == "<" else b"MM\0*"
    entries = [
        struct.pack(byte_order + "HHIHH", 0x0112, 3, 1, orientation, 0),
        struct.pack(byte_order + "HHII", 0x8298, 2, len(copyright), 8 + 2 + 24 + 4),
    ]
    count, no_next = struct.pack(byte_order + "H", 2), bytes(4)
    return mark + struct.pack(byte_order + "I", 8) + count + b"".join(entries) + no_next + copyright


def cmyk_profile() -> bytes:
    """A CMYK profile where every ink is grey: lightness 100 without, 50 with cyan alone, 0 with black.

    ICC.1:2022, 10.12 (lut8Type): identity curves around a grid of two steps per ink, its values in CIELAB.
    """
    identity = bytes(range(256))
    matrix = b"".join((65536 * (i % 4 == 0)).to_bytes(4, "big") for i in range(9))
    grid = bytearray()
    for node in range(16):  # cyan is the highest bit, black the lowest
        lightness = 0.0 if node & 1 else 50.0 if node & 8 else 100.0
        grid += bytes([round(2.55 * lightness), 128, 128])
    table = b"mft1" + bytes(4) + bytes([4, 3, 2, 0]) + matrix + 4 * identity + bytes(grid) + 3 * identity
    header = bytearray(SRGB_PROFILE[:128])
    place = 128 + 4 + 12
    header[0:4] = (place + len(table)).to_bytes(4, "big")
    header[12:24] = b"prtrCMYKLab "
    return bytes(header) + (1).to_bytes(4, "big") + b"A2B0" + struct.pack(">II", place, len(table)) + table


def profile_with_swapped_primaries() -> bytes:
    """An RGB profile that is visibly not sRGB: red and blue change places."""
    red, green, blue = SRGB_PRIMARIES
    return profile_with_primaries((blue, green, red))


SRGB_PRIMARIES = (  # XYZ relative to D50, rounded as in ICC profiles (IEC 61966-2-1 adapted by Bradford)
    (0.43607, 0.22249, 0.01392),
    (0.38515, 0.71687, 0.09708),
    (0.14307, 0.06061, 0.71410),
)
DISPLAY_P3_PRIMARIES = (  # as in Apple's profile "Display P3"
    (0.51512, 0.24120, -0.00105),
    (0.29198, 0.69225, 0.04189),
    (0.15710, 0.06657, 0.78407),
)


def profile_with_primaries(primaries: tuple[tuple[float, float, float], ...]) -> bytes:
    """The sRGB profile with other colours for red, green and blue, XYZ relative to D50."""
    profile = bytearray(SRGB_PROFILE)
    for number in range(int.from_bytes(profile[128:132], "big")):  # the table of tags: name, place, length
        at = 132 + 12 * number
        name = bytes(profile[at : at + 4])
        if name in (b"rXYZ", b"gXYZ", b"bXYZ"):
            values = primaries[b"rgb".index(name[:1])]
            place = int.from_bytes(profile[at + 4 : at + 8], "big") + 8
            profile[place : place + 12] = b"".join(
                round(value * 65536).to_bytes(4, "big", signed=True) for value in values
            )
    return bytes(profile)
