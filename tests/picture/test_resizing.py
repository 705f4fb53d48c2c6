"""Pictures made to fit a box."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skimage import data

from jnd.picture import Picture, fit_within

PHOTOGRAPH = Picture(data.astronaut()[:200, :300])


@given(st.integers(1, 40), st.integers(1, 40), st.integers(1, 50), st.integers(1, 50))
def test_it_fits_keeps_its_ratio_and_never_grows(
    height: int, width: int, box_width: int, box_height: int
) -> None:
    picture = Picture(np.zeros((height, width, 3), np.uint8))
    rows, columns = fit_within(picture, box_width, box_height).pixels.shape[:2]
    assert rows <= min(height, max(box_height, 1)) and columns <= min(width, max(box_width, 1))
    scale = min(1, box_width / width, box_height / height)
    assert abs(rows - height * scale) <= max(0.5, 1 - height * scale)
    assert abs(columns - width * scale) <= max(0.5, 1 - width * scale)


def test_what_fits_is_returned_as_it_is() -> None:
    assert fit_within(PHOTOGRAPH, 300, None) is PHOTOGRAPH and fit_within(PHOTOGRAPH, None, 200) is PHOTOGRAPH


@pytest.mark.parametrize("depth", [np.uint8, np.uint16])
def test_flat_colours_stay(depth: type) -> None:
    top = np.iinfo(depth).max
    picture = Picture(np.full((50, 70, 3), (top, top // 3, 0), depth))
    assert np.unique(fit_within(picture, 20, 20).pixels.reshape(-1, 3), axis=0).tolist() == [
        [top, top // 3, 0]
    ]


def test_the_mean_stays_and_fine_stripes_become_grey() -> None:
    stripes = np.zeros((64, 64), np.uint8)
    stripes[:, ::2] = 255
    small = fit_within(Picture(stripes), 16, None).pixels
    assert abs(small.astype(float).mean() - 127.5) < 2 and np.ptp(small[:, 2:-2]) < 12


def test_transparent_pixels_leave_no_fringe() -> None:
    pixels = np.zeros((60, 60, 3), np.uint8)
    pixels[:, :30] = (200, 100, 50)  # opaque; the rest is black but transparent
    alpha = np.zeros((60, 60), np.uint8)
    alpha[:, :30] = 255
    small = fit_within(Picture(pixels, alpha=alpha), 20, None)
    assert small.alpha is not None
    visible = small.pixels[small.alpha > 20].astype(int)
    assert np.abs(visible - (200, 100, 50)).max() <= 2


def test_everything_but_pixels_goes_along() -> None:
    picture = Picture(PHOTOGRAPH.pixels, icc_profile=b"profile", exif=b"exif", xmp=b"xmp", file_format="png")
    small = fit_within(picture, 30, None)
    assert (small.icc_profile, small.exif, small.xmp, small.file_format) == (
        b"profile",
        b"exif",
        b"xmp",
        "png",
    )


def test_a_box_without_room_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1 pixel"):
        fit_within(PHOTOGRAPH, 0, None)
