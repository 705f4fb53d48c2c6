"""Channels as decoders give them, taken apart: colour or grey, and an opacity that matters."""

import numpy as np

from jnd.picture.record import CodeValues


def split(channels: CodeValues) -> tuple[CodeValues, CodeValues | None]:
    """(H, W) or (H, W, 3) pixels and (H, W) alpha of (H, W) or (H, W, 1 to 4) channels.

    >>> [part.shape for part in split(np.zeros((2, 5, 2), np.uint8))]
    [(2, 5), (2, 5)]
    """
    if channels.ndim == 2:
        return channels, None
    colours = 1 if channels.shape[2] <= 2 else 3
    pixels = channels[..., 0] if colours == 1 else channels[..., :3]
    alpha = np.ascontiguousarray(channels[..., colours]) if channels.shape[2] > colours else None
    return np.ascontiguousarray(pixels), alpha


def unless_opaque(alpha: CodeValues | None) -> CodeValues | None:
    """``alpha``, or None if every pixel is opaque."""
    return None if alpha is None or bool((alpha == np.iinfo(alpha.dtype).max).all()) else alpha
