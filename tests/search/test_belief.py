"""The belief about a codec's curves and how trials and hints narrow it."""

import math

import numpy as np
import pytest

from jnd.search.belief import CurveBelief, deficit, normal_cdf
from jnd.search.prior import BroadPrior

LEVELS = range(101)
THRESHOLD = 9.8


@pytest.fixture
def belief() -> CurveBelief:
    return BroadPrior().of_levels(LEVELS, 768 * 512)


def test_quality_is_believed_to_fall_with_the_level(belief: CurveBelief) -> None:
    probability = belief.probability_met(THRESHOLD)
    assert np.all((probability >= 0) & (probability <= 1))
    assert probability[0] > 0.5 > probability[-1]
    assert np.all(np.diff(belief.log_bytes()) <= 0)


@pytest.mark.parametrize(("jod", "met"), [(9.81, 1.0), (9.79, 0.0)])
def test_a_measured_level_is_certain(belief: CurveBelief, jod: float, met: float) -> None:
    told = belief.told(40, jod, 50_000)
    assert told.probability_met(THRESHOLD)[40] == pytest.approx(met, abs=1e-6)
    assert told.mean[101 + 40] == pytest.approx(math.log(50_000), abs=1e-3)


def test_a_trial_narrows_the_belief_everywhere_and_most_nearby(belief: CurveBelief) -> None:
    told = belief.told(40, 9.8, 50_000)
    before, after = belief.covariance.diagonal(), told.covariance.diagonal()
    assert np.all(after <= before + 1e-9)
    assert after[41] < after[60] < after[100]


def test_telling_leaves_the_old_belief_as_it_was(belief: CurveBelief) -> None:
    mean = belief.mean.copy()
    belief.told(40, 9.8, 50_000)
    assert np.array_equal(belief.mean, mean)


def test_a_hint_moves_the_threshold_and_a_vague_one_moves_it_less(belief: CurveBelief) -> None:
    def edge(told: CurveBelief) -> int:
        return int(np.flatnonzero(told.probability_met(THRESHOLD) >= 0.5).max())

    sharp, vague = (belief.told_guess(70, spread, THRESHOLD) for spread in (0.5, 40.0))
    assert edge(sharp) == pytest.approx(70, abs=1)
    assert abs(edge(vague) - edge(belief)) < abs(edge(sharp) - edge(belief))


def test_a_hint_beyond_the_axis_is_taken_as_its_end(belief: CurveBelief) -> None:
    assert np.all(np.isfinite(belief.told_guess(1e6, 2.0, THRESHOLD).mean))


def test_the_deficit_of_a_perfect_copy_is_finite() -> None:
    assert math.isfinite(deficit(10.0))
    assert deficit(10.0) < deficit(9.99) < deficit(5.0)


def test_normal_cdf_at_known_points() -> None:
    # Quantiles of the standard normal distribution, any table.
    assert normal_cdf(np.array([-1.959964, 0.0, 0.674490])) == pytest.approx([0.025, 0.5, 0.75], abs=1e-6)


def test_a_picture_unlike_all_others_is_believed_less(belief: CurveBelief) -> None:
    ordinary, strange = (belief.told(40, jod, 50_000) for jod in (10 - math.exp(belief.mean[40]), 9.9999))
    narrowness = [np.abs(told.probability_met(THRESHOLD) - 0.5).mean() for told in (ordinary, strange)]
    assert narrowness[0] > narrowness[1]


def test_files_are_believed_to_shrink_even_after_a_very_small_one(belief: CurveBelief) -> None:
    assert np.all(np.diff(belief.told(40, 9.9, 30).log_bytes()) < 0)
