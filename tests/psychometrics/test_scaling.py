"""Pairs and triplets to scales: golden values, recovery, disconnected graphs, active selection."""

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.special import ndtr

from jnd.errors import GraphDisconnectedError, UnknownNameError, UnusableAnswersError
from jnd.psychometrics.active_pairs import expected_information, next_pair
from jnd.psychometrics.comparison_graph import components
from jnd.psychometrics.pair_scaling import MODELS, bootstrap_pairs, scale_pairs
from jnd.psychometrics.triplets import JND_UNIT, SOURCE, Triplets, scale_triplets

FOLDER = Path(__file__).parent / "golden"
GOLDEN = json.loads((FOLDER / "lukas_pairs.json").read_text("utf-8"))
WINS = np.loadtxt(FOLDER / "lukas_pairs_40x40.csv", delimiter=",")


class TestGolden:
    def test_thurstone_likelihood_and_scores_inside_components(self):
        fit = scale_pairs(WINS, model="thurstone", per_component=True)
        assert -fit.log_likelihood == pytest.approx(879.43, abs=0.005)
        assert -fit.log_likelihood == pytest.approx(GOLDEN["negative_log_likelihood"], abs=1e-8)
        assert fit.scores == pytest.approx(GOLDEN["within_component_centred"], abs=1e-5)
        assert [len(group) for group in fit.components] == [8] * 5

    @pytest.mark.parametrize(
        ("model", "key"), [("thurstone", "thurstone_raw"), ("bradley-terry", "bradley_terry")]
    )
    def test_sureal_agrees_inside_components(self, model, key):
        fit = scale_pairs(WINS, model=model, per_component=True)
        expected = np.array(GOLDEN[key]["quality_scores"])
        for group in fit.components:
            inside = list(group)
            assert np.array(fit.scores)[inside] == pytest.approx(
                expected[inside] - expected[inside].mean(), abs=1e-5
            )

    def test_disconnection_is_raised_and_names_the_components(self):
        with pytest.raises(GraphDisconnectedError, match="5 groups") as caught:
            scale_pairs(WINS)
        assert caught.value.components == [list(range(i, i + 8)) for i in range(0, 40, 8)]
        with pytest.raises(GraphDisconnectedError, match="2: c, d"):
            scale_pairs([[0, 2, 0, 0], [1, 0, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]], names=["a", "b", "c", "d"])


def simulate(scores, trials, seed, probability=ndtr):
    rng = np.random.default_rng(seed)
    p = probability(scores[:, None] - scores[None, :])
    upper = np.triu(rng.binomial(trials, p), 1)
    return upper + np.tril((trials - upper.T) * (np.tri(scores.size, k=-1) > 0))


@pytest.mark.parametrize("model", MODELS)
class TestEveryModel:
    def test_many_comparisons_give_the_scores_back(self, model):
        scores = np.array([-1.0, -0.3, 0.2, 1.1])
        probability = ndtr if model == "thurstone" else (lambda d: 1 / (1 + np.exp(-d)))
        fit = scale_pairs(simulate(scores, 20000, 0, probability), model=model)
        assert np.array(fit.scores) == pytest.approx(scores - scores.mean(), abs=0.03)

    def test_one_jnd_is_chosen_by_75_percent(self, model):
        fit = scale_pairs([[0, 75], [25, 0]], model=model, unit="jnd")
        assert fit.scores[0] - fit.scores[1] == pytest.approx(1.0)

    def test_names_of_items_do_not_matter(self, model):
        wins = simulate(np.array([-1.0, 0.0, 0.5]), 50, 1)
        order = np.array([2, 0, 1])
        turned = scale_pairs(wins[np.ix_(order, order)], model=model)
        assert np.array(turned.scores) == pytest.approx(
            np.array(scale_pairs(wins, model=model).scores)[order]
        )

    def test_ties_are_half_a_win_each(self, model):
        wins, ties = np.array([[0, 6.0], [2.0, 0]]), np.array([[0, 4.0], [0, 0]])
        assert scale_pairs(wins, model=model, ties=ties) == scale_pairs([[0, 8], [4, 0]], model=model)

    def test_an_item_that_always_wins_needs_a_prior(self, model):
        wins = [[0, 5, 5], [0, 0, 3], [0, 2, 0]]
        with pytest.raises(UnusableAnswersError, match="item 0 always won"):
            scale_pairs(wins, model=model)
        assert np.all(np.isfinite(scale_pairs(wins, model=model, prior_sd=3.0).scores))

    def test_more_trials_are_smaller_errors(self, model):
        wins = simulate(np.array([-1.0, 0.0, 0.5]), 50, 1)
        few, many = scale_pairs(wins, model=model), scale_pairs(4 * wins, model=model)
        assert np.array(many.standard_errors) == pytest.approx(np.array(few.standard_errors) / 2)

    def test_bootstrap_over_observers(self, model):
        scores = np.array([-0.8, 0.0, 0.8])
        people = np.array([simulate(scores, 6, s) for s in range(25)], dtype=float)
        fit = bootstrap_pairs(people, model=model, resamples=200)
        again = bootstrap_pairs(people, model=model, resamples=200)
        assert fit == again
        assert all(a < s < b for a, s, b in zip(fit.low, fit.scores, fit.high, strict=True))

    def test_active_pairs(self, model):
        information = expected_information(np.zeros((5, 5)), model=model)
        off = information[~np.eye(5, dtype=bool)]
        assert np.ptp(off) < 1e-9
        assert np.all((off > 0) & (off < 1))
        well_known = np.zeros((3, 3))
        well_known[0, 1] = well_known[1, 0] = 100
        assert next_pair(well_known, model=model)[:2] != (0, 1)


