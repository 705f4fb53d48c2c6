"""What a file is, by its first bytes; its name is never asked."""

SUPPORTED = {
    "jpeg": "JPEG",
    "png": "PNG",
    "webp": "WebP",
    "avif": "AVIF",
    "tiff": "TIFF",
    "pnm": "PPM, PGM or PBM",
    "bmp": "BMP",
    "jpegxl": "JPEG XL",
    "heic": "HEIC",
}
"""The formats that we read → how they are called in messages. The last two need an extra package."""

READABLE_EXTENSIONS = frozenset(
    [
        ".avif",
        ".bmp",
        ".heic",
        ".heif",
        ".jfif",
        ".jpe",
        ".jpeg",
        ".jpg",
        ".jxl",
        ".pbm",
        ".pgm",
        ".png",
        ".pnm",
        ".ppm",
        ".tif",
        ".tiff",
        ".webp",
    ]
)
"""What is taken from a folder; a file that is named itself is always tried."""

HEAD_BYTES = 64
"""How much of a file :func:`identify` looks at."""

_SIGNATURES = (
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"II+\x00", "tiff"),  # BigTIFF
    (b"MM\x00+", "tiff"),
    (b"\xff\x0a", "jpegxl"),
    (b"\x00\x00\x00\x0cJXL \r\n\x87\n", "jpegxl"),
    *((b"P%d" % kind + space, "pnm") for kind in range(1, 7) for space in (b" ", b"\t", b"\n", b"\r", b"#")),
)

_BMP_HEADER_BYTES = (12, 40, 52, 56, 64, 108, 124)

_OTHERS = (
    (b"GIF8", "a GIF"),
    (b"\x00\x00\x00\x0cjP  \r\n\x87\n", "a JPEG 2000"),
    (b"\xff\x4f\xff\x51", "a JPEG 2000"),
    (b"II*\x00", "a camera's raw file"),
    (b"8BPS", "a Photoshop document"),
    (b"%PDF", "a PDF"),
    (b"%!PS", "a PostScript document"),
    (b"PK\x03\x04", "a ZIP archive or office document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"qoif", "a QOI picture"),
    (b"\x76\x2f\x31\x01", "an OpenEXR picture"),
    (b"#?RADIANCE", "a Radiance HDR picture"),
    (b"\x00\x00\x01\x00", "a Windows icon"),
    (b"P7\n", "a PAM picture"),
    (b"PF\n", "a PFM picture"),
    (b"Pf\n", "a PFM picture"),
    (b"\x1aE\xdf\xa3", "a Matroska or WebM video"),
    (b"RIFF", "a RIFF file that is no WebP picture"),
    (b"<svg", "an SVG drawing"),
    (b"<?xml", "an XML document, perhaps an SVG drawing"),
    (b"<!DOCTYPE", "an HTML page"),
    (b"<html", "an HTML page"),
)

_AVIF_BRANDS = (b"avif", b"avis")
_HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis")
_HEIC_SEQUENCE_BRANDS = (b"hevc", b"hevx")


def identify(head: bytes) -> str | None:
    """The key of :data:`SUPPORTED` that ``head``, the first bytes of a file, belongs to; None for all else.

    >>> identify(bytes.fromhex("ffd8ffe0"))
    'jpeg'
    """
    if head[8:10] == b"CR" and head[:4] == b"II*\x00":
        return None  # Canon's raw files, which are TIFF by their first bytes
    for signature, name in _SIGNATURES:
        if head.startswith(signature):
            return name
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if head[4:8] == b"ftyp":
        brands = _brands(head)
        for wanted, name in ((_AVIF_BRANDS, "avif"), (_HEIC_BRANDS, "heic")):
            if any(brand in brands for brand in wanted):
                return name
    if head[:2] == b"BM" and int.from_bytes(head[14:18], "little") in _BMP_HEADER_BYTES:
        return "bmp"
    return None


def describe(head: bytes) -> str:
    """What a file that we cannot read looks like, for a message: "a GIF", "text", …

    >>> describe(b"GIF89a...")
    'a GIF'
    """
    if head[4:8] == b"ftyp":
        is_sequence = any(brand in _brands(head) for brand in _HEIC_SEQUENCE_BRANDS)
        return "a HEIC sequence" if is_sequence else "an MP4-like video or HEIF"
    start = head.lstrip()
    for signature, name in _OTHERS:
        if head.startswith(signature) or (signature[:1] == b"<" and start.startswith(signature)):
            return name
    if not any(head):
        return "zeros"
    if all(byte in b"\t\n\r\x0c" or 32 <= byte < 127 for byte in head):
        return "text"
    return f"unknown data (it begins with {head[:8].hex(' ')})"


def _brands(head: bytes) -> list[bytes]:
    """Major and compatible brands of an ISO base media file."""
    end = min(int.from_bytes(head[:4], "big"), len(head))
    return [head[8:12], *(head[at : at + 4] for at in range(16, end - 3, 4))]
