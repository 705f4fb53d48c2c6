"""Noise of a map's amplitude."""

import numpy as np
import pytest
from skimage import data

from jnd.redundancy import inject_noise

PHOTOGRAPH = data.camera()[100:228, 100:228]
MAP = 2 + np.random.default_rng(0).uniform(0, 8, PHOTOGRAPH.shape)


def test_each_pixel_moves_by_its_threshold_up_or_down():
    grey = np.full((64, 64), 128.0)
    whole = np.full((64, 64), 3.0)
    moved = inject_noise(grey, whole).astype(int) - 128
    assert set(np.unique(moved)) == {-3, 3}
    assert abs(moved.mean()) < 0.3
    assert set(np.unique(inject_noise(grey, whole, strength=2).astype(int) - 128)) == {-6, 6}


@pytest.mark.parametrize("energy", [20.0, 140.6, 160.0, 1000.0])
def test_energy_is_met_after_rounding_and_clipping(energy):
    noisy = inject_noise(PHOTOGRAPH, MAP, mean_square=energy).astype(float)
    assert np.mean((noisy - PHOTOGRAPH) ** 2) == pytest.approx(energy, rel=0.005)


def test_a_seed_makes_the_same_signs_for_every_map():
    one, other = (inject_noise(PHOTOGRAPH, scale * MAP, seed=4).astype(int) - PHOTOGRAPH for scale in (1, 2))
    inside = (PHOTOGRAPH > 40) & (PHOTOGRAPH < 215)
    assert (np.sign(one) == np.sign(other))[inside].all()
    assert not np.array_equal(inject_noise(PHOTOGRAPH, MAP, seed=5), inject_noise(PHOTOGRAPH, MAP, seed=4))


def test_input_is_left_untouched():
    before = PHOTOGRAPH.copy(), MAP.copy()
    inject_noise(PHOTOGRAPH, MAP, mean_square=100)
    assert np.array_equal(before[0], PHOTOGRAPH)
    assert np.array_equal(before[1], MAP)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"strength": 1, "mean_square": 9}, "not both"),
        ({"strength": 0}, "positive"),
        ({"mean_square": -1}, "positive"),
        ({"mean_square": np.nan}, "positive"),
        ({"mean_square": 1e9}, "clipping"),
    ],
)
def test_impossible_numbers_are_refused(options, words):
    with pytest.raises(ValueError, match=words):
        inject_noise(PHOTOGRAPH, MAP, **options)


def test_a_map_of_zeros_and_other_sizes_are_refused():
    with pytest.raises(ValueError, match="0 everywhere"):
        inject_noise(PHOTOGRAPH, 0 * MAP, mean_square=9)
    with pytest.raises(ValueError, match="use one size"):
        inject_noise(PHOTOGRAPH, MAP[:-1])
