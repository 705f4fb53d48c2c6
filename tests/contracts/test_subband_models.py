"""The laws of every sub-band JND model in the registry."""

import inspect

import numpy as np
import pytest
from skimage import data

from jnd.errors import UnknownNameError
from jnd.models.subband import (
    SUBBAND_MODELS,
    DctThresholds,
    UniformBandThresholds,
    WaveletThresholds,
    pixel_map,
)
from jnd.viewing import viewing_conditions

PHOTOGRAPH = np.ascontiguousarray(data.camera()[60:197, 150:311])  # odd sides
RECORDS = {
    "8x8 DCT": DctThresholds,
    "9/7 wavelet": WaveletThresholds,
    "sub-bands": UniformBandThresholds,
}


def arrays(record):
    if isinstance(record, WaveletThresholds):
        return [
            record.thresholds.approximation,
            *(band for level in record.thresholds.details for band in level),
        ]
    return [record.thresholds]


@pytest.fixture(params=SUBBAND_MODELS)
def entry(request):
    return SUBBAND_MODELS[request.param]


class TestEverySubbandModel:
    def test_the_record_names_model_variant_transform_and_size(self, entry):
        record = entry.thresholds(PHOTOGRAPH)
        assert isinstance(record, RECORDS[entry.domain])
        assert SUBBAND_MODELS[record.model] is entry
        assert record.variant == entry.variants[0]
        assert record.size == PHOTOGRAPH.shape
        assert record.transform

    @pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64])
    def test_thresholds_are_finite_and_not_negative_in_the_dtype_of_the_arithmetic(self, entry, dtype):
        expected = np.float64 if dtype == np.float64 else np.float32
        for variant in entry.variants:
            record = entry.thresholds(PHOTOGRAPH.astype(dtype), variant=variant)
            for array in [*arrays(record), pixel_map(record)]:
                assert array.dtype == expected
                assert np.isfinite(array).all()
                assert array.min() >= 0

    def test_the_map_has_the_size_of_the_picture(self, entry):
        assert entry.function(PHOTOGRAPH).shape == PHOTOGRAPH.shape

    def test_the_map_is_that_of_the_record(self, entry):
        assert np.array_equal(entry.function(PHOTOGRAPH), pixel_map(entry.thresholds(PHOTOGRAPH)))

    def test_twice_gives_the_same(self, entry):
        assert np.array_equal(entry.function(PHOTOGRAPH), entry.function(PHOTOGRAPH))

    def test_input_is_left_untouched(self, entry):
        given = PHOTOGRAPH.astype(np.float32)
        given.flags.writeable = False
        entry.function(given)
        assert np.array_equal(given, PHOTOGRAPH)

    @pytest.mark.parametrize("level", [0, 1, 60, 128, 200, 255])
    def test_uniform_grey_gives_a_uniform_map(self, entry, level):
        threshold = entry.function(np.full((40, 56), level, np.float64))
        assert np.ptp(threshold) <= 1e-9 * threshold.max()

    def test_texture_raises_the_threshold_or_the_entry_says_why_not(self, entry):
        texture = np.full((64, 64), 128.0) + 60 * np.random.default_rng(3).choice([-1, 1], (64, 64))
        raised = entry.function(texture).mean() > 1.1 * entry.function(np.full((64, 64), 128.0)).mean()
        assert raised == ("texture raises the threshold" not in entry.exceptions)

    def test_both_borders_agree_where_blocks_fit(self, entry):
        whole = PHOTOGRAPH[:64, :64].astype(np.float64)
        one, other = (entry.function(whole, border=border) for border in ("reflect", "zero"))
        assert np.allclose(one[8:-8, 8:-8], other[8:-8, 8:-8])

    def test_the_smallest_size_works_and_less_is_an_error(self, entry):
        height, width = entry.smallest_size
        assert entry.function(np.full((height, width), 100, np.uint8)).shape == (height, width)
        if height > 1:
            with pytest.raises(ValueError, match="at least"):
                entry.function(np.full((height - 1, width), 100, np.uint8))

    def test_a_very_wide_picture_works(self, entry):
        wide = np.tile(PHOTOGRAPH[:20, :160], (1, 100))
        assert np.isfinite(entry.function(wide)).all()

    @pytest.mark.parametrize("value", [np.nan, np.inf, -1.0, 255.5])
    def test_values_that_are_no_grey_levels_are_refused(self, entry, value):
        bad = np.full((32, 32), 100.0)
        bad[3, 4] = value
        with pytest.raises(ValueError, match="0 to 255"):
            entry.function(bad)

    def test_other_shapes_types_variants_and_borders_are_refused(self, entry):
        with pytest.raises(ValueError, match="shape"):
            entry.function(np.zeros((32, 32, 3), np.uint8))
        with pytest.raises(TypeError, match="uint8"):
            entry.function(np.zeros((32, 32), np.int64))
        with pytest.raises(UnknownNameError):
            entry.function(PHOTOGRAPH, variant="draft")
        with pytest.raises(ValueError, match="border"):
            entry.function(PHOTOGRAPH, border="wrap")

    def test_who_sits_farther_sees_less(self, entry):
        if "viewing" not in inspect.signature(entry.thresholds).parameters:
            pytest.skip("depends on no viewing conditions")
        near, far = (
            entry.function(PHOTOGRAPH, viewing=viewing_conditions(pixels_per_degree=count)).mean()
            for count in (30, 90)
        )
        assert far > near


@pytest.mark.parametrize("model", ["jia2006", "wei2009"])
class TestModelsOfVideo:
    def test_rest_is_known_without_a_previous_frame_or_with_the_same(self, model):
        entry = SUBBAND_MODELS[model]
        still = entry.thresholds(PHOTOGRAPH, previous=PHOTOGRAPH).thresholds
        alone = entry.thresholds(PHOTOGRAPH).thresholds
        assert (still >= alone).all()
        if model == "jia2006":
            assert np.array_equal(still, alone)

    def test_motion_that_eyes_cannot_follow_raises_the_threshold_of_high_frequencies(self, model):
        entry = SUBBAND_MODELS[model]
        before = np.roll(PHOTOGRAPH, 6, axis=1)
        moving = entry.thresholds(PHOTOGRAPH, previous=before, frames_per_second=240.0).thresholds
        rest = entry.thresholds(PHOTOGRAPH, previous=PHOTOGRAPH).thresholds
        assert moving[..., 7].mean() > 1.05 * rest[..., 7].mean()
        assert np.isfinite(moving).all()

    def test_frames_of_two_sizes_and_impossible_rates_are_refused(self, model):
        entry = SUBBAND_MODELS[model]
        with pytest.raises(ValueError, match="one size"):
            entry.thresholds(PHOTOGRAPH, previous=PHOTOGRAPH[:-9])
        for rate in (0, -25, np.nan):
            with pytest.raises(ValueError, match="frames per second"):
                entry.thresholds(PHOTOGRAPH, frames_per_second=rate)
