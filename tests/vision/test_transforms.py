"""The 8x8 DCT and the 9/7 wavelet."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.fft import dctn

from jnd.vision import dct8, wavelet97

RANDOM = np.random.default_rng(7)


def test_dct_is_that_of_scipy_and_inverts():
    plane = RANDOM.uniform(0, 255, (24, 40))
    blocks = dct8.block_dct(plane)
    assert blocks.shape == (3, 5, 8, 8)
    assert np.allclose(blocks[1, 2], dctn(plane[8:16, 16:24], norm="ortho"))
    assert np.allclose(dct8.inverse_block_dct(blocks), plane)


def test_in_place_puts_each_coefficient_where_its_block_lies():
    plane = RANDOM.uniform(0, 255, (16, 24))
    blocks = dct8.block_dct(plane)
    assert dct8.in_place(blocks)[9, 18] == blocks[1, 2, 1, 2]


@pytest.mark.parametrize("border", ["reflect", "zero"])
def test_padding_completes_blocks_and_keeps_the_picture(border):
    plane = RANDOM.uniform(1, 255, (9, 17))
    padded = dct8.padded_to_blocks(plane, border)
    assert padded.shape == (16, 24)
    assert np.array_equal(padded[:9, :17], plane)
    assert padded[9, 0] == (0 if border == "zero" else plane[8, 0])


@given(st.integers(1, 40), st.integers(1, 40), st.integers(1, 3))
def test_wavelet_inverts_at_every_size(height, width, levels):
    plane = np.random.default_rng(height * 41 + width).uniform(0, 255, (height, width))
    bands = wavelet97.decompose(plane, levels)
    assert np.allclose(wavelet97.reconstruct(bands), plane)


def test_wavelet_of_a_uniform_picture_is_all_in_the_approximation():
    bands = wavelet97.decompose(np.full((32, 48), 100.0), 2)
    assert np.allclose(bands.approximation, 400)  # sqrt(2) per axis and level
    assert all(np.abs(band).max() < 1e-9 for level in bands.details for band in level)


def test_horizontal_detail_lands_in_the_band_of_its_name():
    stripes = np.tile(np.array([0.0, 255.0]), (32, 16))
    detail = wavelet97.decompose(stripes, 1).details[0]
    assert np.abs(detail.high_low).mean() > 100
    assert np.abs(detail.low_high).max() < 1e-9


def test_wavelet_filters_are_those_of_cohen_daubechies_and_feauveau():
    """Peaks of the synthesis filters (PyWavelets, bior4.4: rec_lo 0.788486, rec_hi 0.852699)."""
    low, high = wavelet97.synthesis_matrices(64, 1)[0]
    assert low[:, 16].max() == pytest.approx(0.788486, abs=5e-7)
    assert high[:, 16].max() == pytest.approx(0.852699, abs=5e-7)
    assert low[:, 16].sum() == pytest.approx(np.sqrt(2))
