"""Fits of psychometric functions: golden values, recovery, intervals, bad input."""

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import binom

from jnd.errors import ThresholdOutsideDataError, UnknownNameError, UnusableAnswersError
from jnd.psychometrics.fit import fit_over_observers, fit_psychometric, predicted
from jnd.psychometrics.goodness_of_fit import goodness_of_fit
from jnd.psychometrics.joint_fit import fit_jointly
from jnd.psychometrics.likelihood import PsychometricLikelihood
from jnd.psychometrics.psychometric_function import SIGMOIDS, psychometric_function, sigmoid

GOLDEN = json.loads((Path(__file__).parent / "golden" / "psignifit_matlab.json").read_text("utf-8"))
LEVELS = np.linspace(2.0, 14.0, 9)
TRIALS = np.full(9, 40)


def simulated(seed=0, threshold=8.0, width=6.0, guess=0.5, lapse=0.02, function="normal"):
    p = psychometric_function(LEVELS, threshold, width, guess, lapse, function=function)
    return np.random.default_rng(seed).binomial(TRIALS, p)


@pytest.mark.parametrize("case", GOLDEN)
def test_posterior_mode_agrees_with_matlab_psignifit(case):
    levels, seen, trials = np.array(case["data"]).T
    fit = fit_psychometric(
        levels, seen, trials, function=case["function"], guess_rate=case["guess_rate"], interval="posterior"
    )
    assert fit.threshold == pytest.approx(case["matlab"]["threshold"], rel=0.01)
    assert fit.width == pytest.approx(case["matlab"]["width"], rel=0.01)
    assert fit.lapse_rate == pytest.approx(case["matlab"]["lambda"], abs=1e-3)
    assert fit.threshold_interval[0] < fit.threshold < fit.threshold_interval[1]


@pytest.mark.parametrize("case", GOLDEN[:2])
def test_maximum_likelihood_agrees_with_matlab_psignifit(case):
    levels, seen, trials = np.array(case["data"]).T
    fit = fit_psychometric(levels, seen, trials, function=case["function"], guess_rate=0.5)
    assert fit.threshold == pytest.approx(case["matlab"]["threshold"], rel=0.01)


@pytest.mark.parametrize("function", SIGMOIDS)
@pytest.mark.parametrize("eta", [0.0, 0.2])
def test_gradient_of_the_likelihood_is_its_derivative(function, eta):
    shape = sigmoid(function)
    x = np.log(LEVELS) if shape.logarithmic else LEVELS
    likelihood = PsychometricLikelihood(
        x,
        simulated().astype(float),
        TRIALS.astype(float),
        shape,
        asymptote_prior=(1.0, 10.0),
        overdispersion=eta,
    )
    theta = np.array([[x[4], np.log(np.ptp(x) / 2), 0.45, 0.03]])
    gradient = likelihood(theta)[1][0]
    for i in range(4):
        h = np.zeros(4)
        h[i] = 1e-6
        numeric = (likelihood(theta + h)[0][0] - likelihood(theta - h)[0][0]) / 2e-6
        assert gradient[i] == pytest.approx(numeric, rel=1e-4, abs=1e-4)


@pytest.mark.parametrize("function", SIGMOIDS)
def test_maximum_likelihood_is_not_below_an_independent_optimiser(function):
    seen = simulated(3)
    fit = fit_psychometric(LEVELS, seen, TRIALS, function=function, guess_rate=0.5)

    def negative(z):
        lapse = 0.06 / (1 + np.exp(-z[2]))
        p = psychometric_function(LEVELS, np.exp(z[0]), np.exp(z[1]), 0.5, lapse, function=function)
        return -binom.logpmf(seen, TRIALS, np.clip(p, 1e-12, 1 - 1e-12)).sum()

    width = np.log(0.8 if SIGMOIDS[function].logarithmic else 6.0)
    other = minimize(negative, [np.log(8.0), width, 0.0], method="Nelder-Mead", options={"maxiter": 2000})
    assert fit.log_likelihood >= -other.fun - 1e-4


@pytest.mark.parametrize("function", SIGMOIDS)
@pytest.mark.parametrize("interval", ["profile", "posterior", "bootstrap", "bootstrap_trials"])
def test_many_trials_give_the_truth_back(function, interval):
    trials = np.full(9, 2000)
    width = 0.8 if SIGMOIDS[function].logarithmic else 6.0
    p = psychometric_function(LEVELS, 8.0, width, 0.5, 0.02, function=function)
    fit = fit_psychometric(
        LEVELS,
        np.round(p * trials),
        trials,
        function=function,
        guess_rate=0.5,
        interval=interval,
        resamples=100,
    )
    assert fit.threshold == pytest.approx(8.0, rel=0.02)
    assert fit.width == pytest.approx(width, rel=0.06)
    low, high = fit.threshold_interval
    assert low < 8.0 < high
    assert high - low < 0.8


