"""Removing what a model calls invisible."""

import numpy as np
import pytest
from skimage import data

from jnd.errors import UnknownNameError
from jnd.models import jnd_map
from jnd.models.sequence import jnd_maps
from jnd.models.subband.zhang2005 import subband_zhang2005
from jnd.redundancy import (
    REMOVALS,
    remove_from_frames,
    remove_redundancy,
    toward_block_mean,
    without_small_coefficients,
)
from jnd.vision.dct8 import block_dct
from jnd.vision.luma import luma_of

COLOUR = np.ascontiguousarray(data.astronaut()[60:141, 180:283])
GREY = np.ascontiguousarray(data.camera()[100:180, 200:304])


def test_pixels_move_toward_the_mean_by_at_most_the_threshold_and_land_on_it():
    block = np.full((8, 8), 100.0)
    block[0, 0], block[0, 1] = 110.0, 90.0  # the mean stays 100
    moved = toward_block_mean(block, np.full((8, 8), 4.0))
    assert moved[0, 0] == 106
    assert moved[0, 1] == 94
    assert (moved[1:] == 100).all()
    assert (toward_block_mean(block, np.full((8, 8), 40.0)) == 100).all()


def test_no_pixel_moves_by_more_than_its_threshold():
    threshold = jnd_map(GREY, model="chou1995")
    change = np.abs(toward_block_mean(GREY, threshold) - GREY)
    assert (change <= threshold + 1e-4).all()
    assert change.max() > 3


def test_small_coefficients_go_and_large_ones_stay():
    record = subband_zhang2005(GREY.astype(np.float64))
    before = block_dct(GREY.astype(np.float64))
    after = block_dct(without_small_coefficients(GREY, record))
    small = np.abs(before) < record.thresholds
    small[:, :, 0, 0] = False
    inner = (GREY.reshape(10, 8, 13, 8).min(axis=(1, 3)) > 20) & (
        GREY.reshape(10, 8, 13, 8).max(axis=(1, 3)) < 235
    )
    assert small.any()
    assert np.allclose(after[inner], np.where(small, 0, before)[inner])


@pytest.mark.parametrize("method", REMOVALS)
@pytest.mark.parametrize("pixels", [COLOUR, GREY, (GREY.astype(np.uint16) * 257)])
def test_shape_and_type_stay_and_input_is_untouched(method, pixels):
    before = pixels.copy()
    changed = remove_redundancy(pixels, method=method, model="zhang2005")
    assert changed.shape == pixels.shape
    assert changed.dtype == pixels.dtype
    assert np.array_equal(before, pixels)
    assert not np.array_equal(changed, pixels)


@pytest.mark.parametrize("method", REMOVALS)
def test_chroma_stays(method):
    moved = remove_redundancy(COLOUR, method=method, model="zhang2005").astype(int) - COLOUR
    clipped = (COLOUR < 12).any(axis=2) | (COLOUR > 243).any(axis=2)
    assert (moved == moved[..., :1]).all(axis=2)[~clipped].all()


@pytest.mark.parametrize("method", REMOVALS)
def test_uniform_pictures_stay(method):
    flat = np.full((24, 24), 77, np.uint8)
    assert np.array_equal(remove_redundancy(flat, method=method, model="zhang2005"), flat)


@pytest.mark.parametrize(
    ("method", "model"),
    [("block-mean", "yang2005"), ("block-mean", "jia2006"), ("dct", "wei2009"), ("dct", "zhang2005")],
)
def test_frames_take_the_frame_before_into_account(method, model):
    frames = [GREY, np.roll(GREY, 5, axis=1), np.clip(GREY.astype(int) - 40, 0, 255).astype(np.uint8)]
    changed = list(remove_from_frames(frames, method=method, model=model, frames_per_second=120))
    assert len(changed) == 3
    first = REMOVALS[method].change(GREY, model)
    assert np.array_equal(changed[0], first)
    if method == "block-mean":
        *_, threshold = jnd_maps(frames, model=model, frames_per_second=120)
        assert np.array_equal(changed[2], toward_block_mean(frames[2], threshold))
    else:
        alone = REMOVALS[method].change(frames[1], model)
        assert np.array_equal(changed[1], alone) == (model == "zhang2005")


def test_eight_and_sixteen_bits_are_one_picture():
    assert np.allclose(luma_of(COLOUR), luma_of(COLOUR.astype(np.uint16) * 257), atol=1e-4)


def test_bad_input_is_refused():
    with pytest.raises(UnknownNameError, match="block-mean"):
        remove_redundancy(GREY, method="block-men")
    with pytest.raises(UnknownNameError):
        remove_redundancy(GREY, method="dct", model="chou1995")
    with pytest.raises(TypeError, match="uint8"):
        remove_redundancy(GREY.astype(float))
    with pytest.raises(ValueError, match="at least 1"):
        remove_redundancy(np.zeros((0, 4), np.uint8))
    with pytest.raises(ValueError, match="one shape"):
        toward_block_mean(GREY, np.ones((3, 3)))
    with pytest.raises(ValueError, match="one size"):
        without_small_coefficients(GREY[:-1], subband_zhang2005(GREY))
