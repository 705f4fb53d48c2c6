"""Files that mean harm, the same every time: lies about sizes, bombs, circles, depths, disguises, and random damage.

Used by the tests beside it and by ``benchmarks/hostile_input.py``.
"""

import io
import struct
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from PIL import Image

from jnd.codecs import CODECS
from jnd.picture import Picture

HUGE = (60_000, 60_000)
BOMB_BYTES = 60_000_000
EXTREMES = (b"\0\0\0\0", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\x80\0\0\0", b"\0\0\0\x01")
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"

PILLOW = {
    "jpeg": ("JPEG", {}),
    "jpeg, progressive": ("JPEG", {"progressive": True}),
    "png": ("PNG", {}),
    "png, palette": ("PNG", {}),
    "webp": ("WEBP", {}),
    "webp, lossless": ("WEBP", {"lossless": True}),
    "avif": ("AVIF", {}),
    "tiff": ("TIFF", {}),
    "tiff, deflate": ("TIFF", {"compression": "tiff_adobe_deflate"}),
    "tiff, lzw": ("TIFF", {"compression": "tiff_lzw"}),
    "tiff, packbits": ("TIFF", {"compression": "packbits"}),
    "tiff, jpeg": ("TIFF", {"compression": "jpeg"}),
    "pnm": ("PPM", {}),
    "bmp": ("BMP", {}),
}


def whole_files() -> dict[str, bytes]:
    """Small pictures in every format that can be written here; the key begins with the reader's name."""
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:64, :80]
    pixels = (np.dstack([3 * x, 3 * y, 2 * (x + y) % 200]) + rng.integers(0, 20, (64, 80, 3))).astype(
        np.uint8
    )
    files = {}
    for name, (pillow, options) in PILLOW.items():
        exif = Image.Exif()
        exif[0x0112], exif[0x8298] = 6, "somebody"
        image = Image.fromarray(pixels)
        extra: dict[str, Any] = dict(options)
        if pillow not in ("PPM", "BMP"):
            extra["exif"] = exif
        files[name] = saved(image.quantize(16) if "palette" in name else image, pillow, **extra)
    files["png, 16 bits"] = png_of(
        80,
        64,
        b"".join(b"\0" + row.astype(">u2").tobytes() for row in pixels.astype(np.uint16) * 257),
        depth=16,
    )
    for name in ("jpegxl", "heic"):
        codec = CODECS[name]
        if codec.installed:
            settings = codec.axis.values
            files[name] = codec.encode(Picture(pixels), len(settings) // 2)
            files[f"{name}, best"] = codec.encode(Picture(pixels), 0)
            if name == "jpegxl":
                import pyjpegxl

                # The fastest way has prefix codes, which carry no check at their end as others do.
                for kind, array in (("", pixels), (", larger", np.tile(pixels, (8, 8, 1)))):
                    files[f"{name}, prefix codes{kind}"] = pyjpegxl.encode_from_numpy(
                        np.ascontiguousarray(array), lossless=True, speed=pyjpegxl.EncoderSpeed.Lightning
                    )
            files[f"{name}, larger"] = codec.encode(Picture(np.tile(pixels, (4, 4, 1))), len(settings) // 2)
    return files


def damaged(files: dict[str, bytes], name: str, number: int) -> bytes:
    """Damaged copy ``number``. Every other one is hurt little and behind the header, so that decoders get to work."""
    rng = np.random.default_rng([zlib.crc32(name.encode()), number])
    data = bytearray(files[name])
    if number % 2 and data.startswith(PNG_SIGNATURE):
        return _with_damaged_rows(bytes(data), rng)
    if number % 2:
        begin = min(len(data) // 3, 400)
        for place in rng.integers(begin, len(data), size=1 + number // 2 % 3):
            data[place] ^= 1 << int(rng.integers(8))
        return bytes(data)
    reach = min(len(data), 512) if number % 4 else len(data)
    at = int(rng.integers(reach))
    match number // 4 % 6:
        case 0:
            del data[at:]
        case 1:
            for place in rng.integers(reach, size=int(rng.integers(1, 12))):
                data[place] ^= 1 << int(rng.integers(8))
        case 2:
            data[at : at + 4] = EXTREMES[rng.integers(len(EXTREMES))]
        case 3:
            del data[at : at + int(rng.integers(1, 64))]
        case 4:
            data[at:at] = data[at : at + int(rng.integers(1, 256))]
        case _:
            other = files[sorted(files)[rng.integers(len(files))]]
            data[at:] = other[at:]
    return with_right_checksums(bytes(data)) if number % 8 == 0 else bytes(data)


def _with_damaged_rows(data: bytes, rng: np.random.Generator) -> bytes:
    """A PNG with wrong bytes in its unpacked rows, filters among them, or another header over the same rows."""
    at, chunks = 8, []
    while at < len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        chunks.append((data[at + 4 : at + 8], data[at + 8 : at + 8 + length]))
        at += 12 + length
    rows = bytearray(zlib.decompress(b"".join(content for kind, content in chunks if kind == b"IDAT")))
    header = bytearray(chunks[0][1])
    for place in rng.integers(0, len(rows), size=int(rng.integers(1, 20))):
        rows[place] ^= 1 << int(rng.integers(8))
    if rng.random() < 0.3:
        header[rng.integers(len(header))] ^= 1 << int(rng.integers(8))
    if rng.random() < 0.3:
        del rows[int(rng.integers(len(rows))) :]
    between = b"".join(chunk(kind, content) for kind, content in chunks[1:] if kind not in (b"IDAT", b"IEND"))
    pixels = chunk(b"IDAT", zlib.compress(bytes(rows)))
    return PNG_SIGNATURE + chunk(b"IHDR", bytes(header)) + between + pixels + chunk(b"IEND", b"")


def with_right_checksums(data: bytes) -> bytes:
    """A PNG whose chunks have the checksums of what they hold now, as far as chunks can be told; else unchanged."""
    if not data.startswith(PNG_SIGNATURE):
        return data
    out, at = bytearray(data), 8
    while at + 12 <= len(out):
        end = at + 8 + int.from_bytes(out[at : at + 4], "big")
        if end + 4 > len(out):
            break
        out[end : end + 4] = zlib.crc32(bytes(out[at + 4 : end])).to_bytes(4, "big")
        at = end + 4
    return bytes(out)


def saved(image: Image.Image, pillow_format: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, pillow_format, **options)
    return buffer.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_of(width: int, height: int, rows: bytes, *chunks: bytes, depth: int = 8, colour: int = 2) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    pixels = chunk(b"IDAT", zlib.compress(rows))
    return PNG_SIGNATURE + chunk(b"IHDR", header) + b"".join(chunks) + pixels + chunk(b"IEND", b"")


def bomb(size: int = BOMB_BYTES) -> bytes:
    """Zeros that deflate makes a thousand times smaller."""
    packer = zlib.compressobj(9)
    block = bytes(1_000_000)
    return b"".join(packer.compress(block) for _ in range(size // len(block))) + packer.flush()


def directory(entries: list[tuple[int, int, int, int]], following: int, *, order: str = "<") -> bytes:
    """A TIFF directory of (tag, kind, count, value or offset)."""
    body = b"".join(struct.pack(order + "HHII", *entry) for entry in sorted(entries))
    return struct.pack(order + "H", len(entries)) + body + struct.pack(order + "I", following)


def tiff_of(
    width: int, height: int, strip: bytes, *, compression: int = 1, following: int = 0, **more: int
) -> bytes:
    """A grey TIFF of one strip; ``following`` is where it says that its next directory is."""
    entries = [
        (256, 4, 1, width),
        (257, 4, 1, height),
        (258, 3, 1, 8),
        (259, 3, 1, compression),
        (262, 3, 1, 1),
        (273, 4, 1, more.get("strip_at", 8)),
        (277, 3, 1, 1),
        (278, 4, 1, more.get("rows", height)),
        (279, 4, 1, more.get("strip_bytes", len(strip))),
    ]
    padded = strip + bytes(len(strip) % 2)
    return b"II*\0" + struct.pack("<I", 8 + len(padded)) + padded + directory(entries, following)


def chain_of_directories(count: int, *, back: bool = False) -> bytes:
    """A TIFF of ``count`` directories, every one a page; the last leads back to the first or ends."""
    entries = [
        (256, 4, 1, 4),
        (257, 4, 1, 4),
        (258, 3, 1, 8),
        (262, 3, 1, 1),
        (273, 4, 1, 8),
        (279, 4, 1, 16),
    ]
    size = 2 + 12 * len(entries) + 4
    out = b"II*\0" + struct.pack("<I", 24) + bytes(16)
    for number in range(count):
        last = number == count - 1
        out += directory(entries, (24 if back else 0) if last else 24 + size * (number + 1))
    return out


def big_tiff(width: int, height: int, count: int = 1) -> bytes:
    """BigTIFF (64-bit offsets) whose strip has ``count`` times the bytes that are there."""
    entries = [
        (256, 4, 1, width),
        (257, 4, 1, height),
        (258, 3, 1, 8),
        (259, 3, 1, 1),
        (262, 3, 1, 1),
        (273, 16, 1, 16),
        (277, 3, 1, 1),
        (278, 4, 1, height),
        (279, 16, 1, 64 * count),
    ]
    body = b"".join(struct.pack("<HHQQ", *entry) for entry in entries)
    return b"II+\0\x08\0\0\0" + struct.pack("<Q", 80) + bytes(64) + struct.pack("<Q", 9) + body + bytes(8)


def box(kind: bytes, content: bytes, size: int | None = None) -> bytes:
    return struct.pack(">I", 8 + len(content) if size is None else size) + kind + content


def nested_boxes(brand: bytes, depth: int) -> bytes:
    inner = b""
    for _ in range(depth):
        inner = box(b"meta", bytes(4) + inner)
    return box(b"ftyp", brand + bytes(4) + b"mif1" + brand) + inner


def with_new_size(data: bytes, mark: bytes, skip: int, kind: str, *values: int) -> bytes:
    """``values`` in place of what stands ``skip`` bytes behind the first ``mark``."""
    at = data.index(mark) + skip
    packed = struct.pack(kind, *values)
    return data[:at] + packed + data[at + len(packed) :]


def crafted() -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Name, which begins with the reader's, and a function that makes the file."""
    files = whole_files()
    small = png_of(4, 4, (b"\0" + bytes(12)) * 4)
    wide, high = HUGE
    row = b"\0" + bytes(12)
    text = b"x\0\0"
    international = b"XML:com.adobe.xmp\0\x01\0\0\0"
    frames = [Image.fromarray(np.full((16, 16, 3), level, np.uint8)) for level in (0, 90, 200)]
    moving: dict[str, Any] = {"save_all": True, "append_images": frames[1:]}
    exif_circle = b"II*\0\x08\0\0\0" + directory([(0x8769, 4, 1, 8)], 8)
    rubbish = np.random.default_rng(1).integers(0, 256, 5000, dtype=np.uint8).tobytes()
    deep_xml = b"<a>" * 50_000

    # Sizes that are not there.
    yield "png: huge", lambda: png_of(wide, high, row)
    yield "png: the largest", lambda: png_of(2**31 - 1, 2**31 - 1, row)
    yield "png: no width", lambda: png_of(0, 4, row)
    yield "png: huge 16 bits", lambda: png_of(wide, high, row, depth=16)
    yield "png: just within the limit, no pixels", lambda: png_of(17_000, 17_000, row)
    yield "jpeg: huge", lambda: with_new_size(files["jpeg"], b"\xff\xc0", 5, ">HH", 65500, 65500)
    yield (
        "jpeg: huge, progressive",
        lambda: with_new_size(files["jpeg, progressive"], b"\xff\xc2", 5, ">HH", 65500, 65500),
    )
    yield (
        "jpeg: within the limit, no pixels",
        lambda: with_new_size(files["jpeg, progressive"], b"\xff\xc2", 5, ">HH", 17000, 17000),
    )
    yield (
        "webp: huge canvas",
        lambda: with_new_size(files["webp"], b"VP8X", 12, "<HBHB", 65535, 255, 65535, 255),
    )
    yield "webp: huge frame", lambda: with_new_size(files["webp"], b"\x9d\x01\x2a", 3, "<HH", 16383, 16383)
    yield "avif: huge", lambda: with_new_size(files["avif"], b"ispe", 8, ">II", wide, high)
    yield "avif: within the limit", lambda: with_new_size(files["avif"], b"ispe", 8, ">II", 17000, 17000)
    if "heic" in files:
        yield "heic: huge", lambda: with_new_size(files["heic"], b"ispe", 8, ">II", wide, high)
        yield "heic: within the limit", lambda: with_new_size(files["heic"], b"ispe", 8, ">II", 17000, 17000)
    yield "bmp: huge", lambda: with_new_size(files["bmp"], b"BM", 18, "<ii", wide, high)
    yield "bmp: negative", lambda: with_new_size(files["bmp"], b"BM", 18, "<ii", -80, -(2**31))
    yield "pnm: huge", lambda: b"P6 60000 60000 255\n" + bytes(100)
    yield "pnm: huge 16 bits", lambda: b"P6 17000 17000 65535\n" + bytes(100)
    yield "pnm: digits without end", lambda: b"P6 " + b"9" * 100_000 + b" 1 255\n" + bytes(100)
    yield "pnm: comment without end", lambda: b"P3 #" + b"x" * 1_000_000
    yield "tiff: huge", lambda: tiff_of(wide, high, bytes(64))
    yield "tiff: within the limit, no pixels", lambda: tiff_of(17_000, 17_000, bytes(64))
    yield "tiff: strip beyond the end", lambda: tiff_of(8, 8, bytes(64), strip_at=2**31, strip_bytes=2**31)
    yield "tiff: strip of 4 GB", lambda: tiff_of(8, 8, bytes(64), strip_bytes=2**32 - 1)
    yield "tiff: one row per strip, one strip", lambda: tiff_of(8, 10_000_000, bytes(64), rows=1)
    yield "tiff: BigTIFF", lambda: big_tiff(8, 8)
    yield "tiff: BigTIFF, lying", lambda: big_tiff(8, 8, 2**50)
    yield "tiff: BigTIFF, huge", lambda: big_tiff(2**31, 2**31)

    # Little that unpacks to much.
    yield (
        "png: bomb of pixels",
        lambda: PNG_SIGNATURE + small[8:33] + chunk(b"IDAT", bomb()) + chunk(b"IEND", b""),
    )
    yield "png: bomb of text", lambda: png_of(4, 4, row * 4, chunk(b"zTXt", b"x\0\0" + bomb()))
    yield "png: bomb of a profile", lambda: png_of(4, 4, row * 4, chunk(b"iCCP", text + bomb()))
    yield "png: bomb of XMP", lambda: png_of(4, 4, row * 4, chunk(b"iTXt", international + bomb()))
    yield (
        "png: a hundred bombs",
        lambda: png_of(4, 4, row * 4, *[chunk(b"zTXt", b"x\0\0" + bomb(15_000_000))] * 100),
    )
    yield "tiff: bomb", lambda: tiff_of(8, 8, bomb(), compression=8)
    yield "tiff: honest bomb", lambda: tiff_of(14_000, 14_000, bomb(196_000_000), compression=8)

    # Circles and depths.
    for count in (2, 500):
        yield f"tiff: {count} pages", lambda count=count: chain_of_directories(count)  # type: ignore[misc]
        yield (
            f"tiff: circle of {count}",
            lambda count=count: chain_of_directories(  # type: ignore[misc]
                count, back=True
            ),
        )
    yield "tiff: 20,000 pages", lambda: chain_of_directories(20_000)
    yield "tiff: directory in itself", lambda: tiff_of(8, 8, bytes(64), following=72)
    for brand in (b"avif", b"heic"):
        name = brand.decode()
        yield f"{name}: deep boxes", lambda brand=brand: nested_boxes(brand, 5_000)  # type: ignore[misc]
        for size in (0, 1, 7, 2**31, 2**32 - 1):
            yield (
                f"{name}: box of {size}",
                lambda brand=brand, size=size: (  # type: ignore[misc]
                    box(b"ftyp", brand + bytes(4) + b"mif1" + brand) + box(b"meta", bytes(200), size)
                ),
            )
    yield (
        "jpegxl: box of nothing",
        lambda: b"\0\0\0\x0cJXL \r\n\x87\n" + box(b"ftyp", b"jxl \0\0\0\0jxl ") + box(b"jxlc", b"", 1),
    )
    yield (
        "jpegxl: thousands of parts",
        lambda: (
            b"\0\0\0\x0cJXL \r\n\x87\n"
            + box(b"ftyp", b"jxl \0\0\0\0jxl ")
            + b"".join(box(b"jxlp", struct.pack(">I", part)) for part in range(20_000))
        ),
    )
    for kind in (0, 63, 127, 255):
        yield (
            f"jpegxl: header {kind}",
            lambda kind=kind: (  # type: ignore[misc]
                b"\xff\x0a" + bytes([kind]) * 40 + rubbish
            ),
        )

    # More than one picture.
    yield "webp: animated", lambda: saved(frames[0], "WEBP", **moving)
    yield "avif: animated", lambda: saved(frames[0], "AVIF", **moving)
    yield "png: animated", lambda: saved(frames[0], "PNG", **moving)
    yield "gif: animated", lambda: saved(frames[0], "GIF", **moving)
    yield "tiff: pages", lambda: saved(frames[0], "TIFF", **moving)
    yield (
        "png: says it has 4 billion frames",
        lambda: png_of(4, 4, row * 4, chunk(b"acTL", struct.pack(">II", 2**32 - 1, 0))),
    )

    # Two things at once, or nothing.
    for name in ("jpeg", "png", "webp", "bmp", "tiff"):
        yield (
            f"{name}: with an archive behind",
            lambda name=name: (  # type: ignore[misc]
                files[name] + b"PK\x03\x04" + rubbish
            ),
        )
        yield f"{name}: only its first bytes", lambda name=name: files[name][:12] + rubbish  # type: ignore[misc]
        yield (
            f"{name}: a page behind",
            lambda name=name: (  # type: ignore[misc]
                files[name] + b"<html><script>alert(1)</script>"
            ),
        )
    yield "other: empty", lambda: b""
    yield "other: one byte", lambda: b"\xff"
    yield "other: zeros", lambda: bytes(100_000)
    yield "other: rubbish", lambda: rubbish

    # Metadata.
    for name in ("jpeg", "png", "webp", "tiff", "avif"):
        image, pillow = frames[1], PILLOW[name][0]
        for what, extra in (
            ("rubbish as a profile", {"icc_profile": rubbish}),
            ("rubbish as EXIF", {"exif": b"Exif\0\0" + rubbish}),
            ("EXIF in a circle", {"exif": b"Exif\0\0" + exif_circle}),
            ("rubbish as XMP", {"xmp": rubbish}),
            ("deep XMP", {"xmp": deep_xml[:60_000]}),
        ):
            if name in ("tiff", "avif") and "exif" in extra:
                continue  # Pillow understands it before it writes it
            yield (
                f"{name}: {what}",
                lambda image=image, pillow=pillow, extra=extra: saved(image, pillow, **extra),  # type: ignore[misc]
            )
    yield (
        "png: deep XMP",
        lambda: png_of(4, 4, row * 4, chunk(b"iTXt", international + zlib.compress(deep_xml))),
    )
