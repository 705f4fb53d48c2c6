"""Adaptive methods: Watson's sequences, laws of all methods, recovery of simulated observers."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jnd.errors import UnusableAnswersError
from jnd.psychometrics.adaptive import ADAPTIVE_METHODS, AdaptiveScope, load_adaptive
from jnd.psychometrics.adjustment import Adjustment
from jnd.psychometrics.bisection import Bisection
from jnd.psychometrics.constant_stimuli import ConstantStimuli
from jnd.psychometrics.quest_plus import QuestPlus, psi
from jnd.psychometrics.simulated_observer import SimulatedObserver
from jnd.psychometrics.staircase import Staircase

WATSON = json.loads((Path(__file__).parent / "golden" / "watson2017.json").read_text("utf-8"))
DECIBEL = np.arange(-40, 1)
GRIDS = {
    "test_threshold": ({"threshold": DECIBEL, "slope": [3.5]}, {"threshold": -20}),
    "test_threshold_slope": ({"threshold": DECIBEL, "slope": [2, 3, 4, 5]}, {"threshold": -20, "slope": 3}),
    "test_threshold_slope_lapse": (
        {"threshold": DECIBEL, "slope": [2, 3, 4, 5], "lapse_rate": [0.0, 0.01, 0.02, 0.03, 0.04]},
        {"threshold": -20, "slope": 5, "lapse_rate": 0.04},
    ),
}


@pytest.mark.parametrize("example", WATSON)
def test_quest_plus_chooses_watsons_levels(example):
    grid, modes = GRIDS[example]
    quest = QuestPlus(DECIBEL, grid, model="weibull_db")
    chosen = []
    for level, correct in zip(WATSON[example]["levels"], WATSON[example]["correct"], strict=True):
        chosen.append(quest.ask())
        quest = quest.tell(level, correct)
    assert chosen == WATSON[example]["levels"]
    for name, mode in modes.items():
        assert quest.estimate(name, kind="mode") == pytest.approx(mode)


def test_the_three_examples_hold_224_trials():
    assert sum(len(example["levels"]) for example in WATSON.values()) == 224


def make(name):
    return {
        "quest_plus": QuestPlus(
            np.arange(1, 21), {"threshold": np.arange(1, 21), "width": [3, 6, 12]}, most_trials=40
        ),
        "staircase": Staircase(start=18, steps=(4, 2, 1), down_after=2, lowest=1, highest=20),
        "bisection": Bisection(0, 20, keep=0.75),
        "constant_stimuli": ConstantStimuli((2, 6, 10, 14, 18), 8, seed=3),
        "adjustment": Adjustment(tuple(range(21)), 5, seed=4),
    }[name]


def run(state, observer, rng, name):
    while not state.finished:
        level = state.ask()
        if name == "adjustment":
            answer = observer.adjusts(range(21), rng)
        elif name == "bisection":
            answer = observer.yes_no(level, rng)
        else:
            answer = observer.answers_correctly(level, rng)
        state = state.tell(level, answer)
    return state


@pytest.mark.parametrize("name", ADAPTIVE_METHODS)
class TestEveryAdaptiveMethod:
    def test_saved_and_loaded_it_goes_on_alike(self, name):
        rng = np.random.default_rng(0)
        observer = SimulatedObserver(threshold=9.0, width=5.0)
        state = make(name)
        for _ in range(3):
            level = state.ask()
            answer = 7.0 if name == "adjustment" else observer.answers_correctly(level, rng)
            state = state.tell(level, answer)
        loaded = load_adaptive(state.to_json())
        assert loaded.answers == state.answers
        assert loaded.ask() == state.ask()
        assert loaded.finished == state.finished
        assert loaded.to_json() == state.to_json()

    def test_tell_leaves_the_old_state_untouched(self, name):
        state = make(name)
        level = state.ask()
        state.tell(level, 1)
        assert state.answers == ()
        assert state.ask() == level

    def test_finishes_near_the_threshold(self, name):
        observer = SimulatedObserver(threshold=9.0, width=3.0, lapse_rate=0.01)
        found = [run(make(name), observer, np.random.default_rng(s), name).estimate() for s in range(10)]
        # 2-down-1-up settles at 0.707 correct, a little below the threshold at 0.75.
        assert np.median(found) == pytest.approx(9.0, abs=1.5)

    def test_is_deterministic(self, name):
        observer = SimulatedObserver(threshold=9.0, width=3.0)
        states = [run(make(name), observer, np.random.default_rng(1), name) for _ in range(2)]
        assert states[0].answers == states[1].answers


def test_what_is_no_adaptive_method():
    with pytest.raises(ValueError, match='no key "method"'):
        load_adaptive("{}")
    with pytest.raises(ValueError, match='did you mean "staircase"'):
        load_adaptive('{"method": "stairs", "settings": {}, "answers": []}')


class TestQuestPlus:
    def test_posterior_is_bayes(self):
        quest = QuestPlus(
            [1.0, 2.0], {"threshold": [1.0, 2.0]}, model=lambda x, p: 0.5 + 0.4 * (x >= p["threshold"])
        )
        told = quest.tell(1.0, 1)
        assert told.posterior == pytest.approx(np.array([0.9, 0.5]) / 1.4)

    def test_asks_where_expected_entropy_is_least(self):
        quest = psi(np.linspace(1, 20, 15), np.linspace(1, 20, 12), [2.0, 5.0], marginal=False)
        quest = quest.tell(quest.ask(), 1).tell(quest.ask(), 0)
        entropies = []
        for level in np.linspace(1, 20, 15):
            outcomes = [quest.tell(level, answer) for answer in (0, 1)]
            before = quest.posterior.ravel()
            p1 = float(
                np.dot(
                    before,
                    quest._design.answer_probability[
                        1, np.flatnonzero(np.isclose(quest._design.levels, level))[0]
                    ],
                )
            )
            h = [-np.sum(o.posterior * np.log(np.maximum(o.posterior, 1e-300))) for o in outcomes]
            entropies.append((1 - p1) * h[0] + p1 * h[1])
        assert quest.ask() == pytest.approx(np.linspace(1, 20, 15)[int(np.argmin(entropies))])

    def test_psi_marginal_minimises_the_entropy_of_what_matters(self):
        quest = psi(np.linspace(1, 20, 10), np.linspace(1, 20, 9), [2.0, 5.0], lapse_rates=[0.0, 0.1])
        for answer in (1, 0, 1):
            quest = quest.tell(quest.ask(), answer)
        entropies = []
        for i, level in enumerate(np.linspace(1, 20, 10)):
            total = 0.0
            for answer in (0, 1):
                share = float(quest.posterior.ravel() @ quest._design.answer_probability[answer, i])
                marginal = quest.tell(level, answer).posterior.sum(axis=2)
                total += share * -np.sum(marginal * np.log(np.maximum(marginal, 1e-300)))
            entropies.append(total)
        assert quest.ask() == pytest.approx(np.linspace(1, 20, 10)[int(np.argmin(entropies))])

    def test_three_answers(self):
        def model(x, p):
            seen = 1 / (1 + np.exp(p["threshold"] - x))
            return np.stack([0.7 * (1 - seen), 0.3 * np.ones_like(seen), 0.7 * seen])

        quest = QuestPlus([1, 2, 3], {"threshold": [1.0, 2.0, 3.0]}, model=model)
        assert quest.tell(2, 1).posterior == pytest.approx(quest.posterior)
        assert quest.tell(2, 2).estimate() < quest.estimate()
        with pytest.raises(ValueError, match="from 0 to 2"):
            quest.tell(2, 3)

    def test_stops_when_certain_enough(self):
        quest = QuestPlus(
            np.arange(1, 21), {"threshold": np.arange(1, 21), "width": [3.0]}, enough_certainty=1.5
        )
        rng = np.random.default_rng(0)
        observer = SimulatedObserver(threshold=8.0, width=3.0)
        while not quest.finished:
            quest = quest.tell(quest.ask(), observer.answers_correctly(quest.ask(), rng))
        assert quest.standard_deviation() < 1.5
        assert len(quest.answers) < 100

    def test_every_tenth_trial_is_easy(self):
        quest = QuestPlus(np.arange(1, 21), {"threshold": np.arange(1, 21), "width": [3.0]}, easy_every=10)
        levels = []
        for i in range(20):
            levels.append(quest.ask())
            quest = quest.tell(levels[-1], i % 2)
        assert levels[9] == levels[19] == 20

    def test_observers_who_come_at_once_are_not_all_asked_the_same(self):
        quest = make("quest_plus")
        alone, together = [], []
        for _ in range(8):
            alone.append(quest.ask())
            together.append(quest.ask(together))
        assert len(set(alone)) == 1
        assert together[0] == alone[0]
        assert len(set(together)) > 3

    @given(st.lists(st.integers(0, 11), max_size=12), st.randoms(use_true_random=False))
    def test_pending_trials_choose_the_level_and_teach_nothing(self, places, random):
        levels = np.linspace(1, 12, 12)
        quest = psi(levels, levels, [2.0, 5.0]).tell(6.0, 1)
        before = quest.posterior.copy()
        pending = [float(levels[place]) for place in places]
        asked = quest.ask(pending)
        assert asked in levels
        assert np.array_equal(quest.posterior, before)
        assert len(quest.answers) == 1
        random.shuffle(pending)
        assert quest.ask(pending) == asked, "their order says nothing"

    def test_pending_answers_are_drawn_as_often_as_the_state_expects(self):
        quest = QuestPlus([1.0, 2.0], {"threshold": [1.0, 2.0]}, model="normal", fixed={"width": 2.0})
        expected = quest._design.answer_probability[1, 0] @ quest.posterior
        after = quest.tell(1.0, 1).posterior
        drawn = [quest._imagined(quest.posterior, 1.0, c) for c in (np.arange(1000) + 0.5) / 1000]
        assert np.mean([np.allclose(one, after) for one in drawn]) == pytest.approx(expected, abs=0.001)

    def test_easy_trials_count_those_that_are_pending(self):
        quest = QuestPlus(np.arange(1, 21), {"threshold": np.arange(1, 21), "width": [3.0]}, easy_every=10)
        together: list[float] = []
        for _ in range(20):
            together.append(quest.ask(together))
        assert together[9] == together[19] == 20
        assert quest.ask([1.0] * 10) != 20

    def test_prior_moves_the_estimate(self):
        levels = np.arange(1, 11)
        even = QuestPlus(levels, {"threshold": levels, "width": [2.0]})
        low = QuestPlus(levels, {"threshold": levels, "width": [2.0]}, prior={"threshold": 1.0 / levels})
        assert low.estimate() < even.estimate()

    def test_bad_input(self):
        with pytest.raises(ValueError, match="needs a grid or a fixed value"):
            QuestPlus([1, 2], {"threshold": [1, 2]}, model="normal")
        with pytest.raises(ValueError, match="all parameters are a nuisance"):
            QuestPlus(
                [1, 2], {"threshold": [1, 2]}, nuisance=["threshold"], model="weibull_db", fixed={"slope": 3}
            )
        quest = QuestPlus([1, 2, 5], {"threshold": [1, 2], "width": [1.0]})
        with pytest.raises(ValueError, match="nearest is 2"):
            quest.tell(3.0, 1)
        with pytest.raises(ValueError, match="nearest is 2"):
            quest.ask([3.0])
        with pytest.raises(ValueError, match="one weight of 0 or more per grid value"):
            QuestPlus([1, 2], {"threshold": [1, 2], "width": [1.0]}, prior={"threshold": [1.0]})
        with pytest.raises(ValueError, match="cannot be saved"):
            QuestPlus([1], {"a": [1.0]}, model=lambda x, p: 0.5 * p["a"] + 0 * x).to_json()
        certain = QuestPlus([1, 2], {"a": [1.0]}, model=lambda x, p: p["a"] + 0 * x)
        with pytest.raises(ValueError, match="lapse rate above 0"):
            certain.tell(1, 0)


class TestStaircase:
    @pytest.mark.parametrize(
        ("down_after", "target"), [(1, None), (2, None), (3, None), (1, 0.75), (1, 0.85)]
    )
    def test_settles_at_its_probability(self, down_after, target):
        rng = np.random.default_rng(7)
        stairs = Staircase(
            start=2.0, steps=(0.1,), down_after=down_after, target=target, lowest=-20, highest=20,
            stop_after_reversals=10**9, most_trials=6000,
        )  # fmt: skip
        levels = []
        while not stairs.finished:
            p = float(1 / (1 + np.exp(-stairs.ask())))
            levels.append(stairs.ask())
            stairs = stairs.tell(stairs.ask(), int(rng.random() < p))
        mean = np.mean(levels[500:])
        assert 1 / (1 + np.exp(-mean)) == pytest.approx(stairs.converges_at, abs=0.03)

    def test_two_right_answers_step_down_one_wrong_up(self):
        stairs = Staircase(start=10, steps=(2, 1), down_after=2)
        assert stairs.tell(10, 1).ask() == 10
        down = stairs.tell(10, 1).tell(10, 1)
        assert down.ask() == 8
        up = down.tell(8, 0)
        assert up.reversals == (8.0,)
        assert up.ask() == 9

    def test_bad_input(self):
        with pytest.raises(ValueError, match="steps"):
            Staircase(start=1, steps=())
        with pytest.raises(ValueError, match="asked for level 10"):
            Staircase(start=10, steps=(1,)).tell(9, 1)
        with pytest.raises(ValueError, match="0 or 1"):
            Staircase(start=10, steps=(1,)).tell(10, 2)
        with pytest.raises(ValueError, match="down_after 1"):
            Staircase(start=10, steps=(1,), down_after=2, target=0.7)
        with pytest.raises(UnusableAnswersError, match="reversals"):
            Staircase(start=10, steps=(1,)).estimate()


class TestBisection:
    @pytest.mark.parametrize("jnd", range(1, 33))
    def test_plain_finds_every_level_without_lapses(self, jnd):
        search = Bisection(0, 32)
        while not search.finished:
            search = search.tell(search.ask(), int(search.ask() >= jnd))
        assert search.estimate() == jnd
        assert len(search.answers) == 5

    def test_robust_repairs_what_plain_cannot(self):
        """One wrong first answer: plain ends in the wrong half, robust comes back."""
        errors = {}
        for keep in (0.5, 0.75):
            search = Bisection(0, 64, keep=keep)
            search = search.tell(search.ask(), 0)  # wrong: the JND 20 is below 32
            while not search.finished:
                search = search.tell(search.ask(), int(search.ask() >= 20))
            errors[keep] = abs(search.estimate() - 20)
        assert errors[0.5] >= 12
        assert errors[0.75] <= 2

    def test_bad_input(self):
        with pytest.raises(ValueError, match="below highest"):
            Bisection(5, 5)
        with pytest.raises(ValueError, match="keep"):
            Bisection(0, 5, keep=0.3)
        with pytest.raises(ValueError, match="stop_width"):
            Bisection(0, 5, stop_width=0.5)


def test_constant_stimuli_are_balanced_in_every_round():
    state = ConstantStimuli((1, 2, 3, 4), 6, seed=1)
    shown = []
    while not state.finished:
        shown.append(state.ask())
        state = state.tell(state.ask(), 1)
    rounds = np.array(shown).reshape(6, 4)
    assert np.array_equal(np.sort(rounds, axis=1), np.tile([1, 2, 3, 4], (6, 1)))
    assert len({tuple(r) for r in rounds.tolist()}) > 1


class TestScope:
    def test_collective_shares_one_state_observers_do_not(self):
        start = make("quest_plus")
        own = AdaptiveScope(start, "observer").tell("a", start.ask(), 1)
        assert own.ask("b") == start.ask()
        assert own.ask("a") != start.ask()
        shared = AdaptiveScope(start, "collective").tell("a", start.ask(), 1)
        assert shared.ask("b") == shared.ask("a") != start.ask()

    def test_saved_and_loaded(self):
        scope = AdaptiveScope(make("quest_plus"), "collective")
        for i, name in enumerate("abcab"):
            scope = scope.tell(name, scope.ask(name), i % 2)
        loaded = AdaptiveScope.from_json(scope.to_json())
        assert loaded.log == scope.log
        assert loaded.ask("z") == scope.ask("z")
