"""Maps as pictures."""

import numpy as np
import pytest
from skimage.color import rgb2lab

from jnd.models.rendering import colours, nice_top, painted, render_comparison, render_map

RAMP = np.tile(np.linspace(0, 20, 200), (150, 1))


def test_lightness_rises_with_the_threshold():
    lightness = rgb2lab(colours()[None] / 255)[0, :, 0]
    assert (np.diff(lightness[::8]) > 0).all()


def test_the_map_stands_in_the_picture_unchanged():
    image = render_map(RAMP, "a title", top=20)
    assert image.dtype == np.uint8
    expected = painted(RAMP, 20)
    found = [
        (row, column)
        for row in range(image.shape[0] - 150)
        for column in range(60)
        if np.array_equal(image[row : row + 150, column : column + 200], expected)
    ]
    assert len(found) == 1


def test_small_maps_get_a_whole_bar():
    assert min(render_map(np.ones((1, 1)), "tiny").shape[:2]) > 120


def test_everything_above_the_bar_is_the_last_colour():
    assert np.array_equal(painted(np.array([[99.0]]), 20)[0, 0], colours()[255])


@pytest.mark.parametrize("top", [0.0, -3.0, np.nan, np.inf])
def test_impossible_scales_are_refused(top):
    with pytest.raises(ValueError, match="end of the scale"):
        render_map(RAMP, "", top=top)


def test_a_map_of_zeros_can_be_drawn():
    assert nice_top(0.0) == 1
    assert render_map(np.zeros((20, 20)), "nothing").size


def test_the_sheet_holds_every_model():
    grey = np.full((150, 200), 90, np.uint8)
    few = render_comparison(grey, {"a": RAMP}, title="t")
    many = render_comparison(grey, dict.fromkeys("abcdefgh", RAMP), title="t")
    assert many.shape[0] > 2 * few.shape[0] - 80
    tall = render_comparison(np.full((400, 3, 3), 9, np.uint8), {"a": np.ones((400, 3))}, title="t")
    assert tall.ndim == 3
