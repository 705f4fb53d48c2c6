"""Laws of every psychometric function."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jnd.errors import UnknownNameError
from jnd.psychometrics.psychometric_function import SIGMOIDS, level_at, psychometric_function, slope_at

positive = st.floats(0.1, 50.0)
rate = st.floats(0.0, 0.4)


@pytest.mark.parametrize("function", SIGMOIDS)
class TestEveryPsychometricFunction:
    @given(threshold=positive, width=st.floats(0.05, 5.0), guess=rate, lapse=rate)
    def test_threshold_is_where_half_is_detected(self, function, threshold, width, guess, lapse):
        value = psychometric_function(threshold, threshold, width, guess, lapse, function=function)
        assert value == pytest.approx(guess + (1 - guess - lapse) / 2)

    @given(threshold=positive, width=st.floats(0.05, 2.0), p=st.floats(0.02, 0.98))
    def test_inverse_undoes_the_function(self, function, threshold, width, p):
        level = level_at(threshold, width, 0.1, 0.05, function=function, p_detect=p)
        value = psychometric_function(level, threshold, width, function=function)
        assert value == pytest.approx(p, abs=1e-9)

    def test_width_spans_5_to_95_percent(self, function):
        low, high = (level_at(8.0, 1.5, function=function, p_detect=p) for p in (0.05, 0.95))
        width = np.log(high / low) if SIGMOIDS[function].logarithmic else high - low
        assert width == pytest.approx(1.5)

    def test_rises_from_guess_rate_to_one_minus_lapse_rate(self, function):
        x = np.geomspace(1e-3, 1e4, 400)
        y = psychometric_function(x, 10.0, 3.0, 0.5, 0.03, function=function)
        assert np.all(np.diff(y) >= -1e-15)
        assert y[-1] == pytest.approx(0.97, abs=1e-6)
        assert y.min() >= 0.5

    def test_slope_is_the_derivative(self, function):
        h = 1e-6
        for x in (7.0, 10.0, 13.0):
            ends = psychometric_function([x - h, x + h], 10.0, 3.0, 0.2, 0.02, function=function)
            numeric = (ends[1] - ends[0]) / (2 * h)
            assert slope_at(x, 10.0, 3.0, 0.2, 0.02, function=function) == pytest.approx(numeric, rel=1e-5)

    def test_p_correct_and_p_detect_are_different_heights(self, function):
        correct = level_at(10.0, 2.0, 0.5, 0.0, function=function, p_correct=0.75)
        assert correct == pytest.approx(10.0)
        assert level_at(10.0, 2.0, 0.5, 0.0, function=function, p_detect=0.75) > correct


def test_normal_width_is_3_29_standard_deviations():
    from scipy.stats import norm

    x = np.linspace(-5, 5, 21)
    assert psychometric_function(x, 1.0, 2 * 3.289707, function="normal") == pytest.approx(
        norm.cdf(x, 1.0, 2.0), abs=1e-6
    )


def test_weibull_is_the_textbook_one():
    x = np.array([1.0, 2.0, 5.0])
    alpha, beta = 2.5, 3.0
    expected = 1 - np.exp(-((x / alpha) ** beta))
    threshold = alpha * np.log(2) ** (1 / beta)
    width = (np.log(-np.log(0.05)) - np.log(-np.log(0.95))) / beta
    assert psychometric_function(x, threshold, width, function="weibull") == pytest.approx(expected)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"levels": [1.0], "threshold": 1.0, "width": 0.0}, "width must be above 0"),
        (
            {"levels": [1.0], "threshold": 1.0, "width": 1.0, "guess_rate": 0.6, "lapse_rate": 0.5},
            "sum below 1",
        ),
        ({"levels": [np.nan], "threshold": 1.0, "width": 1.0}, "finite"),
        ({"levels": [0.0], "threshold": 1.0, "width": 1.0, "function": "weibull"}, "above 0, got 0"),
    ],
)
def test_bad_input(arguments, message):
    with pytest.raises(ValueError, match=message):
        psychometric_function(**arguments)


def test_unknown_function_names_the_nearest():
    with pytest.raises(UnknownNameError, match='did you mean "weibull"'):
        psychometric_function([1.0], 1.0, 1.0, function="weibul")


def test_height_that_is_never_reached():
    with pytest.raises(ValueError, match="never reached"):
        level_at(1.0, 1.0, 0.5, 0.02, p_correct=0.99)
    with pytest.raises(ValueError, match="either p_detect"):
        level_at(1.0, 1.0)
