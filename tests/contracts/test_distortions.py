"""What holds for every distortion of the registry."""

from itertools import pairwise

import numpy as np
import pytest
from skimage import data

from jnd.distortions import DISTORTIONS, distort
from jnd.observer import Observer

NATURAL = np.ascontiguousarray(data.astronaut()[100:292, 120:376])
LEVELS = (0.15, 0.35, 0.6, 0.85, 1.0)
SLACK_JND = 0.15
"""Noise of a curve: JPEG's and banding's steps meet the picture's values better or worse."""


def random_picture(*shape):
    return np.random.default_rng(7).integers(0, 256, shape).astype(np.uint8)


@pytest.fixture(scope="module")
def observer():
    return Observer(NATURAL)


@pytest.mark.parametrize("name", DISTORTIONS)
class TestEveryDistortion:
    def test_is_registered_under_its_own_name(self, name):
        assert DISTORTIONS[name].name == name

    def test_level_0_is_the_picture_itself(self, name):
        changed = distort(NATURAL, name, 0.0, seed=5)
        assert np.array_equal(changed, NATURAL)
        assert not np.shares_memory(changed, NATURAL)

    def test_a_seed_is_one_picture(self, name):
        assert np.array_equal(distort(NATURAL, name, 0.5, seed=3), distort(NATURAL, name, 0.5, seed=3))

    def test_the_seed_decides_what_is_said_to_be_drawn(self, name):
        versions = {distort(NATURAL, name, 0.8, seed=seed).tobytes() for seed in range(8)}
        assert (len(versions) == 1) == (DISTORTIONS[name].drawn == "nothing")

    @pytest.mark.parametrize("seed", [0, 1])
    def test_a_higher_level_is_seen_more(self, name, seed, observer):
        seen = [observer.look(distort(NATURAL, name, level, seed)).jnd for level in LEVELS]
        assert all(higher > lower - SLACK_JND for lower, higher in pairwise(seen)), seen
        assert seen[-1] > 4, "the strongest level is plain to see"
        # A patch of another place, however small, has hard edges.
        limit = 2 if name == "paste" else 1
        assert observer.look(distort(NATURAL, name, 0.02, seed)).jnd < limit, "the lowest levels are not"

    @pytest.mark.parametrize("shape", [(1, 1, 3), (1, 9, 3), (9, 1, 3), (2, 3, 3), (5, 4), (1, 1)])
    @pytest.mark.parametrize("level", [1e-6, 0.3, 1.0])
    def test_small_and_grey_pictures_keep_their_size(self, name, shape, level):
        pixels = random_picture(*shape)
        before = pixels.copy()
        changed = distort(pixels, name, level, seed=1)
        assert changed.shape == (*shape[:2], 3)
        assert changed.dtype == np.uint8
        assert np.array_equal(pixels, before)

    def test_black_and_white_stay_within_the_range(self, name):
        for value in (0, 255):
            assert distort(np.full((16, 24, 3), value, np.uint8), name, 1.0, seed=2).shape == (16, 24, 3)

    def test_its_level_axis_begins_where_nothing_changes(self, name):
        axis = DISTORTIONS[name].axis
        assert axis.value(0.0) == axis.at_zero
        assert axis.value(1.0) == pytest.approx(axis.at_one)


def test_the_20_traditional_distortions_of_bapps_are_there():
    assert len({entry.bapps for entry in DISTORTIONS.values()} - {None}) == 20
