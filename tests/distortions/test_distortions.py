"""Distortions: their physical parameters, sequences, the search for a level, bad input."""

import numpy as np
import pytest
from scipy import ndimage
from skimage import data

from jnd.distortions import DISTORTIONS, distort, distort_sequence, level_of_jnd
from jnd.distortions.distortion import code_values
from jnd.errors import UnknownNameError
from jnd.observer import Observer

PHOTO = np.ascontiguousarray(data.chelsea()[40:232, 100:356])
GREY = np.full((256, 256, 3), 128, np.uint8)


def level_for(name, value):
    """The level of a power axis at this parameter."""
    axis = DISTORTIONS[name].axis
    assert not axis.logarithmic
    return ((value - axis.at_zero) / (axis.at_one - axis.at_zero)) ** (1 / axis.exponent)


@pytest.mark.parametrize("name", ["gaussian_blur", "lens_blur", "motion_blur"])
def test_blurs_have_the_variance_that_the_axis_says(name):
    point = np.zeros((65, 65, 3), np.uint8)
    point[32, 32] = 255
    # A single point would vanish in rounding; a ramp of steps shows the same variance by its slope.
    function, sigma = DISTORTIONS[name].function, 2.0
    spread = function(point, sigma, np.random.default_rng(0))[:, :, 0] / 255
    row, column = np.indices(spread.shape) - 32
    assert spread.sum() == pytest.approx(1)
    assert (spread * (row**2 + column**2)).sum() == pytest.approx(2 * sigma**2, rel=0.06)


@pytest.mark.parametrize(
    "name",
    [
        name
        for name, entry in DISTORTIONS.items()
        if entry.axis.parameter == "standard deviation, code values"
    ],
)
def test_noises_have_the_standard_deviation_that_the_axis_says(name):
    noise = distort(GREY, name, level_for(name, 12.0), seed=1).astype(float) - 128
    assert noise.std() == pytest.approx(12, rel=0.02)
    assert abs(noise.mean()) < 0.2


def test_noises_have_the_colour_of_their_name():
    def neighbours(name):
        noise = distort(GREY, name, 0.3, seed=1)[:, :, 0].astype(float) - 128
        return np.corrcoef(noise[:, 1:].ravel(), noise[:, :-1].ravel())[0, 1]

    order = ["noise_brown", "noise_pink", "noise_gaussian", "noise_blue", "noise_violet"]
    found = [neighbours(name) for name in order]
    assert found == sorted(found, reverse=True)
    assert abs(found[2]) < 0.02


def test_impulses_hit_the_share_of_pixels_that_the_axis_says():
    changed = distort(GREY, "noise_impulse", level_for("noise_impulse", 0.1), seed=1)
    hit = (changed != 128).all(axis=2)
    assert hit.mean() == pytest.approx(0.1, abs=0.01)
    assert set(np.unique(changed)) == {0, 128, 255}


def test_a_shift_moves_by_the_distance_that_the_axis_says():
    smooth = ndimage.gaussian_filter(PHOTO.astype(float), (2, 2, 0)).round().astype(np.uint8)
    moved = distort(smooth, "shift", level_for("shift", 1.5), seed=4)
    y, x = np.gradient(smooth[:, :, 1].astype(float))
    change = (moved.astype(float) - smooth)[:, :, 1]
    inside = np.s_[8:-8, 8:-8]
    design = np.column_stack([x[inside].ravel(), y[inside].ravel()])
    shift = np.linalg.lstsq(design, change[inside].ravel(), rcond=None)[0]
    assert np.hypot(*shift) == pytest.approx(1.5, rel=0.1)


def test_jpeg_is_the_codec_at_the_quality_that_the_axis_says():
    from jnd.codecs import codec
    from jnd.picture import Picture

    jpeg = codec("jpeg:turbo")
    data_ = jpeg.encode(Picture(PHOTO), jpeg.level(quality=50), chroma_subsampling="4:2:0")
    assert np.array_equal(distort(PHOTO, "jpeg", level_for("jpeg", 50)), jpeg.decode(data_).pixels)


def test_chroma_subsampling_leaves_luma_and_grey_alone():
    pale = PHOTO // 2 + 64  # no colour is clipped
    changed = distort(pale, "chroma_subsampling", 0.2).astype(float)
    luma = (changed - pale) @ [0.299, 0.587, 0.114]
    assert np.abs(luma).max() < 1
    grey = np.repeat(PHOTO[:, :, :1], 3, axis=2)
    assert np.array_equal(distort(grey, "chroma_subsampling", 1.0), grey)


