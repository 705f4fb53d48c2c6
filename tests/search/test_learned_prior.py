"""The learned model in the search, and encoding on its word alone."""

import numpy as np
import pytest
from skimage import data

import jnd
from jnd.codecs import CODECS
from jnd.picture import Picture
from jnd.records import Attempt, Found
from jnd.search.learned_prior import LearnedPrior, learned_prior
from jnd.search.prior import default_prior
from jnd.viewing import viewing_conditions

from .pictures import photograph


def beliefs(pixels, codec="webp", chroma="4:2:0", viewing="standard_fhd"):
    conditions = viewing_conditions(viewing)
    return [
        prior.belief(pixels, CODECS[codec], chroma, conditions)
        for prior in (default_prior(), learned_prior())
    ]


def test_the_model_narrows_the_belief():
    base, told = beliefs(data.astronaut())
    n = len(base.levels)
    assert (told.covariance.diagonal()[:n] <= base.covariance.diagonal()[:n] + 1e-12).all()
    assert told.covariance.diagonal()[:n].sum() < base.covariance.diagonal()[:n].sum()


def test_it_says_nothing_of_what_it_has_not_learned():
    noise = np.random.default_rng(0).integers(0, 256, (128, 128, 3), dtype=np.uint8)
    for arguments in ({"pixels": noise}, {"pixels": data.astronaut(), "chroma": "4:4:4"}):
        base, told = beliefs(**arguments)
        np.testing.assert_array_equal(base.mean, told.mean)


def test_farther_away_less_is_seen():
    _, near = beliefs(data.astronaut())
    _, far = beliefs(data.astronaut(), viewing="standard_4k")
    assert far.mean[20] < near.mean[20]


def test_the_picture_is_looked_at_once_for_all_codecs():
    calls = []

    class Counting:
        def predict(self, pixels):
            calls.append(1)
            return learned_prior().predictor().predict(pixels)

    prior = LearnedPrior(default_prior(), Counting)
    pixels = data.astronaut()
    for codec in ("jpeg", "webp", "avif"):
        prior.belief(pixels, CODECS[codec], "4:2:0", viewing_conditions())
    assert len(calls) == 1


class TestUnverified:
    @pytest.mark.parametrize("format", ["jpeg", "webp", "auto"])
    def test_one_encode_that_says_it_is_a_prediction(self, format):
        *attempts, answer = jnd.encode(Picture(photograph()), format=format, verify=False)
        assert len(attempts) == 1
        assert isinstance(attempts[0], Attempt)
        assert attempts[0].predicted
        assert isinstance(answer, Found)
        assert len(answer.result.data) == attempts[0].size_bytes
        assert "predicted, not checked" in answer.result.notes

    def test_more_satisfied_people_need_a_better_setting(self):
        levels = []
        for share in (0.5, 0.75, 0.95):
            attempt, _ = jnd.encode(Picture(photograph()), format="webp", satisfied=share, verify=False)
            levels.append(attempt.distortion_level)
        assert levels == sorted(levels, reverse=True)
        assert levels[0] > levels[-1]

    def test_grey_and_transparent_pictures(self):
        grey = Picture(photograph()[..., 1].copy())
        *_, answer = jnd.encode(grey, format="jpeg", verify=False)
        assert isinstance(answer, Found)
        fading = Picture(photograph(), alpha=np.full(photograph().shape[:2], 90, np.uint8))
        *_, answer = jnd.encode(fading, verify=False)
        assert answer.result.codec != "jpeg"

    @pytest.mark.parametrize("more", [{"exact": True}, {"worst_window": True}, {"finish_effort": "high"}])
    def test_what_needs_a_look_is_refused(self, more):
        with pytest.raises(ValueError, match="needs looking at"):
            jnd.encode(Picture(photograph()), verify=False, **more)
