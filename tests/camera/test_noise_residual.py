"""The denoiser against an independent program, and its laws."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from jnd.camera.prnu.daubechies import HIGH, LOW, put_together, reach, taken_apart
from jnd.camera.prnu.linear_pattern import without_linear_pattern, without_periodic_pattern
from jnd.camera.prnu.noise_residual import LEAST_SIDE, attenuation, noise_residual


def golden_picture():
    y, x = np.mgrid[:192, :256]
    texture = (x * 7919 + y * 104729) % 13 - 6
    smooth = 120 + 60 * np.sin(x / 23) * np.cos(y / 31) + 30 * (x > 150)
    return (smooth + texture).round().clip(0, 255).astype(np.uint8)


class TestWavelet:
    def test_the_filters_are_orthonormal_with_four_vanishing_moments(self):
        for shift in (0, 2, 4, 6):
            assert LOW[shift:] @ LOW[: 8 - shift] == pytest.approx(float(shift == 0), abs=1e-11)
            assert HIGH[shift:] @ HIGH[: 8 - shift] == pytest.approx(float(shift == 0), abs=1e-11)
        assert LOW.sum() == pytest.approx(np.sqrt(2), abs=1e-12)
        for power in range(4):
            assert HIGH @ np.arange(8.0) ** power == pytest.approx(0, abs=1e-8)

    def test_coefficients_are_those_of_pywavelets(self):
        # PyWavelets 1.9.0, dwt2(picture, "db4", mode="symmetric"), coefficient (40, 50) of each band.
        low, (high_low, low_high, high_high) = taken_apart(golden_picture().astype(np.float32))
        found = [band[40, 50] for band in (low, low_high, high_low, high_high)]
        assert found == pytest.approx([312.6643, 1.6668, 0.9535, 0.5539], abs=1e-3)

    @given(seed=st.integers(0, 2**32 - 1), rows=st.integers(16, 40), columns=st.integers(16, 40))
    @settings(max_examples=30, deadline=None)
    def test_taking_apart_and_putting_together_changes_nothing_within(self, seed, rows, columns):
        plane = np.random.default_rng(seed).normal(0, 9, (2 * rows, 2 * columns)).astype(np.float32)
        low, details = taken_apart(plane)
        edge = reach(1)
        inside = (slice(edge, -edge),) * 2
        np.testing.assert_allclose(put_together(low, details)[inside], plane[inside], atol=2e-4)

    def test_no_approximation_is_one_of_zeros(self):
        low, details = taken_apart(golden_picture().astype(np.float32))
        np.testing.assert_array_equal(put_together(None, details), put_together(np.zeros_like(low), details))


class TestNoiseResidual:
    def test_golden_values(self):
        # A plain program with PyWavelets 1.9.0 (db4, 4 levels, mirrored by 112 pixels) and scipy.ndimage.uniform_filter.
        residual = noise_residual(golden_picture())
        places = [(40, 50), (96, 128), (100, 151), (150, 30), (60, 200), (120, 90)]
        values = [1.9896, -3.1541, 4.4365, -1.0496, 1.3638, -3.2513]
        assert [residual[place] for place in places] == pytest.approx(values, abs=5e-4)
        assert residual.std() == pytest.approx(2.31137, abs=1e-3)

    def test_shape_type_and_input_untouched(self):
        pixels = np.dstack([golden_picture()] * 3)[:101, :97].copy()
        before = pixels.copy()
        residual = noise_residual(pixels)
        assert (residual.shape, residual.dtype) == ((101, 97), np.float32)
        np.testing.assert_array_equal(pixels, before)

    def test_three_equal_colours_are_grey(self):
        grey = golden_picture()
        np.testing.assert_allclose(noise_residual(np.dstack([grey] * 3)), noise_residual(grey), atol=1e-4)

    def test_sixteen_bits_are_eight_bits(self):
        grey = golden_picture()
        np.testing.assert_allclose(
            noise_residual(grey.astype(np.uint16) * np.uint16(257)), noise_residual(grey), atol=1e-3
        )

    def test_noise_is_found_and_light_is_not(self):
        random = np.random.default_rng(3)
        y, x = np.mgrid[:256, :256]
        light = 120 + 50 * np.sin(x / 40) * np.cos(y / 50)
        noise = random.normal(0, 2, light.shape)
        residual = noise_residual((light + noise).round().astype(np.uint8))
        assert np.corrcoef(residual.ravel(), noise.ravel())[0, 1] > 0.95
        assert abs(np.corrcoef(residual.ravel(), light.ravel())[0, 1]) < 0.02

    def test_a_constant_picture_has_none(self):
        assert np.abs(noise_residual(np.full((80, 90), 77, np.uint8))).max() < 1e-3

    @pytest.mark.parametrize(
        ("pixels", "words"),
        [
            (np.zeros((80, 80)), "uint8 or uint16"),
            (np.zeros((80, 80, 4), np.uint8), r"\(80, 80, 4\)"),
            (np.zeros((LEAST_SIDE - 1, 80), np.uint8), "80 x 63"),
        ],
    )
    def test_other_arrays_are_refused(self, pixels, words):
        with pytest.raises(ValueError, match=words):
            noise_residual(pixels)

    @pytest.mark.parametrize("sigma", [0.0, -1.0, float("nan"), float("inf")])
    def test_sigma_must_be_positive(self, sigma):
        with pytest.raises(ValueError, match="sigma must be positive"):
            noise_residual(golden_picture(), sigma=sigma)

    @given(arrays(np.float32, (24, 24), elements=st.floats(0, 1e4, width=32)))
    @settings(max_examples=40, deadline=None)
    def test_attenuation_is_a_share(self, energy):
        share = attenuation(energy, 9.0)
        assert share.min() > 0
        assert share.max() <= 1


class TestPatterns:
    @given(seed=st.integers(0, 2**32 - 1), rows=st.integers(8, 41), columns=st.integers(8, 41))
    @settings(max_examples=30, deadline=None)
    def test_rows_and_columns_leave_nothing(self, seed, rows, columns):
        random = np.random.default_rng(seed)
        plane = random.normal(0, 1, (rows, columns)).astype(np.float32)
        lines = random.normal(0, 5, (rows, 1)) + random.normal(0, 5, (1, columns))
        lines[::2, 1::2] += 3  # the colour filter array's own
        with_lines = without_linear_pattern((plane + lines).astype(np.float32))
        np.testing.assert_allclose(with_lines, without_linear_pattern(plane), atol=1e-4)
        for row in (0, 1):
            assert np.abs(with_lines[row, 0::2].mean()) < 1e-4
            assert np.abs(with_lines[1::2, row].mean()) < 1e-4

    def test_taking_out_twice_is_taking_out_once(self):
        plane = np.random.default_rng(0).normal(0, 1, (40, 50)).astype(np.float32)
        once = without_linear_pattern(plane)
        np.testing.assert_allclose(without_linear_pattern(once), once, atol=1e-5)

    def test_a_repeated_pattern_is_weakened_and_noise_stays(self):
        noise = np.random.default_rng(0).normal(0, 1, (512, 512)).astype(np.float32)
        repeated = np.tile(np.random.default_rng(1).normal(0, 1, (8, 8)), (64, 64)).astype(np.float32)
        kept = without_periodic_pattern(noise + repeated)
        assert (kept * repeated).mean() < 0.15 * (repeated**2).mean()
        assert np.corrcoef(kept.ravel(), noise.ravel())[0, 1] > 0.95

    def test_a_plane_of_zeros_stays_one(self):
        assert not without_periodic_pattern(np.zeros((70, 80), np.float32)).any()
