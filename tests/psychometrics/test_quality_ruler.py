"""Quality ruler: scale, filter, matches."""

import numpy as np
import pytest

from jnd.errors import UnusableAnswersError
from jnd.psychometrics.quality_ruler import (
    BLURRIEST_K,
    SHARPEST_K,
    blur_parameter,
    lens_mtf,
    ruler_match,
    ruler_picture,
    ruler_qualities,
    ruler_steps_to_sqs2,
    sqs2,
)


def test_sqs2_falls_from_32_to_0():
    k = np.linspace(SHARPEST_K, BLURRIEST_K, 5000)
    assert np.all(np.diff(sqs2(k)) < 0)
    assert sqs2(SHARPEST_K) == pytest.approx(32.09, abs=0.01)
    assert sqs2(BLURRIEST_K) == pytest.approx(0.0, abs=0.02)


def test_blur_parameter_undoes_sqs2():
    quality = np.arange(0.5, 32.0, 0.5)
    assert sqs2(blur_parameter(quality)) == pytest.approx(quality, abs=1e-9)


def test_ruler_steps_are_one_jnd():
    qualities = ruler_qualities()
    assert qualities[0] == 31
    assert qualities[-1] == 2
    assert ruler_steps_to_sqs2([0, 2.5, 29], qualities).tolist() == [31.0, 28.5, 2.0]


def test_filter_has_the_mtf_of_the_lens():
    ppd, quality = 40.0, 15.0
    size, cycles = 400, 40  # a grating of 4 cycles per degree
    grating = 0.5 + 0.3 * np.cos(2 * np.pi * cycles * np.arange(size) / size)
    blurred = ruler_picture(np.tile(grating, (size, 1)), quality, ppd)[size // 2]
    middle = blurred[100:300]
    expected = lens_mtf(cycles / size * ppd, float(blur_parameter(quality)))
    assert np.ptp(middle) / 0.6 == pytest.approx(float(expected), rel=0.02)


def test_filter_keeps_uniform_light_and_loses_sharpness_with_quality():
    assert ruler_picture(np.full((40, 50), 0.4), 10.0, 30.0) == pytest.approx(0.4)
    noise = np.random.default_rng(0).random((64, 64, 3))
    spread = [ruler_picture(noise, q, 30.0).std() for q in (30.0, 20.0, 10.0, 3.0)]
    assert spread == sorted(spread, reverse=True)


def test_source_mtf_is_divided_out():
    noise = np.random.default_rng(0).random((64, 64))
    frequency = np.hypot(np.fft.fftfreq(64)[:, None], np.fft.rfftfreq(64)[None, :]) * 30.0
    own = lens_mtf(frequency, float(blur_parameter(31.0)))
    soft = np.fft.irfft2(np.fft.rfft2(noise) * own, s=(64, 64))
    target = lens_mtf(frequency, float(blur_parameter(12.0)))
    expected = np.fft.irfft2(np.fft.rfft2(noise) * target, s=(64, 64))
    assert ruler_picture(soft, 12.0, 30.0, source_mtf=own) == pytest.approx(expected, abs=0.02)


def test_match_over_observers():
    match = ruler_match([14, 15, 16, 15, 14, 16, 15, 15, 14, 16, 15, 15, 29])
    assert match.far_from_others == (12,)
    assert match.low < match.sqs2 < match.high
    assert match.observers == 13


def test_bad_input():
    with pytest.raises(ValueError, match="k must be"):
        sqs2(0.5)
    with pytest.raises(ValueError, match="SQS2 must be"):
        blur_parameter(40.0)
    with pytest.raises(ValueError, match="pixels per degree"):
        ruler_picture(np.zeros((8, 8)), 10.0, 0.0)
    with pytest.raises(ValueError, match="source_mtf must have shape"):
        ruler_picture(np.zeros((8, 8)), 10.0, 30.0, source_mtf=np.ones((3, 3)))
    with pytest.raises(UnusableAnswersError, match="two observers"):
        ruler_match([3])
    with pytest.raises(ValueError, match="position on this ruler"):
        ruler_steps_to_sqs2(31, ruler_qualities())
