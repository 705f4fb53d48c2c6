"""TV-L1: how near to the minimum, and the laws of the decomposition."""

import numpy as np
import pytest
import skimage.data

from jnd.vision import total_variation
from jnd.vision.luma import luma_bt601
from jnd.vision.total_variation import energy, structure

EXACT_MINIMUM = {"camera": 1_804_164.2, "astronaut": 2_407_031.0}
"""Of the anisotropic energy at λ = 0.8, by an exact maximum-flow minimiser on each level set."""


@pytest.mark.parametrize("name", EXACT_MINIMUM)
def test_energy_is_within_a_thousandth_of_the_minimum(name):
    pixels = getattr(skimage.data, name)()
    levels = pixels if pixels.ndim == 2 else luma_bt601(pixels)
    excess = energy(levels, structure(levels)) / EXACT_MINIMUM[name] - 1
    assert 0 <= excess < 0.001


def lower_bound(levels, iterations, weight):
    """No picture in 0..255 has less energy, whoever looks for it: the dual field of the iteration as a witness."""
    picture = levels.astype(np.float32)
    planes = [picture.copy(), np.zeros_like(picture), np.zeros_like(picture)]
    total_variation._iterate(picture, *planes, iterations, 2.0, 1 / 16, 2.0 * weight)
    across, down = (plane.astype(np.float64) for plane in planes[1:])
    divergence = across + down
    divergence[1:] -= down[:-1]
    divergence[:, 1:] -= across[:, :-1]
    f = picture.astype(np.float64)
    candidates = [-divergence * u + weight * np.abs(u - f) for u in (0.0, f, 255.0)]
    return np.minimum.reduce(candidates).sum()


@pytest.mark.parametrize("weight", [0.4, 0.8, 2.0])
def test_energy_is_near_the_dual_bound(weight):
    levels = np.ascontiguousarray(skimage.data.camera()[100:164, 180:260])
    found = energy(levels, structure(levels, weight=weight, iterations=1500), weight=weight)
    bound = lower_bound(levels, 1500, weight)
    assert bound <= found <= 1.002 * bound


def test_uniform_pictures_and_wide_steps_are_all_structure():
    levels = np.full((40, 40), 90, dtype=np.uint8)
    np.testing.assert_array_equal(structure(levels), levels)
    levels[:, 20:] = 200
    np.testing.assert_array_equal(structure(levels), levels)


def test_a_lone_pixel_is_all_texture():
    levels = np.full((31, 31), 90, dtype=np.uint8)
    levels[15, 15] = 250
    np.testing.assert_array_equal(structure(levels), np.full_like(levels, 90))


def test_contrast_does_not_decide():
    levels = np.random.default_rng(0).integers(0, 2, (40, 40)).astype(np.uint8)
    faint, strong = (
        structure(100 + 10 * levels, iterations=3000),
        structure(100 + 100 * levels, iterations=3000),
    )
    assert energy(100 + 100 * levels, strong) == pytest.approx(
        10 * energy(100 + 10 * levels, faint), rel=0.01
    )
