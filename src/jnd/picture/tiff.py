"""What TIFF needs beside decoding: kinds of pages and of pixels that we do not read, and its EXIF.

TIFF is a frame for many things: documents of several pages, measurements in floating point, and cameras' raw files,
whose first page is a thumbnail. Numbers of tags are those of TIFF 6.0 and Exif 3.0.
"""

from typing import Any

from PIL import Image

from jnd.errors import UnreadablePictureError

_SUBFILE_TYPE = 254
_REDUCED_COPY = 1  # bit of the subfile type: the page is a thumbnail of another
_BITS_PER_SAMPLE = 258
_PHOTOMETRIC, _WHITE_IS_ZERO = 262, 0
_PLANAR_CONFIGURATION, _SEPARATE_PLANES = 284, 2
_SAMPLE_FORMAT = 339
_UNSIGNED = (1, 4)  # and "undefined"
_MAX_DIRECTORIES = 1000
_DNG_VERSION = 50706

_DESCRIPTIVE_TAGS = (270, 271, 272, 305, 306, 315, 33432)  # description, make … artist, copyright
_ORIENTATION = 274
_EXIF_DIRECTORIES = (0x8769, 0x8825)  # Exif, GPS


def check(image: Image.Image) -> None:
    """Raise ``UnreadablePictureError`` unless ``image``, opened but not decoded, is one picture that we read."""
    tags = _tags(image)
    if tags.get(_SUBFILE_TYPE, 0) & _REDUCED_COPY or _DNG_VERSION in tags:
        raise UnreadablePictureError(
            "is a TIFF that begins with a thumbnail, perhaps a camera's raw file; develop it and save one picture"
        )
    if any(kind not in _UNSIGNED for kind in tags.get(_SAMPLE_FORMAT, (1,))):
        raise UnreadablePictureError(
            "is a TIFF of signed or floating-point pixels; save it with unsigned 8 or 16 bits"
        )
    bits = tags.get(_BITS_PER_SAMPLE, (1,))
    if tags.get(_PLANAR_CONFIGURATION) == _SEPARATE_PLANES and len(bits) > 1 and max(bits) > 8:
        raise UnreadablePictureError(
            "is a 16-bit TIFF of separate planes; save it with interleaved channels, which is the default"
        )
    pages = _pages(image)
    if pages > 1:
        raise UnreadablePictureError(f"is a TIFF of {pages} pages; save one page as a file of its own")


def is_white_zero(image: Image.Image) -> bool:
    """Whether 0 is white in a grey TIFF."""
    return bool(_tags(image).get(_PHOTOMETRIC) == _WHITE_IS_ZERO)


def exif(image: Image.Image) -> bytes:
    """EXIF of a TIFF, whose own directory mixes it with the layout of the file: what describes the picture."""
    own, kept = image.getexif(), Image.Exif()
    for tag in (*_DESCRIPTIVE_TAGS, _ORIENTATION):
        if tag in own:
            kept[tag] = own[tag]
    for directory in _EXIF_DIRECTORIES:
        if entries := own.get_ifd(directory):
            kept[directory] = entries
    return kept.tobytes() if len(kept) else b""


def _pages(image: Image.Image) -> int:
    """Pages that are not reduced copies of another; ``image`` ends at its first."""
    pages = 0
    for frame in range(_MAX_DIRECTORIES + 1):
        try:
            image.seek(frame)
        except EOFError:
            break
        pages += not _tags(image).get(_SUBFILE_TYPE, 0) & _REDUCED_COPY
    else:
        raise UnreadablePictureError(
            f"is a TIFF of more than {_MAX_DIRECTORIES} pages; save one page as a file of its own"
        )
    image.seek(0)
    return pages


def _tags(image: Image.Image) -> Any:
    return image.tag_v2  # type: ignore[attr-defined]
