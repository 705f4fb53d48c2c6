"""Block motion, and masking by change from frame to frame."""

import numpy as np
import pytest
from skimage import data

from jnd.vision.motion import block_motion
from jnd.vision.temporal_masking import interframe_difference, interframe_factor

PHOTOGRAPH = np.ascontiguousarray(data.camera()[100:196, 100:228])


@pytest.mark.parametrize("step", [(0, 0), (3, -2), (-7, 7), (1, 0)])
def test_a_shift_is_found_where_the_picture_has_detail(step):
    right, down = step
    moved = np.roll(PHOTOGRAPH, (down, right), axis=(0, 1))
    found = block_motion(moved, PHOTOGRAPH)
    assert (found[1:-1, 1:-1] == step).all(axis=-1).mean() > 0.9


def test_uniform_ground_stands_still():
    flat = np.full((32, 32), 90, np.uint8)
    assert not block_motion(flat, flat).any()
    assert not block_motion(flat, flat + 9).any()


def test_frames_of_two_sizes_are_refused():
    with pytest.raises(ValueError, match="one size"):
        block_motion(PHOTOGRAPH, PHOTOGRAPH[:-8])


def test_change_between_frames_hides_more_when_it_is_dark():
    factor = interframe_factor(np.array([-255.0, -100.0, 0.0, 100.0, 255.0]))
    assert factor[0] == pytest.approx(4.8)
    assert factor[-1] == pytest.approx(2.4)
    assert factor[0] > factor[1] > factor[2] >= 0.8
    assert factor[4] > factor[3]


def test_difference_is_half_the_pixels_and_half_the_means():
    before = np.zeros((2, 2))
    after = np.array([[8.0, 0.0], [0.0, 0.0]])
    assert interframe_difference(after, before).tolist() == [[5.0, 1.0], [1.0, 1.0]]
