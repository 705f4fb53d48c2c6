"""Saliency, pyramid, statistics, luma and complexity: what each promises."""

import numpy as np
import pytest
import skimage.data
from hypothesis import given, settings
from hypothesis import strategies as st

from jnd.models.nlp_saliency import NOISE_GAIN
from jnd.vision.contrast_masking import nonlinear_additivity
from jnd.vision.laplacian_pyramid import expanded, laplacian_bands, normalisers, reduced
from jnd.vision.local_statistics import local_standard_deviation
from jnd.vision.luma import luma_bt601
from jnd.vision.luminance_adaptation import background_luminance
from jnd.vision.pattern_complexity import orientation_kinds, pattern_complexity
from jnd.vision.saliency import saliency


class TestSaliency:
    def test_runs_from_0_to_1_and_finds_the_odd_one_out(self):
        plane = np.full((120, 160), 100, dtype=np.uint8)
        plane[50:60, 100:112] = 220
        map_ = saliency(plane)
        assert map_.shape == plane.shape
        assert map_.min() >= 0
        assert map_.max() == pytest.approx(1, abs=0.05)
        row, column = np.unravel_index(map_.argmax(), map_.shape)
        assert 42 <= row < 68
        assert 90 <= column < 122
        assert map_[5, 5] < 0.05

    def test_uniform_pictures_have_none(self):
        assert saliency(np.full((30, 500), 255, dtype=np.uint8)).max() < 1e-4


class TestPyramid:
    def test_bands_and_remainder_add_up_to_the_picture(self):
        plane = skimage.data.camera()[:101, :83].astype(np.float64)
        coarse = plane
        for _ in range(5):
            coarse = reduced(coarse)
        bands = laplacian_bands(plane)
        for band in reversed(bands):
            coarse = band + expanded(coarse, band.shape)
        np.testing.assert_allclose(coarse, plane, atol=1e-9)

    def test_uniform_planes_have_empty_bands(self):
        for band in laplacian_bands(np.full((64, 70), 0.5)):
            np.testing.assert_allclose(band, 0, atol=1e-12)

    def test_normalisers_are_sigma_on_uniform_planes(self):
        found = normalisers(laplacian_bands(np.zeros((64, 64))))
        assert [float(plane.max()) for plane in found] == pytest.approx(
            [0.0248, 0.0185, 0.0179, 0.0191, 0.0220]
        )

    def test_noise_gains_are_those_of_noise(self):
        noise = np.random.default_rng(0).standard_normal((1024, 1024))
        for band, gain in zip(laplacian_bands(noise), NOISE_GAIN, strict=True):
            assert band.std() == pytest.approx(gain, rel=4 / np.sqrt(band.size))


class TestStatistics:
    @pytest.mark.parametrize("border", ["reflect", "zero"])
    @pytest.mark.parametrize("side", [5, 7])
    def test_standard_deviation_is_that_of_the_window(self, side, border):
        plane = np.random.default_rng(1).integers(0, 256, (20, 17)).astype(np.uint8)
        padded = np.pad(
            plane.astype(float), side // 2, mode="symmetric" if border == "reflect" else "constant"
        )
        windows = np.lib.stride_tricks.sliding_window_view(padded, (side, side))
        expected = windows.std(axis=(2, 3))
        for dtype in (np.uint8, np.float32, np.float64):
            found = local_standard_deviation(plane.astype(dtype), side, border)
            np.testing.assert_allclose(found, expected, atol=1e-4)

    @settings(deadline=None, max_examples=30)
    @given(st.integers(1, 12), st.integers(1, 12), st.integers(0, 2**31))
    def test_background_is_a_weighted_mean_of_the_surround(self, height, width, seed):
        plane = np.random.default_rng(seed).integers(0, 256, (height, width)).astype(np.uint8)
        background = background_luminance(plane, "reflect")
        assert background.min() >= plane.min() - 1e-3
        assert background.max() <= plane.max() + 1e-3
        np.testing.assert_allclose(
            background_luminance(plane.astype(np.float64), "reflect"), background, rtol=1e-6
        )

    @given(st.floats(0, 100), st.floats(0, 100))
    def test_two_thresholds_together_are_at_least_the_larger_and_at_most_the_sum(self, first, second):
        together = nonlinear_additivity(np.array([first]), np.array([second]), 0.3)[0]
        assert max(first, second) - 1e-9 <= together <= first + second + 1e-9


class TestLuma:
    def test_grey_is_its_own_luma(self):
        grey = np.arange(256, dtype=np.uint8)
        np.testing.assert_array_equal(luma_bt601(np.stack([grey] * 3, axis=-1)[None])[0], grey)

    def test_bad_input(self):
        with pytest.raises(ValueError, match="own luma"):
            luma_bt601(np.zeros((4, 4), dtype=np.uint8))
        with pytest.raises(TypeError, match="uint16"):
            luma_bt601(np.zeros((4, 4, 3), dtype=np.uint16))


class TestComplexity:
    def test_kinds_run_from_1_to_9(self):
        kinds = orientation_kinds(
            np.random.default_rng(0).integers(0, 256, (64, 64)).astype(np.uint8), "reflect"
        )
        assert kinds.min() >= 1
        assert kinds.max() <= 9
        assert kinds.mean() > 5

    def test_a_ramp_has_one_orientation_and_so_has_flat_ground(self):
        ramp = np.tile(np.arange(0, 250, 10, dtype=np.uint8), (20, 1))
        assert (orientation_kinds(ramp, "reflect")[:, 2:-2] == 1).all()
        assert pattern_complexity(np.full((9, 9), 77.0), "reflect") == pytest.approx(1)

    def test_turning_the_picture_turns_the_map(self):
        plane = np.random.default_rng(5).integers(0, 256, (30, 30)).astype(np.float64)
        upside_down = orientation_kinds(plane[::-1, ::-1].copy(), "reflect")[::-1, ::-1]
        # Orientation 0 and 180 degrees fall into different bins, nothing else differs.
        assert np.mean(upside_down != orientation_kinds(plane, "reflect")) < 0.05