def test_active_selection_connects_and_beats_random_pairs():
    scores = np.linspace(-2.0, 2.0, 8)
    errors = {"active": [], "random": []}
    for seed in range(6):
        for kind, found in errors.items():
            rng = np.random.default_rng([seed, kind == "active"])
            wins = np.zeros((8, 8))
            for _ in range(80):
                if kind == "active":
                    i, j = next_pair(wins)[:2]
                else:
                    i, j = rng.choice(8, 2, replace=False)
                if rng.random() < ndtr(scores[i] - scores[j]):
                    wins[i, j] += 1
                else:
                    wins[j, i] += 1
            fit = np.array(scale_pairs(wins, prior_sd=2.0, per_component=True).scores)
            found.append(np.sqrt(np.mean((fit - fit.mean() - scores) ** 2)))
            if kind == "active":
                assert len(components(wins)) == 1
    assert np.mean(errors["active"]) < np.mean(errors["random"])


def test_pair_input():
    for wins, message in (
        ([[0, 1, 2], [1, 0, 2]], "square"),
        ([[0, -1], [1, 0]], "0 or more"),
        ([[1, 1], [1, 0]], "with itself"),
        ([[0, 0], [0, 0]], "no comparisons"),
    ):
        with pytest.raises(UnusableAnswersError, match=message):
            scale_pairs(wins)
    with pytest.raises(UnknownNameError, match='did you mean "thurstone"'):
        scale_pairs([[0, 1], [1, 0]], model="thurston")


def triplets(seed, votes=400, gain=(1.6, 0.25)):
    """Two codecs of six levels; every level against the source and its next two, boosted and plain."""
    rng = np.random.default_rng(seed)
    truth = {("a", k): 0.35 * k for k in range(1, 7)} | {("b", k): 0.5 * k**0.9 for k in range(1, 7)}
    left, right, boosted, shares = [], [], [], []
    for boost in (True, False):
        for codec in "ab":
            for low in range(6):
                for high in (low + 1, low + 2):
                    if high > 6:
                        continue
                    one = SOURCE if low == 0 else (codec, low)
                    d = np.array([truth.get(one, 0.0), truth[codec, high]])
                    x = gain[0] * d + gain[1] * d * d if boost else d
                    left.append(one)
                    right.append((codec, high))
                    boosted.append(boost)
                    shares.append(ndtr((x[1] - x[0]) * JND_UNIT))
    n = np.full(len(left), float(votes))
    k = rng.binomial(votes, shares).astype(float)
    return Triplets(left, right, k, n, np.array(boosted)), truth


class TestTriplets:
    @pytest.mark.parametrize("levels", ["free", "monotone"])
    def test_distortions_and_boosting_come_back(self, levels):
        data, truth = triplets(0, votes=20000)
        scale = scale_triplets(data, levels=levels)
        assert scale.distortion == pytest.approx([truth[i] for i in scale.items], abs=0.15)
        for codec in "ab":
            assert scale.boosted(codec, [1.0, 2.0]) == pytest.approx([1.85, 4.2], rel=0.15)
        assert scale.notes == ()

    def test_rate_curve(self):
        rates = {(c, k): 3.0 / k for c in "ab" for k in range(1, 7)}
        truth = {item: 4.0 * np.exp(-1.2 * r) for item, r in rates.items()}
        left = [SOURCE] * 12
        right = list(rates)
        share = ndtr(np.array([truth[i] for i in right]) * JND_UNIT)
        n = np.full(12, 1e6)
        data = Triplets(left, right, np.round(share * n), n, np.zeros(12, dtype=bool))
        scale = scale_triplets(data, levels="rate-exp", rates=rates)
        assert scale.distortion == pytest.approx([truth[i] for i in scale.items], abs=0.02)
        with pytest.raises(UnusableAnswersError, match="rates lack"):
            scale_triplets(data, levels="rate-exp", rates={})

    def test_monotone_levels_never_fall(self):
        data, _ = triplets(3, votes=6)
        scale = scale_triplets(data, levels="monotone")
        for codec in "ab":
            values = [d for (c, _), d in zip(scale.items, scale.distortion, strict=True) if c == codec]
            assert np.all(np.diff([0.0, *values]) >= 0)

    def test_bootstrap_interval_holds_the_estimate(self):
        data, _ = triplets(1)
        scale = scale_triplets(data, resamples=40)
        inside = (scale.low <= scale.distortion) & (scale.distortion <= scale.high)
        assert inside.mean() > 0.9

    def test_boosted_alone_says_that_it_is_no_jnd(self):
        data, _ = triplets(1)
        keep = data.boosted
        alone = Triplets(
            [i for i, b in zip(data.left, keep, strict=True) if b],
            [i for i, b in zip(data.right, keep, strict=True) if b],
            data.right_votes[keep], data.votes[keep], keep[keep],
        )  # fmt: skip
        assert "not in JND" in scale_triplets(alone).notes[0]

    def test_items_never_compared_with_the_source(self):
        data = Triplets(
            [SOURCE, ("b", 1)],
            [("a", 1), ("b", 2)],
            np.array([3.0, 4.0]),
            np.array([5.0, 5.0]),
            np.array([False] * 2),
        )
        with pytest.raises(GraphDisconnectedError, match="b 1, b 2"):
            scale_triplets(data)

    def test_bad_input(self):
        with pytest.raises(UnusableAnswersError, match="no triplets"):
            scale_triplets(Triplets([], [], np.array([]), np.array([]), np.array([], dtype=bool)))
        with pytest.raises(UnusableAnswersError, match="votes must be"):
            scale_triplets(
                Triplets([SOURCE], [("a", 1)], np.array([6.0]), np.array([5.0]), np.array([False]))
            )
