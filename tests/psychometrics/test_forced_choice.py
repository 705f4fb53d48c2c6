"""Exact statistics of forced choice."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from jnd.errors import UnusableAnswersError
from jnd.psychometrics.forced_choice import (
    clopper_pearson,
    design_table,
    forced_choice,
    p_at_least,
    p_at_most,
    power,
    power_above_chance,
    trials_for_power,
    undecided_band,
)


@given(n=st.integers(1, 200), share=st.floats(0, 1))
def test_clopper_pearson_is_scipys(n, share):
    k = round(share * n)
    expected = stats.binomtest(k, n).proportion_ci(0.95, method="exact")
    assert clopper_pearson(k, n) == pytest.approx((expected.low, expected.high), abs=1e-9)


@pytest.mark.parametrize("p", [0.5, 0.6, 0.75, 0.9])
@pytest.mark.parametrize("n", [10, 20, 60])
def test_clopper_pearson_covers_at_least_95_percent(n, p):
    k = np.arange(n + 1)
    covered = np.array([low <= p <= high for low, high in (clopper_pearson(int(i), n) for i in k)])
    assert stats.binom.pmf(k, n, p)[covered].sum() >= 0.95


@given(n=st.integers(1, 100), share=st.floats(0, 1), p=st.floats(0.05, 0.95))
def test_one_sided_tests_are_binomial_tails(n, share, p):
    k = round(share * n)
    assert p_at_most(k, n, p) == pytest.approx(stats.binom.cdf(k, n, p), abs=1e-12)
    assert p_at_least(k, n, p) == pytest.approx(stats.binom.sf(k - 1, n, p), abs=1e-12)


def test_design_table():
    """Largest count that rejects p ≥ 0.75, smallest that rejects guessing, interval at 0.75; computed with scipy."""
    rows = {row.trials: row for row in design_table([10, 20, 30, 40, 60])}
    for n, below, above in ((10, 4, 9), (20, 11, 15), (30, 17, 20), (40, 24, 26), (60, 38, 37)):
        assert (rows[n].largest_below_criterion, rows[n].smallest_above_chance) == (below, above)
    assert rows[20].interval_at_criterion == pytest.approx((0.509, 0.913), abs=5e-4)
    assert rows[30].interval_at_criterion == pytest.approx((0.541, 0.877), abs=5e-4)


@pytest.mark.parametrize("n", [10, 20, 40, 60])
def test_undecided_band_is_where_neither_side_has_95_percent(n):
    low, high = undecided_band(n)
    for k in range(n + 1):
        above = stats.beta.sf(0.75, k + 1, n - k + 1)
        assert (0.05 <= above <= 0.95) == (low - 1e-9 <= k / n <= high + 1e-9)


def test_power_is_the_share_of_rejecting_samples():
    k = np.random.default_rng(0).binomial(20, 0.5, 200_000)
    assert power(20, 0.5) == pytest.approx(np.mean(k <= 11), abs=0.005)
    assert power_above_chance(20, 0.9) == pytest.approx(stats.binom.sf(14, 20, 0.9))
    n = trials_for_power(0.55, 0.8)
    assert all(power(m, 0.55) >= 0.8 for m in range(n, n + 100))
    assert power(n - 1, 0.55) < 0.8


def test_verdicts():
    assert forced_choice(11, 20).verdict == "below criterion"
    assert forced_choice(15, 20).verdict == "undecided"
    assert forced_choice(20, 20).verdict == "above criterion"
    assert power(2, 0.5) == 0.0


def test_bad_input():
    with pytest.raises(UnusableAnswersError, match="1 or more"):
        forced_choice(0, 0)
    with pytest.raises(UnusableAnswersError, match="from 0 to 10, got 11"):
        clopper_pearson(11, 10)
    with pytest.raises(ValueError, match="below the criterion"):
        trials_for_power(0.8)
