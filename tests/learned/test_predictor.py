import numpy as np
import pytest
from skimage import data

from jnd.errors import UnknownNameError
from jnd.learned.curves import CurveBasis, anchor_levels, at_anchors, filled_curves, people_as_jod
from jnd.learned.patches import sample_patches
from jnd.learned.predictor import Predictor, pjnd_predictions
from jnd.observer import satisfied_users


@pytest.fixture(scope="module")
def prediction():
    return Predictor().predict(data.astronaut())


class TestPrediction:
    def test_curves_fall_and_cover_the_codecs_axes(self, prediction):
        from jnd.codecs import CODECS

        assert {"jpeg", "jpeg:turbo", "webp", "avif"} <= prediction.curves.keys()
        for codec, curve in prediction.curves.items():
            assert curve.basis.levels == tuple(CODECS[codec].levels)
            assert curve.basis.settings == CODECS[codec].axis.values
            assert (np.diff(curve.jod) <= 0).all()

    def test_the_setting_is_the_worst_that_is_expected_to_do(self, prediction):
        for record in pjnd_predictions(prediction, "a", list(prediction.curves), satisfied=0.8):
            assert record.level is not None
            assert record.sur.satisfied[record.level] >= 0.8 > record.sur.satisfied[record.level + 1]
            assert record.low <= record.pjnd <= record.high

    def test_more_satisfied_people_need_better_settings(self, prediction):
        levels = [
            pjnd_predictions(prediction, "a", ["jpeg"], satisfied=share)[0].level
            for share in (0.5, 0.75, 0.95)
        ]
        assert levels == sorted(levels, reverse=True)
        assert len(set(levels)) == 3

    def test_intervals_hold_the_curve(self, prediction):
        (record,) = pjnd_predictions(prediction, "a", ["webp"])
        assert (np.array(record.sur.low) <= record.sur.satisfied).all()
        assert (np.array(record.sur.high) >= record.sur.satisfied).all()

    def test_a_photograph_is_familiar_and_noise_is_not(self, prediction):
        assert prediction.warning is None
        noise = np.random.default_rng(0).integers(0, 256, (256, 256, 3), dtype=np.uint8)
        assert "unlike the pictures" in Predictor().predict(noise).warning

    def test_the_same_picture_gives_the_same(self, prediction):
        again = Predictor().predict(data.astronaut())
        for codec, curve in prediction.curves.items():
            np.testing.assert_array_equal(curve.deficit, again.curves[codec].deficit)

    @pytest.mark.parametrize("shape", [(1, 1), (5, 300), (64, 64), (1000, 70)])
    def test_any_size_and_depth(self, shape):
        pixels = np.random.default_rng(0).integers(0, 256, (*shape, 3), dtype=np.uint8)
        eight, sixteen = (Predictor().predict(p) for p in (pixels, pixels.astype(np.uint16) * 257))
        for codec in eight.curves:
            np.testing.assert_allclose(eight.curves[codec].deficit, sixteen.curves[codec].deficit, atol=1e-6)

    def test_unknown_codecs_and_shares(self, prediction):
        with pytest.raises(UnknownNameError, match="did you mean"):
            pjnd_predictions(prediction, "a", ["webq"])
        with pytest.raises(ValueError, match="between 0 and 1"):
            pjnd_predictions(prediction, "a", ["webp"], satisfied=1.0)


class TestPatches:
    def test_they_are_pieces_of_the_picture(self):
        pixels = np.arange(100 * 90 * 3, dtype=np.uint16).reshape(100, 90, 3)
        for patch in sample_patches((pixels % 251).astype(np.uint8), 5, 16):
            windows = np.lib.stride_tricks.sliding_window_view((pixels % 251).astype(np.uint8), (16, 16, 3))
            assert (windows.reshape(-1, 16, 16, 3) == patch).all(axis=(1, 2, 3)).any()

    def test_salient_places_get_more(self):
        pixels = np.full((256, 512, 3), 128, dtype=np.uint8)
        pixels[:, 256:] = np.random.default_rng(0).integers(0, 256, (256, 256, 3))
        busy = {
            how: (sample_patches(pixels, 40, 32, sampling=how).std(axis=(1, 2, 3)) > 10).mean()
            for how in ("saliency", "uniform")
        }
        assert busy["saliency"] > busy["uniform"] + 0.1
        assert busy["saliency"] < 1  # and some look at the calm half

    def test_random_places_need_a_generator_and_follow_it(self):
        pixels = data.astronaut()
        with pytest.raises(ValueError, match="needs a generator"):
            sample_patches(pixels, 4, 32, sampling="random")
        with pytest.raises(ValueError, match="must be one of saliency, uniform, random"):
            sample_patches(pixels, 4, 32, sampling="salient")
        one, same, other = (
            sample_patches(pixels, 4, 32, generator=np.random.default_rng(seed)) for seed in (1, 1, 2)
        )
        assert (one == same).all()
        assert (one != other).any()


class TestCurves:
    def test_curves_of_the_space_are_kept_and_json_gives_the_basis_back(self):
        levels = list(range(50))
        anchors = np.array(anchor_levels(levels))
        random = np.random.default_rng(0)
        curves = (
            -3 + anchors / 12 + random.normal(0, 0.4, (20, 1)) + random.normal(0, 0.2, (20, 1)) * anchors / 50
        )
        basis = CurveBasis.fitted("x", "quality", levels, levels, curves)
        assert CurveBasis.from_json(basis.to_json()) == basis
        scores = np.linalg.lstsq(np.array(basis.components).T, curves[0] - basis.mean, rcond=None)[0]
        np.testing.assert_allclose(basis.predicted(scores, 0.1).deficit[anchors], curves[0], atol=1e-3)

    def test_the_threshold_is_where_the_curve_crosses_it(self):
        basis = CurveBasis(
            "x", "quality", (0, 1, 2), (9.0, 8.0, 7.0), (0, 1, 2), (-2.0, -1.0, 0.0), ((0.0,) * 3,) * 3
        )
        curve = basis.predicted([0, 0, 0], 0.5)
        assert curve.level_at(10 - np.exp(-0.5)) == pytest.approx(1.5)
        assert curve.level_at(10 - np.exp(-0.5), shift=1.0) == pytest.approx(1.0)
        assert curve.level_at(9.999) == -0.5
        assert curve.level_at(5.0) == 2.5
        assert curve.spread_levels(10 - np.exp(-1.0)) == pytest.approx(0.5)
        assert curve.largest_level(10 - np.exp(-1.0)) == 1
        assert curve.largest_level(9.999) is None

    def test_scans_that_end_early_go_on_like_the_others(self):
        whole = np.tile(np.linspace(-3, 1, 5), (3, 1))
        cut = whole.copy()
        cut[0] += 0.5
        cut[0, 3:] = np.nan
        filled, _ = filled_curves(cut)
        np.testing.assert_allclose(filled[0], whole[0] + 0.5)

    def test_a_curve_that_rises_again_counts_at_its_worst(self):
        deficits = at_anchors([0, 10, 20], [9.9, 9.0, 9.5], range(21))
        assert deficits[-1] == pytest.approx(0.0)

    def test_people_come_back_as_they_were(self):
        shares = np.array([0.05, 0.5, 0.9])
        np.testing.assert_allclose(satisfied_users(people_as_jod(shares)), shares, atol=1e-6)
