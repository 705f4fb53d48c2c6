"""A picture's record refuses what it cannot mean, and keeps pixels as they are."""

import numpy as np
import pytest

from jnd.picture import Picture


@pytest.mark.parametrize(
    ("pixels", "message"),
    [
        (np.zeros((2, 2), np.float32), "uint8 or uint16, got float32"),
        (np.zeros((2, 2, 4), np.uint8), r"got \(2, 2, 4\)"),
        (np.zeros((2,), np.uint8), r"got \(2,\)"),
        (np.zeros((0, 2), np.uint8), "at least one pixel"),
        (np.zeros((1, 2, 2, 3), np.uint8), r"got \(1, 2, 2, 3\)"),
    ],
)
def test_pixels_that_are_none(pixels: np.ndarray, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Picture(pixels)


@pytest.mark.parametrize(
    "alpha", [np.zeros((2, 3), np.uint8), np.zeros((2, 2), np.uint16), np.zeros((2, 2, 1), np.uint8)]
)
def test_opacity_is_like_the_pixels(alpha: np.ndarray) -> None:
    with pytest.raises(ValueError, match="alpha must be"):
        Picture(np.zeros((2, 2, 3), np.uint8), alpha)


def test_pixels_are_read_only_but_the_array_given_is_not() -> None:
    mine = np.zeros((2, 2, 3), np.uint8)
    picture = Picture(mine, np.zeros((2, 2), np.uint8))
    for values in (picture.pixels, picture.alpha):
        assert values is not None
        with pytest.raises(ValueError, match="read-only"):
            values[0, 0] = 1
    mine[0, 0] = 1
