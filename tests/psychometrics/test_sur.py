"""JND samples to distributions, SUR curves, p % JNDs, mixtures and distances."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from jnd.errors import UnknownNameError, UnusableAnswersError
from jnd.psychometrics.distribution_check import anderson_darling_statistic, check_distribution
from jnd.psychometrics.gaussian_mixture import choose_gaussian_mixture, fit_gaussian_mixture
from jnd.psychometrics.jnd_distribution import FAMILIES, choose_jnd_distribution, fit_jnd_distribution
from jnd.psychometrics.jnd_samples import JndSamples, jnd_samples
from jnd.psychometrics.sur import empirical_sur, jnd_level, sur_curve
from jnd.psychometrics.sur_distance import (
    bhattacharyya_distance,
    jnd_probabilities,
    level_difference,
    level_where,
    psnr_difference,
)

SCIPY = {
    "normal": stats.norm,
    "logistic": stats.logistic,
    "gumbel": stats.gumbel_r,
    "weibull": stats.weibull_min,
}
RNG = np.random.default_rng(0)
JND = np.round(RNG.normal(30.0, 5.0, 60))


@pytest.mark.parametrize("family", SCIPY)
def test_exact_samples_have_the_likelihood_of_scipy(family):
    x = np.random.default_rng(1).gamma(40.0, 0.7, 80)
    ours = fit_jnd_distribution(jnd_samples(x, step=0.0), family)
    theirs = SCIPY[family].fit(x, floc=0) if family == "weibull" else SCIPY[family].fit(x)
    assert ours.log_likelihood == pytest.approx(SCIPY[family].logpdf(x, *theirs).sum(), abs=1e-3)


def test_gev_finds_its_shape_and_holds_the_gumbel():
    x = stats.genextreme.rvs(0.25, loc=20.0, scale=4.0, size=2000, random_state=3)  # scipy's c = −ξ
    fit = fit_jnd_distribution(jnd_samples(x, step=0.0), "gev")
    assert fit.parameters[2] == pytest.approx(-0.25, abs=0.05)
    gumbel = fit_jnd_distribution(jnd_samples(JND), "gumbel")
    assert fit_jnd_distribution(jnd_samples(JND), "gev").log_likelihood >= gumbel.log_likelihood - 1e-6


@pytest.mark.parametrize("family", FAMILIES)
class TestEveryFamily:
    def test_quantile_undoes_the_distribution(self, family):
        fit = fit_jnd_distribution(jnd_samples(JND), family)
        p = np.array([0.05, 0.25, 0.5, 0.75, 0.95])
        assert fit.cumulative(fit.quantile(p)) == pytest.approx(p, abs=1e-9)

    def test_interval_likelihood_is_that_of_the_intervals(self, family):
        fit = fit_jnd_distribution(jnd_samples(JND), family)
        expected = np.log(fit.cumulative(JND) - fit.cumulative(JND - 1)).sum()
        assert fit.log_likelihood == pytest.approx(expected, abs=1e-6)

    def test_sur_curve_never_rises_and_stays_in_its_band(self, family):
        curve = sur_curve(jnd_samples(JND), np.arange(1, 60), distribution=family, resamples=100)
        satisfied = np.array(curve.satisfied)
        assert np.all(np.diff(satisfied) <= 1e-12)
        assert np.all((satisfied >= 0) & (satisfied <= 1))
        assert (
            np.mean((np.array(curve.low) <= satisfied + 1e-9) & (satisfied <= np.array(curve.high) + 1e-9))
            > 0.95
        )

    def test_level_lies_where_the_curve_has_its_share(self, family):
        level = jnd_level(jnd_samples(JND), 0.75, distribution=family, resamples=100)
        curve = sur_curve(jnd_samples(JND), [level.level], distribution=family, resamples=0)
        assert curve.satisfied[0] == pytest.approx(0.75)
        assert level.low < level.level < level.high


def test_normal_75_percent_level_is_mean_minus_0_6745_sd():
    x = np.random.default_rng(2).normal(30, 4, 50)
    level = jnd_level(jnd_samples(x, step=0.0), 0.75, resamples=100).level
    assert level == pytest.approx(x.mean() - 0.67449 * x.std(), abs=1e-3)


def test_people_who_never_noticed_raise_the_level():
    seen = [20, 22, 24, 25, 27, 30]
    dropped = jnd_level(jnd_samples(seen), 0.75, resamples=50).level
    kept = jnd_level(jnd_samples([*seen, np.inf, np.nan], highest_level=30), 0.75, resamples=50).level
    assert kept > dropped


def test_censoring_takes_the_bias_away():
    """Half of the people are beyond the end of the test; their likelihood brings the mean back."""
    x = np.random.default_rng(4).normal(50.0, 10.0, 4000)
    noticed = np.where(x <= 50, np.ceil(x), np.nan)
    fit = fit_jnd_distribution(jnd_samples(noticed, highest_level=50))
    assert fit.parameters[0] == pytest.approx(50.0, abs=0.6)
    assert np.exp(fit.parameters[1]) == pytest.approx(10.0, abs=0.6)


def test_empirical_sur_counts_people():
    samples = jnd_samples([3, 5, 5, 9], highest_level=10)
    assert empirical_sur(samples, [2, 3, 5, 9]).tolist() == [1.0, 0.75, 0.25, 0.0]
    assert jnd_level(samples, 0.75, distribution="empirical", resamples=50).level == 5.0


def test_families_are_ordered_by_aic_and_weibull_needs_positive_levels():
    fits = choose_jnd_distribution(jnd_samples(JND))
    assert [f.akaike for f in fits] == sorted(f.akaike for f in fits)
    assert "weibull" not in {f.family for f in choose_jnd_distribution(jnd_samples(JND - 40))}
    skewed = np.random.default_rng(5).gumbel(20, 4, 600)
    assert choose_jnd_distribution(jnd_samples(skewed, step=0.0))[0].family in ("gumbel", "gev")


def test_anderson_darling_agrees_with_scipy_and_rejects_the_wrong_family():
    x = np.random.default_rng(6).normal(0, 1, 40)
    z = (x - x.mean()) / x.std(ddof=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # scipy's new argument for its p-value
        expected = stats.anderson(x, "norm").statistic
    assert anderson_darling_statistic(stats.norm.cdf(z)) == pytest.approx(expected)
    good = jnd_samples(np.round(np.random.default_rng(7).normal(30, 5, 80)))
    assert check_distribution(good, fit_jnd_distribution(good), simulations=60).anderson_darling_p > 0.05
    two_groups = jnd_samples(np.r_[np.full(30, 10), np.arange(8, 13), np.arange(38, 43), np.full(30, 40)])
    assert (
        check_distribution(two_groups, fit_jnd_distribution(two_groups), simulations=60).anderson_darling_p
        < 0.05
    )


class TestMixture:
    def test_bic_finds_the_number_of_jnds(self):
        rng = np.random.default_rng(8)
        x = np.r_[rng.normal(10, 1.5, 60), rng.normal(25, 2, 50), rng.normal(40, 3, 40)]
        mixture = choose_gaussian_mixture(x)
        assert mixture.means == pytest.approx([10, 25, 40], abs=1.5)
        assert mixture.weights == pytest.approx([0.4, 0.33, 0.27], abs=0.05)
        assert choose_gaussian_mixture(rng.normal(0, 1, 100)).means.size == 1

    def test_density_integrates_to_one(self):
        mixture = fit_gaussian_mixture([1, 2, 3, 10, 11, 12.5], 2)
        x = np.linspace(-40, 60, 20001)
        assert np.trapezoid(mixture.density(x), x) == pytest.approx(1.0, abs=1e-6)

    def test_one_component_is_the_normal(self):
        x = np.array([1.0, 2.0, 4.0, 7.0])
        mixture = fit_gaussian_mixture(x, 1)
        assert mixture.log_likelihood == pytest.approx(stats.norm.logpdf(x, x.mean(), x.std()).sum())

    def test_bad_input(self):
        with pytest.raises(UnusableAnswersError, match="at least 6 distinct"):
            fit_gaussian_mixture([1, 2, 3, 4], 3)
        with pytest.raises(UnusableAnswersError, match="never noticed"):
            fit_gaussian_mixture([1, 2, np.inf], 1)


class TestDistances:
    @given(st.lists(st.floats(0, 1), min_size=3, max_size=30))
    def test_bhattacharyya_is_zero_for_itself_and_symmetric(self, values):
        a = np.sort(values)[::-1]
        b = np.sort(np.sqrt(values))[::-1]
        assert bhattacharyya_distance(a, a) == pytest.approx(0.0, abs=1e-9)
        assert bhattacharyya_distance(a, b) == pytest.approx(bhattacharyya_distance(b, a))
        assert jnd_probabilities(a).sum() == pytest.approx(1.0)

    def test_bhattacharyya_of_two_normals_is_the_closed_form(self):
        x = np.arange(-100, 200, 0.1)
        a, b = (1 - stats.norm.cdf(x, m, s) for m, s in ((40, 5), (48, 7)))
        expected = 0.25 * 8**2 / (5**2 + 7**2) + 0.5 * np.log((5**2 + 7**2) / (2 * 5 * 7))
        assert bhattacharyya_distance(a, b) == pytest.approx(expected, rel=1e-3)

    def test_level_and_psnr_differences(self):
        x = np.arange(1, 101.0)
        a, b = (1 - stats.norm.cdf(x, m, 8) for m in (40, 50))
        assert level_difference(x, a, b) == pytest.approx(10.0, abs=0.01)
        assert psnr_difference(x, a, b, 50 - 0.2 * x) == pytest.approx(2.0, abs=0.01)

    def test_bad_input(self):
        with pytest.raises(ValueError, match="never rises"):
            jnd_probabilities([0.5, 0.9])
        with pytest.raises(ValueError, match="does not cross"):
            level_where([1, 2], [1.0, 0.9])
        with pytest.raises(ValueError, match="same levels"):
            bhattacharyya_distance([1, 0.5], [1, 0.5, 0])


class TestBadInput:
    def test_samples(self):
        with pytest.raises(UnusableAnswersError, match="no JND samples"):
            jnd_samples([])
        with pytest.raises(UnusableAnswersError, match="2 observers never noticed"):
            jnd_samples([1, np.nan, np.inf])
        with pytest.raises(UnusableAnswersError, match="nobody noticed up to level 40"):
            fit_jnd_distribution(jnd_samples([np.nan, np.nan], highest_level=40))
        with pytest.raises(UnusableAnswersError, match="all 3 JND samples are the same"):
            fit_jnd_distribution(jnd_samples([7, 7, 7]))
        with pytest.raises(UnusableAnswersError, match="not above its upper end"):
            fit_jnd_distribution(JndSamples(np.array([2.0]), np.array([1.0])))

    def test_shares_and_names(self):
        with pytest.raises(ValueError, match="between 0 and 1"):
            jnd_level(jnd_samples(JND), 1.0)
        with pytest.raises(UnknownNameError, match='did you mean "normal"'):
            fit_jnd_distribution(jnd_samples(JND), "norml")
        with pytest.raises(ValueError, match="ascend"):
            sur_curve(jnd_samples(JND), [3, 2, 1])