@pytest.mark.parametrize("name", ["paste", "removal"])
def test_edits_are_local_and_grow_around_one_place(name):
    small, large = (
        (distort(PHOTO, name, level_for(name, share), seed=3) != PHOTO).any(axis=2) for share in (0.02, 0.08)
    )
    assert 0.01 < small.mean() < 0.021
    assert large.mean() < 0.081
    assert (small & ~large).mean() < 0.001


def test_banding_leaves_few_values():
    assert len(np.unique(distort(PHOTO, "banding", 1.0))) == 4


def test_a_sequence_does_one_after_the_other_and_begins_like_the_first_alone():
    steps = [("gaussian_blur", 0.3), ("noise_gaussian", 0.2)]
    first = distort(PHOTO, *steps[0], seed=9)
    both = distort_sequence(PHOTO, steps, seed=9)
    assert np.array_equal(distort_sequence(PHOTO, steps[:1], seed=9), first)
    assert (both.astype(float) - first).std() == pytest.approx(
        DISTORTIONS["noise_gaussian"].axis.value(0.2), rel=0.05
    )
    assert np.array_equal(distort_sequence(PHOTO, []), PHOTO)


def test_rounding_does_not_depend_on_the_last_digits():
    ties = np.array([0.5, 1.5, 100.5, 254.5])
    assert np.array_equal(code_values(ties), code_values(ties - 1e-9))
    assert np.array_equal(code_values(ties), code_values(ties + 1e-9))
    assert code_values(np.array([-3.0, 300.0])).tolist() == [0, 255]


def test_random_numbers_are_those_of_the_seed_for_good():
    # numpy keeps the streams of PCG64; if this fails, pictures made by a seed are no longer the same.
    noise = distort(np.full((1, 4, 3), 128, np.uint8), "noise_uniform", 0.5, seed=42)
    assert noise[0, :, 0].tolist() == GOLDEN_NOISE


GOLDEN_NOISE = [155, 147, 154, 123]


@pytest.mark.parametrize("target", [0.5, 1.0, 4.0])
def test_a_level_is_found_for_a_distance_in_jnd(target):
    observer = Observer(PHOTO)
    found = level_of_jnd(lambda level: distort(PHOTO, "gaussian_blur", level), observer, target)
    assert found.reached
    assert found.jnd == pytest.approx(target, rel=0.03)
    assert observer.look(distort(PHOTO, "gaussian_blur", found.level)).jnd == found.jnd


def test_a_distance_that_no_level_reaches_is_said():
    found = level_of_jnd(lambda level: distort(GREY, "saturation", level), Observer(GREY), 1.0)
    assert (found.reached, found.level, found.jnd) == (False, 1.0, 0.0)


@pytest.mark.parametrize("jnd", [0, -1, float("nan"), float("inf")])
def test_a_distance_must_be_above_0(jnd):
    with pytest.raises(ValueError, match="must be above 0"):
        level_of_jnd(lambda level: GREY, Observer(GREY), jnd)


@pytest.mark.parametrize("level", [-0.1, 1.01, float("nan"), float("inf")])
def test_levels_outside_of_the_axis_are_refused(level):
    with pytest.raises(ValueError, match=r"from 0 \(nothing\) to 1"):
        distort(PHOTO, "jpeg", level)


@pytest.mark.parametrize("seed", [-1, 1.5, "1", True])
def test_seeds_are_whole_numbers(seed):
    with pytest.raises(ValueError, match="whole number of 0 or more"):
        distort(PHOTO, "jpeg", 0.5, seed=seed)


def test_an_unknown_distortion_gets_a_suggestion():
    with pytest.raises(UnknownNameError, match='did you mean "gaussian_blur"'):
        distort(PHOTO, "gausian_blur", 0.5)


@pytest.mark.parametrize(
    ("pixels", "error"),
    [
        ([[1, 2]], TypeError),
        (np.zeros((3, 3), np.uint16), TypeError),
        (np.zeros((3, 3, 3)), TypeError),
        (np.zeros((0, 3, 3), np.uint8), ValueError),
        (np.zeros((3, 3, 4), np.uint8), ValueError),
        (np.zeros(3, np.uint8), ValueError),
    ],
)
def test_what_is_no_picture_is_refused(pixels, error):
    with pytest.raises(error, match="a picture must"):
        distort(pixels, "jpeg", 0.5)
