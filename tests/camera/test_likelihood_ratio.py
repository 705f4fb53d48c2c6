"""Weights of evidence: known values of Cllr, calibration that calibrates, fusion with missing scores, AUC intervals."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from jnd.camera.auc import auc_with_interval
from jnd.camera.cllr import best_monotone_ratios, cllr, cllr_min
from jnd.camera.likelihood_ratio import fit_calibration, fit_fusion, verbal_scale

SCORES = arrays(np.float64, st.integers(1, 20), elements=st.floats(-9, 9))


class TestCllr:
    def test_perfect_uninformative_and_misleading(self):
        assert cllr([50.0], [-50.0]) == pytest.approx(0)
        assert cllr([0.0, 0.0], [0.0]) == 1
        assert cllr([-4.0], [4.0]) == pytest.approx(4 * np.log2(10), rel=1e-4)
        assert cllr([-np.inf], [0.0]) == np.inf

    def test_by_hand(self):
        # LR 3 and 1/3: (log2(4/3) + log2(4/3)) / 2
        assert cllr([np.log10(3)], [-np.log10(3)]) == pytest.approx(np.log2(4 / 3))

    def test_of_calibrated_normal_scores(self):
        # Log-likelihood ratios N(+-d²/2, d²) are their own likelihood ratios.
        ratios = np.random.default_rng(1).normal(0, 2, 200_000)
        assert cllr((2 + ratios) / np.log(10), (-2 - ratios) / np.log(10)) == pytest.approx(
            self._integral(2.0), abs=0.005
        )

    def _integral(self, d):
        from scipy.integrate import quad
        from scipy.stats import norm

        return quad(lambda x: norm.pdf(x, d * d / 2, d) * np.logaddexp(0, -x) / np.log(2), -20, 30)[0]

    @given(SCORES, SCORES)
    @settings(max_examples=60, deadline=None)
    def test_the_least_is_between_0_and_1_and_below_any(self, same, different):
        least = cllr_min(same, different)
        assert -1e-9 <= least <= 1 + 1e-9
        assert least <= cllr(same, different) + 1e-9

    @given(SCORES, SCORES)
    @settings(max_examples=60, deadline=None)
    def test_the_least_depends_on_order_alone(self, same, different):
        same, different = same.round(3), different.round(3)
        assert cllr_min(2.0 * same + 3, 2.0 * different + 3) == pytest.approx(
            cllr_min(same, different), abs=1e-9
        )

    def test_the_least_of_separate_scores_is_0_and_of_equal_ones_1(self):
        assert cllr_min([5.0, 6.0], [1.0, 2.0, 3.0]) == 0
        assert cllr_min([1.0, 2.0], [1.0, 2.0]) == pytest.approx(1)
        assert cllr_min([1.0, 2.0], [5.0, 6.0]) == pytest.approx(1)

    def test_pooling_by_hand(self):
        # Sorted d s d s s: the violating "s d" in the middle is pooled to 1 of 2, which is LR (1/2)/(1/2) * 2/3.
        same, different = best_monotone_ratios(np.array([2.0, 4.0, 5.0]), np.array([1.0, 3.0]))
        assert same == pytest.approx([np.log10(2 / 3), np.inf, np.inf])
        assert different == pytest.approx([-np.inf, np.log10(2 / 3)])

    @pytest.mark.parametrize(
        ("same", "different"), [([], [1.0]), ([1.0], []), ([np.nan], [1.0]), ([[1.0]], [1.0])]
    )
    def test_both_kinds_of_pairs_are_needed(self, same, different):
        with pytest.raises(ValueError, match="both kinds of pairs"):
            cllr(same, different)


class TestCalibration:
    def test_it_finds_the_ratios_of_normal_scores(self):
        random = np.random.default_rng(0)
        # N(2, 1) against N(0, 1): the natural log of the ratio is 2 x - 2.
        calibration = fit_calibration(random.normal(2, 1, 20_000), random.normal(0, 1, 50_000))
        ratios = calibration.log10_likelihood_ratio([0.0, 1.0, 2.0])
        assert ratios * np.log(10) == pytest.approx([-2, 0, 2], abs=0.06)

    def test_calibrated_scores_cost_little_more_than_the_least(self):
        random = np.random.default_rng(0)
        same, different = random.normal(20, 8, 400), random.normal(3, 8, 900)
        calibration = fit_calibration(same, different)
        cost = cllr(*(calibration.log10_likelihood_ratio(scores) for scores in (same, different)))
        assert cllr_min(same, different) <= cost < cllr_min(same, different) + 0.06

    def test_separate_scores_give_finite_ratios_within_what_the_pairs_support(self):
        calibration = fit_calibration([40.0, 50.0, 60.0], [0.0, 1.0, -1.0, 0.5])
        ratios = calibration.log10_likelihood_ratio([-1e6, 0.0, 50.0, 1e6])
        assert ratios[0] == -np.log10(4)
        assert ratios[-1] == np.log10(5)
        assert np.isfinite(calibration.log10_likelihood_ratio(50.0, bounded=False)).all()
        assert (np.diff(ratios) >= 0).all()
        assert ratios[1] < 0 < ratios[2]

    @given(
        st.lists(st.floats(-50, 50), min_size=1, max_size=15),
        st.lists(st.floats(-50, 50), min_size=1, max_size=15),
        st.lists(st.floats(-99, 99), min_size=2, max_size=9),
    )
    @settings(max_examples=80, deadline=None)
    def test_larger_scores_never_weigh_less(self, same, different, scores):
        ratios = fit_calibration(same, different).log10_likelihood_ratio(sorted(scores))
        assert np.isfinite(ratios).all()
        assert (np.diff(ratios) >= -1e-9).all()

    @given(st.floats(0.01, 100), st.floats(-100, 100))
    @settings(max_examples=40, deadline=None)
    def test_units_of_the_score_do_not_matter(self, factor, offset):
        same, different, asked = np.array([1.0, 2, 3, 6]), np.array([-2.0, 0, 1.5]), np.array([-1.0, 1, 4])
        plain = fit_calibration(same, different).log10_likelihood_ratio(asked)
        other = fit_calibration(factor * same + offset, factor * different + offset)
        assert other.log10_likelihood_ratio(factor * asked + offset) == pytest.approx(plain, abs=1e-4)

    def test_scores_that_speak_the_wrong_way_round_say_nothing(self):
        calibration = fit_calibration([0.0, 1.0, 2.0], [5.0, 6.0, 7.0])
        assert calibration.log10_likelihood_ratio([0.0, 9.0]) == pytest.approx([0, 0])

    def test_scores_that_do_not_vary_say_nothing(self):
        assert fit_calibration([3.0, 3.0], [3.0]).log10_likelihood_ratio([3.0]) == pytest.approx(
            [0], abs=1e-6
        )

    def test_the_number_of_pairs_of_a_kind_is_no_prior(self):
        random = np.random.default_rng(0)
        same, different = random.normal(1, 1, 3000), random.normal(0, 1, 30_000)
        assert fit_calibration(same, different).log10_likelihood_ratio(0.5) == pytest.approx([0], abs=0.03)

    def test_hypotheses_and_numbers_are_in_the_record(self):
        calibration = fit_calibration(
            [1.0], [0.0, 0.5], hypothesis_same="H1: a", hypothesis_different="H0: b"
        )
        assert (calibration.hypothesis_same, calibration.hypothesis_different) == ("H1: a", "H0: b")
        assert (calibration.same, calibration.different) == (1, 2)
        assert calibration.bounds == (-np.log10(2), np.log10(3))

    @pytest.mark.parametrize(
        ("same", "different", "words"),
        [
            ([], [1.0], '"same" must hold at least one pair'),
            ([1.0], [], '"different" must hold'),
            ([np.nan], [1.0], "finite scores"),
            ([np.inf], [1.0], "finite scores"),
            ([[1.0, 2.0]], [1.0], "1 columns"),
        ],
    )
    def test_unusable_pairs(self, same, different, words):
        with pytest.raises(ValueError, match=words):
            fit_calibration(same, different)

    def test_a_missing_score_is_an_error_here(self):
        with pytest.raises(ValueError, match="use a Fusion"):
            fit_calibration([1.0], [0.0]).log10_likelihood_ratio(np.nan)

    @pytest.mark.parametrize("pairs", [0.0, -1.0, np.nan])
    def test_pseudo_pairs_must_be_positive(self, pairs):
        with pytest.raises(ValueError, match="pseudo_pairs must be positive"):
            fit_calibration([1.0], [0.0], pseudo_pairs=pairs)


class TestFusion:
    def scores(self, missing=0):
        random = np.random.default_rng(2)
        same, different = random.normal(1.5, 1, (600, 2)), random.normal(0, 1, (800, 2))
        same[:missing, 0] = np.nan
        different[-missing or len(different) :, 1] = np.nan
        return same, different

    def test_two_scores_are_better_than_one(self):
        same, different = self.scores()
        fusion = fit_fusion(same, different, names=("fingerprint", "network"))
        both = cllr(fusion.log10_likelihood_ratio(same), fusion.log10_likelihood_ratio(different))
        for column in (0, 1):
            one = fit_calibration(same[:, column], different[:, column])
            alone = cllr(*(one.log10_likelihood_ratio(scores[:, column]) for scores in (same, different)))
            assert both < alone - 0.05

    def test_independent_normal_scores_add(self):
        same, different = self.scores()
        fusion = fit_fusion(same, different, names=("fingerprint", "network"))
        # Each gives 1.5 x - 1.125 in natural units.
        expected = (1.5 * (1 + 0.5) - 2 * 1.125) / np.log(10)
        assert fusion.log10_likelihood_ratio([[1.0, 0.5]]) == pytest.approx([expected], abs=0.12)

    def test_where_one_is_missing_the_other_speaks_alone(self):
        same, different = self.scores(missing=100)
        fusion = fit_fusion(same, different, names=("fingerprint", "network"))
        ratios = fusion.log10_likelihood_ratio([[2.0, np.nan], [np.nan, 2.0], [np.nan, np.nan], [2.0, 2.0]])
        for column in (0, 1):
            have = [scores[~np.isnan(scores[:, column]), column] for scores in (same, different)]
            assert ratios[column] == pytest.approx(fit_calibration(*have).log10_likelihood_ratio(2.0)[0])
        assert ratios[2] == 0
        assert ratios[3] > max(ratios[:2])

    def test_a_score_that_nobody_has_does_no_harm(self):
        same, different = self.scores()
        same[:, 1] = np.nan
        fusion = fit_fusion(same, different, names=("fingerprint", "network"))
        assert [calibration.names for calibration in fusion.calibrations] == [("fingerprint",)]
        assert fusion.log10_likelihood_ratio([[3.0, 9.0]])[0] > 0.5

    def test_no_pairs_and_too_many_scores(self):
        with pytest.raises(ValueError, match="no score has pairs of both"):
            fit_fusion([[np.nan, 1.0]], [[1.0, np.nan]], names=("a", "b"))
        with pytest.raises(ValueError, match="1 to 6 scores"):
            fit_fusion(np.zeros((1, 7)), np.zeros((1, 7)), names="abcdefg")


class TestAuc:
    @given(SCORES, SCORES)
    @settings(max_examples=60, deadline=None)
    def test_it_is_the_share_of_pairs_in_order(self, same, different):
        area = auc_with_interval(same, different)
        pairs = np.sign(np.subtract.outer(same, different))
        assert area.value == pytest.approx((pairs.mean() + 1) / 2)
        assert 0 <= area.low <= area.value <= area.high <= 1
        turned = auc_with_interval(different, same)
        assert (turned.value, turned.low) == pytest.approx((1 - area.value, 1 - area.high), abs=1e-6)

    @pytest.mark.parametrize("count", [1, 5, 11, 200])
    def test_without_overlap_it_is_the_interval_of_clopper_and_pearson(self, count):
        area = auc_with_interval(np.ones(count), np.zeros(2 * count))
        assert (area.value, area.high) == (1, 1)
        assert area.low == pytest.approx(0.025 ** (1 / count))

    def test_delong_by_hand(self):
        # Placements: 1, 1, 1/2 of the same; 2/3, 1 of the different ones.
        area = auc_with_interval([3.0, 4.0, 1.5], [2.0, 1.0], method="delong", confidence=0.6826895)
        variance = np.var([1, 1, 0.5], ddof=1) / 3 + np.var([2 / 3, 1], ddof=1) / 2
        assert area.value == pytest.approx(5 / 6)
        assert area.low == pytest.approx(5 / 6 - np.sqrt(variance), abs=1e-6)

    def test_both_intervals_cover(self):
        from scipy.stats import norm

        random, truth, covered = (
            np.random.default_rng(0),
            norm.cdf(1 / np.sqrt(2)),
            {"guaranteed": 0, "delong": 0},
        )
        for _ in range(300):
            same, different = random.normal(1, 1, 30), random.normal(0, 1, 40)
            for method in covered:
                area = auc_with_interval(same, different, method=method)
                covered[method] += area.low <= truth <= area.high
        assert covered["guaranteed"] >= 0.95 * 300
        assert covered["delong"] >= 0.9 * 300

    @pytest.mark.parametrize("confidence", [0.0, 1.0, np.nan])
    def test_confidence_is_a_share(self, confidence):
        with pytest.raises(ValueError, match="confidence must lie"):
            auc_with_interval([1.0], [0.0], confidence=confidence)

    def test_doors(self):
        with pytest.raises(ValueError, match="needs two of each"):
            auc_with_interval([1.0], [0.0], method="delong")
        with pytest.raises(ValueError, match='"guaranteed" or "delong"'):
            auc_with_interval([1.0], [0.0], method="exact")
        with pytest.raises(ValueError, match="both kinds"):
            auc_with_interval([], [0.0])


@pytest.mark.parametrize(
    ("ratio", "words"),
    [
        (0.0, "no support for either"),
        (-0.2, "no support for either"),
        (0.5, "weak support"),
        (1.5, "moderate support"),
        (-3.5, "strong support for the alternative"),
        (5.0, "very strong support"),
        (7.0, "extremely strong support"),
    ],
)
def test_words_for_weights(ratio, words):
    assert verbal_scale(ratio) == words