def test_overdispersed_answers_widen_the_posterior():
    rng = np.random.default_rng(1)
    levels = np.repeat(LEVELS, 4)
    p = psychometric_function(levels, 8.0, 6.0, 0.0, 0.01)
    nu = 1 / 0.35**2 - 1
    trials = np.full(levels.size, 20)
    spread = rng.binomial(trials, rng.beta(p * nu, (1 - p) * nu))
    plain = rng.binomial(trials, p)
    wide, narrow = (fit_psychometric(levels, k, trials, interval="posterior") for k in (spread, plain))
    assert wide.overdispersion == pytest.approx(0.35, abs=0.1)
    assert narrow.overdispersion < 0.1
    assert np.ptp(wide.threshold_interval) > 1.5 * np.ptp(narrow.threshold_interval)


def test_free_guess_rate_of_yes_no_answers_is_found():
    trials = np.full(9, 1000)
    p = psychometric_function(LEVELS, 8.0, 4.0, 0.12, 0.01)
    fit = fit_psychometric(LEVELS, np.round(p * trials), trials, guess_rate=None)
    assert fit.guess_rate == pytest.approx(0.12, abs=0.02)
    assert fit.guess_rate_interval is not None


def test_single_trials_equal_their_counts():
    seen = simulated()
    one = fit_psychometric(LEVELS, seen, TRIALS, guess_rate=0.5)
    levels = np.repeat(LEVELS, TRIALS)
    answers = np.concatenate([np.r_[np.ones(k), np.zeros(n - k)] for k, n in zip(seen, TRIALS, strict=True)])
    order = np.random.default_rng(0).permutation(levels.size)
    two = fit_psychometric(levels[order], answers[order], guess_rate=0.5)
    assert two.threshold == pytest.approx(one.threshold)
    assert two.threshold_interval == pytest.approx(one.threshold_interval)


def test_more_confidence_is_a_wider_interval():
    seen = simulated()
    for interval in ("profile", "posterior", "bootstrap"):
        widths = [
            np.ptp(
                fit_psychometric(
                    LEVELS, seen, TRIALS, guess_rate=0.5, interval=interval, confidence=c
                ).threshold_interval
            )
            for c in (0.5, 0.8, 0.95)
        ]
        assert widths == sorted(widths)


def test_same_seed_same_bootstrap():
    seen = simulated()
    fits = [
        fit_psychometric(LEVELS, seen, TRIALS, guess_rate=0.5, interval="bootstrap", seed=s, resamples=200)
        for s in (1, 1, 2)
    ]
    assert fits[0] == fits[1]
    assert fits[0].threshold_interval != fits[2].threshold_interval


def test_observers_that_differ_widen_the_interval_over_observers():
    rng = np.random.default_rng(5)
    thresholds = rng.normal(8.0, 2.0, 20)
    p = np.array([psychometric_function(LEVELS, t, 3.0, 0.5, 0.01) for t in thresholds])
    trials = np.full((20, 9), 10)
    seen = rng.binomial(trials, p)
    over_observers = fit_over_observers(LEVELS, seen, trials, guess_rate=0.5, resamples=300)
    over_trials = fit_psychometric(LEVELS, seen.sum(axis=0), trials.sum(axis=0), guess_rate=0.5)
    assert over_observers.threshold == pytest.approx(over_trials.threshold)
    assert np.ptp(over_observers.threshold_interval) > 1.3 * np.ptp(over_trials.threshold_interval)


def test_goodness_of_fit_accepts_the_right_function_and_refuses_a_wrong_one():
    fit = fit_psychometric(LEVELS, simulated(), TRIALS, guess_rate=0.5)
    right = goodness_of_fit(predicted(fit, LEVELS), fit.seen, fit.block_trials)
    assert right.p_value > 0.05
    assert right.deviance == pytest.approx(fit.deviance)
    zigzag = np.array([20, 38, 21, 39, 22, 38, 24, 40, 39])
    fit = fit_psychometric(LEVELS, zigzag, TRIALS, guess_rate=0.5)
    assert goodness_of_fit(predicted(fit, LEVELS), fit.seen, fit.block_trials).p_value < 0.01


def test_residual_trend_shows_learning():
    order = np.arange(20)
    share = np.linspace(0.5, 0.9, 20)
    quality = goodness_of_fit(np.full(20, 0.7), np.round(share * 50), np.full(20, 50))
    assert quality.trend_with_order > 0.9
    assert np.isnan(quality.trend_with_prediction)
    assert order.size == quality.residuals.size


