"""Types that records of several kinds share."""

from typing import Literal

Setting = dict[str, int | float | str]
"""What an encoder is told, in its own words: ``{"quality": 82}``."""

Window = tuple[int, int, int, int]
"""x, y, width and height in pixels of the upright picture."""


Pool = Literal["picture", "window"]
"""Whether a difference is pooled over the whole picture, or over its worst window of 4° by 4°."""
