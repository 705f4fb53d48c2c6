"""Opinion scores against the published output of SUREAL (golden/ORIGIN.md), and their laws."""

import json
from pathlib import Path

import numpy as np
import pytest

from jnd.errors import UnusableAnswersError
from jnd.psychometrics.bt500 import bt500_rejected, bt500_scores
from jnd.psychometrics.mos import mean_opinion_scores
from jnd.psychometrics.p910 import p910_scores
from jnd.psychometrics.p913 import p913_scores
from jnd.psychometrics.z_scores import z_score_scores, z_scores

FOLDER = Path(__file__).parent / "golden"
GOLDEN = json.loads((FOLDER / "opinion_scores.json").read_text("utf-8"))
DEMO = np.loadtxt(FOLDER / "itu_demo_79x26.csv", delimiter=",")
NFLX_30 = np.loadtxt(FOLDER / "nflx_public_79x30.csv", delimiter=",")
TABLES = {"nflx_public_79x26": NFLX_30[:, :26], "nflx_public_79x30": NFLX_30}
METHODS = {
    "MOS": mean_opinion_scores,
    "BT500": bt500_scores,
    "P913": p913_scores,
    "P913_subjrej": lambda u: p913_scores(u, screen_observers=True),
    "P910_AP": p910_scores,
}
ALL = [mean_opinion_scores, bt500_scores, p913_scores, p910_scores, z_score_scores]


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("method", METHODS)
def test_scores_errors_bias_and_rejections_are_those_of_sureal(table, method):
    expected = GOLDEN[table][method]
    found = METHODS[method](TABLES[table])
    assert found.scores == pytest.approx(expected["quality_scores"], abs=1e-9)
    assert found.standard_errors == pytest.approx(expected["quality_scores_std"], abs=1e-9)
    assert list(found.rejected) == expected.get("observer_rejected", [])
    if "observer_bias" in expected:
        assert found.observer_bias == pytest.approx(expected["observer_bias"], abs=1e-9)
    if "observer_inconsistency" in expected:
        assert found.observer_inconsistency == pytest.approx(expected["observer_inconsistency"], abs=1e-9)


def test_bt500_rejects_the_published_observers():
    assert bt500_rejected(TABLES["nflx_public_79x26"]) == (2,)
    assert bt500_rejected(TABLES["nflx_public_79x30"]) == (26, 28, 29)


def test_itu_demonstration():
    """P.910 Annex E, P.913 12.6 and BT.500 print the same numbers for the same table."""
    expected = GOLDEN["itu_demo_79x26"]
    found = p910_scores(DEMO)
    assert found.scores == pytest.approx(expected["mos_j"], abs=1e-9)
    assert found.standard_errors == pytest.approx(expected["sos_j"], abs=1e-9)
    assert found.observer_bias == pytest.approx(expected["bias_i"], abs=1e-9)
    assert found.observer_inconsistency == pytest.approx(expected["inconsistency_i"], abs=1e-9)


@pytest.mark.parametrize("method", ALL)
class TestEveryOpinionScore:
    def test_input_is_left_untouched(self, method):
        u = NFLX_30.copy()
        method(u)
        assert np.array_equal(u, NFLX_30)

    def test_order_of_observers_does_not_matter(self, method):
        order = np.random.default_rng(0).permutation(30)
        assert method(NFLX_30[:, order]).scores == pytest.approx(method(NFLX_30).scores, abs=1e-8)

    def test_interval_holds_the_score(self, method):
        found = method(NFLX_30)
        assert all(a <= s <= b for a, s, b in zip(found.low, found.scores, found.high, strict=True))

    def test_votes_written_twice_give_the_same_scores(self, method):
        if method is z_score_scores:
            pytest.skip("its standard deviation divides by n − 1, which counts the copies as votes")
        twice = np.stack([NFLX_30, NFLX_30], axis=2)
        assert method(twice).scores == pytest.approx(method(NFLX_30).scores, abs=1e-6)

    def test_missing_votes_are_left_out(self, method):
        u = NFLX_30.copy()
        u[::5, 3] = np.nan
        found = method(u)
        assert np.all(np.isfinite(found.scores))
        assert found.votes[0] == found.votes[1] - 1

    def test_bad_input(self, method):
        with pytest.raises(UnusableAnswersError, match="stimuli"):
            method([])
        with pytest.raises(UnusableAnswersError, match="stimulus 1"):
            method([[1, 2], [np.nan, np.nan], [2, 3]])
        with pytest.raises(UnusableAnswersError, match="observer 0"):
            method([[np.nan, 2], [np.nan, 3]])
        with pytest.raises(UnusableAnswersError, match="finite"):
            method([[np.inf, 2], [3, 3]])


def test_p910_finds_bias_and_inconsistency_of_simulated_observers():
    rng = np.random.default_rng(1)
    quality, bias = rng.uniform(1, 5, 300), rng.normal(0, 0.4, 20)
    inconsistency = rng.uniform(0.3, 1.2, 20)
    u = quality[:, None] + bias + inconsistency * rng.normal(size=(300, 20))
    found = p910_scores(u)
    assert np.array(found.observer_bias) == pytest.approx(bias - bias.mean(), abs=0.25)
    assert np.array(found.observer_inconsistency) == pytest.approx(inconsistency, abs=0.15)
    mean_error = np.std(np.array(mean_opinion_scores(u).scores) - quality)
    assert np.std(np.array(found.scores) - quality) < mean_error


def test_t_interval_is_wider_than_the_normal_one():
    normal, student = (mean_opinion_scores(NFLX_30, interval=name) for name in ("normal", "t"))
    assert student.high[0] > normal.high[0]
    assert (normal.high[0] - normal.scores[0]) / normal.standard_errors[0] == pytest.approx(1.959964)
    with pytest.raises(ValueError, match='"normal" or "t"'):
        mean_opinion_scores(NFLX_30, interval="z")


def test_if_bt500_would_reject_everybody_nobody_is():
    u = np.array([[1, 5], [5, 1], [1, 5], [5, 1]])
    assert bt500_rejected(u) == ()


def test_z_scores_have_mean_0_and_deviation_1():
    z = z_scores(NFLX_30)[:, :, 0]
    assert z.mean(axis=0) == pytest.approx(np.zeros(30), abs=1e-12)
    assert z.std(axis=0, ddof=1) == pytest.approx(np.ones(30))
    with pytest.raises(UnusableAnswersError, match="observer 1"):
        z_scores([[1, 3], [2, 3], [4, 3]])
