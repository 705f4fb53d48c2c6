"""HEIC files to pixels, through pillow-heif (extra ``heic``), which returns them upright; in 8 bits."""

from typing import Any

import numpy as np
from PIL import Image

from jnd.errors import UnreadablePictureError
from jnd.picture import channels, exif
from jnd.picture.colour import profile_space
from jnd.picture.colour_tags import refuse_unusual_colours
from jnd.picture.limits import check_size, checked_profile, within_limit
from jnd.picture.record import CodeValues, Picture


def decode(data: bytes, max_pixels: int) -> Picture:
    """The primary picture in ``data``.

    Orientation is part of the container and applied by the decoder; that of the EXIF does not count
    (ISO/IEC 23008-12).

    Raises
    ------
    UnreadablePictureError
        pillow-heif is not installed, or the picture is too large, or of high dynamic range or wide colours
        without a profile.
    RuntimeError, ValueError
        The data are damaged.
    """
    try:
        import pillow_heif
    except ImportError:
        raise UnreadablePictureError(
            'is a HEIC picture, which needs a package to be read: pip install "jnd[heic]"'
        ) from None
    image: Any = pillow_heif.open_heif(data)
    width, height = image.size
    check_size(width, height, max_pixels)
    pixels, alpha = channels.split(_plain(np.asarray(image), image.mode))
    icc_profile = checked_profile(image.info.get("icc_profile"))
    tags = image.info.get("nclx_profile") or {}
    if icc_profile is None:
        refuse_unusual_colours(tags.get("color_primaries", 0), tags.get("transfer_characteristics", 0))
    elif profile_space(icc_profile) not in (("L", "RGB") if pixels.ndim == 2 else ("RGB",)):
        icc_profile = None
    exif_data = exif.tiff_structure(image.info.get("exif") or b"")
    return Picture(
        pixels,
        alpha=channels.unless_opaque(alpha),
        icc_profile=icc_profile,
        exif=within_limit(exif.with_upright_orientation(exif_data)),
        xmp=within_limit(image.info.get("xmp")),
        file_format="heic",
    )


def declared_size(data: bytes) -> tuple[int, int]:
    """Width and height by the header; ``ImportError`` without pillow-heif, other errors for damaged data."""
    import pillow_heif

    width, height = pillow_heif.open_heif(data).size
    return width, height


def _plain(decoded: CodeValues, mode: str) -> CodeValues:
    if mode not in ("RGBa", "La"):
        return decoded
    # Colours were multiplied with alpha.
    return np.asarray(Image.frombytes(mode, decoded.shape[1::-1], decoded.tobytes()).convert(mode.upper()))
