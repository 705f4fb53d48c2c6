"""Matching: same and other sensors, crops, scales, turns; peaks and their chances."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from jnd.camera.prnu.correlation import match_fingerprint, picture_noise
from jnd.camera.prnu.match import verdict_of
from jnd.camera.prnu.peak import highest_peak, log10_false_alarm, score_threshold
from jnd.errors import DifferentSizesError, UnknownNameError, UnusablePictureError

from .synthetic_sensors import SIZE, decoded, jpeg, scene, sensor, taken


@pytest.fixture(scope="module")
def picture():
    return decoded(jpeg(taken(scene(1), sensor(1), 5), 92))


class TestMatch:
    @pytest.mark.parametrize("number", range(3))
    def test_the_sensor_is_found_and_others_are_not(self, fingerprints, number):
        pixels = decoded(jpeg(taken(scene(number), sensor(1), number), 92))
        ours = match_fingerprint(pixels, fingerprints["ours"])
        other = match_fingerprint(pixels, fingerprints["other"])
        assert ours.pce > 200
        assert abs(other.pce) < 15
        assert verdict_of(ours) == "match"
        assert verdict_of(other) == "no match"
        assert ours.log10_false_alarm < -20
        assert ours.false_alarm_probability < 1e-20 < other.false_alarm_probability
        assert (ours.peak, ours.scale, ours.rotation, ours.shifts) == ((0, 0), 1.0, 0, 1)

    def test_the_negative_of_a_sensor_has_a_negative_peak(self, fingerprints):
        pixels = taken(scene(1), -sensor(1), 5)
        match = match_fingerprint(pixels, fingerprints["ours"])
        assert match.pce < -100
        assert match.score < -8
        assert match.calibration_score < -2
        assert verdict_of(match) == "no match"

    def test_pixels_and_their_noise_say_the_same(self, fingerprints, picture):
        ours = fingerprints["ours"]
        assert match_fingerprint(picture_noise(picture), ours) == match_fingerprint(picture, ours)

    def test_grey_pictures_match_too(self, fingerprints, picture):
        assert match_fingerprint(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), fingerprints["ours"]).pce > 100

    def test_compression_weakens_it(self, fingerprints):
        pixels = taken(scene(2), sensor(1), 6)
        found = [match_fingerprint(decoded(jpeg(pixels, q)), fingerprints["ours"]).pce for q in (95, 70, 30)]
        assert found == sorted(found, reverse=True)

    @pytest.mark.parametrize(("turns", "rotation"), [(1, 270), (3, 90)])
    def test_pictures_turned_by_software_are_turned_back(self, fingerprints, picture, turns, rotation):
        match = match_fingerprint(np.rot90(picture, turns).copy(), fingerprints["ours"])
        assert match.pce > 100
        assert (match.rotation, match.shifts) == (rotation, 2)

    def test_input_is_left_untouched(self, fingerprints, picture):
        before, prnu = picture.copy(), fingerprints["ours"].prnu.copy()
        match_fingerprint(picture, fingerprints["ours"], search="crop")
        np.testing.assert_array_equal(picture, before)
        np.testing.assert_array_equal(fingerprints["ours"].prnu, prnu)


class TestSearch:
    @given(top=st.integers(0, SIZE[0] - 256), left=st.integers(0, SIZE[1] - 320))
    @settings(max_examples=8, deadline=None)
    def test_a_crop_is_found_where_it_was_cut(self, fingerprints, picture, top, left):
        crop = picture[top : top + 256, left : left + 320]
        match = match_fingerprint(crop, fingerprints["ours"], search="crop")
        assert match.peak == (top, left)
        assert match.shifts == (SIZE[0] - 255) * (SIZE[1] - 319)
        assert verdict_of(match) == "match"

    def test_a_crop_of_another_sensor_is_not(self, fingerprints, picture):
        crop = picture[40:296, 60:380]
        match = match_fingerprint(crop, fingerprints["other"], search="crop")
        assert match.score < score_threshold(1e-3, match.shifts)
        assert verdict_of(match) == "no match"

    def test_a_crop_that_is_all_is_as_no_search(self, fingerprints, picture):
        none = match_fingerprint(picture, fingerprints["ours"])
        crop = match_fingerprint(picture, fingerprints["ours"], search="crop")
        assert (crop.peak, crop.shifts) == ((0, 0), 1)
        assert crop.pce == pytest.approx(none.pce, rel=1e-3)

    def test_the_scale_of_the_whole_picture_comes_first(self, fingerprints, picture):
        small = cv2.resize(picture, (384, 288), interpolation=cv2.INTER_AREA)
        tried = []
        match = match_fingerprint(small, fingerprints["ours"], search="scale", progress=tried.append)
        assert match.scale == pytest.approx(0.75)
        assert verdict_of(match) == "match"
        assert tried == [1]

    def test_scale_and_crop_together(self, fingerprints, picture):
        small = cv2.resize(picture, None, fx=0.9, fy=0.9, interpolation=cv2.INTER_AREA)[30:320, 50:440]
        match = match_fingerprint(small, fingerprints["ours"], search="scale")
        assert match.scale == pytest.approx(0.9, abs=0.004)
        assert match.peak == pytest.approx((30, 50), abs=2)
        assert verdict_of(match) == "match"

    def test_an_enlarged_picture_at_a_given_scale(self, fingerprints, picture):
        large = cv2.resize(picture, None, fx=1.25, fy=1.25, interpolation=cv2.INTER_CUBIC)
        match = match_fingerprint(large, fingerprints["ours"], search="scale", scales=[1.0, 1.25])
        assert match.scale == 1.25
        assert verdict_of(match) == "match"

    def test_no_scale_of_another_sensor(self, fingerprints, picture):
        small = cv2.resize(picture, (461, 346), interpolation=cv2.INTER_AREA)
        match = match_fingerprint(small, fingerprints["other"], search="scale")
        assert verdict_of(match) == "no match"
        assert match.log10_false_alarm > -3


class TestBadInput:
    def test_a_fingerprint_of_another_resolution(self, fingerprints, picture):
        with pytest.raises(DifferentSizesError, match="500 x 384 pixels, but the fingerprint 512 x 384"):
            match_fingerprint(picture[:, :500], fingerprints["ours"])

    @pytest.mark.parametrize("search", ["crop", "scale"])
    def test_a_picture_larger_than_the_sensor(self, fingerprints, search):
        large = np.random.default_rng(0).integers(60, 200, (400, 600, 3), dtype=np.uint8)
        with pytest.raises(DifferentSizesError, match="600 x 400"):
            match_fingerprint(large, fingerprints["ours"], search=search)

    def test_scales_at_which_it_does_not_fit(self, fingerprints, picture):
        with pytest.raises(DifferentSizesError, match="at any of these scales"):
            match_fingerprint(picture, fingerprints["ours"], search="scale", scales=[0.5])

    @pytest.mark.parametrize("scales", [[], [0.0], [float("nan")], [-1.0]])
    def test_scales_that_are_none(self, fingerprints, picture, scales):
        with pytest.raises(ValueError, match="scales must be positive"):
            match_fingerprint(picture, fingerprints["ours"], search="scale", scales=scales)

    def test_scales_without_their_search(self, fingerprints, picture):
        with pytest.raises(ValueError, match='search="scale"'):
            match_fingerprint(picture, fingerprints["ours"], scales=[0.5])

    def test_another_search(self, fingerprints, picture):
        with pytest.raises(UnknownNameError, match='did you mean "crop"'):
            match_fingerprint(picture, fingerprints["ours"], search="crops")

    @pytest.mark.parametrize(
        ("pixels", "why"),
        [
            (np.full((*SIZE, 3), 255, np.uint8), "neither saturated nor black"),
            (np.full((*SIZE, 3), 128, np.uint8), "no noise left"),
            (np.zeros((20, 20), np.uint8), "20 x 20"),
        ],
    )
    def test_pictures_that_say_nothing(self, fingerprints, pixels, why):
        with pytest.raises(UnusablePictureError, match=why):
            match_fingerprint(pixels, fingerprints["ours"])


class TestPeak:
    def test_of_noise_scores_are_standard_normal(self):
        random = np.random.default_rng(4)
        scores = [highest_peak(random.normal(0, 3, (64, 64)).astype(np.float32)).score for _ in range(800)]
        assert np.mean(scores) == pytest.approx(0, abs=0.12)
        assert np.std(scores) == pytest.approx(1, abs=0.09)

    def test_a_grid_of_eight_makes_no_evidence(self):
        random = np.random.default_rng(4)
        peaks = []
        for _ in range(400):
            plane = random.normal(0, 1, (64, 64))
            plane[::8, ::8] *= 3  # what two pictures from JPEG files have in common
            peaks.append(highest_peak(plane.astype(np.float32)))
        assert np.std([peak.score for peak in peaks]) == pytest.approx(1, abs=0.12)
        assert np.mean([abs(peak.pce) for peak in peaks]) > 5

    def test_the_score_is_never_above_the_root_of_pce(self):
        random = np.random.default_rng(5)
        for _ in range(50):
            peak = highest_peak(random.normal(0, 1, (40, 48)).astype(np.float32))
            assert abs(peak.score) <= np.sqrt(abs(peak.pce)) * 1.0001

    @given(seed=st.integers(0, 2**32 - 1), row=st.integers(0, 31), column=st.integers(0, 39))
    @settings(max_examples=30, deadline=None)
    def test_moving_all_moves_the_peak_and_nothing_else(self, seed, row, column):
        plane = np.random.default_rng(seed).normal(0, 1, (32, 40)).astype(np.float32)
        plane[0, 0] = 40.0
        here = highest_peak(plane, range(32), range(40))
        there = highest_peak(np.roll(plane, (row, column), (0, 1)), range(32), range(40))
        assert (there.row, there.column) == (row, column)
        assert there.pce == pytest.approx(here.pce, rel=1e-4)
        assert there.score == pytest.approx(here.score, rel=1e-4)

    @given(factor=st.floats(1e-3, 1e3))
    @settings(max_examples=20, deadline=None)
    def test_scale_does_not_matter_and_sign_does(self, factor):
        plane = np.random.default_rng(9).normal(0, 1, (32, 40)).astype(np.float32)
        peak = highest_peak(plane)
        assert highest_peak(plane * np.float32(factor)).pce == pytest.approx(peak.pce, rel=1e-3)
        assert highest_peak(-plane).pce == pytest.approx(-peak.pce, rel=1e-5)
        assert highest_peak(-plane).score == pytest.approx(-peak.score, rel=1e-5)

    def test_shifts_beyond_the_edge_are_those_from_the_other_side(self):
        plane = np.random.default_rng(9).normal(0, 1, (32, 40)).astype(np.float32)
        plane[-2, -1] = 50.0
        peak = highest_peak(plane, range(-2, 3), range(-2, 3))
        assert (peak.row, peak.column) == (-2, -1)

    def test_by_hand(self):
        plane = np.full((24, 32), 2.0, np.float32)
        plane[2:-2, 3] = -2.0
        plane[7, 7] = 6.0
        peak = highest_peak(plane, range(7, 8), range(7, 8))
        assert (peak.pce, peak.score) == pytest.approx((9.0, 3.0))

    def test_nothing_is_no_evidence(self):
        peak = highest_peak(np.zeros((24, 24), np.float32), range(24), range(24))
        assert (peak.pce, peak.score) == (0, 0)

    @pytest.mark.parametrize("shape", [(8, 40), (40, 20), (0, 0)])
    def test_a_correlation_without_surround_is_refused(self, shape):
        with pytest.raises(ValueError, match="multiples of 8 from 16 on"):
            highest_peak(np.zeros(shape, np.float32))


class TestChance:
    @pytest.mark.parametrize(
        ("score", "shifts"),
        [(0.0, 1), (3.2, 1), (5.0, 1000), (7.7, 6_000_000), (-2.0, 1)],
    )
    def test_false_alarms_are_those_of_the_best_normal_deviate(self, score, shifts):
        expected = -np.expm1(shifts * np.log1p(-norm.sf(score)))
        assert 10 ** log10_false_alarm(score, shifts) == pytest.approx(expected, rel=1e-6)

    def test_it_has_no_end(self):
        assert log10_false_alarm(70.0, 10) == pytest.approx(norm.logsf(70) / np.log(10) + 1)
        assert 10 ** log10_false_alarm(1e3) == 0
        assert 10 ** log10_false_alarm(-1e3) == 1

    @given(rate=st.floats(1e-12, 0.4), shifts=st.integers(1, 10**8))
    @settings(max_examples=50, deadline=None)
    def test_the_threshold_has_the_stated_rate(self, rate, shifts):
        assert 10 ** log10_false_alarm(score_threshold(rate, shifts), shifts) == pytest.approx(rate, rel=1e-4)

    def test_more_places_ask_for_more(self):
        assert score_threshold(1e-6, 10**6) > score_threshold(1e-6) > 4.7

    @pytest.mark.parametrize(("rate", "shifts"), [(0.0, 1), (0.5, 1), (float("nan"), 1), (0.1, 0)])
    def test_rates_that_are_none(self, rate, shifts):
        with pytest.raises(ValueError, match="false_alarm must lie"):
            score_threshold(rate, shifts)

    def test_between_the_thresholds_it_is_unclear(self, fingerprints, picture):
        match = replace(match_fingerprint(picture, fingerprints["ours"]), pce=50.0, score=6.5)
        assert verdict_of(match) == "unclear"
        assert verdict_of(match, threshold=40) == "match"
        assert verdict_of(match, false_alarm=1e-20) == "no match"
