"""From a picture's own colour space to sRGB as people see it: ICC profiles, grey, transparency, CMYK.

Conversion is LittleCMS' (through Pillow), with the perceptual intent, as browsers do; it works in 8 bits.
"""

import io
from functools import lru_cache

import numpy as np
from PIL import Image, ImageCms

from jnd.picture.record import CodeValues, Picture

BACKGROUNDS = (0, 255)
"""Grey levels that a transparent picture is judged over: black and white, of which the worse sight counts.

What lies behind a picture on a page is unknown, and these are the extremes.
"""

_SPACE_OF_PROFILE = {b"RGB ": "RGB", b"GRAY": "L", b"CMYK": "CMYK"}  # ICC.1:2022, table 19


def seen(picture: Picture, background: int = BACKGROUNDS[0]) -> CodeValues:
    """The picture as a person sees it, in sRGB.

    Parameters
    ----------
    background : grey level behind a transparent picture, 0 to 255 in sRGB code values whatever the depth.

    Returns
    -------
    (H, W, 3) sRGB code values, uint8 or uint16 like the picture's; uint8 where a 16-bit picture has a profile,
    because the conversion works in 8 bits. The array may be the picture's own: read-only.

    Notes
    -----
    Transparent pixels are mixed in code values and not in linear light, which is what browsers do.
    """
    if not 0 <= background <= 255:
        raise ValueError(f"background must be a grey level in 0..255, got {background}")
    pixels, alpha = picture.pixels, picture.alpha
    if picture.icc_profile is not None:
        pixels = _profile_to_srgb(in_8_bits(pixels), picture.icc_profile)
        alpha = None if alpha is None else in_8_bits(alpha)
    elif pixels.ndim == 2:
        pixels = np.repeat(pixels[:, :, np.newaxis], 3, axis=2)
    return pixels if alpha is None else _over(pixels, alpha, background)


def in_8_bits(values: CodeValues) -> CodeValues:
    """Code values rounded to uint8: round(value · 255 / 65535).

    >>> in_8_bits(np.array([0, 128, 129, 65535], np.uint16)).tolist()
    [0, 0, 1, 255]
    """
    if values.dtype == np.uint8:
        return values
    out = np.empty(values.shape, np.uint8)
    for rows in _row_blocks(values):
        # 65535 / 255 is 257; the half of it, 128.5, is never met, so there are no ties.
        out[rows] = (values[rows].astype(np.uint32) + 128) // 257
    return out


def profile_space(icc_profile: bytes) -> str | None:
    """The kind of pixels that a profile describes, "RGB", "L" or "CMYK"; None if it is none that we can use."""
    space = _SPACE_OF_PROFILE.get(icc_profile[16:20])
    if space is None:
        return None
    try:
        _transform(icc_profile, space)
    except (ImageCms.PyCMSError, OSError, ValueError):
        return None
    return space


def cmyk_to_srgb(cmyk: Image.Image, icc_profile: bytes | None) -> CodeValues:
    """(H, W, 3) uint8 sRGB of a Pillow picture of mode CMYK.

    Without a profile of its own: R = (255 - C)(255 - K) / 255, and so on, which is all that can be said.
    """
    if icc_profile is not None and profile_space(icc_profile) == "CMYK":
        return np.asarray(ImageCms.applyTransform(cmyk, _transform(icc_profile, "CMYK")))
    return np.asarray(cmyk.convert("RGB"))


def _profile_to_srgb(pixels: CodeValues, icc_profile: bytes) -> CodeValues:
    space = _SPACE_OF_PROFILE.get(icc_profile[16:20])
    if pixels.ndim == 2 and space == "RGB":  # common: a grey JPEG that names the profile of its editor
        pixels = np.repeat(pixels[:, :, np.newaxis], 3, axis=2)
    if space != ("L" if pixels.ndim == 2 else "RGB"):
        raise ValueError(
            f"an ICC profile for {icc_profile[16:20].decode('latin-1').strip() or 'nothing'} cannot describe "
            f"pixels of shape {pixels.shape}; set icc_profile=None to take them as sRGB"
        )
    converted = ImageCms.applyTransform(Image.fromarray(pixels), _transform(icc_profile, space))
    return np.asarray(converted)


@lru_cache(maxsize=8)
def _transform(icc_profile: bytes, space: str) -> ImageCms.ImageCmsTransform:
    profile = ImageCms.ImageCmsProfile(io.BytesIO(icc_profile))
    return ImageCms.buildTransform(
        profile, ImageCms.createProfile("sRGB"), space, "RGB", renderingIntent=ImageCms.Intent.PERCEPTUAL
    )


def _over(pixels: CodeValues, alpha: CodeValues, background: int) -> CodeValues:
    """round((alpha · pixel + (max - alpha) · background) / max)."""
    top = int(np.iinfo(pixels.dtype).max)
    behind = background * (top // 255)
    out = np.empty_like(pixels)
    for rows in _row_blocks(pixels):
        opacity = alpha[rows, :, np.newaxis].astype(np.uint32)
        # At most 65535², which uint32 holds, also with the half that rounds.
        out[rows] = (opacity * pixels[rows] + (top - opacity) * np.uint32(behind) + top // 2) // top
    return out


def _row_blocks(values: CodeValues) -> list[slice]:
    """Slices of 256 rows: arithmetic in wider types then needs little memory."""
    return [slice(row, row + 256) for row in range(0, len(values), 256)]