class TestJointFit:
    def conditions(self):
        rng = np.random.default_rng(2)
        levels = np.arange(1.0, 11.0)
        n = np.full(10, 60)
        return [
            (levels, rng.binomial(n, psychometric_function(levels, m, 4.0, 0.5, 0.03)), n)
            for m in (3.5, 5.0, 6.5)
        ]

    def test_shared_parameters_are_shared(self):
        fit = fit_jointly(self.conditions(), guess_rate=0.5)
        assert np.ptp(fit.width) == 0
        assert np.ptp(fit.lapse_rate) == 0
        assert fit.free_parameters == 5
        assert fit.threshold == pytest.approx([3.5, 5.0, 6.5], abs=0.8)
        assert np.all(fit.threshold_interval[:, 0] < fit.threshold)
        assert np.all(fit.threshold < fit.threshold_interval[:, 1])

    def test_sharing_nothing_equals_separate_fits(self):
        data = self.conditions()
        joint = fit_jointly(data, shared=(), guess_rate=0.5)
        separate = sum(fit_psychometric(*one, guess_rate=0.5).log_likelihood for one in data)
        assert joint.log_likelihood == pytest.approx(separate, abs=1e-4)
        assert fit_jointly(data, guess_rate=0.5).log_likelihood <= joint.log_likelihood

    def test_bad_input(self):
        with pytest.raises(UnusableAnswersError, match="no conditions"):
            fit_jointly([])
        with pytest.raises(UnknownNameError, match='did you mean "width"'):
            fit_jointly(self.conditions(), shared=("widht",))


@pytest.mark.parametrize("interval", ["profile", "posterior", "bootstrap"])
class TestBadInput:
    def test_empty(self, interval):
        with pytest.raises(UnusableAnswersError, match="no answers"):
            fit_psychometric([], [], [], interval=interval)

    def test_one_level(self, interval):
        with pytest.raises(UnusableAnswersError, match="only level 3 was tested"):
            fit_psychometric([3, 3], [5, 6], [10, 10], interval=interval)

    def test_all_right_gives_the_bound(self, interval):
        with pytest.raises(ThresholdOutsideDataError, match="below the lowest tested level, 2") as caught:
            fit_psychometric([2, 3, 4], [10, 10, 10], [10] * 3, guess_rate=0.5, interval=interval)
        assert (caught.value.side, caught.value.bound) == ("below", 2.0)

    def test_all_wrong_gives_the_bound(self, interval):
        with pytest.raises(ThresholdOutsideDataError, match="above the highest tested level, 4") as caught:
            fit_psychometric([2, 3, 4], [0, 0, 0], [10] * 3, interval=interval)
        assert (caught.value.side, caught.value.bound) == ("above", 4.0)

    def test_threshold_beyond_the_levels_gives_the_bound(self, interval):
        with pytest.raises(ThresholdOutsideDataError) as caught:
            fit_psychometric([1, 2, 3, 4], [0, 1, 3, 9], [100] * 4, interval=interval)
        assert caught.value.side == "above"

    def test_falling_detection_says_what_to_do(self, interval):
        with pytest.raises(UnusableAnswersError, match="negated levels"):
            fit_psychometric([1, 2, 3], [10, 6, 1], [10] * 3, interval=interval)

    def test_impossible_counts(self, interval):
        with pytest.raises(UnusableAnswersError, match="11 of 10"):
            fit_psychometric([1, 2, 3], [1, 6, 11], [10] * 3, interval=interval)
        with pytest.raises(UnusableAnswersError, match="one entry per block"):
            fit_psychometric([1, 2, 3], [1, 6], [10] * 3, interval=interval)
        with pytest.raises(UnusableAnswersError, match="finite"):
            fit_psychometric([1, 2, np.nan], [1, 6, 8], [10] * 3, interval=interval)


def test_step_data_say_that_the_width_is_only_bounded():
    fit = fit_psychometric([1, 2, 3, 4], [0, 0, 20, 20], [20] * 4, lapse_rate=0.0)
    assert 2 <= fit.threshold <= 3
    assert any("width" in note for note in fit.notes)


def test_unknown_interval_names_the_nearest():
    with pytest.raises(UnknownNameError, match='did you mean "profile"'):
        fit_psychometric([1, 2], [1, 5], [10, 10], interval="profil")


def test_band_holds_the_curve_and_narrows_with_trials():
    from jnd.psychometrics.curve_band import curve_band

    x = np.linspace(2, 14, 25)
    spread = []
    for factor in (1, 16):
        fit = fit_psychometric(LEVELS, simulated() * factor, TRIALS * factor, guess_rate=0.5)
        middle, low, high = curve_band(fit, x, guess_rate=0.5, resamples=100)
        assert middle == pytest.approx(predicted(fit, x))
        assert np.all((low <= middle) & (middle <= high))
        spread.append(np.mean(high - low))
    assert spread[1] < 0.5 * spread[0]


def test_a_side_that_the_answers_leave_open_is_no_number():
    fit = fit_psychometric([1, 2, 3, 4], [1, 0, 1, 1], [1, 1, 1, 1], guess_rate=0.5)
    assert fit.threshold_interval[0] == -np.inf
    assert fit.width_interval[1] == np.inf
    assert any("threshold on one side" in note for note in fit.notes)
