"""PSPNR, and PSNR and SSIM weighted by a JND map."""

import math

import numpy as np
import pytest
from skimage import data
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from jnd.metrics.jnd_weighted import jnd_weighted_psnr, jnd_weighted_ssim
from jnd.metrics.pspnr import pspnr

PHOTOGRAPH = data.camera()[:96, :128].astype(np.float64)
NOISY = np.clip(PHOTOGRAPH + np.random.default_rng(0).normal(0, 6, PHOTOGRAPH.shape), 0, 255)
ONES = np.ones_like(PHOTOGRAPH)
SCORES = (pspnr, jnd_weighted_psnr, jnd_weighted_ssim)


def test_pspnr_without_thresholds_is_psnr():
    assert pspnr(PHOTOGRAPH, NOISY, 0 * ONES) == pytest.approx(
        peak_signal_noise_ratio(PHOTOGRAPH, NOISY, data_range=255)
    )


def test_pspnr_counts_only_what_exceeds_the_threshold():
    changed = PHOTOGRAPH.copy()
    changed[5, 5] += 10
    changed[6, 6] += 3
    assert pspnr(PHOTOGRAPH, changed, 4 * ONES) == pytest.approx(10 * math.log10(255**2 / (36 / ONES.size)))
    assert pspnr(PHOTOGRAPH, changed, 10 * ONES) == math.inf


def test_a_constant_map_gives_plain_psnr_and_ssim():
    for level in (1.0, 7.0):
        assert jnd_weighted_psnr(PHOTOGRAPH, NOISY, level * ONES) == pytest.approx(
            peak_signal_noise_ratio(PHOTOGRAPH, NOISY, data_range=255)
        )
        assert jnd_weighted_ssim(PHOTOGRAPH, NOISY, level * ONES) == pytest.approx(
            structural_similarity(
                PHOTOGRAPH,
                NOISY,
                data_range=255,
                gaussian_weights=True,
                sigma=1.5,
                use_sample_covariance=False,
            ),
            abs=1e-9,
        )


@pytest.mark.parametrize("score", [jnd_weighted_psnr, jnd_weighted_ssim])
def test_noise_where_it_is_hidden_scores_better(score):
    left, right = PHOTOGRAPH.copy(), PHOTOGRAPH.copy()
    left[:, :64], right[:, 64:] = NOISY[:, :64], NOISY[:, 64:]
    hides_left = np.where(np.arange(128) < 64, 12.0, 2.0) * ONES
    plain = score(PHOTOGRAPH, left, ONES) - score(PHOTOGRAPH, right, ONES)
    assert score(PHOTOGRAPH, left, hides_left) - score(PHOTOGRAPH, right, hides_left) > plain


def test_equal_pictures():
    assert pspnr(PHOTOGRAPH, PHOTOGRAPH, ONES) == math.inf
    assert jnd_weighted_psnr(PHOTOGRAPH, PHOTOGRAPH, ONES) == math.inf
    assert jnd_weighted_ssim(PHOTOGRAPH, PHOTOGRAPH, ONES) == pytest.approx(1)


@pytest.mark.parametrize("score", SCORES)
class TestBadInput:
    def test_sizes_that_differ(self, score):
        with pytest.raises(ValueError, match="use one size"):
            score(PHOTOGRAPH, NOISY[:-1], ONES)
        with pytest.raises(ValueError, match="use one size"):
            score(PHOTOGRAPH, NOISY, ONES[:, :-1])

    def test_colour(self, score):
        with pytest.raises(ValueError, match="one plane"):
            score(np.zeros((16, 16, 3)), np.zeros((16, 16, 3)), np.zeros((16, 16)))

    def test_thresholds_below_zero_and_nan(self, score):
        with pytest.raises(ValueError, match="0 or more"):
            score(PHOTOGRAPH, NOISY, -ONES)
        with pytest.raises(ValueError, match="not finite"):
            score(PHOTOGRAPH, NOISY, ONES * np.nan)


def test_ssim_needs_its_window():
    with pytest.raises(ValueError, match="11x11"):
        jnd_weighted_ssim(ONES[:10], ONES[:10], ONES[:10])
